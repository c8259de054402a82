"""One hostile string in one field: put everything back, send it, judge the answer and what follows."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.hostile.fields import Field, Found
from tests.support.hostile.judge import judge, wrong_letters
from tests.support.hostile.sending import send
from tests.support.hostile.values import HOSTILE
from tests.support.hostile.world import HostileWorld
from tests.support.world import rows


@dataclass(slots=True)
class Tally:
    """What came of many attacks: how often each status was answered, and all that was wrong."""

    attacks: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, where: Field, value: str, status: int, wrong: list[str]) -> None:
        """Count one attack."""
        self.attacks += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.wrong += [f"{where.visitor}: {where.route} · {where.name} · {value}: {one}" for one in wrong]


def attack(world: HostileWorld, tally: Tally, where: Field, value: str) -> None:
    """Send the hostile string called *value* into a field and tally what comes of it."""
    visitor, raw = world.visitors[where.visitor], HOSTILE[value]
    world.restore(visitor)
    answer = send(visitor, where, raw)
    wrong = judge(world, where, raw, answer)
    status = answer.status_code
    if status == 303 and not wrong:
        shown = visitor.client.get(str(answer.headers["Location"]))
        wrong = [f"then {one}" for one in judge(world, where, raw, shown)]
    if where.route.startswith("POST") and status < 400:
        wrong += wrong_letters(world, _letters())
    tally.note(where, value, status, wrong)


def rotation(found: Found, *, seed: int, each: int) -> Iterator[tuple[Field, str]]:
    """Return *each* strings for every field, drawn so that every string comes as often as any other."""
    draw = random.Random(seed)
    names: list[str] = []
    for key in sorted(found):
        for _ in range(each):
            if not names:
                names = draw.sample(sorted(HOSTILE), len(HOSTILE))
            yield draw.choice(found[key]), names.pop()


def everything(found: Found, *, seed: int) -> Iterator[tuple[Field, str]]:
    """Return every string for every field, in an order and at places drawn with *seed*."""
    draw = random.Random(seed)
    pairs = [(key, name) for key in sorted(found) for name in HOSTILE]
    draw.shuffle(pairs)
    for key, name in pairs:
        yield draw.choice(found[key]), name


def _letters() -> list[Any]:
    payloads = [
        json.loads(str(row["payload"])) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")
    ]
    return [payload for payload in payloads if payload.get("params")]
