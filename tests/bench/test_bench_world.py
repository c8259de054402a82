"""What the benchmarks measure is real: certificates that verify, and answers from the product itself."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mit.credential.lint import lint_claims
from mit.store.db import db
from mit.verify.scan import verify_number, verify_text

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
URL = "https://verify.mit.example"


@given(st.integers(1, 99_999), st.integers(1, 12))
def test_made_up_claims_could_be_signed(running: int, products: int) -> None:
    from made_up import made_up_claims

    on = date(2026, 11, 25)
    claims = made_up_claims(running, seed=1, issued_on=on, products=products)
    assert lint_claims(claims, public_url=URL, today=on, demo_key=True) == []
    assert claims == made_up_claims(running, seed=1, issued_on=on, products=products)


def test_no_two_certificates_share_a_name() -> None:
    from made_up import made_up_claims

    made = [made_up_claims(running, seed=1, issued_on=date(2026, 11, 25)) for running in range(1, 60)]
    assert len({claims.holder.name_th for claims in made}) == len(made)
    names = [product.coverage.product_en for claims in made for product in claims.products]
    assert len(set(names)) == len(names)


def test_a_bulk_register_answers_like_any_other(app: Flask) -> None:
    from bench_world import BenchWorld, bench_key, fill

    world = BenchWorld(120, 1, URL, bench_key(1), NOW)
    with db.engine.begin() as connection:
        known = fill([connection], world)
    assert len(known) == 120
    answers = Counter()
    for number, text in known:
        by_number, by_scan = verify_number(number, now=NOW), verify_text(text, now=NOW)
        assert by_number.answer == by_scan.answer
        assert by_number.certificate
        assert by_number.certificate.number == number
        answers[by_number.leading_reason] += 1
    assert answers["ok"] > 90
    assert answers["expired"] > 2


def test_the_same_seed_gives_the_same_key() -> None:
    from bench_world import bench_key

    assert bench_key(1).public_key.thumbprint == bench_key(1).public_key.thumbprint
    assert bench_key(1).public_key.thumbprint != bench_key(2).public_key.thumbprint


def test_half_of_the_traffic_falls_on_one_percent() -> None:
    from bench_verify import traffic

    known = [(f"MIT-{n}", f"https://x/v/{n}") for n in range(10_000)]
    asked = traffic(known)
    often = sum(count for _, count in Counter(asked).most_common(100))
    assert 0.48 <= often / len(asked) <= 0.54
    assert asked == traffic(known)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_door_that_is_measured_gives_a_verdict(make_app: Callable[..., Flask]) -> None:
    from bench_verify import PUBLIC_URL, web_subjects
    from bench_world import BenchWorld, bench_key, fill

    app = make_app(public_url=PUBLIC_URL)
    with app.app_context(), db.engine.begin() as connection:
        known = fill([connection], BenchWorld(3, 1, PUBLIC_URL, bench_key(1), NOW))
    bodies = {subject.name: subject.once() for subject in web_subjects(app, known, lambda: 0.0)}
    assert bodies.pop("flask_hello") == b"hello"
    for name in ("verdict_by_number_json", "verdict_by_scan_json"):
        assert json.loads(bodies.pop(name))["certificate"]["number"] == known[0][0]
    assert len(bodies) == 2
    assert all(b"data-verdict=" in page for page in bodies.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_answer_stops_the_benchmark(make_app: Callable[..., Flask]) -> None:
    from bench_verify import PUBLIC_URL, call, environ_of

    app = make_app(public_url=PUBLIC_URL)
    with pytest.raises(RuntimeError, match="404"):
        call(app.wsgi_app, environ_of("/no/such/page"))


def test_a_large_application_is_walked_to_its_approval(tmp_path: Path) -> None:
    from bench_large_application import take_figures

    document = take_figures(tmp_path, Namespace(rounds=1, sizes="2x5", cases=20))
    figures = document["figures"]
    acts = {name.split("/", maxsplit=1)[0] for name in figures}
    assert acts >= {"task_list", "save_sheet", "upload_sheet", "submit", "case_page", "preview", "approve"}
    assert all(figure["cpu_ms"] > 0 for figure in figures.values())
    assert figures["case_page/2x5"]["statements"] > 5
    assert all(ratio > 0 for ratio in document["ratios"].values())


def test_both_ways_of_making_a_certificate_are_measured(tmp_path: Path) -> None:
    from bench_issue import take_figures

    document = take_figures(tmp_path, Namespace(rounds=1, seconds=0.01, products=2))
    assert set(document["figures"]) >= {"complete", "plain_complete", "seal", "plain_seal"}
    assert document["ratios"]["complete_times_faster_than_plain"] > 0
    assert document["sizes"]["qr_version"] <= 21
    assert document["limits"]


@pytest.mark.parametrize(("size", "asked"), [(60, 20), (40, 20), (101, 20)])
def test_a_register_is_filled_up_around_certificates_that_are_real(
    tmp_path: Path, size: int, asked: int
) -> None:
    from bench_size import open_register, subjects_of

    from mit.store.db import dispose_engines

    app, known = open_register(size, asked, tmp_path / "register")
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                numbers = connection.exec_driver_sql("SELECT number FROM certificates ORDER BY number").all()
            assert asked < len(numbers) <= size
            assert {number for number, _ in known} < {number for (number,) in numbers}
            answers = {verify_number(number, now=NOW).answer.value for number, _ in known}
            assert answers <= {"VALID", "NOT_VALID"}
        finally:
            dispose_engines()
    for subject in subjects_of(size, app, known):
        verdicts = [json.loads(subject.once())["certificate"]["number"] for _ in range(2 * asked)]  # type: ignore[call-overload]
        assert sorted(set(verdicts)) == sorted(number for number, _ in known)
    with app.app_context():
        dispose_engines()


def test_a_ratio_is_of_the_smallest_register() -> None:
    from bench_size import _of_smallest
    from harness import Figures

    found = {"again_10": Figures((1.0, 2.0, 3.0)), "again_20": Figures((3.0, 3.0, 3.0))}
    assert _of_smallest(found, "again", [10, 20]) == {"10": 1.0, "20": 1.5}
