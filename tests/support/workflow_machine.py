"""Hypothesis walks the work functions at random and a plain model says what must happen.

The model is written from the contract, not from the code: it knows states, people and what each
has seen, and predicts for every act whether it is allowed.  An act that ends otherwise, an error
that is not ours, or a world that does not add up, is a violation.

``SEEDED_BUGS`` take out one guard or step each; a campaign that does not find every one of them
proves nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.errors import MitError
from mit.issuance import apply, guards, issue, move, prepare, rehearse
from mit.issuance import approve as approving
from mit.issuance.apply import Draft, create_draft, resubmit, save_draft, submit, withdraw
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.lifecycle.application_states import ApplicationAction, ApplicationState, Guard, Move
from mit.roles.actor import Actor, Role
from mit.store import accounts, certificates, schema
from mit.store.db import dispose_engines, transaction
from tests.support.desk import cheap_authority, draft, open_desk
from tests.support.people import invite
from tests.support.world import (
    assert_approvals_belong,
    assert_audit_chain,
    assert_every_act_is_recorded,
    assert_log_consistent,
    assert_numbers_without_gaps,
    rows,
)

A, S = ApplicationAction, ApplicationState
#: From where each action leads where, as the contract has it; the model's own copy.
LEADS: dict[tuple[str, str], str] = {
    ("draft", "save"): "draft",
    ("returned", "save"): "returned",
    ("submitted", "save"): "draft",
    ("recommended", "save"): "draft",
    ("draft", "submit"): "submitted",
    ("returned", "resubmit"): "submitted",
    ("submitted", "return"): "returned",
    ("submitted", "recommend"): "recommended",
    ("submitted", "refuse"): "refused",
    ("recommended", "return"): "returned",
    ("recommended", "approve"): "approved",
    ("recommended", "refuse"): "refused",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("recommended", "withdraw"): "withdrawn",
}
MAKERS_ACTS = frozenset({"save", "submit", "resubmit", "withdraw"})
OPINIONS = frozenset({"recommend", "approve"})
#: What happens in a step, by weight.
HAPPENINGS = ("act",) * 12 + ("click_again", "click_again", "worker_works", "begin", "holder_moves")
STAGES = ("draft", "submitted", "recommended", "approved")
SHAPES = ((True,), (True, False), (True, True), (True, False), (False,), ())
#: How a walk's application begins: its products, how far it has come, and who reviewed it.
STARTS = st.tuples(st.sampled_from(SHAPES), st.sampled_from(STAGES), st.sampled_from(["malee", "prasit"]))


def _near(stage: str, *shapes: tuple[bool, ...], reviewer: str = "malee") -> st.SearchStrategy[Any]:
    return st.tuples(st.sampled_from(shapes or SHAPES[:4]), st.just(stage), st.just(reviewer))


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


@dataclass(slots=True)
class Told:
    """What the model knows of one application."""

    application_id: UUID
    version: int
    meets: tuple[bool, ...]
    state: str = "draft"
    is_content_as_submitted: bool = False
    recommended: frozenset[int] = frozenset()
    reviewers: set[str] = field(default_factory=set)
    last_wish: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act with everything it was asked with; ``call`` does it."""

    who: str
    action: str
    told: Told
    seen: Seen
    decisions: tuple[ProductDecision, ...]
    reasons: str
    shape: tuple[bool, ...]

    @property
    def wish(self) -> tuple[object, ...]:
        """Return all that makes two acts the same wish."""
        given = {"save": self.shape, "return": self.reasons, "refuse": self.reasons}.get(self.action)
        return self.who, self.action, self.seen, self.decisions, given

    @property
    def is_repeated(self) -> bool:
        """Say whether this very wish was the last act on the application."""
        return self.wish == self.told.last_wish


class World:
    """One application on SQLite whose file is put back to the beginning before each walk."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.start = folder, now
        self.template, self.file = folder / "template.sqlite3", folder / "walk.sqlite3"
        settings = Settings(
            env="test",
            database_url=f"sqlite:///{self.file}",
            var_dir=folder / "var",
            keys_dir=folder / "keys",
            key_passphrase="a passphrase that only the tests know",
        )
        self.app: Flask = create_app(settings)
        self.people: dict[str, Actor] = {}
        with self.app.app_context():
            schema.upgrade()
            self._populate()
            dispose_engines()
        shutil.copyfile(self.file, self.template)

    def _populate(self) -> None:
        desk = open_desk(self.app, self.start)
        cast, now = desk.cast, desk.now
        self.authority = cheap_authority(desk.authority)
        siam = cast.siam_cable_id
        self.people = {
            "somchai": cast.somchai,
            "nok": invite("Nok Siam", Role.MANUFACTURER, siam, now=now),
            "krit": cast.krit,
            "malee": cast.malee,
            "wichai": invite("Wichai Dee", Role.REVIEWER, now=now),
            "anan": cast.anan,
            "suda": invite("Suda Rakthai", Role.APPROVER, now=now),
            "prasit": self._officer("Prasit Thong", now),
            "niran": self._former_maker("Niran Chaiyo", siam, now),
            "napha": cast.napha,
        }

    def _officer(self, name: str, now: datetime) -> Actor:
        actor = invite(name, Role.REVIEWER, now=now)
        with transaction() as session:
            accounts.grant(session, actor.user_id, Role.APPROVER, granted_by_id=None, now=now)
        return replace(actor, roles=frozenset({Role.REVIEWER, Role.APPROVER}))

    def _former_maker(self, name: str, organisation_id: UUID, now: datetime) -> Actor:
        actor = invite(name, Role.MANUFACTURER, organisation_id, now=now)
        later = now + timedelta(seconds=1)
        with transaction() as session:
            accounts.take_back(session, actor.user_id, Role.MANUFACTURER, now=later)
            accounts.join_organisation(session, actor.user_id, None, now=later)
            for role in (Role.REVIEWER, Role.APPROVER):
                accounts.grant(session, actor.user_id, role, granted_by_id=None, now=later)
        return Actor(actor.user_id, frozenset({Role.REVIEWER, Role.APPROVER}))

    def begin(self) -> None:
        """Put everything back to the beginning."""
        dispose_engines()
        shutil.copyfile(self.template, self.file)
        self.now = self.start + timedelta(minutes=1)

    def tick(self) -> datetime:
        """Let a second pass and return the new instant."""
        self.now += timedelta(seconds=1)
        return self.now


class ViolationError(AssertionError):
    """The work functions did something else than the model said."""


class Workflow(RuleBasedStateMachine):
    """Anyone does anything, in any order; mostly what is plausible."""

    world: World
    starts: st.SearchStrategy[tuple[tuple[bool, ...], str, str]]

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

    @initialize(data=st.data())
    def first(self, data: st.DataObject) -> None:
        """Begin where it is interesting: the way there is walked by the usual people."""
        for shape, stage, reviewer in (data.draw(self.starts), data.draw(self.starts)):
            self.begin(shape)
            self.walk_usual_way(self.told[-1], stage, reviewer)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Mostly somebody acts; sometimes something else happens."""
        happening = data.draw(st.sampled_from(HAPPENINGS), "happening")
        if happening == "begin":
            self.begin(data.draw(st.sampled_from(SHAPES), "shape"))
        elif happening == "act":
            told = data.draw(st.sampled_from(self.told), "application")
            self.do(draw_act(data, self.world, told))
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


def make_machine(world: World, bug: str = "") -> type[Workflow]:
    """Return the state machine over *world*; its walks begin near where *bug* would be met."""
    return type("Workflow", (Workflow,), {"world": world, "starts": NEAR.get(bug, STARTS)})


@cache
def draft_of(shape: tuple[bool, ...]) -> Draft:
    """Return a draft with the products of *shape*, which may be none."""
    return draft(*shape) if shape else replace(draft(), cost_sheets=())


def draw_act(data: st.DataObject, world: World, told: Told) -> Act:
    """Draw an act: mostly one that the state knows, by somebody whose role it is, seen rightly."""
    possible = [action for state, action in LEADS if state == told.state]
    forward = [action for action in possible if action in {"submit", "resubmit", "recommend", "approve"}]
    every = sorted({action for _, action in LEADS})
    action = data.draw(st.sampled_from(forward * 10 + possible * 3 + every + ["approve"] * 4), "action")
    who = data.draw(st.sampled_from(_plausible(action, told) * 5 + list(world.people)), "who")
    right = Seen(told.version)
    if action in OPINIONS:
        right = look_at(world.people["malee"], told.application_id).seen
    return Act(
        who=who,
        action=action,
        told=told,
        seen=data.draw(st.sampled_from(_sights(right)), "seen"),
        decisions=data.draw(st.sampled_from(_decisions(told)), "decisions") if action in OPINIONS else (),
        reasons=data.draw(st.sampled_from(["เหตุผล", "เหตุผล", ""]), "reasons"),
        shape=data.draw(st.sampled_from(SHAPES), "shape"),
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


def is_allowed(act: Act) -> bool:
    """Say what the contract says of an act."""
    told, who = act.told, act.who
    if act.is_repeated:
        return True
    if (told.state, act.action) not in LEADS or act.seen.version != told.version:
        return False
    if act.action in MAKERS_ACTS:
        has_products = act.action not in {"submit", "resubmit"} or bool(told.meets)
        return who in {"somchai", "nok"} and has_products
    if not _is_officer_for(who, told) or (act.action in {"return", "refuse"} and not act.reasons):
        return False
    return act.action not in OPINIONS or _is_opinion_good(act)


def _is_officer_for(who: str, told: Told) -> bool:
    if told.state == "submitted":
        return who in {"malee", "wichai", "prasit"}
    return who in {"anan", "suda", "prasit"} and who not in told.reviewers


def _is_opinion_good(act: Act) -> bool:
    told = act.told
    decided = [decision.position for decision in act.decisions]
    complete = decided == list(range(1, len(told.meets) + 1))
    reasoned = all(decision.keep or decision.reason for decision in act.decisions)
    if not complete or not reasoned:
        return False
    kept = kept_in(act)
    if act.action == "approve" and not kept:
        return True  # refusing everything is a refusal, whatever the content is now
    as_seen = act.seen.content_digest != "0" * 64 and told.is_content_as_submitted
    good = all(told.meets[position - 1] for position in kept)
    agreed = act.action == "recommend" or kept <= told.recommended
    return bool(kept) and as_seen and good and agreed


def kept_in(act: Act) -> frozenset[int]:
    """Return the positions that an act keeps."""
    return frozenset(decision.position for decision in act.decisions if decision.keep)


def follow(act: Act, standing: Standing) -> None:
    """Let the model follow an act that was done."""
    told = act.told
    if act.is_repeated:
        return
    told.last_wish = act.wish
    is_refusal = act.action == "approve" and not kept_in(act)
    if told.state == "submitted" and act.action not in MAKERS_ACTS:
        told.reviewers.add(act.who)
    told.state = "refused" if is_refusal else LEADS[told.state, act.action]
    told.version += 1
    if act.action == "save":
        told.meets = act.shape
    told.is_content_as_submitted = told.is_content_as_submitted and act.action != "save"
    if act.action in {"submit", "resubmit"}:
        told.is_content_as_submitted = True
    told.recommended = kept_in(act) if act.action == "recommend" else told.recommended
    if (str(standing.state), standing.version) != (told.state, told.version):
        raise ViolationError(f"{act.action} led to {standing}, the model says {told}")
    if bool(standing.certificate_number) != (told.state == "approved"):
        raise ViolationError(f"{standing.certificate_number!r} while {told.state}")


def attempt(world: World, act: Act) -> Standing | MitError:
    """Do the act; return what it gave, or our own error; any other error is the test's failure."""
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
