"""The case: the content digest is over everything that is decided on, and over nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mit.issuance.case import holder_of, kept_in, open_case, read_case, subject_of
from mit.store import accounts
from mit.store.db import transaction, viewing
from tests.support.desk import Desk
from tests.support.forgery import forge

#: What is changed → whether it is part of what is decided on.
CHANGES = {
    "UPDATE application_products SET cost_sheet = replace(cost_sheet, '1900.00', '1900.01')": True,
    "UPDATE application_products SET cost_sheet_sha256 = 'x'": False,
    "UPDATE application_products SET coverage = replace(coverage, 'SC-101', 'SC-102')": True,
    "UPDATE application_products SET position = 2": True,
    "UPDATE assessments SET document = replace(document, 'direct', 'other')": True,
    "UPDATE assessments SET rule_set_sha256 = input_sha256": True,
    "UPDATE assessments SET deciding_formula = 'build_down'": True,
    "UPDATE assessments SET engine_version = 'x'": False,
    "UPDATE organisations SET name_th = 'ก' WHERE name_en = 'Siam Cable Co., Ltd.'": True,
    "UPDATE organisations SET address_en = 'x' WHERE name_en = 'Siam Cable Co., Ltd.'": True,
    "UPDATE organisations SET tax_number = '0105550000015x' WHERE name_en = 'Siam Cable Co., Ltd.'": True,
    "UPDATE organisations SET name_th = 'ก' WHERE name_en = 'Krungthep Wire'": False,
    "UPDATE applications SET site_th = 'x'": True,
    "UPDATE applications SET factory_number = 'x'": True,
    "UPDATE applications SET profile_version = 'x'": True,
    "UPDATE applications SET rule_set_id = 'x'": True,
    "UPDATE applications SET rule_set_sha256 = content_digest": True,
    "UPDATE applications SET version = 9": False,
    "UPDATE applications SET reasons = 'x'": False,
}


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_digest_changes_exactly_with_what_is_decided_on(desk: Desk, statement) -> None:
    standing = desk.submitted()
    with viewing() as session:
        before = read_case(session, standing.application_id).content_digest()
    forge(statement)
    with viewing() as session:
        after = read_case(session, standing.application_id).content_digest()
    assert (after != before) is CHANGES[statement]


def test_the_digest_is_the_same_on_every_database(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    with viewing() as session:
        case = read_case(session, standing.application_id)
    plain = case._content(case.holder)
    plain["organisation"] = "the same"
    assert [product["position"] for product in plain["products"]] == [1, 2]
    assert case.content_digest() == standing.content_digest
    assert case.content_digest(replace(case.holder, name_en="other")) != standing.content_digest


def test_the_history_knows_who_reviewed_and_who_ever_acted_for_the_applicant(desk: Desk) -> None:
    standing = desk.recommended()
    with transaction() as session:
        case = open_case(session, standing.application_id)
        assert case.reviewers == {desk.cast.malee.user_id}
        assert case.acted_for_applicant == {desk.cast.somchai.user_id}
        assert [act.event.action for act in case.acts] == ["create", "submit", "recommend"]
        row = case.approval("recommendation")
        assert row is not None
        assert kept_in(row) == case.kept_positions("recommendation") == {1}
        assert case.kept_positions("approval") == frozenset()
        assert case.approval("approval") is None
        assert case.subject == subject_of(standing.number) == f"application:{standing.number}"


def test_a_holder_is_named_by_a_juristic_number_only(desk: Desk) -> None:
    standing = desk.draft()
    with viewing() as session:
        case = read_case(session, standing.application_id)
        assert case.holder.juristic_number == "0105536112014"
        person = accounts.Organisation(
            kind="manufacturer", tax_number="3100600445635", name_th="นางมะลิ", name_en="", address_th=""
        )
        assert holder_of(person, case.application).juristic_number is None
