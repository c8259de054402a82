"""Walk through the plan of the demo world, every act by its work function at its own instant.

There is no short cut: an application is created, submitted, recommended by one person and approved
by another, and what the approval left to be done is done right after it, on the same past day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.issuance.apply import Draft, create_draft, resubmit, save_draft, submit, withdraw
from mit.issuance.approve import approve
from mit.issuance.authority import Authority
from mit.issuance.evidence import upload
from mit.issuance.move import Standing
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.roles.actor import Actor
from mit.upkeep.demo_companies import demo_document
from mit.upkeep.demo_evidence import purchase_invoice
from mit.upkeep.demo_people import Cast
from mit.upkeep.demo_plan import Act, DemoApplication, DemoProduct, DemoStep, plan_steps
from mit.upkeep.demo_products import demo_cost_sheet

RunJobs = Callable[[datetime], object]
Progress = Callable[[int, int], None]
#: How a story ends whose case waits for an officer.
_WAITING = frozenset({Act.SUBMIT, Act.RECOMMEND})


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the walk stands.

    Attributes:
        run_jobs: does every job of the outbox that is due at an instant.
        standings: where each application stands, by its index in the plan.
        was_saved: the applications whose draft was completed by a later save.
    """

    cast: Cast
    authority: Authority
    run_jobs: RunJobs
    standings: dict[int, Standing] = field(default_factory=dict)
    was_saved: set[int] = field(default_factory=set)

    def seen(self, application: DemoApplication) -> Seen:
        """Return what stands on the screen of whoever acts next."""
        standing = self.standings[application.index]
        return Seen(standing.version, standing.content_digest)

    def products(self, application: DemoApplication) -> tuple[DemoProduct, ...]:
        """Return what the draft holds: the first product only, until it was saved once more."""
        is_whole = Act.SAVE not in application.story or application.index in self.was_saved
        return application.products if is_whole else application.products[:1]


def walk_through(walk: Walk, applications: tuple[DemoApplication, ...], *, progress: Progress) -> None:
    """Do every act of every application in the order of time; report after each how far it is."""
    steps = plan_steps(applications)
    by_index = {application.index: application for application in applications}
    for done, step in enumerate(steps, 1):
        _take(walk, by_index[step.index], step)
        progress(done, len(steps))


def _take(walk: Walk, application: DemoApplication, step: DemoStep) -> None:
    walk.standings[application.index] = _ACTS[step.act](walk, application, step.at)
    if step.act is Act.APPROVE:
        walk.run_jobs(step.at)


def _create(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return create_draft(_applicant(walk, application), _draft(walk, application), now=now)


def _save(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    walk.was_saved.add(application.index)
    return save_draft(
        _applicant(walk, application),
        walk.standings[application.index].application_id,
        draft=_draft(walk, application),
        seen=walk.seen(application),
        now=now,
    )


def _submit(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    again = walk.standings[application.index].state == "returned"
    if not again and application.story[-1] in _WAITING:
        _send_evidence(walk, application, now)
    return (resubmit if again else submit)(
        _applicant(walk, application),
        walk.standings[application.index].application_id,
        seen=walk.seen(application),
        now=now,
        authority=walk.authority,
    )


def _send_evidence(walk: Walk, application: DemoApplication, now: datetime) -> None:
    """Send an invoice for each product of a case that officers will look at; opening files takes time."""
    actor, var_dir = _applicant(walk, application), walk.authority.settings.var_dir
    number = walk.standings[application.index].number
    for position, sheet in enumerate(_sheets(walk, application), 1):
        file = purchase_invoice(application.company, sheet, position, now=now)
        upload(actor, number, file, var_dir=var_dir, now=now)


def _recommend(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return recommend(
        walk.cast.reviewer(application.index),
        walk.standings[application.index].application_id,
        opinion=_opinion(walk, application),
        now=now,
    )


def _approve(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return approve(
        walk.cast.approver(application.index),
        walk.standings[application.index].application_id,
        opinion=_opinion(walk, application),
        now=now,
        authority=walk.authority,
    )


def _return(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return return_with_reasons(
        walk.cast.reviewer(application.index),
        walk.standings[application.index].application_id,
        reasons=_sentence("return", application.index),
        seen=walk.seen(application),
        now=now,
    )


def _send_back(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return return_with_reasons(
        walk.cast.approver(application.index),
        walk.standings[application.index].application_id,
        reasons=_sentence("send_back", application.index),
        seen=walk.seen(application),
        now=now,
    )


def _refuse(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return refuse(
        walk.cast.reviewer(application.index),
        walk.standings[application.index].application_id,
        reasons=_sentence("refuse", application.index),
        seen=walk.seen(application),
        now=now,
    )


def _decline(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return refuse(
        walk.cast.approver(application.index),
        walk.standings[application.index].application_id,
        reasons=_sentence("decline", application.index),
        seen=walk.seen(application),
        now=now,
    )


def _withdraw(walk: Walk, application: DemoApplication, now: datetime) -> Standing:
    return withdraw(
        _applicant(walk, application),
        walk.standings[application.index].application_id,
        seen=walk.seen(application),
        now=now,
        reasons=_sentence("withdraw", application.index),
    )


_ACTS: dict[Act, Callable[[Walk, DemoApplication, datetime], Standing]] = {
    Act.CREATE: _create,
    Act.SAVE: _save,
    Act.SUBMIT: _submit,
    Act.RESUBMIT: _submit,
    Act.RETURN: _return,
    Act.RECOMMEND: _recommend,
    Act.REFUSE: _refuse,
    Act.SEND_BACK: _send_back,
    Act.APPROVE: _approve,
    Act.DECLINE: _decline,
    Act.WITHDRAW: _withdraw,
}


def _applicant(walk: Walk, application: DemoApplication) -> Actor:
    return walk.cast.applicants[application.company.code]


def _draft(walk: Walk, application: DemoApplication) -> Draft:
    company = application.company
    return Draft(_sheets(walk, application), company.address.th, company.address.en, company.factory_number)


def _sheets(walk: Walk, application: DemoApplication) -> list[CostSheet]:
    return [
        parse_cost_sheet(demo_cost_sheet(application.company, product.key, product.outcome))
        for product in walk.products(application)
    ]


def _opinion(walk: Walk, application: DemoApplication) -> Opinion:
    decisions = [
        ProductDecision(position, keep=True)
        if product.outcome.meets
        else ProductDecision(position, keep=False, reason=_sentence("product_refused", position))
        for position, product in enumerate(walk.products(application), 1)
    ]
    return Opinion(walk.seen(application), decisions)


def _sentence(kind: str, turn: int) -> str:
    sentences: list[str] = demo_document("sentences")[kind]
    return sentences[turn % len(sentences)]
