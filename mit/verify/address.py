"""Whose address a scanned or pasted text holds: ours to the letter, somebody else's, or none.  Pure.

A certificate's signature says nothing about the page that a QR leads to: whoever copies the digits behind
an address of their own shows a false page to everybody who follows it.  So an address is ours only if
scheme, host and port are those of ``MIT_PUBLIC_URL`` and the path is one of ours; all else is foreign.  The
same rule runs in ``static/js/verify/address.js``; ``tests/vectors/hosts.json`` holds both together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Longer texts hold no address that a person could compare.
_LONGEST = 20_000
#: So much of a host is shown before the part that its owner registered, and of that part.
_MOST_SHOWN = 60
_EDGES = " \t\n\r\f\v"
#: What browsers drop or read as a slash in an address; none of it stands in one of ours.
_DROPPED = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"(https?):[\\/]*(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,40})://+(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_NO_SCHEME = re.compile(r"()[\\/]{2,}(.*)", re.DOTALL)
#: A name with a dot and a slash behind it: scanners open it as an address.
_BARE = re.compile(r"()([^\\/?#\s]+\.[^\\/?#\s.]{2,}\.?(?::[0-9]+)?[\\/].*)", re.DOTALL)
_PARTS = re.compile(r"([^\\/?#]*)(.*)", re.DOTALL)
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", re.DOTALL)
_PATHS = re.compile(
    r"/v[/#][0-9]+/?(?:[?#][!-~]*)?|/c/[A-Za-z0-9.-]{1,60}/?(?:[?#][!-~]*)?|/d/[A-Za-z0-9._~-]{1,200}/?(?:[?#][!-~]*)?"
)
_PLAIN = re.compile(r"[!-\[\]-~]*")
_PORTS = {"http": "80", "https": "443"}
_NUMBERS = re.compile(r"\[.*|[0-9.]+", re.DOTALL)


class Whose(StrEnum):
    """Whose address a text holds."""

    OURS = "ours"
    FOREIGN = "foreign"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says of itself.

    Attributes:
        whose: ours, foreign or none.
        reason: why it is foreign: ``host, letters, user, inside, port, scheme, signs, path``; else empty.
        before: the host but for its last part, spelled out, cut to the signs next to it.
        owner: the part of the host that somebody registered, with the port; every odd sign is spelled out.
        path: of an address of ours, where it leads on our host; else empty.
    """

    whose: Whose
    reason: str = ""
    before: str = ""
    owner: str = ""
    path: str = ""

    @property
    def shown(self) -> str:
        """Return the host as it may be shown: plain letters, digits and spelled-out signs only."""
        return self.before + self.owner


_NO_ADDRESS = Address(Whose.NONE)


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    user: str | None
    host: str
    port: str
    path: str


@lru_cache(maxsize=8192)
def read_address(text: str, public_url: str) -> Address:
    """Return whose address *text* holds, where *public_url* is ours."""
    plain = text.strip(_EDGES)
    if len(plain) > _LONGEST:
        return _NO_ADDRESS
    parts, ours = _split(plain), _split(public_url)
    if parts is None or ours is None:
        return _NO_ADDRESS
    reason = _why_foreign(plain, parts, ours)
    if not reason:
        return Address(Whose.OURS, path=parts.path)
    return Address(Whose.FOREIGN, reason, *_shown(parts))


def _split(text: str) -> _Parts | None:
    """Return the parts that a browser would find, backslashes and dropped signs included."""
    plain = _DROPPED.sub("", text)
    matches = (form.fullmatch(plain) for form in (_SCHEME, _OTHER_SCHEME, _NO_SCHEME, _BARE))
    found = next(filter(None, matches), None)
    if found is None:
        return None
    scheme, rest = found[1].lower(), found[2]
    cut = _PARTS.fullmatch(rest)
    authority, path = (cut[1], cut[2]) if cut else ("", "")
    user, at, place = authority.rpartition("@")
    found = _HOST.fullmatch(place)
    host, port = (found[1], found[2] or "") if found else (place, "")
    default = _PORTS.get(scheme, "")
    return _Parts(scheme, user if at else None, _lower(host), "" if port == default else port, path)


def _lower(text: str) -> str:
    """Return *text* with A to Z small; no other letter changes."""
    return "".join(sign.lower() if "A" <= sign <= "Z" else sign for sign in text)


def _why_foreign(plain: str, parts: _Parts, ours: _Parts) -> str:
    if parts.host != ours.host:
        return _why_another_host(parts, ours)
    if parts.user is not None:
        return "user"
    if parts.port != ours.port:
        return "port"
    if parts.scheme != ours.scheme:
        return "scheme"
    if not _PLAIN.fullmatch(plain):
        return "signs"
    return "" if _PATHS.fullmatch(parts.path) else "path"


def _why_another_host(parts: _Parts, ours: _Parts) -> str:
    host = parts.host
    if parts.user is not None:
        return "user"
    if not _PLAIN.fullmatch(host) or "xn--" in host or "%" in host:
        return "letters"
    squeezed = re.sub(r"[.-]", "", host)
    return "inside" if re.sub(r"[.-]", "", ours.host) in squeezed else "host"


def _shown(parts: _Parts) -> tuple[str, str]:
    """Return the host in two pieces: what anybody may write in front, and what was registered."""
    labels = parts.host.split(".")
    count = len(labels) if _NUMBERS.fullmatch(parts.host) else _labels_of_owner(labels)
    cut = max(len(labels) - count, 0)
    before, owner = labels[:cut], labels[cut:]
    port = f":{parts.port}" if parts.port else ""
    front = "".join(f"{spelled_out(label)}." for label in before)
    return _end_of(front), _end_of(spelled_out(".".join(owner) + port))


def _end_of(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else "…" + text[-_MOST_SHOWN:]


def _labels_of_owner(labels: list[str]) -> int:
    """Return how many labels at the end name the owner: ``example.com`` two, ``example.or.th`` three."""
    is_rooted = len(labels) > 1 and not labels[-1]
    names = labels[:-1] if is_rooted else labels
    is_country = len(names) > 2 and len(names[-1]) == 2 and len(names[-2]) <= 3
    return (3 if is_country else 2) + is_rooted


def spelled_out(text: str) -> str:
    """Return *text* with each sign that is not a plain one of an address as its number, ``<U+202E>``."""
    return "".join(sign if "!" <= sign <= "~" else f"<U+{ord(sign):04X}>" for sign in text)
