"""Members of a signed JSON document, read strictly; a wrong one is refused with its place.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from mit.credential.claims import SLOTS_IN_A_LIST
from mit.errors import InputError, MalformedNumberError
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import parse_iso_day, utc_text

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
_CHANGE_MEMBERS = frozenset({"on", "state", "reason"})
#: 9999-12-31T23:59:59Z; later instants cannot be held.
_LAST_INSTANT = 253_402_300_799
T = TypeVar("T")


def demand(is_so: bool, place: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse the document unless *is_so*.

    Raises:
        InputError: ``trust_malformed`` with the place.
    """
    if not is_so:
        raise InputError("trust_malformed", where=place)


def members(value: object, place: str = "") -> dict[str, Any]:
    """Return an object's members."""
    if not isinstance(value, dict):
        raise InputError("trust_malformed", where=place)
    return value


def entries(document: dict[str, Any], name: str) -> list[Any]:
    """Return the entries of a list member."""
    value = document.get(name)
    if not isinstance(value, list):
        raise InputError("trust_malformed", where=name)
    return value


def text(document: dict[str, Any], name: str, place: str = "") -> str:
    """Return a text member."""
    value = document.get(name)
    if not isinstance(value, str):
        raise InputError("trust_malformed", where=_at(place, name))
    return value


def whole(document: dict[str, Any], name: str, place: str) -> int:
    """Return a whole number, zero or above."""
    value = document.get(name)
    if type(value) is not int or value < 0:
        raise InputError("trust_malformed", where=_at(place, name))
    return value


def digest(document: dict[str, Any], name: str, place: str) -> str:
    """Return a SHA-256 of 64 lower-case hex digits."""
    value = text(document, name, place)
    demand(_DIGEST.fullmatch(value) is not None, _at(place, name))
    return value


def number(document: dict[str, Any], name: str, place: str) -> str:
    """Return a certificate number in its printed form."""
    value = text(document, name, place)
    try:
        demand(str(parse_certificate_number(value)) == value, _at(place, name))
    except MalformedNumberError as error:
        raise InputError("trust_malformed", where=_at(place, name)) from error
    return value


def instant(document: dict[str, Any], name: str, place: str = "") -> datetime:
    """Return an instant written as UTC with ``Z`` and whole seconds."""
    value = text(document, name, place)
    demand(_INSTANT.fullmatch(value) is not None, _at(place, name))
    try:
        at = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError("trust_malformed", where=_at(place, name)) from error
    demand(utc_text(at) == value, _at(place, name))
    return at


def epoch_instant(document: dict[str, Any], name: str, place: str) -> datetime:
    """Return an instant written as whole seconds since 1970."""
    seconds = whole(document, name, place)
    demand(seconds <= _LAST_INSTANT, _at(place, name))
    return datetime.fromtimestamp(seconds, UTC)


def day(document: dict[str, Any], name: str, place: str) -> date:
    """Return a day written as ``YYYY-MM-DD``."""
    try:
        return parse_iso_day(text(document, name, place))
    except InputError as error:
        raise InputError("trust_malformed", where=_at(place, name)) from error


def optional(
    read: Callable[[dict[str, Any], str, str], T], document: dict[str, Any], name: str, place: str
) -> T | None:
    """Return a member read by *read*, or None where it is null; it must be there."""
    demand(name in document, _at(place, name))
    return None if document[name] is None else read(document, name, place)


def optional_day(document: dict[str, Any], name: str, place: str) -> date | None:
    """Return a day, or None where it is null."""
    return optional(day, document, name, place)


def optional_instant(document: dict[str, Any], name: str, place: str) -> datetime | None:
    """Return an instant, or None where it is null."""
    return optional(instant, document, name, place)


def index(name: str, place: str) -> int:
    """Return the slot that a member's name stands for."""
    demand(_INDEX.fullmatch(name) is not None and int(name) < SLOTS_IN_A_LIST, place)
    return int(name)


def history(document: dict[str, Any], name: str, place: str) -> tuple[StateChange, ...]:
    """Return a dated status history, its days in order."""
    changes = tuple(
        _change(entry, f"{_at(place, name)}[{at}]") for at, entry in enumerate(entries(document, name), 1)
    )
    days = [change.on for change in changes]
    demand(days == sorted(days), _at(place, name))
    return changes


def _change(entry: object, place: str) -> StateChange:
    change = members(entry, place)
    demand(change.keys() == _CHANGE_MEMBERS, place)
    state = text(change, "state", place)
    demand(state in set(CertificateState), f"{place}.state")
    return StateChange(day(change, "on", place), CertificateState(state), text(change, "reason", place))


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
