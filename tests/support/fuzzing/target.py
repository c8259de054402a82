"""One thing that strangers send us, how it is changed, and what reading it must never come to."""

from __future__ import annotations

import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn

from mit.errors import MitError

#: A reader's answer to one mutant; ``WRONG`` in front: what must not be.
Told = str
WRONG = "WRONG "
SLOW_SECONDS = 2.0
_GIVEN_UP_AFTER = 20.0


@dataclass(frozen=True, slots=True)
class Target:
    """One reader with its mutants.

    Attributes:
        name: what is sent.
        make: makes the next mutant; None where the change cannot be sent at all.
        read: reads it and says in a word what came of it.
        each_round: how many are tried before the next target has its turn.
    """

    name: str
    make: Callable[[random.Random], Any]
    read: Callable[[Any], Told]
    each_round: int = 40


@dataclass
class Count:
    """What came of the mutants of one target."""

    tried: int = 0
    told: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    slow: int = 0
    slowest_seconds: float = 0.0
    examples: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Return how many mutants came to what must not be."""
        return self.crashes.total() + self.wrong.total() + self.slow

    def to_document(self) -> dict[str, Any]:
        """Return the figures; each kind of failure with its first examples."""
        return {
            "mutants": self.tried,
            "answers": dict(self.told.most_common(12)),
            "kinds_of_answers": len(self.told),
            "crashes": dict(self.crashes),
            "accepted_or_wrong": dict(self.wrong),
            "slower_than_2_seconds": self.slow,
            "slowest_cpu_seconds": round(self.slowest_seconds, 3),
            "examples": self.examples[:5],
        }


class _GivenUpError(BaseException):
    """A reader did not come to an end."""


def try_round(target: Target, chance: random.Random, count: Count, *, slow: float = SLOW_SECONDS) -> None:
    """Try so many mutants of *target* as one round has."""
    for _ in range(target.each_round):
        mutant = target.make(chance)
        if mutant is not None:
            _try_one(target, mutant, count, slow)


def _try_one(target: Target, mutant: Any, count: Count, slow: float) -> None:
    count.tried += 1
    begin, before = _cpu_seconds(), count.failures
    try:
        with _given_up():
            told = target.read(mutant)
        (count.wrong if told.startswith(WRONG) else count.told)[told] += 1
    except MitError as error:
        count.told[error.code] += 1
    except _GivenUpError:
        count.crashes["never ends"] += 1
    except Exception as error:  # noqa: BLE001 - what escapes is what is counted
        count.crashes[f"{type(error).__name__}: {str(error)[:80]}"] += 1
    spent = _cpu_seconds() - begin
    count.slowest_seconds = max(count.slowest_seconds, spent)
    count.slow += spent > slow
    if count.failures > before:
        count.examples.append(repr(mutant)[:2_000])


def _cpu_seconds() -> float:
    """Return CPU seconds of this process and its ended children, in which wall time of others has no part."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def _given_up() -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _GivenUpError

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, _GIVEN_UP_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
