"""What a file of unknown hash shows of itself: its credential, its seals, and what is drawn on its pages.

The hash alone decides whether a file was issued.  What stands here tells a person *why* a file is
not the issued one, and offline, where the hash is not known, keeps a file that contradicts itself
from being more than NOT_VALID.  The facts come from child processes that the file may have taken
over, so every shape is checked.  Pure.
Source: formats sections 5.5 and 5.6; security section 4, row "PDF attacks".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mit.errors import Fault, InputError, UnreadableFileError
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import format_day
from mit.verify import opening
from mit.verify.content import Content
from mit.verify.presentation import ShownCredential, ShownFile, ShownQr, Unreadable, read_text
from mit.verify.trust import Trust
from mit.verify.verdict import Notice

_NUMBER = re.compile(r"MIT-[0-9]{4}-[0-9]{7}-[0-9A-Z]", re.ASCII)
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
#: Most seals, codes and numbers that are told apart.
_MOST = 20


@dataclass(frozen=True, slots=True)
class SealSeen:
    """One seal: whether it is intact, and what came into the file after it."""

    is_intact: bool
    later: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a reader of the file sees: all its words, and the text of each QR code."""

    text: str
    qr_texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A PDF that was opened.

    Attributes:
        inside: the credential that it holds, or why there is none.
        seals: its seals; None where nobody looked.
        extras: what an issued file never holds (``received_pdf.read``).
        drawn: None where nobody looked, or the pages cannot be drawn.
    """

    inside: ShownCredential | Unreadable
    seals: tuple[SealSeen, ...] | None = None
    extras: tuple[str, ...] = ()
    drawn: Drawn | None = None
    is_drawable: bool = True


def open_received(shown: ShownFile) -> ReceivedFile:
    """Return what is inside a PDF; the file is opened in the sandbox."""
    try:
        return read_received(shown.opened_by(shown.data))
    except UnreadableFileError as error:
        return ReceivedFile(Unreadable(error.faults[0]))


def read_received(found: object) -> ReceivedFile:
    """Return what the child processes told of a PDF, believed no further than its shape."""
    facts = found if isinstance(found, Mapping) else {}
    drawn = facts.get("drawn")
    return ReceivedFile(
        inside=_inside(facts.get("credential")),
        seals=_seals(facts.get("seals")),
        extras=_texts(facts.get("extras")),
        drawn=_drawn(drawn),
        is_drawable="drawn" not in facts or isinstance(drawn, Mapping),
    )


def signs_of(file: ReceivedFile, content: Content | None, trust: Trust) -> tuple[Notice, ...]:
    """Return everything about *file* that an issued one never shows; empty where all agrees.

    *content* is that of the credential inside, where its signature is good.
    """
    is_unreadable = "seals_unreadable" in file.extras
    found = [Notice("file_seal_broken")] if is_unreadable else _seal_signs(file.seals)
    if "two_tables" in file.extras:
        found.append(Notice("file_two_tables"))
    if set(file.extras) - {"two_tables", "seals_unreadable"}:
        found.append(Notice("file_extras"))
    if not file.is_drawable:
        found.append(Notice("file_not_drawable"))
    if file.drawn is not None and content is not None:
        found += _page_signs(file.drawn, content)
        found += _qr_signs(file.drawn, content, trust)
    return tuple(found)


def contradicts(signs: tuple[Notice, ...]) -> bool:
    """Say whether the signs show that a file cannot be an issued one.

    Another certificate's number on the page alone does not: a certificate may name the one it replaces.
    """
    return any(sign.code != "file_page_names_another" for sign in signs)


def _inside(text: object) -> ShownCredential | Unreadable:
    shown = read_text(text) if isinstance(text, str) else None
    if isinstance(shown, ShownCredential | Unreadable):
        return shown
    return Unreadable(Fault("pdf_without_credential"))


def _seals(listed: object) -> tuple[SealSeen, ...] | None:
    if not isinstance(listed, list):
        return None
    return tuple(
        SealSeen(one.get("intact") is True, str(one.get("later", "changes")))
        for one in listed[:_MOST]
        if isinstance(one, Mapping)
    )


def _texts(listed: object) -> tuple[str, ...]:
    return tuple(text for text in listed[:_MOST] if isinstance(text, str)) if isinstance(listed, list) else ()


def _drawn(facts: object) -> Drawn | None:
    if not isinstance(facts, Mapping):
        return None
    text = facts.get("text")
    return Drawn(text if isinstance(text, str) else "", _texts(facts.get("qr_texts")))


def _seal_signs(seals: tuple[SealSeen, ...] | None) -> list[Notice]:
    if seals is None:
        return []
    if not seals:
        return [Notice("file_without_seal")]
    found = [Notice("file_many_seals")] if len(seals) > 1 else []
    if not all(seal.is_intact for seal in seals):
        found.append(Notice("file_seal_broken"))
    elif any(seal.later == "changes" for seal in seals):
        found.append(Notice("file_changed_after_seal"))
    return found


def _page_signs(drawn: Drawn, content: Content) -> list[Notice]:
    """Compare the words on the pages with what was signed: number, other numbers, holder, last day."""
    words = "".join(drawn.text.translate(_THAI_DIGITS).split())
    numbers = list(dict.fromkeys(_numbers(words)))
    others = [number for number in numbers if number != content.number]
    found = []
    if content.number not in numbers:
        found.append(Notice("file_page_without_number", (("number", content.number),)))
    if others:
        found.append(Notice("file_page_names_another", (("number", others[0]),)))
    if "".join(content.name_th.split()) not in words:
        found.append(Notice("file_page_without_holder"))
    last = format_day(content.expires_on, "th", width="wide")
    if "".join(last.split()) not in words:
        found.append(Notice("file_page_without_expiry", (("expires_on", content.expires_on),)))
    return found


def _numbers(words: str) -> list[str]:
    found = []
    for match in list(_NUMBER.finditer(words))[: 10 * _MOST]:
        try:
            found.append(str(parse_certificate_number(match[0])))
        except InputError:
            found.append(match[0])
    return found


def _qr_signs(drawn: Drawn, content: Content, trust: Trust) -> list[Notice]:
    if not drawn.qr_texts:
        return [Notice("file_without_qr")]
    agrees = all(_says_the_same(text, content, trust) for text in drawn.qr_texts)
    return [] if agrees else [Notice("file_qr_differs")]


def _says_the_same(text: str, content: Content, trust: Trust) -> bool:
    shown = read_text(text)
    said = opening.open_qr(shown, trust).content if isinstance(shown, ShownQr) else None
    return said is not None and said.credential_sha256 == content.credential_sha256
