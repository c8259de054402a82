"""Is the bidder the maker, or a dealer with the maker's letter?  Answered for an exact number alone.

There is no list of a maker's dealers: a rival would read it.  Who asks has to know the bidder's number,
as an officer does who holds the bid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mit.errors import MalformedNumberError
from mit.store.dealer_letters import letters_to
from mit.values.identifiers import is_natural_person, parse_tax_number, plain_letters
from mit.verify.dealer_letter import LetterVerdict, letter_shown
from mit.verify.letter_scan import judge_by_register
from mit.verify.question import Question
from mit.verify.verdict import Answer, Check, Outcome, Verdict

#: What is asked in the place of a number that may be a citizen's: such a number is never repeated.
PERSON = "person"
#: What was typed and is no number of a company or a person.
UNREADABLE = "unreadable"
#: Letters to one company about one certificate that are looked at, the newest first.
MOST_LETTERS = 50
_COUNTING = (Outcome.FAIL, Outcome.UNKNOWN)
#: That no letter is known here proves nothing: the maker may have given one on paper.
_SETTLES = {
    "holder": Outcome.PASS,
    "dealer": Outcome.PASS,
    "not_in_force": Outcome.FAIL,
    "no_letter": Outcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class BidderAnswer:
    """What is known of a bidder.

    Attributes:
        outcome: ``holder``: it is the maker; ``dealer``: a letter is in force on the day, and so is the
            certificate; ``not_in_force``: there is a letter, but not for that day, or the certificate does
            not hold; ``no_letter``; ``person``: a citizen number, which is not asked about here;
            ``unreadable``: no number of 13 digits; ``not_asked``: no certificate to compare with.
        juristic_number: the number that was asked about; empty where it is not to be repeated.
        letters: those in force for ``dealer``, those that are not for ``not_in_force``.
    """

    outcome: str
    juristic_number: str = ""
    letters: tuple[LetterVerdict, ...] = ()

    @property
    def settles(self) -> Outcome:
        """Return what this says to the question of the same maker; nothing where no company was named."""
        return _SETTLES.get(self.outcome, Outcome.NOT_CHECKED)

    def to_document(self) -> dict[str, Any]:
        """Return the member ``bidder`` of a JSON verdict."""
        shown = [letter_shown(one.letter) for one in self.letters if one.letter]
        return {
            "outcome": self.outcome,
            "juristic_number": self.juristic_number or None,
            "letter": shown[0] if shown else None,
            "letters": shown,
        }


def read_bidder(text: str) -> str:
    """Return the juristic number in what was typed; ``person`` in the place of a citizen number.

    What is no number of 13 digits with its check digit is ``unreadable``; nothing typed is nothing.
    """
    if text == PERSON or not text.strip():
        return text.strip()
    try:
        number = parse_tax_number(text, where="bidder")
    except MalformedNumberError as error:
        if error.code == "tax_number_check" and is_natural_person(plain_letters(text)):
            return PERSON
        return UNREADABLE
    return PERSON if is_natural_person(number) else number


def answer_bidder(number: str, verdict: Verdict, *, now: datetime) -> BidderAnswer:
    """Return what is known of a bidder as read by ``read_bidder``, for the certificate and day of *verdict*.

    Raises:
        MitError: ``register_unreachable``.
    """
    shown = verdict.certificate
    if number in {PERSON, UNREADABLE}:
        return BidderAnswer(number)
    if shown is None:
        return BidderAnswer("not_asked", number)
    if number == shown.juristic_number:
        return BidderAnswer("holder", number)
    question = Question(now, verdict.as_of)
    found = [
        judged
        for facts in letters_to(shown.number, number, most=MOST_LETTERS)
        if (judged := judge_by_register(facts, question)).letter is not None
    ]
    if not found:
        return BidderAnswer("no_letter", number)
    in_force = [one for one in found if one.own.answer is Answer.VALID]
    if in_force and _holds(verdict):
        return BidderAnswer("dealer", number, tuple(sorted(in_force, key=_widest_first)))
    return BidderAnswer("not_in_force", number, tuple(found))


def _holds(verdict: Verdict) -> bool:
    """Say whether the certificate holds, whatever model was asked about."""
    return not any(one.outcome in _COUNTING and one.check is not Check.COVERAGE for one in verdict.findings)


def _widest_first(one: LetterVerdict) -> tuple[bool, int]:
    """Order a letter for any tender before one for a single tender, and one for more products before."""
    assert one.letter is not None  # noqa: S101 - those without were left out
    return bool(one.letter.tender), -len(one.letter.products)
