"""Hypothesis walks the work functions at random and a plain model says what must happen.

For every act the model (``workflow_model``) predicts whether it is allowed.  An act that ends
otherwise, an error that is not ours, or a world that does not add up, is a violation.
``seeded_bugs`` takes out one guard or step at a time: walks that miss one of them prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mit import worker
from mit.errors import MitError
from mit.issuance.apply import Draft, create_draft, resubmit, save_draft, submit, withdraw
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.store import accounts
from mit.store.db import dispose_engines, transaction
from tests.support.desk import draft
from tests.support.workflow_model import (
    LEADS,
    MAKERS_ACTS,
    OPINIONS,
    Act,
    Told,
    ViolationError,
    follow,
    is_allowed,
)
from tests.support.workflow_world import World
from tests.support.world import (
    assert_approvals_belong,
    assert_audit_chain,
    assert_every_act_is_recorded,
    assert_log_consistent,
    assert_numbers_without_gaps,
    rows,
)

#: What happens in a step, by weight.
HAPPENINGS = ("act",) * 12 + ("click_again", "click_again", "worker_works", "begin", "holder_moves")
STAGES = ("draft", "submitted", "recommended", "approved")
SHAPES = ((True,), (True, False), (True, True), (True, False), (False,), ())


@dataclass(frozen=True, slots=True)
class Start:
    """How each of a walk's first applications begins: products, how far it has come, who reviewed it."""

    shapes: tuple[tuple[bool, ...], ...] = SHAPES
    stages: tuple[str, ...] = STAGES
    reviewers: tuple[str, ...] = ("malee", "prasit")


class Workflow(RuleBasedStateMachine):
    """Anyone does anything, in any order; mostly what is plausible."""

    world: World
    start: Start
    chance: Random

    def __init__(self) -> None:
        super().__init__()
        self.context = self.world.app.app_context()
        self.context.push()
        self.world.begin()
        self.told: list[Told] = []
        self.last: tuple[Act, Standing] | None = None

    def teardown(self) -> None:
        try:
            assert_audit_chain()
            assert_every_act_is_recorded()
            assert_numbers_without_gaps()
            assert_log_consistent()
        finally:
            dispose_engines()
            self.context.pop()

    @initialize(chance=st.randoms(use_true_random=True))
    def first(self, chance: Random) -> None:
        """Begin where it is interesting: the way there is walked by the usual people.

        Chance is one generator for the whole walk: Hypothesis' own draws cluster, and a bug that
        needs three ordinary things in a row would hide from them for long.
        """
        self.chance = chance
        for _ in range(2):
            self.begin(chance.choice(self.start.shapes))
            stage, reviewer = chance.choice(self.start.stages), chance.choice(self.start.reviewers)
            self.walk_usual_way(self.told[-1], stage, reviewer)

    @rule()
    def step(self) -> None:
        """Mostly somebody acts; sometimes something else happens."""
        happening = self.chance.choice(HAPPENINGS)
        if happening == "begin":
            self.begin(self.chance.choice(SHAPES))
        elif happening == "act":
            self.do(choose_act(self.chance, self.world, self.chance.choice(self.told)))
        else:
            getattr(self, happening)()

    def walk_usual_way(self, told: Told, stage: str, reviewer: str) -> None:
        """Let the usual people bring an application as far as *stage*, if it can be brought there."""
        usual_way = (("somchai", "submit"), (reviewer, "recommend"), ("anan", "approve"))
        for who, action in usual_way[: STAGES.index(stage)]:
            view = look_at(self.world.people["malee"], told.application_id)
            decisions = _decisions(told)[0] if action in OPINIONS else ()
            self.do(Act(who, action, told, view.seen, decisions, "เหตุผล", told.meets))

    def begin(self, shape: tuple[bool, ...]) -> None:
        """Let Somchai begin an application."""
        done = create_draft(self.world.people["somchai"], draft_of(shape), now=self.world.tick())
        self.told.append(Told(done.application_id, done.version, shape))

    def do(self, act: Act) -> None:
        """Do one act and hold what it gave against the model."""
        expected = is_allowed(act)
        outcome = attempt(self.world, act)
        if isinstance(outcome, Standing) != expected:
            raise ViolationError(f"{act.who} {act.action}: expected {expected}, got {outcome}")
        if isinstance(outcome, Standing):
            follow(act, outcome)
            self.last = (act, outcome)
        self.check_step(act.told)

    def click_again(self) -> None:
        """The same wish twice is answered like the first and changes nothing."""
        if self.last is None or not self.last[0].is_repeated:
            return
        act, first = self.last
        events = len(rows("SELECT seq FROM audit_events"))
        again = attempt(self.world, act)
        if again != first or len(rows("SELECT seq FROM audit_events")) != events:
            raise ViolationError(f"a second click on {act.action} gave {again} after {first}")

    def holder_moves(self) -> None:
        """An administrator changes the holder's address: what was submitted is no longer so."""
        with transaction() as session:
            application = rows("SELECT organisation_id FROM applications LIMIT 1")[0]
            organisation = accounts.get_organisation(session, UUID(application["organisation_id"]))
            organisation.address_th = f"ที่อยู่ใหม่ {self.world.tick():%H%M%S}"
        for told in self.told:
            told.is_content_as_submitted = False

    def worker_works(self) -> None:
        """The worker issues all that is approved."""
        worker.run_once(self.world.app, now=self.world.tick())
        states = {row["state"] for row in rows("SELECT state FROM certificates")}
        if not states <= {"active"}:
            raise ViolationError(f"certificates are left {states}")

    def check_step(self, told: Told) -> None:
        assert_approvals_belong(told.application_id.hex)
        (row,) = rows(
            "SELECT number, state, version FROM applications WHERE id = :id", id=told.application_id.hex
        )
        acts = rows("SELECT seq FROM audit_events WHERE subject = :name", name=f"application:{row['number']}")
        if len(acts) != told.version:
            raise ViolationError(f"{len(acts)} acts are recorded, the model says {told}")
        if (row["state"], row["version"]) != (told.state, told.version):
            raise ViolationError(f"the application is {row}, the model says {told}")


@cache
def draft_of(shape: tuple[bool, ...]) -> Draft:
    """Return a draft with the products of *shape*, which may be none."""
    return draft(*shape) if shape else replace(draft(), cost_sheets=())


def choose_act(chance: Random, world: World, told: Told) -> Act:
    """Choose an act: mostly one that the state knows, by somebody whose role it is, seen rightly."""
    possible = [action for state, action in LEADS if state == told.state]
    forward = [action for action in possible if action in {"submit", "resubmit", "recommend", "approve"}]
    every = sorted({action for _, action in LEADS})
    action = chance.choice(forward * 10 + possible * 3 + every + ["approve"] * 4)
    who = chance.choice(_plausible(action, told) * 5 + list(world.people))
    right = Seen(told.version)
    if action in OPINIONS:
        right = look_at(world.people["malee"], told.application_id).seen
    return Act(
        who=who,
        action=action,
        told=told,
        seen=chance.choice(_sights(right)),
        decisions=chance.choice(_decisions(told)) if action in OPINIONS else (),
        reasons=chance.choice(["เหตุผล", "เหตุผล", ""]),
        shape=chance.choice(SHAPES),
    )


def _plausible(action: str, told: Told) -> list[str]:
    if action in MAKERS_ACTS:
        return ["somchai", "nok"]
    if action == "recommend" or told.state == "submitted":
        return ["malee", "wichai", "prasit", "niran"]
    return ["anan", "suda", "prasit", "niran", *sorted(told.reviewers & {"prasit"}) * 3]


def _sights(right: Seen) -> list[Seen]:
    return [right] * 8 + [replace(right, version=right.version - 1), replace(right, content_digest="0" * 64)]


def _decisions(told: Told) -> list[tuple[ProductDecision, ...]]:
    numbered = list(enumerate(told.meets, start=1))
    usual = tuple(ProductDecision(at, keep=good, reason="" if good else "ไม่ผ่าน") for at, good in numbered)
    kept = tuple(ProductDecision(at, keep=True) for at, _ in numbered)
    none = tuple(ProductDecision(at, keep=False, reason="ไม่เอา") for at, _ in numbered)
    first = tuple(ProductDecision(at, keep=at == 1, reason="" if at == 1 else "ไม่เอา") for at, _ in numbered)
    silent = tuple(ProductDecision(at, keep=at == 1) for at, _ in numbered)
    return [
        *[usual] * 6,
        kept,
        first,
        none,
        silent,
        silent,
        usual[:1],
        usual[:1],
        usual * 2,
        (*usual, ProductDecision(99, keep=True)),
    ]


def attempt(world: World, act: Act) -> Standing | MitError:
    """Do the act; return what it gave, or our own error; any other error is the test's failure."""
    world.acts += 1
    actor, key, now = world.people[act.who], act.told.application_id, world.tick()
    opinion = Opinion(act.seen, act.decisions)
    authority = world.authority
    calls: dict[str, Callable[[], Standing]] = {
        "save": lambda: save_draft(actor, key, draft=draft_of(act.shape), seen=act.seen, now=now),
        "submit": lambda: submit(actor, key, seen=act.seen, now=now, authority=authority),
        "resubmit": lambda: resubmit(actor, key, seen=act.seen, now=now, authority=authority),
        "withdraw": lambda: withdraw(actor, key, seen=act.seen, now=now),
        "return": lambda: return_with_reasons(actor, key, reasons=act.reasons, seen=act.seen, now=now),
        "refuse": lambda: refuse(actor, key, reasons=act.reasons, seen=act.seen, now=now),
        "recommend": lambda: recommend(actor, key, opinion=opinion, now=now),
        "approve": lambda: approve(actor, key, opinion=opinion, now=now, authority=authority),
    }
    try:
        return calls[act.action]()
    except MitError as error:
        return error
