"""Examine this machine and this installation: what is missing for the work, and what only for tests.

Each examination looks at one thing and says it in words; none changes anything, apart from a file
that is written into the working folder and taken away again.
"""

from __future__ import annotations

import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import mit
from mit.config import Settings
from mit.errors import MitError
from mit.issuance.authority import Authority
from mit.lifecycle.signing_key_states import state_on
from mit.sandbox import child
from mit.store import audit, signing_keys
from mit.store.db import viewing
from mit.store.health import UNREACHABLE
from mit.store.published import find_published
from mit.store.verdict_rows import list_numbers
from mit.upkeep.examined import Examined, Grade, graded
from mit.upkeep.readiness import Readiness, read_readiness
from mit.upkeep.schema import read_state
from mit.upkeep.surroundings import (
    examine_clock,
    examine_daily_work,
    examine_disk,
    examine_letters,
    examine_mail,
)
from mit.values.thai_date import bangkok_day

OLDEST_PYTHON = (3, 11)
#: The files without which neither paper nor pages look as they should, under the package.
FONTS = (
    "document/fonts/Sarabun-Regular.ttf",
    "document/fonts/Sarabun-Bold.ttf",
    "static/fonts/sarabun-thai-400-normal.woff2",
    "static/fonts/sarabun-latin-400-normal.woff2",
)
#: Programs that only tests use, by the part that ``MIT_REQUIRE`` names.
TEST_PROGRAMS = {
    "browser": ("chromium", "chromium-browser", "google-chrome"),
    "poppler": ("pdftotext", "pdfsig", "pdftoppm"),
    "zbar": ("zbarimg",),
    "node": ("node",),
    "openssl": ("openssl",),
}
#: Published lists older than this make verifiers add a notice (contract section 1).
_LISTS_FRESH_FOR = timedelta(hours=24)
#: A key that ends sooner needs another one that follows it.
_KEY_ENDS_SOON = timedelta(days=30)
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examine_machine(settings: Settings, *, now: datetime) -> list[Examined]:
    """Return what this machine has and lacks; asks no database."""
    return [
        _python(),
        *_folders(settings),
        examine_disk(settings),
        _fonts(),
        _sandbox(),
        _passphrase(settings),
        examine_mail(settings),
        *_test_programs(),
        _time_zone(now),
    ]


def examine_installation(authority: Authority, *, now: datetime) -> list[Examined]:
    """Return what this installation's register, keys and settings have and lack."""
    found = [_issuer(authority, bangkok_day(now)), _rules(authority)]
    ready = read_readiness(now)
    found.append(graded("database", is_good=ready.database))
    if not ready.database:
        return found
    found.append(_schema())
    if found[-1].grade is not Grade.GOOD:
        return found
    return [*found, *_register(authority, ready, now)]


def _register(authority: Authority, ready: Readiness, now: datetime) -> Iterator[Examined]:
    yield from _keys(authority, bangkok_day(now))
    yield graded("jobs", is_good=ready.jobs)
    yield examine_daily_work(now)
    yield examine_letters()
    yield examine_clock(now)
    yield _audit_chain()
    yield _lists(now)


def _python() -> Examined:
    is_good = sys.version_info >= OLDEST_PYTHON
    return graded("python", is_good=is_good, version=platform.python_version())


def _folders(settings: Settings) -> Iterator[Examined]:
    yield graded("var_dir", is_good=_is_writable(settings.var_dir), folder=str(settings.var_dir))
    folder = settings.keys_dir
    if not folder.is_dir():
        yield Examined("keys_dir", Grade.LACKING, {"folder": str(folder)})
        return
    open_files = sorted(
        path.name
        for path in folder.glob("*.pem")
        if ".chain." not in path.name and path.stat().st_mode & _OPEN_TO_OTHERS
    )
    names = ", ".join(open_files[:5])
    yield Examined("keys_dir", Grade.GOOD, {"folder": str(folder)})
    yield graded("key_files", is_good=not open_files, names=names)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"mit")
            stream.flush()
    except OSError:
        return False
    return True


def _fonts() -> Examined:
    root = Path(mit.__file__).parent
    missing = [name for name in FONTS if not (root / name).is_file()]
    return graded("fonts", is_good=not missing, names=", ".join(missing))


def _sandbox() -> Examined:
    try:
        answer = child.run("json", b'{"examined": true}')
    except MitError as error:
        return Examined("sandbox", Grade.LACKING, {"code": error.code})
    return graded("sandbox", is_good=answer is not None, code="")


def _passphrase(settings: Settings) -> Examined:
    return graded("passphrase", is_good=bool(settings.key_passphrase))


def _test_programs() -> Iterator[Examined]:
    for part, programs in TEST_PROGRAMS.items():
        wanted = programs if part == "poppler" else programs[:1]
        found = [name for name in programs if shutil.which(name)]
        is_there = len(found) == len(wanted) if part == "poppler" else bool(found)
        yield Examined(f"test_{part}", Grade.GOOD if is_there else Grade.HINT, {})


def _time_zone(now: datetime) -> Examined:
    """Say which day the service takes it to be, so that a wrong clock is seen."""
    return Examined("clock", Grade.GOOD, {"day": bangkok_day(now).isoformat()})


def _issuer(authority: Authority, today: date) -> Examined:
    try:
        profile = authority.issuer_on(today)
    except MitError:
        return Examined("issuer", Grade.LACKING, {})
    grade = Grade.GOOD if profile.mark == "verified" else Grade.HINT
    return Examined("issuer", grade, {"name_th": profile.name_th, "name_en": profile.name_en})


def _rules(authority: Authority) -> Examined:
    rule_sets = authority.rulebook.rule_sets
    unverified = sum(not one.is_verified for rule_set in rule_sets for one in rule_set.every_setting)
    count = len(rule_sets)
    return Examined(
        "rules", Grade.HINT if unverified else Grade.GOOD, {"count": count, "unverified": unverified}
    )


def _schema() -> Examined:
    try:
        state = read_state()
    except UNREACHABLE:
        return Examined("schema", Grade.LACKING, {"current": "–", "newest": "–"})
    params = {"current": state.current or "–", "newest": state.newest or "–"}
    return graded("schema", is_good=state.is_as_needed, **params)


def _keys(authority: Authority, today: date) -> Iterator[Examined]:
    """Say for each purpose whether a key is on duty today and its file is here."""
    with viewing() as session:
        rows = {purpose: signing_keys.all_keys(session, purpose) for purpose in signing_keys.PURPOSES}
    for purpose, keys in rows.items():
        active = [key for key in keys if state_on(signing_keys.key_dates(key), today) == "active"]
        if not active:
            yield Examined(f"{purpose}_key", Grade.LACKING, {})
            continue
        kid = active[-1].kid
        if not authority.keyring.holds(kid):
            yield Examined(f"{purpose}_key_file", Grade.LACKING, {"kid": kid})
            continue
        yield Examined(f"{purpose}_key", Grade.HINT if active[-1].demo else Grade.GOOD, {"kid": kid})
        yield _end_of_key(purpose, active[-1], keys, today)


def _end_of_key(
    purpose: str, key: signing_keys.SigningKey, keys: Sequence[signing_keys.SigningKey], today: date
) -> Examined:
    """Say until when a key signs, and whether another one takes over from it in time."""
    ends_on = key.verify_only_from_on
    if ends_on is None:
        return Examined(f"{purpose}_key_end", Grade.GOOD, {"kid": key.kid, "day": "–"})
    others = [one.active_from_on for one in keys if one.kid != key.kid and one.active_from_on is not None]
    follows = any(begins_on <= ends_on for begins_on in others)
    is_good = follows or ends_on - today > _KEY_ENDS_SOON
    grade = Grade.GOOD if is_good else Grade.HINT
    return Examined(f"{purpose}_key_end", grade, {"kid": key.kid, "day": ends_on.isoformat()})


def _audit_chain() -> Examined:
    """Walk the audit log from its first event to its head."""
    with viewing() as session:
        breaks = audit.verify_chain(session)
    return graded("audit_chain", is_good=not breaks, count=len(breaks))


def _lists(now: datetime) -> Examined:
    """Say whether every status list is published and young enough for verifiers."""
    with viewing() as session:
        pieces = [find_published(session, f"status/revocation/{number}") for number in list_numbers()]
    old = sum(piece is None or now - piece.signed_at > _LISTS_FRESH_FOR for piece in pieces)
    return graded("status_lists", is_good=not old, count=len(pieces), old=old)
