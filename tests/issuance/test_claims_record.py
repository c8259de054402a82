"""Claims as they are written down: what comes back is what went in, and nothing else comes back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.issuer import neutral_issuer_profiles
from mit.credential.vc import credential_payload
from mit.errors import TamperedError
from mit.issuance.claims_record import read_claims, write_claims
from tests.support.committed import committed_claims
from tests.support.specimens import claims, natural_person, product

PUBLIC_URL = "https://mit.example"
CASES = {
    "one product": claims(1),
    "many products": claims(30),
    "ranges": replace(claims(1), products=(product(1, models=(), ranges=True),)),
    "a natural person": natural_person(claims(2)),
    "a sample": claims(1, sample=True),
    "with commitments": committed_claims(),
    "an issuer without an end": replace(
        claims(1), issuer=replace(neutral_issuer_profiles()[0], in_force_until=None)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_claims_come_back_as_they_were_written(name) -> None:
    written = write_claims(CASES[name])
    assert read_claims(written) == CASES[name]
    assert write_claims(read_claims(written)) == written


@pytest.mark.parametrize("name", CASES)
def test_the_credential_of_what_came_back_is_the_same(name) -> None:
    again = read_claims(write_claims(CASES[name]))
    assert credential_payload(again, public_url=PUBLIC_URL) == credential_payload(
        CASES[name], public_url=PUBLIC_URL
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 9_999_999),
    st.text(alphabet="กขคงจ ABC", min_size=1, max_size=40),
    st.booleans(),
)
def test_any_claims_come_back(running, name, sample) -> None:
    one = claims(2, running=running, sample=sample)
    one = replace(one, holder=replace(one.holder, name_th=name))
    assert read_claims(write_claims(one)) == one


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "null",
        lambda text: "[]",
        lambda text: text[:-1],
        lambda text: text.replace('"number":', '"nummer":'),
        lambda text: text.replace("2026-11-21", "2026-13-21"),
        lambda text: text.replace('"index":', '"index" :'),
        lambda text: text.replace('"sample":false', '"sample":0.5'),
        lambda text: json.dumps(json.loads(text) | {"holder": {"name_th": "ก"}}, ensure_ascii=False),
        lambda text: text.replace("MIT-2569-", "MIT-2568-"),
        lambda text: text + "\ud800",
    ],
)
def test_a_record_that_is_not_ours_is_an_alarm(damage) -> None:
    with pytest.raises(TamperedError, match="claims_record"):
        read_claims(damage(write_claims(claims(1))))
