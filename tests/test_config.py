"""Settings come from the environment once, and a mistake stops the start with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from mit.config import Settings, new_secret
from mit.errors import SettingsError

PRODUCTION = {
    "MIT_ENV": "production",
    "MIT_SECRET_KEY": "s" * 40,
    "MIT_KEY_PASSPHRASE": "p" * 24,
    "MIT_PUBLIC_URL": "https://mit.example.or.th",
    "MIT_MAIL_SERVER": "smtp.example.or.th:587",
    "MIT_MAIL_FROM": "mit@example.or.th",
}


def test_an_empty_environment_gives_usable_development_settings() -> None:
    settings = Settings.from_environ({"PATH": "/bin"})
    assert settings.env == "development"
    assert settings.effective_database_url.startswith("sqlite:///")
    assert settings.is_demo_allowed


def test_each_value_is_read_in_its_own_type() -> None:
    settings = Settings.from_environ(
        {
            "MIT_VAR_DIR": "elsewhere",
            "MIT_PUBLIC_URL": "https://mit.example/",
            "MIT_TRUSTED_HOSTS": "a.example, b.example",
            "MIT_JOBS_INLINE": "1",
            "MIT_UPLOAD_LIMIT_BYTES": "1000",
            "MIT_KEY_LEAD_DAYS": "30",
            "MIT_REQUIRE": "pg",
        }
    )
    assert settings.var_dir == Path("elsewhere")
    assert settings.public_url == "https://mit.example"
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.jobs_inline is True
    assert settings.upload_limit_bytes == 1000
    assert settings.key_lead_days == 30


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"MIT_DATABSE_URL": "x"}, "MIT_DATABSE_URL"),
        ({"MIT_ENV": "live"}, "MIT_ENV"),
        ({"MIT_JOBS_INLINE": "yes"}, "MIT_JOBS_INLINE"),
        ({"MIT_UPLOAD_LIMIT_BYTES": "-1"}, "MIT_UPLOAD_LIMIT_BYTES"),
        ({"MIT_PUBLIC_URL": "ftp://x"}, "MIT_PUBLIC_URL"),
        ({"MIT_UPLOAD_LIMIT_BYTES": "9" * 5000}, "MIT_UPLOAD_LIMIT_BYTES"),
        ({"MIT_UPLOAD_LIMIT_BYTES": "๑๐๐"}, "MIT_UPLOAD_LIMIT_BYTES"),
        ({"MIT_KEY_LEAD_DAYS": "1.5"}, "MIT_KEY_LEAD_DAYS"),
        ({"MIT_KEY_LEAD_DAYS": "10000"}, "MIT_KEY_LEAD_DAYS"),
        ({"MIT_VERDICTS_PER_MINUTE": "0"}, "MIT_VERDICTS_PER_MINUTE"),
        ({"MIT_VERDICTS_PER_MINUTE": "many"}, "MIT_VERDICTS_PER_MINUTE"),
        ({"MIT_CHECKS_PER_HOUR": "0"}, "MIT_CHECKS_PER_HOUR"),
        ({"MIT_LIMITS_STORE": "memcached://127.0.0.1"}, "MIT_LIMITS_STORE"),
        ({"MIT_PROXIES": "-1"}, "MIT_PROXIES"),
        ({"MIT_PROXIES": "10"}, "MIT_PROXIES"),
        ({"MIT_SERVE": "office"}, "MIT_SERVE"),
        ({"MIT_DATABASE_URL": "mit.sqlite3"}, "MIT_DATABASE_URL"),
        ({"MIT_DATABASE_URL": "postgresql://host/mit"}, "MIT_DATABASE_URL"),
        ({"MIT_DATABASE_URL": "mysql://host/mit"}, "MIT_DATABASE_URL"),
        ({"MIT_FAILPOINT": "issue.signed"}, "MIT_FAILPOINT"),
        ({"MIT_ENV": "test", "MIT_FAILPOINT": "issue.signed:x"}, "MIT_FAILPOINT"),
        ({"MIT_ENV": "test", "MIT_FAILPOINT": "issue.signed:0"}, "MIT_FAILPOINT"),
        ({"MIT_ENV": "test", "MIT_FAILPOINT": ":2"}, "MIT_FAILPOINT"),
        ({"MIT_COMPANY_REGISTER_URL": "ftp://register.example"}, "MIT_COMPANY_REGISTER_URL"),
        ({"MIT_COMPANY_REGISTER_URL": "https://register.example/x?y"}, "MIT_COMPANY_REGISTER_URL"),
        ({"MIT_COMPANY_REGISTER_URL": "https://"}, "MIT_COMPANY_REGISTER_URL"),
        ({"MIT_MAIL_SERVER": "smtp.example"}, "MIT_MAIL_SERVER"),
        ({"MIT_MAIL_SERVER": "smtp.example:0"}, "MIT_MAIL_SERVER"),
        ({"MIT_MAIL_SERVER": "smtp.example:65536"}, "MIT_MAIL_SERVER"),
        ({"MIT_MAIL_SERVER": "smtp example:25"}, "MIT_MAIL_SERVER"),
        ({"MIT_MAIL_SECURITY": "ssl"}, "MIT_MAIL_SECURITY"),
        ({"MIT_MAIL_SECURITY": "none", "MIT_MAIL_USER": "mit"}, "MIT_MAIL_SECURITY"),
        ({"MIT_MAIL_FROM": "nobody"}, "MIT_MAIL_FROM"),
        ({"MIT_SEAL_LEVEL": "lta"}, "MIT_SEAL_LEVEL"),
        ({"MIT_SEAL_LEVEL": "t"}, "MIT_TIME_STAMP_URL"),
        ({"MIT_SEAL_LEVEL": "lt", "MIT_TIME_STAMP_URL": "http://tsa.example"}, "MIT_TIME_STAMP_ROOTS"),
        ({"MIT_TIME_STAMP_URL": "tsa.example"}, "MIT_TIME_STAMP_URL"),
        ({"MIT_TIME_STAMP_TIMEOUT_SECONDS": "0"}, "MIT_TIME_STAMP_TIMEOUT_SECONDS"),
        ({"MIT_TIME_STAMP_AWAY": "never"}, "MIT_TIME_STAMP_AWAY"),
        ({"MIT_MAIL_FROM": "a@b\r\nBcc: c@d"}, "MIT_MAIL_FROM"),
        ({"MIT_SECRET_KEY_FILE": "/no/such/file"}, "MIT_SECRET_KEY_FILE"),
    ],
)
def test_a_wrong_variable_stops_the_start_and_is_named(environ: dict[str, str], where: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ(environ)
    assert refused.value.where == where


@pytest.mark.parametrize(
    "url",
    [
        *("https://", "https:///v", "http://[::1", "http://host:port", "http://host:0", "http://host:99999"),
        *("HTTPS://host", "//host", "host.example", "https://ใบรับรอง.ไทย", "https://a b", "https://host\n"),
        *("https://host/?x", "https://host#top", "https://me:secret@host", "https://host\\evil"),
    ],
)
def test_an_address_that_cannot_stand_in_a_qr_code_stops_the_start(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"MIT_PUBLIC_URL": url})
    assert (refused.value.code, refused.value.where) == ("settings_value", "MIT_PUBLIC_URL")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://mit.example/verify/", "https://mit.example/verify"),
        ("https://xn--12c1fe0br.example//", "https://xn--12c1fe0br.example"),
    ],
)
def test_an_address_may_have_a_port_and_a_path_and_loses_its_last_slash(url: str, kept: str) -> None:
    assert Settings.from_environ({"MIT_PUBLIC_URL": url}).public_url == kept


@pytest.mark.parametrize("spec", ["issue.after_check", "worker.after_take:3"])
def test_a_failpoint_is_for_tests_alone(spec: str) -> None:
    assert Settings.from_environ({"MIT_ENV": "test", "MIT_FAILPOINT": spec}).failpoint == spec
    for env in ("development", "demo"):
        with pytest.raises(SettingsError):
            Settings.from_environ({"MIT_ENV": env, "MIT_FAILPOINT": spec})


@pytest.mark.parametrize("url", ["sqlite:////srv/mit.sqlite3", "postgresql+psycopg://u:p@h/mit"])
def test_the_database_that_is_named_is_the_one_that_is_used(url: str) -> None:
    assert Settings.from_environ({"MIT_DATABASE_URL": url}).effective_database_url == url


def test_without_one_it_is_sqlite_in_the_working_folder_wherever_the_process_stands() -> None:
    named = Settings.from_environ({"MIT_VAR_DIR": "some/place"}).effective_database_url
    assert named == f"sqlite:///{Path.cwd() / 'some' / 'place' / 'mit.sqlite3'}"


def test_empty_variables_are_as_good_as_none() -> None:
    names = (
        "MIT_ENV",
        "MIT_VAR_DIR",
        "MIT_PUBLIC_URL",
        "MIT_JOBS_INLINE",
        "MIT_KEY_LEAD_DAYS",
        "MIT_FAILPOINT",
    )
    assert Settings.from_environ(dict.fromkeys(names, "")) == Settings()


def test_names_of_other_programs_are_nobody_s_business() -> None:
    assert Settings.from_environ({"MITSUBISHI": "1", "mit_env": "live", "XMIT_ENV": "live"}) == Settings()


def test_production_starts_with_values_of_its_own() -> None:
    assert not Settings.from_environ(PRODUCTION).is_demo_allowed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIT_SECRET_KEY", "short"),
        ("MIT_KEY_PASSPHRASE", ""),
        ("MIT_PUBLIC_URL", "http://mit.example"),
        ("MIT_JOBS_INLINE", "1"),
        ("MIT_COMPANY_REGISTER_URL", "http://register.example/api"),
        ("MIT_MAIL_SERVER", ""),
        ("MIT_MAIL_FROM", ""),
    ],
)
def test_production_refuses_development_defaults(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({**PRODUCTION, name: value})
    assert (refused.value.code, refused.value.where) == ("settings_production", name)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple\n")
    settings = Settings.from_environ({"MIT_KEY_PASSPHRASE_FILE": str(secret)})
    assert settings.key_passphrase == "correct horse battery staple"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "กุญแจ".encode("cp874")])
def test_a_secret_in_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "secret").write_bytes(data)
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"MIT_SECRET_KEY_FILE": str(tmp_path / "secret")})
    assert refused.value.where == "MIT_SECRET_KEY_FILE"


def test_a_secret_in_a_file_goes_before_one_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the file\n", encoding="utf-8")
    both = {"MIT_SECRET_KEY": "of the environment", "MIT_SECRET_KEY_FILE": str(tmp_path / "secret")}
    assert Settings.from_environ(both).secret_key == "of the file"


@pytest.mark.parametrize("name", ["MIT_ENV_FILE", "MIT_PUBLIC_URL_FILE", "MIT_ISSUER_FILE_FILE"])
def test_only_secrets_are_read_from_files(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({name: "/some/file"})
    assert (refused.value.code, refused.value.where) == ("settings_unknown", name)


def test_what_is_not_set_is_shown_as_not_set() -> None:
    shown = repr(Settings(secret_key="s3cret"))
    assert "'secret_key': '•••'" in shown
    assert "'key_passphrase': ''" in shown


def test_settings_never_print_a_secret() -> None:
    settings = Settings(
        secret_key="s3cret", key_passphrase="pa55", database_url="postgresql+psycopg://u:pw@h/d"
    )
    assert not any(word in repr(settings) for word in ("s3cret", "pa55", "pw@"))


def test_each_new_secret_is_fresh() -> None:
    assert len({new_secret() for _ in range(20)}) == 20


def test_limits_proxies_and_the_part_that_is_served_are_read(tmp_path: Path) -> None:
    file = tmp_path / "store"
    file.write_text("rediss://:a-secret@redis.example:6379/0\n", encoding="utf-8")
    settings = Settings.from_environ(
        {
            "MIT_VERDICTS_PER_MINUTE": "1200",
            "MIT_LIMITS_STORE_FILE": str(file),
            "MIT_PROXIES": "2",
            "MIT_SERVE": "verify",
        }
    )
    assert (settings.verdicts_per_minute, settings.proxies, settings.serve) == (1200, 2, "verify")
    assert settings.limits_store == "rediss://:a-secret@redis.example:6379/0"
    assert "a-secret" not in repr(settings)
    plain = Settings.from_environ({})
    assert (plain.verdicts_per_minute, plain.limits_store, plain.proxies, plain.serve) == (600, "", 0, "all")
