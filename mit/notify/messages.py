"""The words of each letter: one language, plain text, nothing in a header that could break out of it.

A letter is written in the language that its reader chose in their account: the same link twice, in
two languages, looks like what people are warned of.  Names that people typed are made one short
line before they come near a header or a sentence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mit.i18n import Language, say
from mit.lifecycle.mails import Letter, Mail
from mit.values.bilingual import Bilingual

#: What a name or number within a letter may have in signs.
LONGEST_PARAM = 200
#: Letters to addresses that nobody has proved yet: a stranger could send their own words under our name,
#: so the name that was typed for the address appears nowhere in them.
NAMELESS = frozenset({Letter.CONFIRM_EMAIL, Letter.INVITATION})
#: Signs that end a line, change its direction or are not there at all.
_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes.

    Attributes:
        name: of the issuer.
        address: where the letters come from.
        telephone: for questions.
        public_url: completes the paths of links, without a slash at its end.
    """

    name: Bilingual
    address: str
    telephone: str
    public_url: str


def write_message(mail: Mail, *, head: Letterhead, message_id: str, now: datetime) -> EmailMessage:
    """Return the letter as it goes to the mail server; *message_id* stays the same when it goes again."""
    language: Language = "en" if mail.language == "en" else "th"
    words = _cleaned(mail.params, head)
    name = "" if mail.letter in NAMELESS else str(words.get("name", ""))
    sender, reader = _address(head.name.in_language(language), head.address), _address(name, mail.to)
    is_plain = reader.addr_spec.isascii() and sender.addr_spec.isascii()
    message = EmailMessage(policy=policy.SMTP if is_plain else policy.SMTPUTF8)
    message["From"] = sender
    message["To"] = reader
    message["Subject"] = say(f"mail.{mail.letter}_subject", language, **words)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    body = say(f"mail.{mail.letter}_body", language, **words)
    foot = say(
        "mail.foot",
        language,
        issuer=head.name.in_language(language),
        telephone=head.telephone,
        host=head.public_url,
    )
    message.set_content(f"{body}\n\n-- \n{foot}\n")
    message["Content-Language"] = language  # after set_content, which drops what begins with Content
    return message


def one_line(text: str, *, longest: int = LONGEST_PARAM) -> str:
    """Return *text* as one short line of signs that can be seen; joiners within a word are dropped."""
    seen = "".join(" " if unicodedata.category(sign) in _BAD_CATEGORIES else sign for sign in text)
    plain = " ".join(seen.split()).replace("=?", "= ?")  # else it reads like an encoded word of a header
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _cleaned(params: Mapping[str, str | int], head: Letterhead) -> dict[str, str | int]:
    words: dict[str, str | int] = {
        name: one_line(value) if isinstance(value, str) else value
        for name, value in params.items()
        if name != "path"
    }
    path = str(params.get("path", "/"))
    if not (path.startswith("/") and path.isascii() and path.isprintable() and " " not in path):
        path = "/"
    return words | {"link": head.public_url + path}


def _address(name: str, address: str) -> Address:
    local, _, domain = one_line(address, longest=320).rpartition("@")
    plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    return Address(one_line(name, longest=100), local, plain)
