"""The fuzzing in its small form, and that it counts what it says it counts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import campaign_fuzz
from mit.errors import InputError, NotFoundError
from mit.verify import opening
from tests.support.fuzzing import held, presented
from tests.support.fuzzing.lines import ROOT, LinesSeen
from tests.support.fuzzing.mutating import changed_bytes, changed_text, changed_tree
from tests.support.fuzzing.target import WRONG, Count, Target, try_round

TARGETS = {target.name: target for target in (*presented.targets(), *held.targets())}
#: Readers of which a single round reaches at least so much, in percent.
REACHED = {
    "mit/credential/cose.py": 80.0,
    "mit/credential/qr_text.py": 80.0,
    "mit/credential/vc.py": 75.0,
    "mit/verify/published_lists.py": 85.0,
    "mit/verify/trust_file.py": 85.0,
    "mit/verify/batch_list.py": 85.0,
}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    opening.forget_opened()


def tried(read: Callable[[Any], str], *, mutant: object = "x", times: int = 3, slow: float = 2.0) -> Count:
    count = Count()
    try_round(Target("t", lambda _chance: mutant, read, times), random.Random(1), count, slow=slow)
    return count


def raising(error: Exception) -> Callable[[Any], str]:
    def read(_mutant: object) -> str:
        raise error

    return read


# --- the campaign itself, one round


@pytest.fixture(scope="module")
def one_round() -> tuple[dict[str, Count], LinesSeen]:
    lines = LinesSeen(campaign_fuzz.PARSERS, without=campaign_fuzz.WRITERS)
    return campaign_fuzz.run(list(TARGETS.values()), seed=1, seconds=0, lines=lines), lines


@pytest.mark.parametrize("name", TARGETS)
def test_no_mutant_is_taken_crashes_or_hangs(
    name: str, one_round: tuple[dict[str, Count], LinesSeen]
) -> None:
    count = one_round[0][name]
    assert count.failures == 0, count.examples
    assert count.tried >= TARGETS[name].each_round / 2
    assert len(count.told) >= 2, "mutants that all come to the same try one line of the reader"


@pytest.mark.parametrize(("name", "least"), REACHED.items())
def test_a_round_reaches_most_of_a_reader(
    name: str, least: float, one_round: tuple[dict[str, Count], LinesSeen]
) -> None:
    assert one_round[1].percent(name) >= least, one_round[1].missing().get(name)


@pytest.mark.parametrize("control", ["careless", "crashing", "endless"])
def test_a_reader_with_a_seeded_fault_is_found_out(control: str, found_out: dict[str, Any]) -> None:
    assert found_out[control]["found"] > 0


@pytest.fixture(scope="module")
def found_out() -> dict[str, Any]:
    return campaign_fuzz.controls(1)


def test_the_same_seed_tries_the_same_mutants() -> None:
    for target in TARGETS.values():
        made = [[target.make(random.Random(seed)) for _ in range(2)] for seed in (5, 5, 6)]
        assert made[0] == made[1]
    assert any(target.make(random.Random(5)) != target.make(random.Random(6)) for target in TARGETS.values())


# --- what is genuine is taken, so that a reader that refuses everything would be seen


@pytest.mark.parametrize("one", presented.CAST, ids=lambda one: one.number)
def test_what_was_issued_is_valid_in_every_form(one: Any) -> None:
    digits = one.made.qr_url.rpartition("/")[2]
    assert presented.read_unsigned_qr(one.made.qr_url) == "VALID ok"
    assert presented.read_signed_qr(digits) == "VALID ok"
    assert presented.read_typed(one.number) == "VALID ok"
    assert presented.read_unsigned_credential(one.made.token) == "VALID ok"
    assert presented.read_signed_credential(one.made.token) == "VALID ok"


def test_what_was_published_is_taken() -> None:
    assert [held.read_unsigned_list(piece) for piece in held.PIECES] == ["taken"] * 3
    assert [held.read_signed_piece(piece) for piece in held.PIECES] == ["taken"] * 3
    assert held.read_unsigned_trust(held.FILE) == held.read_signed_trust(held.FILE) == "taken"
    assert held.read_key(presented.signer().public_key.jwk()) == "taken"


def test_a_signed_mutant_that_says_something_else_is_no_certificate_of_the_register() -> None:
    answers: Counter[str] = Counter()
    for seed in range(30):
        token = presented.signed_credential(random.Random(seed))
        try:
            answers[presented.read_signed_credential(token or "")] += 1
        except InputError as error:
            answers[error.code] += 1
    assert answers["NOT_VALID altered"] > 3
    assert answers["credential_malformed"] > 3
    assert answers["VALID ok"] == 0


@pytest.mark.parametrize(
    ("status", "told"), [(202, "202"), (422, "422"), (500, f"{WRONG}500"), (503, f"{WRONG}503")]
)
def test_an_answer_of_ours_to_a_body_is_no_fault_and_an_error_of_ours_is(status: int, told: str) -> None:
    sent: list[bytes] = []

    def post(data: bytes) -> int:
        sent.append(data)
        return status

    target = held.batch_bodies(post)
    assert target.read(target.make(random.Random(1))) == told
    assert len(sent) == 1


# --- counting


@pytest.mark.parametrize("error", [InputError("json_broken"), NotFoundError("not_found")])
def test_a_refusal_of_ours_is_an_answer(error: Exception) -> None:
    count = tried(raising(error))
    assert (count.tried, count.failures, count.told) == (3, 0, {error.code: 3})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("y"), RecursionError(), MemoryError(), AssertionError()]
)
def test_any_other_exception_is_a_crash_with_its_mutant(error: Exception) -> None:
    count = tried(raising(error), mutant=b"the mutant")
    assert (count.tried, count.failures, count.crashes.total()) == (3, 3, 3)
    assert next(iter(count.crashes)).startswith(type(error).__name__)
    assert count.examples[0] == "b'the mutant'"


def test_what_must_not_be_told_is_counted_apart() -> None:
    count = tried(lambda _: f"{WRONG}accepted")
    assert (count.failures, count.wrong, count.told) == (3, {"WRONG accepted": 3}, {})


def test_a_slow_reader_is_counted_and_one_that_is_not_is_not() -> None:
    assert tried(campaign_fuzz._burn, times=1, slow=0.05).slow == 1
    assert tried(campaign_fuzz._burn, times=1, slow=5.0).slow == 0


def test_a_change_that_cannot_be_sent_is_no_mutant() -> None:
    assert tried(lambda _: "read", mutant=None).tried == 0


def test_a_document_names_every_figure() -> None:
    document = tried(raising(ValueError("x"))).to_document()
    assert (document["mutants"], document["crashes"]) == (3, {"ValueError: x": 3})
    assert len(document["examples"]) == 3


@pytest.mark.parametrize(
    ("change", "is_passed"),
    [({}, True), ({"line_coverage_percent": 89.9}, False), ({"peak_megabytes": 513}, False),
     ({"controls": {"careless": {"found": 0}}}, False)],
)  # fmt: skip
def test_a_campaign_passes_only_with_everything(change: dict[str, Any], is_passed: bool) -> None:
    document = {"line_coverage_percent": 90.0, "peak_megabytes": 512, "controls": {"careless": {"found": 1}}}
    assert campaign_fuzz._is_passed(document | change, {"t": tried(lambda _: "fine")}) is is_passed
    assert not campaign_fuzz._is_passed(document, {"t": tried(raising(ValueError("x")))})


# --- changing


@given(st.binary(max_size=60), st.integers(0, 500))
def test_the_same_chance_changes_bytes_alike(data: bytes, seed: int) -> None:
    assert changed_bytes(data, random.Random(seed)) == changed_bytes(data, random.Random(seed))


@given(st.text(max_size=40), st.integers(0, 500))
def test_the_same_chance_changes_texts_alike(text: str, seed: int) -> None:
    assert changed_text(text, random.Random(seed)) == changed_text(text, random.Random(seed))


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(TREES, st.integers(0, 500))
def test_a_tree_is_copied_and_the_given_one_stays(tree: Any, seed: int) -> None:
    before = deepcopy(tree)
    assert changed_tree(tree, random.Random(seed)) == changed_tree(tree, random.Random(seed))
    assert tree == before


@pytest.mark.parametrize("change", [changed_bytes, changed_text, changed_tree])
def test_nearly_every_mutant_is_another_one(change: Callable[[Any, random.Random], Any]) -> None:
    seed: Any = {
        changed_bytes: b"abcdefgh" * 4,
        changed_text: "กขคง 123 " * 4,
        changed_tree: {"a": [1, "x"]},
    }[change]
    found = [change(seed, random.Random(at)) for at in range(100)]
    assert sum(one != seed for one in found) > 85
    assert len({repr(one) for one in found}) > 60


# --- counting lines


def test_only_lines_inside_functions_count_and_each_once(tmp_path: Path) -> None:
    lines = LinesSeen(["mit/verify/shapes.py"])
    assert lines.percent() == 0.0
    with lines.watching():
        held.read_unsigned_trust(held.FILE)
    some = lines.percent("mit/verify/shapes.py")
    assert 20 < some < 100
    with lines.watching():
        held.read_unsigned_trust(held.FILE)
    assert lines.percent() == some
    source = (ROOT / "mit/verify/shapes.py").read_text("utf-8").splitlines()
    missing = lines.missing()["mit/verify/shapes.py"]
    assert all(source[line - 1].strip() for line in missing)
    assert not any(source[line - 1].startswith(("def ", "class ", "import ", "from ")) for line in missing)


def test_functions_may_be_left_out_by_name() -> None:
    whole, some = LinesSeen(["mit/credential/vc.py"]), LinesSeen(["mit/credential/vc.py"], without={"_read"})
    assert len(some.lines["mit/credential/vc.py"]) < len(whole.lines["mit/credential/vc.py"])


def test_every_file_that_is_counted_is_there_and_every_function_left_out_too() -> None:
    texts = [(ROOT / name).read_text("utf-8") for name in campaign_fuzz.PARSERS]
    assert len(texts) == len(set(campaign_fuzz.PARSERS)) > 25
    assert [name for name in campaign_fuzz.WRITERS if not any(f"def {name}(" in text for text in texts)] == []
