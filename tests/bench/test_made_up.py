"""What benchmarks make up is what the product takes, and what they compare does the same work."""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.coverage import parse_coverage
from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.issuance import draft_sections
from mit.issuance.submission import draft_of
from mit.values.identifiers import parse_tax_number
from tests.support.databases import Databases
from tests.support.people import Cast, gather
from tests.support.sheets import rule_set
from tests.support.world import rows

ON = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


# --- cost sheets


@pytest.mark.parametrize("lines", [1, 10, 300])
def test_a_made_up_sheet_is_read_without_a_fault_and_is_the_same_in_every_run(lines: int) -> None:
    from bench_assess import document

    made = document(lines)
    assert made == document(lines)
    sheet = parse_cost_sheet(made)
    assert len(sheet.lines) == lines
    assert len({line.name for line in sheet.lines}) == lines
    assert assess(rule_set(), sheet).meets in {True, False, None}


def test_what_is_measured_beside_the_bare_sum_works_on_the_same_lines() -> None:
    from bench_assess import document, subjects

    made = document(40)
    sheet = parse_cost_sheet(made)
    by_name = {subject.name: subject.once() for subject in subjects(sheet, made)}
    assert by_name["bare_sum"] == sum(line.amount.satang for line in sheet.lines)
    assert by_name["parse"] == sheet
    assert by_name["assess_with_explanation"] == assess(rule_set(), sheet)
    whole = by_name["assess_with_document_and_hash"]
    assert isinstance(whole, dict)
    assert whole["meets"] == assess(rule_set(), sheet).meets
    assert isinstance(by_name["hash_of_the_sheet"], str)
    assert len(by_name["hash_of_the_sheet"]) == 64


# --- companies and products


@given(st.integers(1, 9_999_999), st.integers(1, 9))
@settings(deadline=None, max_examples=40)
def test_a_made_up_holder_has_a_number_that_could_be_one(running: int, seed: int) -> None:
    from made_up import made_up_claims

    claims = made_up_claims(running, seed=seed, issued_on=ON, products=2)
    number = claims.holder.juristic_number
    assert number is not None
    assert parse_tax_number(number) == number
    assert number.startswith("0"), "a citizen number is never public"
    for product in claims.products:
        assert parse_coverage(product.coverage.to_document()) == product.coverage
        assert bool(product.coverage.models) != bool(product.coverage.ranges)


@given(st.integers(1, 10**6), st.integers(1, 500))
def test_certificates_are_spread_over_the_days_and_always_over_the_same(running: int, span: int) -> None:
    from made_up import days_back

    back = days_back(1, running, span_days=span)
    assert 0 <= back.days < span
    assert back == days_back(1, running, span_days=span)


def test_half_of_the_days_lie_in_each_half_of_the_span() -> None:
    from made_up import days_back

    later = sum(days_back(1, running, span_days=400).days < 200 for running in range(2_000))
    assert 900 < later < 1_100


# --- large applications


@pytest.fixture
def cast(app: Flask) -> Cast:
    return gather(NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_large_application_is_good_as_it_was_made_up(cast: Cast) -> None:
    from large_world import begin_large

    number = begin_large(cast.somchai, 3, 12, seed=1, now=NOW)
    said = draft_of(draft_sections.read(cast.somchai, number))
    assert len(said.cost_sheets) == 3
    assert all(len(sheet.lines) == 12 for sheet in said.cost_sheets)
    assert all(assess(rule_set(), sheet).meets for sheet in said.cost_sheets)
    assert len({sheet.product.name_th for sheet in said.cost_sheets}) == 3


def test_two_made_up_products_share_no_model_and_no_line() -> None:
    from large_world import made_up_product, made_up_sheet

    products = [made_up_product(at, seed=1) for at in range(1, 30)]
    assert len({json.dumps(product, sort_keys=True) for product in products}) == len(products)
    assert made_up_product(7, seed=1) == products[6]
    assert made_up_product(7, seed=2) != products[6]
    assert made_up_sheet(7, 9, seed=1) == made_up_sheet(7, 9, seed=1) != made_up_sheet(8, 9, seed=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_queue_is_filled_with_cases_that_wait_each_a_minute_longer(cast: Cast) -> None:
    from large_world import fill_queue

    fill_queue(cast.somchai, 5, now=NOW)
    waiting = rows("SELECT number, state, submitted_at FROM applications ORDER BY submitted_at DESC")
    assert [row["number"] for row in waiting] == [f"Q-{at:06d}" for at in range(5)]
    assert {row["state"] for row in waiting} == {"submitted"}
    assert len(rows("SELECT id FROM application_products")) == 5


# --- status lists


def _payload(token: bytes) -> dict[str, Any]:
    payload = token.split(b".")[1]
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    return document


@pytest.fixture
def small_lists(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The benchmark of lists, over 8,000 slots."""
    import bench_status_list

    monkeypatch.setattr(bench_status_list, "SLOTS", 8_000)
    return bench_status_list


def test_the_plain_way_sets_the_very_bits_of_ours(small_lists: Any) -> None:
    from mit.credential.slot_values import INVALID, slot_values

    revoked = [0, 7, 8, 4_095, 7_999]
    values = slot_values({INVALID: revoked}, slots=8_000)
    ours = _payload(small_lists._bitstring_list(values))["credentialSubject"]["encodedList"]
    plain = _payload(small_lists._plain(revoked))["credentialSubject"]["encodedList"]
    packed = base64.urlsafe_b64decode(ours[1:] + "=" * (-len(ours[1:]) % 4))
    assert zlib.decompress(packed, wbits=31) == gzip.decompress(bytes.fromhex(plain))


def test_one_change_is_all_that_is_published_of_a_list(small_lists: Any) -> None:
    import random

    changes = small_lists._changes(random.Random(1))
    assert len(changes) == 1_573
    assert all(len(history) == 2 for history in changes.values())
    few = dict(list(changes.items())[:3])
    assert len(small_lists._one_change(few)) >= 4
    assert small_lists._squeezer(b"a" * 90, 9)() == zlib.compress(b"a" * 90, 9)


# --- incidents and paper


def test_an_incident_of_a_few_certificates_leaves_nothing_in_force(databases: Databases) -> None:
    from bench_incident import revoke_all

    found = revoke_all(databases, "sqlite", 30)
    assert found["certificates"] == 30
    assert (found["left"], found["jobs_left"]) == (0, [])
    assert 0 < found["revoked"] <= 30
    assert found["confirmed_to_published_seconds"] >= 0


def test_the_plain_certificate_says_what_ours_says() -> None:
    import plain_certificate
    from made_up import made_up_claims

    claims = made_up_claims(5, seed=1, issued_on=ON, products=2)
    drawn = plain_certificate.draw_plain(claims, "HTTPS://X/V/1", plain_certificate.load_styles())
    document = pypdfium2.PdfDocument(drawn)
    said = "\n".join(document[at].get_textpage().get_text_bounded() for at in range(len(document)))
    assert str(claims.number) in said
    assert claims.holder.name_en in said
    assert claims.products[1].coverage.product_en in said


def test_the_other_way_is_told_the_same_words(tmp_path: Path) -> None:
    import bench_bulk_paper
    from bench_issue import open_workshop, sign
    from made_up import made_up_claims

    shop, _ = open_workshop(tmp_path)
    claims = made_up_claims(5, seed=1, issued_on=ON, products=3)
    signed = sign(claims, shop.signer)
    told = bench_bulk_paper._told(signed)
    assert str(claims.number) in str(told["title"])
    assert told["qr"] == signed.qr_text
    listed = told["rows"]
    assert isinstance(listed, list)
    assert [row[0] for row in listed] == ["1", "2", "3"]
    assert [row[2] for row in listed] == [product.coverage.product_en for product in claims.products]
    assert all(row[5] for row in listed), "a product is covered by models or by ranges"


def test_cpu_is_told_for_one_time_and_by_the_clock_that_is_given() -> None:
    from bench_bulk_paper import _taken

    spent = [0.0]

    def once() -> None:
        spent[0] += 0.25

    assert _taken(once, 8, lambda: spent[0]) == 0.25


# --- results


def test_a_summary_names_figures_ratios_aims_and_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    from harness import ROOT, print_summary

    document = {
        "figures": {"ours": 1.5},
        "ratios": {"times": 3},
        "aims": {"times": 2},
        "limits": ["left out"],
    }
    print_summary(document, ROOT / "bench" / "results" / "x.json")
    said = capsys.readouterr().out
    assert [line.strip().split()[0] for line in said.splitlines()[:-1]] == [
        "figures:", "ours", "ratios:", "times", "aims:", "times",
    ]  # fmt: skip
    assert said.splitlines()[-1] == "written to bench/results/x.json"


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[2] / "bench" / "results").glob("*.json")),
    ids=lambda path: path.stem,
)
def test_every_kept_result_tells_how_to_run_it_again(path: Path) -> None:
    kept = json.loads(path.read_text("utf-8"))
    assert kept["bench"] == path.stem
    script = kept["command"].split()[1]
    assert kept["command"].startswith("python bench/")
    assert (path.parents[2] / script).is_file(), script
    assert isinstance(kept["seed"], int)
    assert datetime.fromisoformat(kept["date"]).tzinfo is not None
    assert len(kept["commit"]) == 40
    if path.stem.startswith(("campaign", "tampering")):
        assert kept["passed"] is True


def test_an_unknown_option_ends_a_benchmark_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import bench_status_list

    monkeypatch.setattr("sys.argv", ["bench_status_list.py", "--rounds", "many"])
    with pytest.raises(SystemExit) as ended:
        bench_status_list._arguments()
    assert ended.value.code == 2
    assert "--rounds" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["bench_status_list.py", "--rounds", "2"])
    assert bench_status_list._arguments() == argparse.Namespace(rounds=2, seconds=0.5)
