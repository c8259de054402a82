"""Is this a maker's letter, in force on the day, with a certificate behind it?  Pure.

A letter is judged by checks of the same names as a certificate's (signature, key, integrity, in force,
status, freshness), and the certificate behind it by its own verdict: the letter is as good as the
weaker of the two.  Whether the maker ended it is known to the register alone.  Without the register
the letter itself is the last that is known of it, so its age counts from its signed instant: the
freshness rules of the contract then say how long one may rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mit.credential import dealer_letter, jose
from mit.credential.dealer_letter import DealerLetter
from mit.errors import Fault, InputError
from mit.lifecycle.signing_key_states import signature_counts
from mit.values.thai_date import bangkok_day, utc_text
from mit.verify import checks, opening
from mit.verify.question import Question
from mit.verify.trust import StatusKnown, TrustedKey, key_named
from mit.verify.verdict import Answer, Check, Finding, Notice, Outcome, Verdict

#: Largest letter that is looked at, in characters: 200 products with long ranges and to spare.
MOST_CHARACTERS = 1_000_000
_WEAKEST_FIRST = (Answer.NOT_VALID, Answer.CANNOT_TELL)
#: The letter's own verdict says this of the certificate behind it.
_OF_CERTIFICATE = {
    Answer.NOT_VALID: "certificate_not_valid",
    Answer.CANNOT_TELL: "certificate_cannot_tell",
}


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """What the register says of a letter: the exact token, when it was signed, when the maker ended it."""

    token: str
    signed_at: datetime
    ended_at: datetime | None

    @property
    def ended_on(self) -> date | None:
        """Return the Bangkok day on which the maker ended it: from this day on it is not in force."""
        return bangkok_day(self.ended_at) if self.ended_at else None


@dataclass(frozen=True, slots=True)
class LetterVerdict:
    """One answer about a letter.

    Attributes:
        own: of the letter by itself.
        certificate: of the certificate behind it, on the same day; None where the letter does not say which.
        letter: what it states; None unless its signature is good and the register does not contradict.
    """

    own: Verdict
    certificate: Verdict | None = None
    letter: DealerLetter | None = None

    @property
    def answer(self) -> Answer:
        """Return the weaker of the two answers."""
        answers = {self.own.answer} | ({self.certificate.answer} if self.certificate else set())
        return next((one for one in _WEAKEST_FIRST if one in answers), Answer.VALID)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the codes of what failed or is not known, the letter's own first."""
        behind = _OF_CERTIFICATE.get(self.certificate.answer) if self.certificate else None
        return self.own.reasons + ((behind,) if behind else ())

    @property
    def leading_reason(self) -> str:
        """Return the reason to act on; ``ok`` where there is none."""
        if self.own.answer is self.answer or self.certificate is None:
            return self.own.leading_reason
        return _OF_CERTIFICATE.get(self.certificate.answer, "ok")

    def to_document(self) -> dict[str, Any]:
        """Return the JSON verdict on a letter."""
        return {
            "verdict": self.answer.value,
            "reasons": list(self.reasons),
            "notices": [notice.code for notice in self.own.notices],
            "findings": [finding.to_document() for finding in self.own.findings],
            "letter": letter_shown(self.letter) if self.letter else None,
            "certificate": self.certificate.to_document() if self.certificate else None,
            "as_of": self.own.as_of.isoformat(),
            "known_at": utc_text(self.own.known_at),
        }


def letter_shown(letter: DealerLetter) -> dict[str, Any]:
    """Return what a letter states, as JSON gives it."""
    return {
        "number": str(letter.number),
        "certificate_number": str(letter.ground.number),
        "maker": _party(letter.maker),
        "dealer": _party(letter.dealer) | {"named_by": letter.named_by},
        "products": [{"index": one.index, **one.coverage.to_document()} for one in letter.products],
        "valid_from_on": letter.from_on.isoformat(),
        "valid_until_on": letter.until_on.isoformat(),
        "tender": letter.tender or None,
        "issued_at": utc_text(letter.issued_at),
    }


def is_letter(text: str) -> bool:
    """Say whether *text* is a token that calls itself a dealer's letter; nothing of it is believed."""
    try:
        jose.parse(text.strip(), typ=dealer_letter.TYP, most_characters=MOST_CHARACTERS)
    except InputError:
        return False
    return True


def judge_letter(
    text: str, keys: Mapping[int, TrustedKey], question: Question, *, record: LetterRecord | None = None
) -> LetterVerdict:
    """Return the verdict on a letter by itself; where *record* is given, the register vouches for it."""
    finding, key, letter = _open(text, keys)
    if letter is None or key is None:
        known = (
            (Finding(Check.KEY, Outcome.UNKNOWN, "unknown_key"),) if key is None and not finding.hint else ()
        )
        return LetterVerdict(Verdict((finding, *known), (), None, question.as_of, question.now))
    known_at = question.now if record else letter.issued_at
    status = StatusKnown(known_at, is_register=record is not None)
    findings = [
        finding,
        _check_key(key, letter, record),
        _check_integrity(text, record),
        _check_days(letter, question),
        _check_end(letter, record, question),
        checks.check_freshness(status, question.now),
    ]
    asked = tuple(one for one in findings if one is not None)
    own = Verdict(asked, _notices(letter, key, record, question), None, question.as_of, known_at)
    is_doubtful = any(one.outcome is Outcome.FAIL for one in asked[:3])
    return LetterVerdict(own, letter=None if is_doubtful else letter)


def unreadable_letter(fault: Fault, question: Question) -> LetterVerdict:
    """Return the verdict on something that is no letter of ours."""
    finding = opening.unreadable(fault)
    return LetterVerdict(Verdict((finding,), (), None, question.as_of, question.now))


def _open(
    text: str, keys: Mapping[int, TrustedKey]
) -> tuple[Finding, TrustedKey | None, DealerLetter | None]:
    """Check the signature and, only where it is good, read the letter."""
    try:
        token = jose.parse(text.strip(), typ=dealer_letter.TYP, most_characters=MOST_CHARACTERS)
    except InputError as error:
        return opening.unreadable(error.faults[0]), None, None
    key = key_named(keys, token.header["kid"])
    if key is None:
        return Finding(Check.SIGNATURE, Outcome.NOT_CHECKED, "unknown_key"), None, None
    if not jose.verify(token, key.public):
        return Finding(Check.SIGNATURE, Outcome.FAIL, "bad_signature"), key, None
    try:
        return opening.SIGNATURE_OK, key, dealer_letter.read_letter(token.payload)
    except InputError as error:
        return opening.unreadable(error.faults[0]), key, None


def _check_key(key: TrustedKey, letter: DealerLetter, record: LetterRecord | None) -> Finding:
    """Answer whether this key's signature counts for a letter of that day."""
    signed_at = record.signed_at if record else None
    reason = signature_counts(key.dates, issued_on=letter.issued_on, signed_at=signed_at)
    if reason == "key_compromised" and key.dates.compromised_from_at:
        return Finding(Check.KEY, Outcome.FAIL, reason, (("compromised_at", key.dates.compromised_from_at),))
    outcome = Outcome.PASS if reason == "ok" else Outcome.FAIL
    issued_on = (("issued_on", letter.issued_on),)
    return Finding(Check.KEY, outcome, reason, issued_on, wording="letter_ok" if reason == "ok" else "")


def _check_integrity(text: str, record: LetterRecord | None) -> Finding:
    if record is None:
        return Finding(Check.INTEGRITY, Outcome.NOT_CHECKED, "no_record", wording="letter_no_record")
    if record.token != text.strip():
        return Finding(Check.INTEGRITY, Outcome.FAIL, "altered", wording="letter_altered")
    return Finding(Check.INTEGRITY, Outcome.PASS, "ok", wording="letter_ok")


def _check_days(letter: DealerLetter, question: Question) -> Finding:
    """Answer whether the asked day lies within the letter's days, both included, and not in the future."""
    days = (("from_on", letter.from_on), ("until_on", letter.until_on))
    on, reason, outcome = question.as_of, "ok", Outcome.PASS
    if on < letter.from_on:
        reason, outcome = "not_yet_in_force", Outcome.FAIL
    elif on > letter.until_on:
        reason, outcome = "expired", Outcome.FAIL
    elif on > question.today:
        reason, outcome = "future_date", Outcome.UNKNOWN
    return Finding(Check.IN_FORCE, outcome, reason, days, wording=f"letter_{reason}")


def _check_end(letter: DealerLetter, record: LetterRecord | None, question: Question) -> Finding:
    """Answer whether the maker had ended it on the asked day; from the day of its end on it is ended."""
    if record is None:
        since = (("since_at", letter.issued_at),)
        return Finding(Check.STATUS, Outcome.NOT_CHECKED, "no_status", since, wording="letter_unknown")
    if record.ended_on is not None and record.ended_on <= question.as_of:
        ended = (("ended_at", record.ended_at or question.now),)
        return Finding(Check.STATUS, Outcome.FAIL, "ended", ended, wording="letter_ended")
    return Finding(Check.STATUS, Outcome.PASS, "ok", wording="letter_ok")


def _notices(
    letter: DealerLetter, key: TrustedKey, record: LetterRecord | None, question: Question
) -> tuple[Notice, ...]:
    found = []
    if record is None:
        found.append(Notice("letter_end_unknown", (("since_at", letter.issued_at),)))
    elif record.ended_on is not None and question.as_of < record.ended_on:
        found.append(Notice("letter_later_ended", (("since_on", record.ended_on),)))
    if question.as_of <= letter.until_on < question.today:
        found.append(Notice("letter_since_over", (("until_on", letter.until_on),)))
    if letter.tender:
        found.append(Notice("letter_one_tender", (("tender", letter.tender),)))
    if key.public.demo:
        found.append(Notice("sample"))
    return tuple(found)


def _party(party: dealer_letter.Party) -> dict[str, Any]:
    return {
        "name_th": party.name_th,
        "name_en": party.name_en or None,
        "juristic_number": party.juristic_number,
    }
