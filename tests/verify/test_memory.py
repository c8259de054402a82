"""The memory of good answers: bounded, and true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from mit.verify.memory import Memory


def test_what_was_kept_is_found_and_what_was_not_is_not() -> None:
    memory: Memory[str, str] = Memory(4)
    assert memory.get("a") is None
    assert memory.keep("a", "good") == "good"
    assert memory.get("a") == "good"


def test_the_oldest_makes_room_for_the_newest() -> None:
    memory: Memory[int, str] = Memory(2)
    for key in (1, 2, 3):
        memory.keep(key, str(key))
    assert [memory.get(key) for key in (1, 2, 3)] == [None, "2", "3"]


def test_what_was_asked_for_again_stays_while_rare_ones_pass_by() -> None:
    memory: Memory[int, str] = Memory(3)
    memory.keep(0, "asked for all the time")
    for rare in range(1, 50):
        assert memory.get(0) == "asked for all the time"
        memory.keep(rare, "once")
    assert len(memory) == 3


def test_where_all_were_asked_for_again_the_oldest_still_makes_room() -> None:
    memory: Memory[int, str] = Memory(2)
    for key in (1, 2):
        memory.keep(key, "x")
        memory.get(key)
    memory.keep(3, "x")
    assert [memory.get(key) for key in (1, 2, 3)] == [None, "x", "x"]


def test_what_is_kept_anew_replaces_what_was() -> None:
    memory: Memory[str, str] = Memory(10)
    memory.keep("a", "old", weight_bytes=8)
    memory.keep("a", "new", weight_bytes=2)
    memory.keep("b", "beside", weight_bytes=8)
    assert (memory.get("a"), memory.get("b")) == ("new", "beside")


def test_keeping_the_same_again_pushes_nothing_out() -> None:
    memory: Memory[int, str] = Memory(2)
    for key in (1, 2, 2, 2):
        memory.keep(key, str(key))
    assert memory.get(1) == "1"


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 8))
def test_it_never_keeps_more_than_its_size_and_never_a_wrong_answer(keys: list[int], size: int) -> None:
    memory: Memory[int, str] = Memory(size)
    for key in keys:
        found = memory.get(key) or memory.keep(key, str(key))
        assert found == str(key)
        assert len(memory) <= size


def test_threads_do_not_get_in_each_others_way() -> None:
    memory: Memory[int, int] = Memory(5)

    def ask(seed: int) -> None:
        for step in range(2_000):
            key = (seed * 7 + step) % 23
            assert (memory.get(key) or memory.keep(key, key)) == key

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert len(memory) <= 5


def test_what_weighs_more_takes_the_place_of_several() -> None:
    memory: Memory[str, str] = Memory(10)
    for key in "abcde":
        memory.keep(key, key, weight_bytes=2)
    memory.keep("heavy", "heavy", weight_bytes=7)
    assert [memory.get(key) for key in "abcde"] == [None, None, None, None, "e"]
    assert memory.get("heavy") == "heavy"
    memory.keep("too heavy", "x", weight_bytes=11)
    assert memory.get("too heavy") is None
    assert memory.get("heavy") == "heavy"


def test_it_can_be_cleared() -> None:
    memory: Memory[int, str] = Memory(2)
    memory.keep(1, "x")
    memory.clear()
    assert len(memory) == 0
    memory.keep(2, "y")
    memory.keep(3, "z")
    assert len(memory) == 2
