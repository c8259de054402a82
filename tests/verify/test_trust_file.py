"""The trust file: what goes in comes out, and nothing that was touched is believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.credential import canonical_json, jose
from mit.credential.signatures import KeySigner
from mit.errors import InputError
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.values.identifiers import CertificateNumber
from mit.verify import published_lists, trust_file
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust import Record, TrustedKey
from mit.verify.trust_file import TrustFile, read_trust_file
from mit.verify.verdict import Answer
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import (
    ALWAYS,
    NOW,
    changes,
    issue,
    record,
    signed_list,
    signer,
    trusted,
)

ISSUED = issue()
SLOT = ISSUED.claims.slot
EXPORTED_AT = NOW.replace(microsecond=0)


def written(
    *records: Record,
    keys: list[TrustedKey] | None = None,
    lists: list[str] | None = None,
    by: KeySigner | None = None,
    is_complete: bool = True,
    changed: dict[str, Any] | None = None,
) -> bytes:
    by = by or signer()
    document = trust_file.trust_document(
        keys if keys is not None else [trusted(by)],
        records,
        lists=lists or [],
        public_url=PUBLIC_URL,
        now=EXPORTED_AT,
        is_complete=is_complete,
    )
    document.update(changed or {})
    return sealed(document, by)


def sealed(document: dict[str, Any], by: KeySigner) -> bytes:
    signed = trust_file.signing_input(document, by.public_key)
    return trust_file.assemble(document, signed, by.sign(signed))


def signed_history(slots: dict[int, tuple[StateChange, ...]], *, at: datetime = EXPORTED_AT) -> str:
    by = signer()
    document = published_lists.history_document(SLOT.list_number, slots, now=at)
    signed = published_lists.history_signing_input(document, by.public_key)
    return jose.assemble(signed, by.sign(signed))


def lists(revoked: list[int] | None = None) -> list[str]:
    return [
        signed_list("revocation", SLOT.list_number, revoked or [], at=EXPORTED_AT),
        signed_list("suspension", SLOT.list_number, [], at=EXPORTED_AT),
    ]


def answer(
    known: TrustFile, text: str = ISSUED.made.qr_url, on: date | None = None
) -> tuple[str, tuple[str, ...]]:
    verdict = judge(read_text(text), known.trust, Question(NOW, on))
    return verdict.answer.value, verdict.reasons


# --- round trip

days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
instants = st.integers(1_800_000_000, 1_900_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
numbers = st.builds(CertificateNumber, st.integers(2500, 2999), st.integers(1, 9_999_999)).map(str)
histories = st.lists(
    st.builds(StateChange, days, st.sampled_from(CertificateState), st.text("abc_", max_size=9)), max_size=5
).map(lambda found: tuple(sorted(found, key=lambda change: change.on)))
records = st.builds(
    Record,
    number=numbers,
    kid=st.integers(1, 65_535),
    credential_sha256=digests,
    pdf_sha256=st.none() | digests,
    signed_at=st.none() | instants,
    history=histories,
    supersedes=st.none() | numbers,
    superseded_by=st.none() | numbers,
)
key_dates = st.builds(KeyDates, st.none() | days, st.none() | days, st.none() | days, st.none() | instants)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records, max_size=6, unique_by=lambda one: one.number), key_dates, st.booleans())
def test_what_is_written_is_read_back(found: list[Record], dates: KeyDates, is_complete: bool) -> None:
    keys = [trusted(signer()), trusted(signer(2, demo=True), dates)]
    known = read_trust_file(written(*found, keys=keys, is_complete=is_complete))
    assert known.trust.records == {one.number: one for one in found}
    assert {kid: key.dates for kid, key in known.trust.keys.items()} == {1: ALWAYS, 2: dates}
    assert known.trust.keys[2].public.demo
    assert known.trust.known_at == EXPORTED_AT
    assert (known.is_complete, known.public_url) == (is_complete, PUBLIC_URL)
    assert known.signed_by.public.thumbprint == signer().public_key.thumbprint
    assert not known.trust.is_register
    assert known.trust.files == {one.pdf_sha256: one.number for one in found if one.pdf_sha256}


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.integers(0, 131_071), histories.filter(bool), max_size=6))
def test_a_history_is_read_back(slots: dict[int, tuple[StateChange, ...]]) -> None:
    known = read_trust_file(written(lists=[*lists(), signed_history(slots)]))
    assert known.trust.lists[SLOT.list_number].changes == slots


def test_the_instants_in_it_are_whole_seconds_never_later_than_they_were() -> None:
    """Cutting both instants cannot make a signature of a compromised key count."""
    moment = datetime(2027, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    keys = [trusted(signer()), trusted(signer(2), KeyDates(date(2026, 1, 1), compromised_from_at=moment))]
    later = record(ISSUED, signed_at=moment + timedelta(milliseconds=400))
    known = read_trust_file(written(later, keys=keys))
    found = known.trust.records[ISSUED.number].signed_at
    compromised = known.trust.keys[2].dates.compromised_from_at
    assert found is not None
    assert compromised is not None
    assert found >= compromised


# --- answers from it


def test_it_answers_for_a_certificate_it_names() -> None:
    assert answer(read_trust_file(written(record(ISSUED)))) == ("VALID", ())


def test_it_answers_from_the_lists_alone() -> None:
    assert answer(read_trust_file(written(lists=lists()))) == ("VALID", ())
    assert answer(read_trust_file(written(lists=lists([SLOT.index])))) == ("NOT_VALID", ("revoked",))


def test_lists_with_their_history_answer_for_earlier_days() -> None:
    revoked_on = date(2027, 4, 1)
    slots = {SLOT.index: changes((revoked_on, "revoked"))}
    known = read_trust_file(written(lists=[*lists([SLOT.index]), signed_history(slots)]))
    assert answer(known, on=revoked_on - timedelta(days=1)) == ("VALID", ())
    assert answer(known, on=revoked_on) == ("NOT_VALID", ("revoked",))
    without = read_trust_file(written(lists=lists([SLOT.index])))
    assert answer(without, on=revoked_on - timedelta(days=1)) == ("CANNOT_TELL", ("no_status",))


def test_one_list_of_the_pair_is_not_enough() -> None:
    for one in lists():
        assert answer(read_trust_file(written(lists=[one]))) == ("CANNOT_TELL", ("no_status",))


# --- refusals


def refused(data: bytes, **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_trust_file(data, **more)
    return caught.value.code


def test_every_flipped_bit_is_refused() -> None:
    data = written(record(ISSUED), lists=lists())
    assert read_trust_file(data)
    for at in range(0, 8 * len(data), 61):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << (at % 8)
        assert refused(bytes(changed)) in {"trust_malformed", "trust_signature"}


def test_every_truncation_is_refused() -> None:
    data = written(record(ISSUED))
    for length in range(0, len(data) - 1, 97):
        assert refused(data[:length]) == "trust_malformed"


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 10_000, b"[1.5]"])
def test_what_is_no_trust_file_is_refused(data: bytes) -> None:
    assert refused(data) == "trust_malformed"


def test_another_spelling_of_the_same_file_is_refused() -> None:
    document = json.loads(written())
    assert refused(json.dumps(document, indent=1).encode()) == "trust_malformed"
    assert refused(written() + b"\n") == "trust_malformed"


def test_a_file_signed_by_a_key_it_does_not_list_is_refused() -> None:
    assert refused(written(by=signer(9), keys=[trusted(signer())])) == "trust_signature"


@pytest.mark.parametrize(
    "dates",
    [
        KeyDates(),
        KeyDates(active_from_on=date(2027, 5, 21)),
        KeyDates(date(2026, 1, 1), verify_only_from_on=date(2027, 5, 20)),
        KeyDates(date(2026, 1, 1), compromised_from_at=NOW + timedelta(days=400)),
    ],
)
def test_a_file_signed_by_a_key_that_may_not_sign_is_refused(dates: KeyDates) -> None:
    assert refused(written(keys=[trusted(signer(), dates)])) == "trust_signature"


def test_a_reader_may_name_the_key_that_must_have_signed() -> None:
    thumbprint = signer().public_key.thumbprint
    assert read_trust_file(written(), pinned=thumbprint)
    assert refused(written(), pinned=signer(9).public_key.thumbprint) == "trust_pinned"


def test_a_list_signed_by_a_stranger_is_refused() -> None:
    foreign = signed_list("revocation", SLOT.list_number, [], by=signer(9))
    assert refused(written(lists=[foreign])) == "trust_signature"


def test_a_list_signed_by_a_compromised_key_is_refused() -> None:
    keys = [trusted(signer()), trusted(signer(2), KeyDates(date(2026, 1, 1), compromised_from_at=NOW))]
    by_two = signed_list("revocation", SLOT.list_number, [], by=signer(2))
    assert refused(written(keys=keys, lists=[by_two])) == "trust_signature"


def test_a_certificate_in_the_place_of_a_list_is_refused() -> None:
    assert refused(written(lists=[ISSUED.made.token])) == "trust_malformed"


def test_another_signature_of_the_key_cannot_be_replayed_as_a_trust_file() -> None:
    """A credential signed by the same key has another type in its header."""
    head, payload, signature = ISSUED.made.token.split(".")
    document = canonical_json.read(jose.parse(ISSUED.made.token, typ="vc+jwt").payload)
    forged = canonical_json.write({"signature": f"{head}..{signature}", "trust": document}) + b"\n"
    assert payload
    assert refused(forged) == "trust_malformed"


ENTRY: dict[str, Any] = json.loads(written(record(ISSUED)))["trust"]["certificates"][0]
KEY: dict[str, Any] = json.loads(written())["trust"]["keys"][0]
WRONG_MEMBERS: list[tuple[str, Any]] = [
    ("format", "mit-trust/2"),
    ("issued_at", "2027-05-20"),
    ("issued_at", "2027-13-20T05:00:00Z"),
    ("issued_at", 5),
    ("public_url", None),
    ("is_complete", "yes"),
    ("keys", {}),
    ("keys", [KEY, KEY]),
    ("keys", [{**KEY, "active_from_on": "20 May"}]),
    ("keys", [{**KEY, "jwk": {**KEY["jwk"], "d": "AA"}}]),
    ("status_lists", "none"),
    ("status_lists", [7]),
    ("status_lists", ["a.b.c"]),
    ("status_lists", [""]),
    ("certificates", None),
    ("certificates", ["x"]),
    ("certificates", [ENTRY, ENTRY]),
    ("certificates", [{**ENTRY, "number": "MIT-2569-0012345-A"}]),
    ("certificates", [{**ENTRY, "number": ENTRY["number"].lower()}]),
    ("certificates", [{**ENTRY, "kid": "1"}]),
    ("certificates", [{**ENTRY, "kid": True}]),
    ("certificates", [{**ENTRY, "credential_sha256": "AB" * 32}]),
    ("certificates", [{**ENTRY, "credential_sha256": None}]),
    ("certificates", [{**ENTRY, "pdf_sha256": "00"}]),
    ("certificates", [{name: value for name, value in ENTRY.items() if name != "pdf_sha256"}]),
    ("certificates", [{**ENTRY, "signed_at": "yesterday"}]),
    ("certificates", [{**ENTRY, "history": [{"on": "2027-01-01", "state": "gone", "reason": ""}]}]),
    ("certificates", [{**ENTRY, "history": [{"on": "2027-01-01", "state": "active"}]}]),
    (
        "certificates",
        [
            {
                **ENTRY,
                "history": [
                    {"on": "2027-02-01", "state": "active", "reason": ""},
                    {"on": "2027-01-01", "state": "revoked", "reason": ""},
                ],
            }
        ],
    ),
]


@pytest.mark.parametrize(("name", "value"), WRONG_MEMBERS, ids=map(str, range(len(WRONG_MEMBERS))))
def test_a_properly_signed_file_of_another_shape_is_refused(name: str, value: Any) -> None:
    assert refused(written(record(ISSUED), changed={name: value})) in {"trust_malformed", "trust_signature"}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"iat": -1},
        {"iat": 10**12},
        {"list_number": "27"},
        {"slots": []},
        {"slots": {"131072": []}},
        {"slots": {"01": []}},
        {"slots": {"x": []}},
        {"slots": {"5": [{}]}},
    ],
    ids=str,
)
def test_a_history_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    document = published_lists.history_document(SLOT.list_number, {}, now=EXPORTED_AT) | change
    signed = published_lists.history_signing_input(document, signer().public_key)
    token = jose.assemble(signed, signer().sign(signed))
    assert refused(written(lists=[token])) == "trust_malformed"


def test_only_issuers_of_the_file_vouch_for_what_is_in_it() -> None:
    """Anyone can make a file of his own keys: it proves nothing before its key is compared."""
    own = signer(9)
    forged = issue(by=own)
    known = read_trust_file(written(record(forged), by=own))
    assert answer(known, forged.made.qr_url)[0] == Answer.VALID.value
    assert known.signed_by.public.thumbprint != signer().public_key.thumbprint
