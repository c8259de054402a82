"""Verify a dealer's letter by the register, as it stands at this moment.

The letter's row, its key's dates and the certificate's status are read in every question.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from mit.errors import MitError
from mit.store.dealer_letters import LetterFacts, letter_facts
from mit.values.letter_number import LetterNumber
from mit.verify.checks import REGISTER_UNREACHABLE
from mit.verify.dealer_letter import LetterRecord, LetterVerdict, judge_letter
from mit.verify.question import Question
from mit.verify.register import known_keys
from mit.verify.scan import verify_number
from mit.verify.verdict import Check, Finding, Outcome, Verdict

_UNREACHABLE = "register_unreachable"


def verify_letter(number: LetterNumber, *, now: datetime, on: date | None = None) -> LetterVerdict:
    """Return the verdict on the letter of a number, with that on the certificate behind it.

    *on* is the Bangkok day asked for, today where None.
    """
    question = Question(now, on)
    try:
        facts = letter_facts(str(number))
        if facts is None:
            return _alone(_not_found(number), question)
        found = judge_by_register(facts, question)
    except MitError as error:
        if error.code != _UNREACHABLE:
            raise
        return _alone(REGISTER_UNREACHABLE, question)
    if found.letter is None:
        return found
    behind = verify_number(str(found.letter.ground.number), now=now, on=on)
    return replace(found, certificate=behind)


def judge_by_register(facts: LetterFacts, question: Question) -> LetterVerdict:
    """Return the verdict on a letter by itself, by its row as it was just read.

    Raises:
        MitError: ``register_unreachable``.
    """
    record = LetterRecord(facts.token, facts.signed_at, facts.ended_at)
    found = judge_letter(facts.token, known_keys(), question, record=record)
    if found.letter is None or str(found.letter.number) == facts.number:
        return found
    altered = Finding(Check.INTEGRITY, Outcome.FAIL, "altered", wording="letter_altered")
    return _alone(altered, question)


def letter_bytes(number: LetterNumber) -> bytes | None:
    """Return the exact signed bytes of a letter; None where there is none, or it is not signed yet.

    Raises:
        MitError: ``register_unreachable``.
    """
    facts = letter_facts(str(number))
    return facts.token.encode("ascii") if facts else None


def _not_found(number: LetterNumber) -> Finding:
    named = (("number", str(number)),)
    return Finding(Check.INTEGRITY, Outcome.FAIL, "not_found", named, wording="letter_not_found")


def _alone(finding: Finding, question: Question) -> LetterVerdict:
    return LetterVerdict(Verdict((finding,), (), None, question.as_of, question.now))
