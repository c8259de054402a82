"""The opening of an issued certificate: who may have it, and that it opens what was signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from mit.credential import jose, vc
from mit.credential.statement import Statement, read_statements
from mit.credential.vc import credential_signing_input
from mit.errors import NotFoundError, TamperedError
from mit.issuance.claims_record import read_claims, write_claims
from mit.issuance.open_sheets import read_opening_of
from mit.issuance.signer import sign_certificate
from mit.roles.actor import Actor, Role
from mit.store import certificates, signing_keys
from mit.store.db import transaction, viewing
from mit.verify.opened_sheet import check_opening, read_opening
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.people import invite
from tests.support.world import assert_whole_world, rows


def stated_in(number: str) -> tuple[Statement, ...]:
    with viewing() as session:
        token = certificates.get_certificate(session, number).credential or ""
    return read_statements(jose.parse(token, typ=vc.TYP).payload)


def test_holder_and_officers_open_what_the_credential_commits_to(desk: Desk) -> None:
    number = desk.issued(True, False, True).certificate_number
    for actor in (desk.cast.somchai, desk.cast.malee, desk.cast.anan):
        opening = read_opening(read_opening_of(actor, number))
        checks = check_opening(stated_in(number), opening, desk.authority.rulebook)
        assert opening.number == number
        assert [(one.index, one.reason, one.met) for one in checks] == [(1, "ok", True), (2, "ok", True)]
    assert_whole_world(desk.now)


def test_one_product_can_be_opened_without_the_others(desk: Desk) -> None:
    number = desk.issued(True, True).certificate_number
    document = json.loads(read_opening_of(desk.cast.somchai, number, index=2))
    assert [one["index"] for one in document["products"]] == [2]
    assert document["products"][0]["sheet"]["product"]["models"] == ["SC-102"]
    with pytest.raises(NotFoundError, match="certificate_product_not_found"):
        read_opening_of(desk.cast.somchai, number, index=3)


def test_nobody_else_gets_it_and_learns_nothing_from_the_refusal(desk: Desk) -> None:
    number = desk.issued().certificate_number
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    nobodys = Actor(desk.cast.somchai.user_id, frozenset())
    for actor in (desk.cast.krit, desk.cast.napha, administrator, nobodys):
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            read_opening_of(actor, number)
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        read_opening_of(desk.cast.malee, "MIT-2569-9999999-X")


def test_what_is_not_issued_yet_has_no_opening(desk: Desk) -> None:
    number = desk.approved().certificate_number
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        read_opening_of(desk.cast.somchai, number)


def test_a_certificate_from_before_commitments_says_so(desk: Desk) -> None:
    number = desk.issued().certificate_number
    forge("UPDATE certificate_products SET commitment_salt = NULL")
    with pytest.raises(NotFoundError, match="commitment_none"):
        read_opening_of(desk.cast.somchai, number)


def test_each_product_has_a_salt_of_its_own_from_the_authoritys_chance(desk: Desk) -> None:
    desk.issued(True, True, True)
    salts = [
        bytes(row["commitment_salt"]) for row in rows("SELECT commitment_salt FROM certificate_products")
    ]
    assert len(set(salts)) == 3
    assert {len(salt) for salt in salts} == {32}
    assert Random(0).randbytes(32) not in salts


def test_the_salt_cannot_be_changed_in_the_database(desk: Desk) -> None:
    desk.issued()
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text("UPDATE certificate_products SET commitment_salt = NULL"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE certificate_products SET commitment_salt = NULL",
        "UPDATE certificate_products SET commitment_salt = zeroblob(32)",
    ],
)
def test_the_signer_signs_no_commitment_that_does_not_open(desk: Desk, damage: str) -> None:
    number = desk.approved().certificate_number
    if desk.authority.settings.database_url.startswith("postgresql"):
        damage = damage.replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')")
    forge(damage)
    with pytest.raises(TamperedError, match="signer_products"):
        sign_certificate(number, now=desk.tick(), authority=desk.authority)


def test_what_was_prepared_before_there_were_commitments_is_signed_as_it_was_written(desk: Desk) -> None:
    """An upgrade between prepare and signing: neither claims nor rows know of commitments, and both agree."""
    number = desk.approved().certificate_number
    with viewing() as session:
        row = certificates.get_certificate(session, number)
        claims = read_claims(row.claims)
        key = signing_keys.public_half(signing_keys.all_keys(session, "credential")[0])
    old = replace(claims, products=tuple(replace(one, commitment="") for one in claims.products))
    tbs = credential_signing_input(old, public_url=desk.authority.settings.public_url, key=key)
    forge(
        "UPDATE certificates SET claims = :claims, tbs = :tbs, tbs_sha256 = :sha256",
        claims=write_claims(old),
        tbs=tbs,
        sha256=hashlib.sha256(tbs).hexdigest(),
    )
    forge("UPDATE certificate_products SET commitment_salt = NULL")
    forms = sign_certificate(number, now=desk.tick(), authority=desk.authority)
    statements = read_statements(jose.parse(forms.credential, typ=vc.TYP).payload)
    assert [one.commitment for one in statements] == [""]
