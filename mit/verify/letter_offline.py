"""A dealer's letter judged by a trust file alone: no network, no database.  Pure."""

from __future__ import annotations

from dataclasses import replace

from mit.credential.claims import StatusSlot
from mit.credential.dealer_letter import DealerLetter
from mit.verify import checks, opening
from mit.verify.content import Content
from mit.verify.dealer_letter import LetterVerdict, judge_letter
from mit.verify.judge import judge_opened, refusal
from mit.verify.opening import Opened
from mit.verify.question import Question
from mit.verify.trust import Trust
from mit.verify.verdict import Verdict

#: No list has this place: what a letter does not say is not looked up.
_NO_SLOT = StatusSlot(-1, -1)


def judge_by_trust(text: str, trust: Trust, question: Question) -> LetterVerdict:
    """Return the verdict on a letter with that on the certificate behind it, as far as *trust* knows it."""
    found = judge_letter(text, trust.keys, question)
    if found.letter is None:
        return found
    return replace(found, certificate=_behind(found.letter, trust, question))


def _behind(letter: DealerLetter, trust: Trust, question: Question) -> Verdict:
    """Judge the certificate that the letter names by its hash; only a record can answer for it."""
    number = str(letter.ground.number)
    record = trust.records.get(number)
    key = trust.keys.get(record.kid) if record else None
    if record is None or key is None:
        return refusal(checks.unreachable(number), trust, question)
    content = Content(
        number=number,
        name_th=letter.maker.name_th,
        name_en=letter.maker.name_en or None,
        juristic_number=letter.maker.juristic_number,
        products=tuple(one.coverage.to_document() for one in letter.products),
        product_count=len(letter.products),
        issued_on=letter.ground.issued_on,
        expires_on=letter.ground.expires_on,
        slot=_NO_SLOT,
        credential_sha256=letter.ground.credential_sha256,
    )
    return judge_opened(Opened(opening.SIGNATURE_OK, key, content), trust, question)
