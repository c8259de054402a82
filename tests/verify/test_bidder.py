"""Who offers the goods: an exact number is read, compared and answered; nothing else is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from mit.errors import MitError
from mit.i18n import LANGUAGES, knows, say
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.values.letter_number import LetterNumber, parse_letter_number
from mit.verify import bidder as bidders
from mit.verify.bidder import PERSON, UNREADABLE, BidderAnswer, answer_bidder, read_bidder
from mit.verify.letter_scan import letter_bytes, verify_letter
from mit.verify.scan import verify_number
from mit.verify.verdict import Answer, Verdict
from tests.support.databases import Databases
from tests.support.dealers import DEALER, OTHER_DEALER, appointed, letter_of
from tests.support.desk import Desk
from tests.support.desk_apart import desk_apart

OUTCOMES = ("holder", "dealer", "not_in_force", "no_letter", PERSON, UNREADABLE, "not_asked")
UNKNOWN = LetterNumber(2569, "7K3QWM9T2X")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("   ", ""),
        (DEALER, DEALER),
        (f"  {DEALER}\t", DEALER),
        ("0-10-5-562-00001-5", DEALER),
        ("0 1055 62000 01 5", DEALER),
        ("๐๑๐๕๕๖๒๐๐๐๐๑๕", DEALER),
        ("０１０５５６２００００１５", DEALER),
        ("0105562000016", UNREADABLE),
        ("010556200001", UNREADABLE),
        ("01055620000155", UNREADABLE),
        ("DLR-2569-7K3QW-M9T2X-D", UNREADABLE),
        ("MIT-2569-0012345-B", UNREADABLE),
        ("<script>", UNREADABLE),
        ("\x00", UNREADABLE),
        ("0" * 5000, UNREADABLE),
        ("1101700207030", PERSON),
        ("1101700207031", PERSON),
        ("8-1017-00207-03-0", PERSON),
        ("๑๑๐๑๗๐๐๒๐๗๐๓๐", PERSON),
        ("person", PERSON),
        ("unreadable", UNREADABLE),
        ("0994000000014", "0994000000014"),
    ],
)
def test_a_number_is_read_however_it_is_typed_and_a_citizens_never_kept(typed: str, read: str) -> None:
    assert read_bidder(typed) == read


def test_every_outcome_has_its_words_in_both_languages() -> None:
    for outcome in OUTCOMES:
        for key in (f"dealers.bidder_{outcome}", f"dealers.bidder_{outcome}_next"):
            assert knows(key)
            assert len({say(key, language) for language in LANGUAGES}) == 2


def test_an_answer_without_letters_has_all_its_members() -> None:
    assert BidderAnswer("no_letter", DEALER).to_document() == {
        "outcome": "no_letter",
        "juristic_number": DEALER,
        "letter": None,
        "letters": [],
    }
    assert BidderAnswer(PERSON).to_document()["juristic_number"] is None


# --- asked of a register


@dataclass(slots=True)
class Shop:
    """A desk, two certificates of one maker, and letters to two dealers by what is special about them."""

    desk: Desk
    number: str
    other: str
    letters: dict[str, str]

    def verdict(self, on: date | None = None, *, model: str | None = None, number: str = "") -> Verdict:
        return verify_number(number or self.number, now=self.desk.now, on=on, model=model)

    def ask(self, bidder: str, verdict: Verdict | None = None) -> BidderAnswer:
        return answer_bidder(bidder, verdict or self.verdict(), now=self.desk.now)

    def named(self, answer: BidderAnswer) -> list[str]:
        by_number = {number: name for name, number in self.letters.items()}
        return [by_number[str(one.letter.number)] for one in answer.letters if one.letter]


@pytest.fixture(scope="module")
def shop(databases: Databases) -> Iterator[Shop]:
    """One small world for all: nothing here changes it."""
    with desk_apart(databases) as (desk, _):
        number, other = (desk.issued(True, True, at=at).certificate_number for at in (1, 11))
        letters = {
            "tender": letter_of(desk, number, products=("1", "2"), tender="12/2570"),
            "narrow": letter_of(desk, number, products=("2",)),
            "wide": letter_of(desk, number, products=("1", "2")),
            "later": letter_of(desk, number, from_on="2027-01-01"),
            "ended": letter_of(desk, number, dealer_number=OTHER_DEALER),
        }
        end_dealer_letter(desk.cast.somchai, number, letters["ended"], now=desk.tick())
        letters["unsigned"] = appointed(desk, number, dealer_number="0105536000011", tender="waits")
        yield Shop(desk, number, other, letters)


def test_the_widest_letter_stands_first_and_none_that_is_not_in_force(shop: Shop) -> None:
    answer = shop.ask(DEALER)
    assert (answer.outcome, shop.named(answer)) == ("dealer", ["wide", "narrow", "tender"])
    told = answer.to_document()
    assert told["letter"] == told["letters"][0]
    assert [one["tender"] for one in told["letters"]] == [None, None, "12/2570"]
    assert [one["index"] for one in told["letters"][1]["products"]] == [2]


def test_letters_that_do_not_count_are_named_with_the_reason(shop: Shop) -> None:
    answer = shop.ask(OTHER_DEALER)
    assert (answer.outcome, shop.named(answer)) == ("not_in_force", ["ended"])
    assert answer.letters[0].own.reasons == ("ended",)
    before = shop.ask(DEALER, shop.verdict(date(2026, 11, 24)))
    assert before.outcome == "not_in_force"
    assert {one.own.leading_reason for one in before.letters} == {"not_yet_in_force"}


def test_a_letter_speaks_for_its_own_certificate_alone(shop: Shop) -> None:
    assert shop.ask(DEALER, shop.verdict(number=shop.other)).outcome == "no_letter"
    assert shop.ask("0105536112014", shop.verdict(number=shop.other)).outcome == "holder"


def test_what_is_not_signed_yet_is_not_known_yet(shop: Shop) -> None:
    assert shop.ask("0105536000011").outcome == "no_letter"


def test_a_model_that_is_not_covered_says_nothing_of_the_bidder(shop: Shop) -> None:
    verdict = shop.verdict(model="X-1")
    assert verdict.answer is Answer.NOT_VALID
    assert shop.ask(DEALER, verdict).outcome == "dealer"


def test_a_certificate_that_does_not_hold_on_the_day_makes_no_dealer(shop: Shop) -> None:
    for on in (date(2026, 11, 1), date(2027, 12, 1), date(2027, 3, 1)):
        verdict = shop.verdict(on)
        assert verdict.answer is not Answer.VALID
        assert shop.ask(DEALER, verdict).outcome == "not_in_force"
        assert shop.ask("0105536112014", verdict).outcome == "holder"


def test_only_so_many_letters_are_looked_at(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bidders, "MOST_LETTERS", 2)
    assert shop.named(shop.ask(DEALER)) == ["wide"], "the newest two, of which one is still to come"


@pytest.mark.parametrize("number", [PERSON, UNREADABLE])
def test_what_is_no_companys_number_is_not_looked_for(shop: Shop, number: str) -> None:
    assert shop.ask(number) == BidderAnswer(number)


def test_bytes_are_given_of_what_is_signed_and_of_nothing_else(shop: Shop) -> None:
    body = letter_bytes(parse_letter_number(shop.letters["wide"]))
    assert body is not None
    assert body.count(b".") == 2
    assert letter_bytes(parse_letter_number(shop.letters["unsigned"])) is None
    assert letter_bytes(UNKNOWN) is None


def test_a_register_that_is_away_is_no_answer_and_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise MitError("register_unreachable")

    letter = parse_letter_number(shop.letters["wide"])
    for name in ("letter_facts", "known_keys"):
        with monkeypatch.context() as broken:
            broken.setattr(f"mit.verify.letter_scan.{name}", away)
            found = verify_letter(letter, now=shop.desk.now)
        assert (found.answer, found.reasons, found.letter) == (Answer.CANNOT_TELL, ("unreachable",), None)
        assert knows(f"dealers.reason_{found.leading_reason}")
    assert verify_letter(letter, now=shop.desk.now).answer is Answer.VALID


def test_an_error_that_is_not_the_registers_absence_is_not_swallowed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MitError("signing_key_row")

    monkeypatch.setattr("mit.verify.letter_scan.known_keys", broken)
    with pytest.raises(MitError, match="signing_key_row"):
        verify_letter(parse_letter_number(shop.letters["wide"]), now=shop.desk.now)


def test_each_day_of_a_letter_is_answered_for_itself(shop: Shop) -> None:
    letter = parse_letter_number(shop.letters["later"])
    at = datetime.fromisoformat("2027-02-01T12:00:00+07:00")
    answers = {
        on: verify_letter(letter, now=at, on=on).answer
        for on in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1), date(2027, 2, 2), date(2027, 4, 1))
    }
    assert list(answers.values()) == [
        Answer.NOT_VALID, Answer.VALID, Answer.VALID, Answer.CANNOT_TELL, Answer.NOT_VALID,
    ]  # fmt: skip
