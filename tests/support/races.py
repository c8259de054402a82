"""Many people press the same button at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier, Semaphore
from unittest import mock

from sqlalchemy import text

from mit import worker
from mit.errors import MitError
from mit.issuance.approve import approve
from mit.issuance.move import Standing
from mit.roles.actor import Actor
from mit.store import applications
from mit.store import db as store_db
from mit.store.db import db
from tests.support.desk import Desk
from tests.support.parallel import at_once
from tests.support.world import rows


@dataclass(frozen=True, slots=True)
class Race:
    """What came of one application's race: answers with a certificate, refusals of ours, other errors."""

    certificates: int
    answered: int
    refused: Counter[str]
    errors: Counter[str]


def race_to_approve(desk: Desk, standing: Standing, approvers: Sequence[Actor]) -> Race:
    """Let every one of *approvers* approve at the same moment, over the same sight."""
    opinion = desk.opinion(desk.cast.anan, standing)
    now = desk.tick()

    def press(actor: Actor) -> Callable[[], Standing]:
        return lambda: approve(
            actor, standing.application_id, opinion=opinion, now=now, authority=desk.authority
        )

    outcomes = at_once(desk.app, [press(actor) for actor in approvers])
    numbers = {outcome.certificate_number for outcome in outcomes if isinstance(outcome, Standing)}
    ours = [outcome for outcome in outcomes if isinstance(outcome, MitError)]
    foreign = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, MitError)]
    (made,) = rows(
        "SELECT count(*) AS n FROM certificates c JOIN applications a ON a.id = c.application_id"
        " WHERE a.number = :number",
        number=standing.number,
    )
    if len(numbers) > 1 and made["n"] == 1:
        raise AssertionError(f"different answers {numbers} for one certificate")
    return Race(
        certificates=made["n"],
        answered=sum(isinstance(outcome, Standing) for outcome in outcomes),
        refused=Counter(error.code for error in ours),
        errors=Counter(type(error).__name__ for error in foreign),
    )


def race_to_work(desk: Desk, workers: int) -> int:
    """Let several workers empty the outbox at the same moment; return how many jobs were done."""
    now = desk.tick()
    done = at_once(desk.app, [lambda: worker.run_once(desk.app, now=now)] * workers)
    return sum(one for one in done if isinstance(one, int))


#: Unique keys that would stop a second certificate even without the lock.
_LAST_LINE = (
    ("certificates", "uq_certificates_application_id"),
    ("certificate_products", "uq_certificate_products_application_product_id"),
    ("certificate_products", "uq_certificate_products_assessment_seq"),
)


@contextmanager
def without_the_lock() -> Iterator[None]:
    """Read the application without locking it."""
    with mock.patch.object(applications, "lock_application", applications.get_application):
        yield


def drop_the_last_line() -> None:
    """Drop the unique keys of a PostgreSQL database that nobody else uses."""
    with db.engine.begin() as connection:
        for table, name in _LAST_LINE:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        for name in ("ix_approvals_live_kind", "ix_approvals_live_person"):
            connection.execute(text(f"DROP INDEX {name}"))


@contextmanager
def plain_begin() -> Iterator[None]:
    """Let SQLite begin without taking the write lock, and wait half a second only.

    Engines made inside keep doing so.
    """

    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN")  # type: ignore[attr-defined]

    impatient = tuple(pragma.replace("=30000", "=500") for pragma in store_db._PRAGMAS)
    with (
        mock.patch.object(store_db, "_begin_immediate", begin),
        mock.patch.object(store_db, "_PRAGMAS", impatient),
    ):
        yield


@contextmanager
def meeting(people: int) -> Iterator[None]:
    """Let the first *people* meet right after they read the application, so that the race is a race.

    Only for controls: with the lock in place nobody else gets that far.
    """
    barrier, places = Barrier(people), Semaphore(people)

    def meet(name: str) -> None:
        if name == "approve.after_lock" and places.acquire(blocking=False):
            barrier.wait(timeout=30)

    with mock.patch("mit.issuance.approve.reach", meet):
        yield


def approvers_of(desk: Desk, other: Actor, presses: int) -> list[Actor]:
    """Return Anan pressing again and again, and a colleague among him."""
    return [other if at % 5 == 4 else desk.cast.anan for at in range(presses)]
