"""Lists fetched as files beside a trust file: every form, its age to the second, and whose word counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mit.credential import jose
from mit.credential.signatures import KeySigner
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.token_list import build_token_list, sign_token_list
from mit.errors import InputError
from mit.i18n import knows
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import published_lists
from mit.verify.published_lists import with_lists
from mit.verify.trust import Trust
from tests.support import trusting
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import ALWAYS, NOW, ask, changes, issue, offline, record, signer, trusted

ISSUED = issue()
SLOT = ISSUED.claims.slot
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
QR = ISSUED.made.qr_url
Form = Callable[..., dict[str, bytes]]


def bitstrings(
    *,
    revoked: Iterable[int] = (),
    suspended: Iterable[int] = (),
    at: datetime = NOW,
    by: KeySigner | None = None,
) -> dict[str, bytes]:
    """Return the two lists as ``/status/revocation`` and ``/status/suspension`` give them."""
    set_slots = {"revocation": revoked, "suspension": suspended}
    return {
        f"{purpose}.jwt": trusting.signed_list(purpose, SLOT.list_number, indexes, by=by, at=at).encode()
        for purpose, indexes in set_slots.items()
    }


def token(
    *,
    revoked: Iterable[int] = (),
    suspended: Iterable[int] = (),
    at: datetime = NOW,
    by: KeySigner | None = None,
) -> dict[str, bytes]:
    """Return the list as ``/status/token`` gives it."""
    values = slot_values({INVALID: revoked, SUSPENDED: suspended})
    claims = build_token_list(values, SLOT.list_number, public_url=PUBLIC_URL, now=at)
    return {"token.cwt": sign_token_list(claims, by or signer())}


def history(*steps: tuple[date, str], at: datetime = NOW) -> dict[str, bytes]:
    """Return the history as ``/status/history`` gives it."""
    slots = {SLOT.index: changes(*steps)}
    document = published_lists.history_document(SLOT.list_number, slots, now=at)
    signed = published_lists.history_signing_input(document, signer().public_key)
    return {"history.jwt": jose.assemble(signed, signer().sign(signed)).encode()}


FORMS = pytest.mark.parametrize("form", [bitstrings, token], ids=["bitstrings", "token"])


def verdict(
    trust: Trust, now: datetime = NOW, on: date | None = None
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    found = ask(QR, trust, on, now)
    return found.answer.value, found.reasons, tuple(one.code for one in found.notices)


@FORMS
@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), ("VALID", (), ())),
        (DAY, ("VALID", (), ())),
        (DAY + SECOND, ("VALID", (), ("stale",))),
        (7 * DAY, ("VALID", (), ("stale",))),
        (7 * DAY + SECOND, ("CANNOT_TELL", ("stale",), ())),
    ],
    ids=["now", "24 hours", "a second more", "7 days", "a second more than that"],
)
def test_a_list_ages_from_its_signed_instant(
    form: Form, age: timedelta, expected: tuple[str, tuple[str, ...], tuple[str, ...]]
) -> None:
    trust = with_lists(offline(known_at=NOW - 300 * DAY), form())
    assert verdict(trust, NOW + age) == expected


@FORMS
@pytest.mark.parametrize(
    ("said", "reasons"),
    [({"revoked": [SLOT.index]}, ("revoked",)), ({"suspended": [SLOT.index]}, ("suspended",))],
    ids=["revoked", "suspended"],
)
def test_both_forms_stop_the_certificate_and_no_neighbour(
    form: Form, said: dict[str, list[int]], reasons: tuple[str, ...]
) -> None:
    assert verdict(with_lists(offline(), form(**said)))[:2] == ("NOT_VALID", reasons)
    neighbours = {purpose: [SLOT.index - 1, SLOT.index + 1] for purpose in said}
    assert verdict(with_lists(offline(), form(**neighbours)))[:2] == ("VALID", ())


@FORMS
def test_bits_answer_their_own_day_alone_and_the_history_the_days_before(form: Form) -> None:
    stopped_on = trusting.TODAY - DAY
    pieces = form(revoked=[SLOT.index])
    trust = with_lists(offline(), pieces)
    assert verdict(trust, on=stopped_on)[:2] == ("CANNOT_TELL", ("no_status",))
    trust = with_lists(offline(), pieces | history((stopped_on, "revoked")))
    assert verdict(trust, on=stopped_on)[:2] == ("NOT_VALID", ("revoked",))
    assert verdict(trust, on=stopped_on - DAY) == ("VALID", (), ("later_revoked",))


@FORMS
def test_a_newer_list_counts_over_the_trust_file_and_an_older_one_does_not(form: Form) -> None:
    known = offline(record(ISSUED), known_at=NOW - DAY)
    newer = with_lists(known, form(revoked=[SLOT.index], at=NOW - timedelta(hours=1)))
    older = with_lists(known, form(revoked=[SLOT.index], at=NOW - 2 * DAY))
    assert verdict(newer)[:2] == ("NOT_VALID", ("revoked",))
    assert verdict(older)[:2] == ("VALID", ())


@pytest.mark.parametrize(("first", "second"), [(bitstrings, token), (token, bitstrings)])
def test_of_two_forms_the_newer_counts_whatever_order_they_come_in(first: Form, second: Form) -> None:
    old, new = first(at=NOW - DAY), second(revoked=[SLOT.index])
    for pieces in (old | new, new | old):
        assert verdict(with_lists(offline(), pieces))[:2] == ("NOT_VALID", ("revoked",))


def test_one_purpose_alone_answers_nothing() -> None:
    (name, piece), *_ = bitstrings().items()
    assert verdict(with_lists(offline(), {name: piece}))[:2] == ("CANNOT_TELL", ("no_status",))


@FORMS
def test_a_list_whose_signed_end_comes_sooner_ends_sooner(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("status_list", "token_list"):
        monkeypatch.setattr(f"mit.credential.{module}.LIST_LIFE", timedelta(hours=2))
    trust = with_lists(offline(), form())
    assert verdict(trust, NOW + timedelta(hours=2))[:2] == ("VALID", ())
    assert verdict(trust, NOW + timedelta(hours=2) + SECOND)[:2] == ("CANNOT_TELL", ("stale",))


KEYS = {
    "unknown": None,
    "compromised": replace(ALWAYS, compromised_from_at=NOW + DAY),
    "not yet in use": KeyDates(active_from_on=trusting.TODAY + DAY),
    "no longer in use": KeyDates(date(2026, 1, 1), verify_only_from_on=trusting.TODAY),
}


@FORMS
@pytest.mark.parametrize("dates", KEYS.values(), ids=KEYS)
def test_only_a_key_in_use_on_that_day_speaks_of_status(form: Form, dates: KeyDates | None) -> None:
    second = signer(2)
    keys = [trusted(signer()), *([trusted(second, dates)] if dates else [])]
    with pytest.raises(InputError, match="status_file_signature") as caught:
        with_lists(offline(keys=keys), form(by=second))
    assert caught.value.params["name"] in {"revocation.jwt", "token.cwt"}
    assert with_lists(offline(keys=[trusted(signer()), trusted(second)]), form(by=second)).lists


@FORMS
def test_a_key_that_signs_no_more_still_speaks_for_the_days_it_did(form: Form) -> None:
    dates = KeyDates(date(2026, 1, 1), verify_only_from_on=trusting.TODAY + DAY)
    trust = with_lists(offline(keys=[trusted(signer(), dates)]), form())
    assert verdict(trust, NOW + 2 * DAY)[:2] == ("VALID", ())


def test_no_byte_of_any_published_form_can_be_changed() -> None:
    """The flip sweep: each byte of both bitstring lists, the token list and the history."""
    trust = offline()
    pieces = bitstrings(revoked=[SLOT.index]) | token(revoked=[SLOT.index]) | history((NOW.date(), "revoked"))
    for name, piece in pieces.items():
        assert with_lists(trust, {name: piece}) is not trust
        for at in range(len(piece)):
            changed = piece[:at] + bytes([piece[at] ^ (1 << at % 7)]) + piece[at + 1 :]
            with pytest.raises(InputError) as caught:
                with_lists(trust, {name: changed})
            assert caught.value.code in {"status_file_signature", "status_file_malformed"}, (name, at)


@pytest.mark.parametrize(
    "piece", [b"", b"\n", b"hello", b"\xd2\x84", b"\xff\xfe", b"a.b.c", "รายการ".encode()]
)
def test_what_is_no_list_is_refused_with_its_name(piece: bytes) -> None:
    with pytest.raises(InputError) as caught:
        with_lists(offline(), {"x.bin": piece})
    assert (caught.value.code, caught.value.params["name"]) == ("status_file_malformed", "x.bin")
    assert knows(f"errors.{caught.value.code}")


def test_a_newline_at_the_end_of_a_saved_list_is_no_part_of_it() -> None:
    pieces = {name: piece + b"\n" for name, piece in bitstrings(revoked=[SLOT.index]).items()}
    assert verdict(with_lists(offline(), pieces))[:2] == ("NOT_VALID", ("revoked",))


def test_a_clock_that_is_behind_the_list_is_noticed() -> None:
    trust = with_lists(offline(known_at=datetime(2026, 12, 1, tzinfo=UTC)), token())
    assert verdict(trust, NOW - timedelta(minutes=6))[:2] == ("CANNOT_TELL", ("clock_wrong",))
