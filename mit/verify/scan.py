"""Verify what was scanned, typed or uploaded against the register, as it stands at this moment.

Each question reads the certificate's status and its key's dates by key; nothing that can change is
remembered.  What is remembered is only that a known key signed these very bytes (``opening``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from mit.errors import MitError
from mit.store.verdict_facts import FactsRow
from mit.verify import checks, opening
from mit.verify.days import on_each_day
from mit.verify.foreign import address_notices
from mit.verify.judge import Question, judge, judge_opened, judge_received, refusal
from mit.verify.memory import Memory
from mit.verify.opening import Opened
from mit.verify.presentation import (
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    read_digits,
    read_file,
    read_number,
    read_text,
)
from mit.verify.received_file import open_received
from mit.verify.register import (
    Find,
    Found,
    find,
    find_by_pdf,
    find_in_full,
    known_keys,
    nothing,
    recent_keys,
    trust_by,
)
from mit.verify.trust import Trust
from mit.verify.verdict import Verdict


class Grounds(NamedTuple):
    """All that an answer follows from: the signed bytes shown, the register's row, the Bangkok day."""

    shown: str | bytes
    row: FactsRow
    today: date


#: What follows from one state of a row on one day; nothing in it can change by itself.
_answers: Memory[Grounds, Verdict] = Memory(64 * 1024 * 1024)
_UNREACHABLE = "register_unreachable"


def verify_text(text: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on QR text, its digits, a typed number, a page's address or a credential.

    *on* is the Bangkok day asked for, today where None; *model* asks for coverage as well.
    """
    return verify_shown(read_text(text), Question(now, on, model))


def verify_digits(digits: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on the digits of a QR: what stands behind ``/v/``, damaged or not."""
    return verify_shown(read_digits(digits), Question(now, on, model))


def verify_number(number: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on a certificate number as a person types it."""
    return verify_shown(read_number(number), Question(now, on, model))


def verify_file(
    data: bytes, *, now: datetime, on: date | None = None, name: str = "", model: str | None = None
) -> Verdict:
    """Return the verdict on a file: PDF, picture of a QR, credential, or QR text."""
    return verify_shown(read_file(data, name=name), Question(now, on, model))


def verify_shown(shown: Presentation, question: Question, *, is_new: bool = False) -> Verdict:
    """Return the verdict on what was shown, by the register as it is at ``question.now``.

    Where nothing of it was seen before (*is_new*), its credential is read together with its row.
    An address around it that is not ours is said beside the answer.
    """
    verdict = _verify_shown(shown, question, is_new=is_new)
    return verdict.with_notices(address_notices(shown, question.public_url))


def _verify_shown(shown: Presentation, question: Question, *, is_new: bool) -> Verdict:
    read = find_in_full if is_new else find
    try:
        if isinstance(shown, ShownQr | ShownCredential):
            return _verify_signed(shown, question, read)
        if isinstance(shown, ShownNumber):
            return _verify_number(shown, question, read)
        if isinstance(shown, ShownFile):
            return _verify_file(shown, question)
        return on_each_day(partial(judge, shown, nothing(question.now)), question)
    except MitError as error:
        if error.code != _UNREACHABLE:
            raise
        cannot_ask = partial(refusal, checks.REGISTER_UNREACHABLE, nothing(question.now))
        return on_each_day(cannot_ask, question)


def _verify_signed(shown: ShownQr | ShownCredential, question: Question, read: Find) -> Verdict:
    """Check the signature first; only then ask the register for the number that it states.

    The keys that were seen lately save a question; where they do not lead to a certificate of the
    same key, the register's own keys decide.
    """
    opened = _open(shown, Trust(recent_keys(), question.now))
    found = read(opened.content.number) if opened.content else None
    if found is not None and opened.key and found.row.thumbprint == opened.key.public.thumbprint:
        signed = shown.data if isinstance(shown, ShownQr) else shown.text
        grounds = Grounds(signed, found.row, question.today)
        return _remembering(grounds, question, partial(_judge_hinted, opened, found, question))
    keys = known_keys()
    opened = _open(shown, Trust(keys, question.now))
    found = find(opened.content.number) if opened.content else None
    is_short = opened.content is not None and opened.content.is_short
    trust = trust_by(found, question.now, keys.values(), is_content_needed=is_short)
    return on_each_day(partial(judge_opened, opened, trust), question)


def _judge_hinted(opened: Opened, found: Found, question: Question) -> Verdict:
    is_short = opened.content is not None and opened.content.is_short
    trust = trust_by(found, question.now, is_content_needed=is_short)
    opened = opened._replace(key=trust.keys[found.row.kid])
    return on_each_day(partial(judge_opened, opened, trust), question)


def _verify_number(shown: ShownNumber, question: Question, read: Find) -> Verdict:
    found = read(shown.number)
    if found is None:
        return on_each_day(partial(judge, shown, trust_by(None, question.now)), question)
    grounds = Grounds("", found.row, question.today)
    return _remembering(grounds, question, partial(_judge_found, shown, found, question))


def _judge_found(shown: ShownNumber | ShownFile, found: Found, question: Question) -> Verdict:
    trust = trust_by(found, question.now, is_content_needed=True)
    return on_each_day(partial(judge, shown, trust), question)


def _remembering(grounds: Grounds, question: Question, work_out: Callable[[], Verdict]) -> Verdict:
    """Return the verdict that follows from *grounds*, worked out before or now.

    The row is what was read in this very request.  The dated history needs no place of its own: it only
    grows, each entry moves the row's status or the day since when it holds, and several on one day
    come to what the last of them says.  Another day or a model is worked out each time.
    """
    if not question.is_plain:
        return work_out()
    known = _answers.get(grounds)
    if known is not None:
        return known.known_since(question.now)
    verdict = work_out()
    if verdict.certificate is None:
        return verdict
    weight = 6_000 + 1_800 * len(verdict.certificate.products)
    return _answers.keep(grounds, replace(verdict, followed_from=grounds), weight_bytes=weight)


def _verify_file(shown: ShownFile, question: Question) -> Verdict:
    found = find_by_pdf(shown.sha256)
    if found is not None:
        return _judge_found(shown, found, question)
    return _verify_unknown_file(shown, question)


def _verify_unknown_file(shown: ShownFile, question: Question) -> Verdict:
    """Open a file that the register does not know, and ask it for the credential inside."""
    keys = known_keys()
    file = open_received(shown)
    content = None
    if isinstance(file.inside, ShownCredential):
        content = opening.open_credential(file.inside, Trust(keys, question.now)).content
    found = find(content.number) if content else None
    trust = trust_by(found, question.now, keys.values())
    return on_each_day(partial(judge_received, file, trust), question)


def forget_answers() -> None:
    """Forget every remembered answer; for tests and measurements."""
    _answers.clear()


def _open(shown: ShownQr | ShownCredential, trust: Trust) -> Opened:
    if isinstance(shown, ShownQr):
        return opening.open_qr(shown, trust)
    return opening.open_credential(shown, trust)
