"""The campaigns count what they say they count, and their controls fail as they should.

A campaign that passes proves only as much as the counting in it; here each is given something whose
answer is known, small enough to run with every change.
"""

from __future__ import annotations

import ast
import os
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from bench import (
    campaign_hostile,
    campaign_kills,
    campaign_lighthouse,
    campaign_mutations,
    campaign_pdf,
    campaign_races,
    campaign_revoking,
    campaign_tampering,
    mutants,
    trying_mutants,
)
from mit.errors import UnreadableFileError
from tests.support.hostile.fields import Field
from tests.support.kills import failpoints
from tests.support.kills_revoking import later_failpoints
from tests.support.races import Race
from tests.support.require import program
from tests.support.specimens import twenty_certificates
from tests.vectors.make_vectors import SECOND, TRUSTED

# --- mutants


def changed(source: str) -> list[str]:
    """Return every changed form of a piece of code, and see to it that each change is undone."""
    tree = ast.parse(source)
    before, found = ast.unparse(tree), []
    for node in mutants.code(tree):
        for _kind, do, undo in mutants.changes(node):
            do()
            found.append(ast.unparse(tree))
            undo()
            assert ast.unparse(tree) == before
    return found


@pytest.mark.parametrize(
    ("source", "forms"),
    [
        ("a < b", ["a <= b", "a >= b"]),
        ("a >= b", ["a > b", "a < b"]),
        ("a == b", ["a != b"]),
        ("a is None", ["a is not None"]),
        ("a in b", ["a not in b"]),
        ("a + b", ["a - b"]),
        ("a * b", ["a + b", "a // b"]),
        ("a and b", ["a or b"]),
        ("a = 5", ["a = 6", "a = 4"]),
        ("a = True", ["a = False"]),
        ("a += b", ["a -= b"]),
        ("a if b else c", ["a if not b else c"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("if a:\n    b()", ["if not a:\n    b()"]),
        # what nobody can notice, or what is no rule, stays as it is
        ("a = 'a sentence'", []),
        ("def f() -> None:\n    return", []),
        ("a: Literal[5] = b", []),
        ("@field(5)\ndef f():\n    pass", []),
    ],
)
def test_a_mutant_is_one_small_change_of_what_runs(source: str, forms: list[str]) -> None:
    assert changed(source) == forms


def test_every_mutant_differs_from_its_file_and_can_be_read() -> None:
    path = campaign_mutations.ROOT / "mit" / "criteria" / "formulas.py"
    before = ast.unparse(ast.parse(path.read_text("utf-8")))
    found = list(mutants.mutants_of("formulas"))
    assert len(found) > 20
    assert all(mutant.source != before for mutant in found)
    assert len({(mutant.line, mutant.kind, mutant.source) for mutant in found}) == len(found)
    for mutant in found:
        ast.parse(mutant.source)
        assert mutant.reads.partition("  # ")[0] in mutant.source
        assert mutant.key == (f"formulas.{mutant.place}", mutant.reads)


def test_a_mutant_is_known_by_the_function_that_it_stands_in_and_by_what_it_leaves_out() -> None:
    found = {mutant.key for mutant in mutants.mutants_of("formulas")}
    assert (
        "formulas.FormulaResult.counts",
        "return None  # return self.is_on and self.meets is True and (not self.blocked_by)",
    ) in found
    assert len({place for place, _ in found}) > 5


def test_a_file_of_the_criteria_without_tests_of_its_own_ends_the_campaign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "chain" in campaign_mutations.TESTS
    monkeypatch.delitem(campaign_mutations.TESTS, "chain")
    with pytest.raises(KeyError, match="chain"):
        campaign_mutations.all_mutants()


def test_every_file_of_tests_that_a_mutant_is_tried_on_is_there() -> None:
    names = {name for row in campaign_mutations.TESTS.values() for name in row} | set(
        campaign_mutations.ALWAYS
    )
    folder = campaign_mutations.ROOT / "tests" / "criteria"
    assert [name for name in sorted(names) if not (folder / f"test_{name}.py").is_file()] == []


def test_an_explained_survivor_is_a_mutant_that_there_is() -> None:
    there = {mutant.key for mutant in campaign_mutations.all_mutants()}
    assert set(campaign_mutations.SAME_ANSWER) - there == set(), "a reason for what reads otherwise by now"
    assert all(len(why) > 20 for why in campaign_mutations.SAME_ANSWER.values())


def test_every_file_of_the_criteria_is_broken_and_every_mutant_is_another_one() -> None:
    every = campaign_mutations.all_mutants()
    assert {mutant.module for mutant in every} == set(campaign_mutations.TESTS)
    assert len({(mutant.module, mutant.source) for mutant in every}) == len(every) > 1_000


class Sample:
    """Methods and a property, to be found by their names."""

    def one(self) -> int:
        return 1

    @property
    def two(self) -> int:
        return 2


def outer() -> int:
    return sum(n for n in (1, 2))


@pytest.mark.parametrize(
    ("place", "name"),
    [("outer", "outer"), ("outer.inner", "outer"), ("Sample.one", "one"), ("Sample.two", "two"),
     ("Sample", None), ("", None), ("nothing", None), ("Sample.nothing", None)],
)  # fmt: skip
def test_a_mutant_is_put_into_the_outermost_function_that_it_stands_in(place: str, name: str | None) -> None:
    found = trying_mutants._function_in({"Sample": Sample, "outer": outer}, place)
    assert (found.__name__ if found else None) == name


@pytest.mark.parametrize(
    ("qualname", "place"),
    [("f", "f"), ("C.f", "C.f"), ("f.<locals>.g", "f.g"), ("f.<locals>.<genexpr>", "f"), ("<module>", "")],
)
def test_a_function_has_the_place_that_a_mutant_in_it_has(qualname: str, place: str) -> None:
    assert trying_mutants._plain_place(qualname) == place


@pytest.mark.parametrize(("status", "is_failed"), [(0, False), (1, True), (2, True), (3, False), (4, False)])
def test_only_a_test_that_fails_or_cannot_be_loaded_is_a_notice(status: int, is_failed: bool) -> None:
    child = os.fork()
    if child == 0:
        os._exit(status)
    assert trying_mutants._has_failed(child) is is_failed


def test_the_report_counts_by_file_and_names_each_survivor() -> None:
    every = campaign_mutations.all_mutants()[:10]
    found: dict[str, Any] = campaign_mutations.report(every, every[:8], every[:2])
    assert (found["mutants"], found["tried"], found["killed"]) == (10, 8, 6)
    assert (found["tried_percent"], found["killed_percent"]) == (80.0, 75.0)
    assert sum(one["tried"] for one in found["by_file"].values()) == 8
    assert sum(one["survived"] for one in found["by_file"].values()) == 2
    assert [one["reads"] for one in found["survivors"]] == [mutant.reads for mutant in every[:2]]


# --- tampered QR codes


KEYS = {signer.public_key.kid: signer.public_key for signer in (TRUSTED, SECOND)}


@pytest.fixture(scope="module")
def one_certificate() -> list[Any]:
    return twenty_certificates(TRUSTED)[:1]


def test_a_reader_that_takes_everything_is_counted_in_full(one_certificate: list[Any]) -> None:
    found: dict[str, Any] = campaign_tampering.count(
        lambda digits, keys: {"digits": digits}, one_certificate, KEYS
    )
    assert found["accepted"] == found["variants"] > 1_000
    assert found["accepted_kinds"] == found["kinds"]
    assert found["uncaught_exceptions"] == {}


def test_a_reader_that_refuses_everything_accepts_nothing(one_certificate: list[Any]) -> None:
    found = campaign_tampering.count(lambda digits, keys: "refused", one_certificate, KEYS)
    assert (found["accepted"], found["accepted_kinds"], found["uncaught_exceptions"]) == (0, {}, {})


def test_what_escapes_a_reader_is_counted_by_kind_and_exception(one_certificate: list[Any]) -> None:
    def read(digits: str, _keys: object) -> str:
        if digits.startswith("+"):
            raise ZeroDivisionError
        return "refused"

    found = campaign_tampering.count(read, one_certificate, KEYS)
    assert found["uncaught_exceptions"] == {"other sign: ZeroDivisionError": 1}


# --- turned bits in a PDF


@pytest.fixture(scope="module")
def campaign() -> campaign_pdf.Campaign:
    return campaign_pdf.set_up(1)


def fresh(campaign: campaign_pdf.Campaign) -> campaign_pdf.Campaign:
    return campaign_pdf.Campaign(campaign.data, campaign.knowing, campaign.withheld)


def test_a_file_with_a_turned_bit_is_never_valid_wherever_it_is(campaign: campaign_pdf.Campaign) -> None:
    tried = fresh(campaign)
    tried.try_all(range(0, len(tried.data), len(tried.data) // 12))
    assert tried.wrong == []
    counted = {name: told.total() for name, told in tried.told.items()}
    assert set(counted) == {*tried.knowing, *tried.withheld, "control"}
    assert len(set(counted.values())) == 1
    assert tried.told["control"]["accepted"] > 0, "the careless reader lets a forged file pass"


def test_an_answer_that_must_not_be_is_written_down_with_its_place(campaign: campaign_pdf.Campaign) -> None:
    tried = fresh(campaign)
    tried._count("register", campaign_pdf.RECOGNISED, 1)
    tried._count("register", "CANNOT_TELL file_unknown", 2)
    tried._count("hash_withheld", "CANNOT_TELL file_unknown", 3)
    tried._count("hash_withheld", "VALID", 4)
    assert [(one["byte"], one["knowledge"]) for one in tried.wrong] == [(2, "register"), (4, "hash_withheld")]


def test_the_untouched_file_would_be_told_as_a_wrong_answer(campaign: campaign_pdf.Campaign) -> None:
    shown = campaign_pdf.shown_once(campaign.data)
    assert campaign_pdf.answer(shown, campaign.knowing["register"]).startswith("VALID")
    assert not campaign_pdf.answer(shown, campaign.withheld["hash_withheld"]).startswith("VALID")


def test_a_file_is_opened_once_however_often_it_is_judged(campaign: campaign_pdf.Campaign) -> None:
    shown = campaign_pdf.shown_once(campaign.data)
    first = shown.opened_by(campaign.data)
    assert first
    assert shown.opened_by(b"another file, which is not looked at any more") is first


def test_what_a_library_makes_of_no_file_at_all_is_one_refusal_that_is_kept() -> None:
    shown, refusals = campaign_pdf.shown_once(b"no file"), []
    for _ in range(2):
        with pytest.raises(UnreadableFileError) as refused:
            shown.opened_by(b"no file")
        refusals.append(refused.value)
    assert refusals[0] is refusals[1]


# --- kills and races


@pytest.mark.parametrize(
    ("plan", "names"),
    [(campaign_kills.plan, failpoints()), (campaign_revoking.plan, later_failpoints())],
    ids=["issuing", "revoking"],
)
def test_every_failpoint_is_killed_at_so_many_times_in_an_order_that_the_seed_draws(
    plan: Callable[[int, int, int], list[Any]], names: list[str]
) -> None:
    rounds = plan(3, 7, 1)
    counted = Counter(one.failpoint for one in rounds)
    assert counted.pop("") == 7
    assert counted == dict.fromkeys(names, 3)
    assert all(0 < one.after_seconds < 1 for one in rounds if not one.failpoint)
    assert plan(3, 7, 1) == rounds
    assert plan(3, 7, 2) != rounds


def test_the_two_campaigns_of_kills_share_no_failpoint_and_miss_none() -> None:
    assert set(failpoints()).isdisjoint(later_failpoints())
    assert len(failpoints()) > 10
    assert len(later_failpoints()) > 5


def test_races_are_added_up() -> None:
    done = [
        Race(1, 1, Counter(stale_version=98), Counter()),
        Race(1, 3, Counter(stale_version=90, illegal_move=5), Counter(IntegrityError=2)),
    ]
    lost = [Race(2, 9, Counter(), Counter(IntegrityError=4, OperationalError=1))]
    assert campaign_races.figures_of(done, lost) == {
        "certificates": 2,
        "answered": 4,
        "refused": {"stale_version": 188, "illegal_move": 5},
        "errors": 2,
        "control_errors": 5,
    }


# --- hostile fields


def test_fields_are_counted_by_way_and_by_whether_they_are_typed() -> None:
    ways = [("form", "name"), ("form", "lang"), ("header", "Host"), ("path", "number")]
    found = {("page", name): [_field(way)] for way, name in ways}
    counted = campaign_hostile.fields_of(found)
    assert counted["all"] == 4
    assert counted["by_way"] == {"form": 2, "header": 1, "path": 1}
    assert (counted["forms_parameters_members"], counted["beside_the_language"]) == (2, 1)


def _field(way: str) -> Field:
    return Field("nobody", way, "GET /x", "name", way, "/x")


# --- Lighthouse


@pytest.mark.parametrize(
    ("scores", "reached"),
    [
        ((95, 100, 95), ["performance", "accessibility", "best-practices"]),
        ((94, 100, 95), ["accessibility", "best-practices"]),
        ((100, 99, 100), ["performance", "best-practices"]),
        ((0, 0, 0), []),
    ],
)
def test_an_aim_is_reached_at_its_figure_and_not_below(
    scores: tuple[int, int, int], reached: list[str]
) -> None:
    found = {"scores": dict(zip(campaign_lighthouse.AIMS, scores, strict=True))}
    assert campaign_lighthouse.reaches(found) == reached


_PRETENDS = """
const audit = {score: 1, displayValue: "0.5\\u00a0s", numericValue: 1234};
const bad = {score: 0.5, displayValue: "x", numericValue: 1};
const names = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time",
               "cumulative-layout-shift", "total-byte-weight"];
const audits = Object.fromEntries(names.map(name => [name, audit]));
audits["image-alt"] = bad; audits["no-score"] = {score: null};
const url = process.argv[2];
const score = url.endsWith("slow") ? 0.5 : 1;
const fs = require("fs"); const count = process.argv[1] + ".count";
const turn = fs.existsSync(count) ? Number(fs.readFileSync(count)) : 0;
fs.writeFileSync(count, String(turn + 1));
if (turn < Number(process.env.FAILS || 0)) { console.error("lost a trace"); process.exit(1); }
console.log(JSON.stringify({audits, categories: {
  performance: {score: url.endsWith("odd") ? [0.2, 0.96, 0.98][turn % 3] : score},
  accessibility: {score}, "best-practices": {score}}}));
"""


@pytest.fixture
def entrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that answers as Lighthouse would; no browser is started."""
    program("node", "node")
    browser = tmp_path / "chromium"
    browser.write_text("")
    monkeypatch.setenv("MIT_CHROMIUM", str(browser))
    path = tmp_path / "pretends.js"
    path.write_text(_PRETENDS)
    return path


def test_a_page_is_judged_by_the_median_of_its_runs(entrance: Path) -> None:
    found = campaign_lighthouse.judge(entrance, "http://localhost/odd", 3)
    assert found["scores"] == {"performance": 96, "accessibility": 100, "best-practices": 100}
    assert found["metrics"]["total-blocking-time"] == "0.5 s"  # type: ignore[index]
    assert (found["bytes"], found["not_perfect"]) == (1234, ["image-alt"])
    assert campaign_lighthouse.reaches(campaign_lighthouse.judge(entrance, "http://localhost/slow", 1)) == []


def test_a_lost_trace_is_asked_for_again_but_not_for_ever(
    entrance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILS", "2")
    assert campaign_lighthouse.judge(entrance, "http://localhost/", 1)["bytes"] == 1234
    monkeypatch.setenv("FAILS", "99")
    with pytest.raises(RuntimeError, match="lost a trace"):
        campaign_lighthouse.judge(entrance, "http://localhost/", 1)
    assert Path(f"{entrance}.count").read_text() == "8"


def test_the_bad_page_is_served_and_lacks_what_it_should() -> None:
    with campaign_lighthouse.serving_a_bad_page() as url:
        with urllib.request.urlopen(url) as answer:
            text = answer.read().decode()
        with pytest.raises(HTTPError, match="404") as missing:
            urllib.request.urlopen(f"{url}missing.png")
        missing.value.close()
    assert "lang=" not in text
    assert "alt=" not in text
    assert "Date.now() < end" in text
