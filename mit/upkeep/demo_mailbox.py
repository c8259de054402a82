"""The mailbox of the demo: the letters that lie in the folder, for whoever tries the service out.

Letters hold links that let people in, so the pages that show them exist in demos and tests alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

from mit.config import Settings
from mit.errors import NotFoundError

_NAME = re.compile(r"[A-Za-z0-9-]{1,200}")
_MOST = 200
_LINK = re.compile(r"https?://[^\s]+")


@dataclass(frozen=True, slots=True)
class LetterCard:
    """One letter in the list; ``name`` opens it."""

    name: str
    to: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One letter as it is read; ``links`` are the addresses in it that lead to *our* pages, as paths."""

    card: LetterCard
    sender: str
    text: str
    links: tuple[str, ...]


def list_letters(settings: Settings) -> Sequence[LetterCard]:
    """Return the newest letters of the folder, the newest first, at most 200."""
    folder = settings.var_dir / "mailbox"
    newest = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_card(path.stem, _read(path)) for path in newest[:_MOST]]


def read_letter(settings: Settings, name: str) -> LetterPage:
    """Return one letter.

    Raises:
        NotFoundError: there is no such letter.
    """
    path = settings.var_dir / "mailbox" / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFoundError
    message = _read(path)
    text = str(message.get_content())
    ours = (link for link in _LINK.findall(text) if link.startswith(f"{settings.public_url}/"))
    paths = tuple(link[len(settings.public_url) :] for link in ours)
    return LetterPage(_card(name, message), _header(path, "From"), text, paths)


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _card(name: str, message: EmailMessage) -> LetterCard:
    return LetterCard(
        name=name,
        to=message["To"].addresses[0].addr_spec,
        subject=str(message["Subject"]),
        sent_at=message["Date"].datetime,
    )


def _header(path: Path, name: str) -> str:
    """Return a header as RFC 2047 has it: white space between encoded words is none of the text."""
    return str(make_header(decode_header(message_from_bytes(path.read_bytes())[name])))
