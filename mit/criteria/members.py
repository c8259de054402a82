"""Read the members of a JSON object strictly, noting every fault instead of stopping at the first."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TypeVar

from mit.errors import Fault, InputError

#: Longest text that any member may hold, in characters, unless its reader says otherwise.
TEXT_LIMIT = 500
#: Longest list of short texts (models, evidence, process).
LIST_LIMIT = 500

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?", re.ASCII)
_UNUSABLE_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
#: Signs that turn the reading direction round: what is seen is then not what is stored.
_DIRECTION_SIGNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")

T = TypeVar("T")


class Members:
    """The members of one object at the place *where*; faults go to the list they all share.

    A document that is not an object is noted once and then reads as an empty one whose missing
    members are not noted again.
    """

    def __init__(self, document: object, where: str, faults: list[Fault]) -> None:
        self._where = where
        self._faults = faults
        self._is_object = isinstance(document, Mapping)
        self._members: Mapping[object, object] = document if isinstance(document, Mapping) else {}
        if not self._is_object:
            self.note("object_expected")

    def place(self, name: str) -> str:
        """Return the path of the member *name*, e.g. ``lines[3].amount``."""
        return f"{self._where}.{name}" if self._where and name else self._where or name

    def note(self, code: str, member: str = "", /, **params: str | int) -> None:
        """Note a fault of one member, or of the whole object."""
        self._faults.append(Fault(code, self.place(member), params))

    def names(self) -> tuple[str, ...]:
        """Return the names of all members, in the order of the alphabet."""
        return tuple(sorted(name for name in self._members if isinstance(name, str)))

    def has(self, name: str) -> bool:
        """Say whether the member is there and is not null."""
        return self._members.get(name) is not None

    def raw(self, name: str) -> object:
        """Return the member as it came; None where it is absent."""
        return self._members.get(name)

    def only(self, known: frozenset[str]) -> None:
        """Note every member that is not in *known*."""
        if self._members.keys() <= known:
            return
        for name in self._members:
            if not isinstance(name, str) or name not in known:
                self.note("member_unknown", shown(name), name=shown(name))

    def need(self, *names: str) -> None:
        """Note every one of *names* that is absent or null."""
        for name in names:
            if self._is_object and not self.has(name):
                self.note("member_missing", name, name=name)

    def read(self, name: str, reader: Callable[[object, str], T], default: T) -> T:
        """Return what *reader* makes of the member; *default* where it is absent or wrong.

        The reader gets value and place and raises InputError for what it does not take.
        """
        value = self._members.get(name)
        if value is None:
            return default
        try:
            return reader(value, self.place(name))
        except InputError as error:
            self._faults.extend(map(_harmless, error.faults))
            return default

    def inside(self, name: str) -> Members:
        """Return the members of the object under *name*; where it is absent, nothing is missed."""
        if self.has(name):
            return Members(self._members[name], self.place(name), self._faults)
        absent = Members({}, self.place(name), self._faults)
        absent._is_object = False
        return absent

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a member that is true or false; *default* where it is absent or wrong."""
        return self.read(name, read_flag, default)

    def items(self, name: str, limit: int) -> list[tuple[object, str]]:
        """Return the entries of a list with their places, counted from 1; empty where absent."""
        return [(entry, f"{self.place(name)}[{i}]") for i, entry in enumerate(self.entries(name, limit), 1)]

    def entries(self, name: str, limit: int) -> list[object]:
        """Return the entries of a list; empty where it is absent, no list, or longer than *limit*."""
        value = self._members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note("list_expected", name)
            return []
        if len(value) > limit:
            self.note("list_too_long", name, limit=limit)
            return []
        return value

    def texts(self, name: str, reader: Callable[[object, str], str]) -> tuple[str, ...]:
        """Return a list of texts, each read by *reader*."""
        found: list[str] = []
        for entry, place in self.items(name, LIST_LIMIT) if self.has(name) else ():
            try:
                found.append(reader(entry, place))
            except InputError as error:
                self._faults.extend(map(_harmless, error.faults))
        return tuple(found)


def shown(value: object, limit: int = 40) -> str:
    """Return a value as a short harmless text for an error sentence."""
    text = value if isinstance(value, str) else type(value).__name__
    if isinstance(value, int) and abs(value) < 10**18:
        text = str(value).lower()
    return "".join(c if _is_usable(c) else "\ufffd" for c in text[:limit])


def read_text(value: object, where: str) -> str:
    """Return a non-empty text in NFC, runs of white space made one space, ends trimmed.

    Raises:
        InputError: ``text_expected``, ``text_empty``, ``text_too_long`` or ``text_unusable``
            (control signs, half surrogates, signs without meaning, direction marks).
    """
    if not isinstance(value, str):
        raise InputError("text_expected", where=where)
    if len(value) > TEXT_LIMIT:
        raise InputError("text_too_long", where=where, limit=TEXT_LIMIT)
    if _is_read_already(value):
        return value
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if len(text) > TEXT_LIMIT:  # the one form of some signs is longer
        raise InputError("text_too_long", where=where, limit=TEXT_LIMIT)
    if not text:
        raise InputError("text_empty", where=where)
    if not (text.isprintable() or all(map(_is_usable, text))):  # no printable sign is unusable
        raise InputError("text_unusable", where=where)
    return text


def _is_read_already(text: str) -> bool:
    """Say whether a text is in its one form; nearly all are, and a long sheet has tens of thousands."""
    if not text or not text.isprintable() or text[0] == " " or text[-1] == " " or "  " in text:
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def read_number(value: object, where: str) -> str:
    """Return a decimal text of zero or more, at most 12 digits and 8 decimals, without needless zeros.

    Raises:
        InputError: ``number_not_text`` or ``number_malformed``.
    """
    if not isinstance(value, str):
        raise InputError("number_not_text", where=where)
    if not _NUMBER.fullmatch(value):
        raise InputError("number_malformed", where=where, text=shown(value))
    return value.rstrip("0").rstrip(".") if "." in value else value


def read_flag(value: object, where: str) -> bool:
    """Return true or false.

    Raises:
        InputError: ``flag_expected``.
    """
    if not isinstance(value, bool):
        raise InputError("flag_expected", where=where)
    return value


def one_of(choices: tuple[str, ...], code: str) -> Callable[[object, str], str]:
    """Return a reader that takes one of *choices* and refuses everything else with *code*."""

    def read(value: object, where: str) -> str:
        if value not in choices:
            raise InputError(code, where=where, text=shown(value), choices=", ".join(choices))
        return str(value)

    return read


def canonical_json(document: object) -> bytes:
    """Return the one JSON text of a document: sorted members, no spaces, UTF-8; for hashing."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _harmless(fault: Fault) -> Fault:
    params = {name: shown(v) if isinstance(v, str) else v for name, v in fault.params.items()}
    return Fault(fault.code, fault.where, params)


def _is_usable(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNUSABLE_CATEGORIES and sign not in _DIRECTION_SIGNS
