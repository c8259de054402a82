"""The memory of good answers: bounded, deaf to refusals."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mit.verify.memory import Memory


def test_an_answer_is_worked_out_once() -> None:
    asked: list[str] = []
    memory: Memory[str, str] = Memory(4)

    def work_out() -> str:
        asked.append("once")
        return "good"

    assert [memory.get("a", work_out) for _ in range(3)] == ["good"] * 3
    assert asked == ["once"]


def test_a_refusal_is_not_remembered() -> None:
    memory: Memory[str, str] = Memory(4)
    assert memory.get("a", lambda: None) is None
    assert len(memory) == 0
    assert memory.get("a", lambda: "good") == "good"


def test_forgeries_do_not_push_out_what_is_genuine() -> None:
    memory: Memory[int, str] = Memory(2)
    memory.get(0, lambda: "genuine")
    for forged in range(1, 100):
        memory.get(forged, lambda: None)
    assert memory.get(0, lambda: None) == "genuine"


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 8))
def test_it_never_keeps_more_than_its_size_and_never_a_wrong_answer(keys: list[int], size: int) -> None:
    memory: Memory[int, str] = Memory(size)
    for key in keys:
        assert memory.get(key, lambda key=key: str(key)) == str(key)  # type: ignore[misc]
        assert len(memory) <= size


def test_it_can_be_cleared() -> None:
    memory: Memory[int, str] = Memory(2)
    memory.get(1, lambda: "x")
    memory.clear()
    assert len(memory) == 0
