"""What ``deploy/`` says is what the application does: addresses, upstreams, cache rules, and a silent log."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from flask import Flask

from mit.app import create_app
from mit.config import Settings
from mit.roles.access import TABLE
from mit.store.db import dispose_engines
from mit.web.answers import IMMUTABLE, NO_STORE, SIGNED_LIST
from mit.web.pages.offline import current_release
from mit.web.pages.templates import asset_address
from mit.web.static_files import SHORT
from tests.web.office import Office
from tests.web.test_access import rules

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
_LOCATION = re.compile(r"^ {4}location (?:(=|~) )?(\S+)\s*\{ (.*) \}$", re.MULTILINE)
_KEPT = re.compile(r"^ {4}# kept: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Location:
    """One ``location``: how it matches, what it does, and what the comment above says of caching."""

    kind: str
    pattern: str
    body: str
    kept: str

    @property
    def upstream(self) -> str:
        """Return the group of processes that answers."""
        return re.findall(r"proxy_pass http://(\w+);", self.body)[0]

    @property
    def is_cached(self) -> bool:
        """Say whether answers are kept in nginx."""
        return "proxy_cache mit;" in self.body


def locations() -> list[Location]:
    """Return every location of the file, in its order."""
    marks = [(mark.start(), mark[1]) for mark in _KEPT.finditer(NGINX)]
    return [
        Location(
            found[1] or "",
            found[2],
            found[3],
            next((words for at, words in reversed(marks) if at < found.start()), ""),
        )
        for found in _LOCATION.finditer(NGINX)
    ]


LOCATIONS = locations()


def chosen(path: str) -> Location:
    """Return the location that nginx takes: an exact one, a pattern, else the longest beginning."""
    exact = [one for one in LOCATIONS if one.kind == "=" and one.pattern == path]
    patterns = [one for one in LOCATIONS if one.kind == "~" and re.search(one.pattern, path)]
    beginnings = [one for one in LOCATIONS if not one.kind and path.startswith(one.pattern)]
    return (exact or patterns or [max(beginnings, key=lambda one: len(one.pattern))])[0]


@pytest.fixture(scope="module")
def alone(offices: Callable[[str], Office]) -> Flask:
    """The public part alone, beside the whole house."""
    settings: Settings = offices("sqlite").app.extensions["mit.settings"]
    app = create_app(replace(settings, serve="verify"))
    with app.app_context():
        dispose_engines()
    return app


@pytest.fixture(scope="module")
def register(offices: Callable[[str], Office]) -> Office:
    return offices("sqlite")


def test_every_address_goes_to_processes_that_have_it(alone: Flask, register: Office) -> None:
    public = {rule.rule for rule in alone.url_map.iter_rules()}
    inside = {"/readyz", "/metrics"}  # the whole house knows more of these
    for rule, address, _ in rules(register.app):
        path = address.partition("?")[0]
        wanted = "mit_verify" if rule.rule in public - inside else "mit_office"
        assert chosen(path).upstream == wanted, path


def test_every_location_is_there_for_an_address_that_exists(register: Office) -> None:
    paths = {address.partition("?")[0] for _, address, _ in rules(register.app)}
    assert len(LOCATIONS) == NGINX.count("location ") > 20
    unused = [one.pattern for one in LOCATIONS if not any(chosen(path) == one for path in paths)]
    assert unused == []


def test_what_is_said_of_caching_is_what_the_application_sends(register: Office) -> None:
    number, digits = register["active"].number, register["active"].digits
    with register.app.test_request_context():
        release, style = current_release().name, asset_address("css/mit.css")
    font = min((Path(register.app.static_folder or "") / "fonts").glob("*.woff2")).name
    told = {
        IMMUTABLE: [
            f"/c/{number}.jwt",
            style,
            f"/static/fonts/{font}",
            f"/offline/{release}/judge.js",
        ],
        SIGNED_LIST: [
            *(f"/status/{kind}/2700" for kind in ("revocation", "suspension", "token", "history")),
            *("/.well-known/jwks.json", "/.well-known/did.json", "/contexts/mit/v1"),
        ],
        NO_STORE: [
            *("/", "/v", f"/v/{digits}", f"/c/{number}", f"/verify?number={number}", "/offline"),
            f"/api/v1/certificates/{number}/verdict",
        ],
    }
    for rule, paths in told.items():
        for path in paths:
            with closing(register.client.get(path)) as answer:
                assert (answer.status_code, answer.headers["Cache-Control"]) == (200, rule), path
                location = chosen(path.partition("?")[0])
                assert location.kept == rule, path
                assert location.is_cached is (rule != NO_STORE), path
                assert ("ETag" in answer.headers) is (rule != NO_STORE), path
                assert rule == NO_STORE or "Set-Cookie" not in answer.headers
            if rule != NO_STORE:
                held = {"If-None-Match": answer.headers["ETag"]}
                with closing(register.client.get(path, headers=held)) as again:
                    assert (again.status_code, again.headers["Cache-Control"]) == (304, rule), path


@pytest.mark.parametrize("path", ["css/mit.css", "css/mit.css?v=0000000000", "mark.svg?v="])
def test_a_static_file_without_its_own_hash_is_kept_for_minutes(register: Office, path: str) -> None:
    with closing(register.client.get(f"/static/{path}")) as answer:
        assert answer.headers["Cache-Control"] == SHORT


def test_nothing_is_cached_that_a_person_alone_may_see(register: Office) -> None:
    for row in TABLE:
        if not row.is_public:
            for rule, address, _ in rules(register.app):
                if rule.endpoint == row.endpoint:
                    assert not chosen(address.partition("?")[0]).is_cached, address


def test_the_access_log_says_who_came_and_never_for_which_certificate() -> None:
    logged = set(re.findall(r"\$\w+", "".join(re.findall(r"log_format mit (.*?);", NGINX, re.DOTALL))))
    assert logged == {
        *("$time_iso8601", "$remote_addr", "$request_method", "$mit_kind", "$status", "$body_bytes_sent"),
        *("$request_time", "$upstream_cache_status", "$request_id"),
    }
    assert set(re.findall(r"access_log (.*?);", NGINX)) == {"off", "/var/log/nginx/mit.log mit"}
    assert "error_log /var/log/nginx/mit-error.log alert;" in NGINX, "lower lines name addresses"
    kinds = re.search(r"map \$uri \$mit_kind \{(.*?)\n\}", NGINX, re.DOTALL)
    assert kinds
    for line in kinds[1].strip().splitlines():
        assert re.fullmatch(r"\s*(?:default|\"~[^\"]+\")\s+\"[a-z/.-]+\";", line), line


def test_the_proxy_believes_nothing_that_a_client_writes_about_itself() -> None:
    sent = dict(re.findall(r"proxy_set_header (\S+) (.*?);", NGINX))
    assert sent["X-Forwarded-For"] == "$remote_addr"
    assert sent["X-Forwarded-Host"] == sent["Forwarded"] == '""'
    assert "Strict-Transport-Security" not in re.sub(r"#.*", "", NGINX), "said by the application, once"
    assert "proxy_cache_use_stale" not in re.sub(r"#.*", "", NGINX), "the signed age ends what is kept"
    for one in LOCATIONS:
        assert not ("gzip on" in one.body and one.pattern != "/static/"), one.pattern
    for path in ("/metrics", "/readyz"):
        assert "deny all;" in chosen(path).body


def test_the_limits_of_the_proxy_are_wider_than_ours() -> None:
    rates = {zone: int(rate) for zone, rate in re.findall(r"zone=(\w+):10m rate=(\d+)r/s", NGINX)}
    assert rates["mit_look"] * 60 > Settings().verdicts_per_minute
    asked = ("/v/1", "/c/1", "/verify", "/api/v1/verdicts", "/status/token/1")
    assert all("limit_req zone=mit_look burst=" in chosen(path).body for path in asked)
    megabytes = int(re.findall(r"client_max_body_size (\d+)m;", NGINX)[0])
    assert megabytes * 1024 * 1024 == Settings().upload_limit_bytes


def unit(path: Path) -> dict[str, list[str]]:
    """Return what a unit's service says, by name; names may stand there more than once."""
    said: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, is_said, value = line.partition("=")
        if is_said:
            said.setdefault(name, []).append(value)
    return said


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_every_unit_can_be_read_and_names_only_settings_that_there_are(path: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(path, encoding="utf-8")
    assert parser.sections() == ["Unit", "Service", "Install"]
    said = unit(path)
    known = {f"MIT_{one.name.upper()}" for one in fields(Settings)}
    given = dict(pair.split("=", 1) for line in said.get("Environment", []) for pair in line.split())
    assert {name for name in given if name.startswith("MIT_")} <= known
    assert Settings.from_environ({name: value for name, value in given.items() if name.startswith("MIT_")})
    assert said["NoNewPrivileges"] == ["yes"]


def test_web_processes_listen_where_the_proxy_looks_and_cannot_reach_the_keys() -> None:
    ports = dict(re.findall(r"upstream (\w+) \{\n +server 127\.0\.0\.1:(\d+);", NGINX))
    served = {"mit_verify": "verify", "mit_office": "all"}
    for upstream, serve in served.items():
        said = unit(DEPLOY / "systemd" / f"{upstream.replace('_', '-')}.service")
        assert f"--bind 127.0.0.1:{ports[upstream]} " in said["ExecStart"][0]
        assert f"MIT_SERVE={serve} MIT_PROXIES=1" in said["Environment"]
        assert said["InaccessiblePaths"] == ["-/etc/mit/keys"]
        assert "--access-logfile" not in said["ExecStart"][0]
    assert "InaccessiblePaths" not in unit(DEPLOY / "systemd" / "mit-worker.service")


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here: apt install nginx")
def test_nginx_itself_takes_the_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*asked, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    here = {
        "/etc/ssl/mit/fullchain.pem": certificate,
        "/etc/ssl/mit/privkey.pem": key,
        "/var/cache/nginx/mit": tmp_path / "cache",
        "/var/log/nginx": tmp_path,
    }
    text = NGINX
    for there, path in here.items():
        text = text.replace(there, str(path))
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    http = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{folders}{text}\n}}\n"
    whole.write_text(http, encoding="utf-8")
    done = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
