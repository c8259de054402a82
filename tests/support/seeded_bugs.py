"""Seeded bugs: one guard or one step taken out at a time, and the walks that must find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from mit import worker
from mit.issuance import apply, guards, issue, move, prepare, rehearse
from mit.issuance import approve as approving
from mit.lifecycle.application_states import ApplicationAction, ApplicationState, Guard, Move
from mit.store import certificates
from tests.support.workflow_machine import SHAPES, Start, Workflow
from tests.support.workflow_world import World

A, S = ApplicationAction, ApplicationState
#: A bug shows as a breach of the model or the world, or as a refusal of the database itself.
FOUND = (AssertionError, IntegrityError, LookupError)


def _near(stage: str, *shapes: tuple[bool, ...], reviewer: str = "malee") -> Start:
    return Start(shapes or SHAPES[:4], (stage,), (reviewer,))


#: Seeded bug → where to look for it; elsewhere it would only take longer.
NEAR = {
    "the same person recommends and approves": _near("recommended", reviewer="prasit"),
    "an undecided product is passed over": _near("submitted", (True, True), (True, False)),
    "an edit keeps the approvals": _near("recommended"),
    "a return leaves no audit event": _near("submitted"),
    "who once worked for the maker decides": _near("submitted"),
    "a stale digest is accepted": _near("submitted"),
    "what was withdrawn can be approved": _near("recommended"),
    "a number is used twice": _near("approved"),
    "roles are not asked for": _near("submitted"),
    "nobody asks for reasons": _near("submitted"),
    "it is issued twice": _near("approved"),
}


@contextmanager
def all_of(*managers: AbstractContextManager[Any]) -> Iterator[None]:
    """Enter several at once."""
    with ExitStack() as stack:
        for manager in managers:
            stack.enter_context(manager)
        yield


def quick() -> AbstractContextManager[Any]:
    """Leave out what only costs time here: drawing in the lint, printing and publishing."""
    return all_of(
        mock.patch.object(rehearse, "_paper_faults", lambda claims, public_url: []),
        mock.patch.dict(worker.WORK, {"print": lambda *_: None, "publish": lambda *_: None}),
    )


def without(guard: Guard) -> AbstractContextManager[Any]:
    """Take out one guard."""
    return mock.patch.dict(guards.GUARDS, {guard: lambda actor, case, wish: None})


def _any_move(state: ApplicationState | None, action: ApplicationAction) -> Move:
    """A table that lets what was withdrawn be approved."""
    if (state, action) == (S.WITHDRAWN, A.APPROVE):
        usual = _TRUE_FIND(S.RECOMMENDED, action)
        return replace(usual, guards=(Guard.STRANGER_TO_APPLICANT, Guard.VERSION_AS_SEEN))
    return _TRUE_FIND(state, action)


def _again_from_approved(state: ApplicationState | None, action: ApplicationAction) -> Move:
    """A table that lets what is approved be approved once more."""
    return _TRUE_FIND(S.RECOMMENDED if (state, action) == (S.APPROVED, A.APPROVE) else state, action)


def _prepare_all(session: Any, case: Any, *, kept: frozenset[int], **rest: Any) -> Any:
    every = frozenset(product.position for product in case.products)
    return _TRUE_PREPARE(session, case, kept=every, **rest)


def _skipping_returns(session: Any, actor: Any, case: Any, *, move: Move, **rest: Any) -> None:
    if move.action != A.RETURN:
        _TRUE_RECORD(session, actor, case, move=move, **rest)


def _under_another_name(session: Any, actor: Any, case: Any, **rest: Any) -> None:
    author = case.application.author_id
    _TRUE_RECORD(session, replace(actor, user_id=author), case, **rest)


def _used_twice(session: Any, year_be: int) -> int:
    number = _TRUE_NEXT(session, year_be)
    return max(number - 1, 1)


def _with_gaps(session: Any, year_be: int) -> int:
    _TRUE_NEXT(session, year_be)
    return _TRUE_NEXT(session, year_be)


def _activated_twice(session: Any, certificate: Any, *, now: datetime) -> None:
    _TRUE_ACTIVE(session, certificate, now=now)
    _TRUE_ACTIVE(session, certificate, now=now)


def _only_the_person(actor: Any, case: Any, wish: Any) -> bool:
    return bool(case.acts) and case.acts[-1].person_id == actor.user_id


_TRUE_FIND = move.find_move
_TRUE_PREPARE = prepare.prepare
_TRUE_RECORD = move.record_move
_TRUE_NEXT = certificates.next_running
_TRUE_ACTIVE = issue._make_active

#: name → what takes it into force.
SEEDED_BUGS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "the same person recommends and approves": lambda: without(Guard.SECOND_PERSON),
    "who once worked for the maker decides": lambda: without(Guard.STRANGER_TO_APPLICANT),
    "a stale version is accepted": lambda: without(Guard.VERSION_AS_SEEN),
    "a stale digest is accepted": lambda: without(Guard.CONTENT_AS_SEEN),
    "an undecided product is passed over": lambda: without(Guard.EVERY_PRODUCT_DECIDED),
    "a product that does not meet is kept": lambda: without(Guard.KEPT_PRODUCTS_MEET),
    "nobody asks for reasons": lambda: without(Guard.REASONS_GIVEN),
    "an empty application is submitted": lambda: all_of(
        without(Guard.HAS_PRODUCTS), mock.patch.object(apply, "_refuse_unsignable", lambda *_, **__: None)
    ),
    "another maker acts on it": lambda: all_of(
        without(Guard.OWN_ORGANISATION), mock.patch.object(guards, "may_know", lambda actor, case: None)
    ),
    "roles are not asked for": lambda: mock.patch.object(move, "require_role", lambda actor, role: None),
    "an edit keeps the approvals": lambda: mock.patch.object(
        move, "void_rows", lambda session, case, move, *, now: None
    ),
    "a refused product is certified": lambda: mock.patch.object(approving, "prepare", _prepare_all),
    "what was withdrawn can be approved": lambda: mock.patch.object(move, "find_move", _any_move),
    "what is approved can be approved again": lambda: mock.patch.object(
        move, "find_move", _again_from_approved
    ),
    "a return leaves no audit event": lambda: all_of(
        mock.patch("mit.issuance.review.record_move", _skipping_returns),
    ),
    "a number is used twice": lambda: mock.patch.object(certificates, "next_running", _used_twice),
    "numbers have gaps": lambda: mock.patch.object(certificates, "next_running", _with_gaps),
    "it is issued twice": lambda: mock.patch.object(issue, "_make_active", _activated_twice),
    "a second click is a second act": lambda: mock.patch(
        "mit.issuance.approve.was_done", lambda actor, case, wish: False
    ),
    "any later act counts as a second click": lambda: mock.patch(
        "mit.issuance.apply.was_done", _only_the_person
    ),
}


def make_machine(world: World, bug: str = "") -> type[Workflow]:
    """Return the state machine over *world*; its walks begin near where *bug* would be met."""
    return type("Workflow", (Workflow,), {"world": world, "start": NEAR.get(bug, Start())})


def walk(
    world: World, *, walks: int, steps: int, bug: str = "", seed: int | None = None
) -> BaseException | None:
    """Walk so often, with *bug* taken into force; return what was found, None where nothing was."""
    how = settings(
        max_examples=walks,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    machine = make_machine(world, bug)
    if seed is not None:
        machine = hypothesis.seed(seed)(machine)
    try:
        with quick(), SEEDED_BUGS[bug]() if bug else nullcontext():
            run_state_machine_as_test(machine, settings=how)
    except FOUND as error:
        return error
    return None
