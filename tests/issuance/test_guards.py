"""The guards: one function for each name in the table of moves, each refusing exactly what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import MitError
from mit.issuance.guards import GUARDS, may_know
from mit.issuance.wish import ProductDecision, Seen, Wish
from mit.lifecycle.application_states import MOVES, ApplicationAction, Guard
from mit.roles.actor import Actor, Role

SIAM, OTHER = UUID(int=100), UUID(int=101)
SOMCHAI = Actor(UUID(int=1), frozenset({Role.MANUFACTURER}), SIAM)
MALEE = Actor(UUID(int=2), frozenset({Role.REVIEWER}))
ANAN = Actor(UUID(int=3), frozenset({Role.APPROVER}))
DIGEST = "ab" * 32
PEOPLE = (SOMCHAI, MALEE, ANAN)


def _case(**changes: Any) -> Any:
    """Return a case of one product that meets, recommended by Malee."""
    product = SimpleNamespace(id=UUID(int=7), position=1)
    facts = {
        "application": SimpleNamespace(organisation_id=SIAM, version=4, content_digest=DIGEST),
        "products": (product,),
        "assessments": {product.id: SimpleNamespace(meets=True)},
        "acted_for_applicant": frozenset({SOMCHAI.user_id}),
        "reviewers": frozenset({MALEE.user_id}),
        "content_digest": lambda: DIGEST,
        "kept_positions": lambda kind: frozenset({1}) if kind == "recommendation" else frozenset(),
    }
    return SimpleNamespace(**(facts | changes))


def _wish(**changes: Any) -> Wish:
    keep = (ProductDecision(1, keep=True),)
    return replace(Wish(ApplicationAction.APPROVE, Seen(4, DIGEST), keep, "เหตุผล"), **changes)


def _code(guard: Guard, actor: Actor = ANAN, case: Any = None, wish: Wish | None = None) -> str:
    try:
        GUARDS[guard](actor, case or _case(), wish or _wish())
    except MitError as error:
        return error.code
    return "passes"


def test_every_guard_of_the_table_has_its_function_and_none_is_left_over() -> None:
    assert set(GUARDS) == set(Guard) == {guard for move in MOVES for guard in move.guards}


@pytest.mark.parametrize("guard", [guard for guard in Guard if guard != Guard.OWN_ORGANISATION])
def test_an_approver_who_does_it_right_passes(guard) -> None:
    assert _code(guard) == "passes"


NO = ProductDecision(1, keep=False, reason="ไม่ผ่าน")
ELSEWHERE, SILENT = replace(NO, position=2), replace(NO, reason="")
NOBODY = {"kept_positions": lambda _: frozenset()}
NOT_MEETING = {UUID(int=7): SimpleNamespace(meets=False)}
REFUSALS: list[tuple[Guard, dict[str, Any], str]] = [
    (Guard.OWN_ORGANISATION, {"actor": ANAN}, "application_not_found"),
    (Guard.OWN_ORGANISATION, {"actor": replace(SOMCHAI, organisation_id=OTHER)}, "application_not_found"),
    (Guard.OWN_ORGANISATION, {"actor": SOMCHAI}, "passes"),
    (Guard.HAS_PRODUCTS, {"case": {"products": ()}}, "application_without_products"),
    (Guard.REASONS_GIVEN, {"wish": {"reasons": ""}}, "reasons_missing"),
    (Guard.STRANGER_TO_APPLICANT, {"actor": SOMCHAI}, "four_eyes_applicant"),
    (Guard.STRANGER_TO_APPLICANT, {"actor": replace(ANAN, organisation_id=SIAM)}, "four_eyes_applicant"),
    (Guard.STRANGER_TO_APPLICANT, {"actor": replace(ANAN, organisation_id=OTHER)}, "passes"),
    (Guard.SECOND_PERSON, {"actor": MALEE}, "four_eyes_same_person"),
    (Guard.SECOND_PERSON, {"actor": ANAN, "case": {"reviewers": frozenset()}}, "passes"),
    (Guard.VERSION_AS_SEEN, {"wish": {"seen": Seen(3, DIGEST)}}, "stale_version"),
    (Guard.VERSION_AS_SEEN, {"wish": {"seen": Seen(5, DIGEST)}}, "stale_version"),
    (Guard.VERSION_AS_SEEN, {"wish": {"seen": Seen(4, "")}}, "passes"),
    (Guard.CONTENT_AS_SEEN, {"wish": {"seen": Seen(4, "cd" * 32)}}, "stale_content"),
    (Guard.CONTENT_AS_SEEN, {"wish": {"seen": Seen(4)}}, "stale_content"),
    (Guard.CONTENT_AS_SEEN, {"case": {"content_digest": lambda: "cd" * 32}}, "content_changed"),
    (Guard.EVERY_PRODUCT_DECIDED, {"wish": {"decisions": ()}}, "decisions_incomplete"),
    (Guard.EVERY_PRODUCT_DECIDED, {"wish": {"decisions": (NO, NO)}}, "decisions_incomplete"),
    (
        Guard.EVERY_PRODUCT_DECIDED,
        {"wish": {"decisions": (ELSEWHERE,)}},
        "decisions_incomplete",
    ),
    (
        Guard.EVERY_PRODUCT_DECIDED,
        {"wish": {"decisions": (SILENT,)}},
        "decision_without_reason",
    ),
    (Guard.EVERY_PRODUCT_DECIDED, {"wish": {"decisions": (NO,)}}, "passes"),
    (Guard.KEPT_PRODUCTS_MEET, {"wish": {"decisions": (NO,)}}, "nothing_kept"),
    (Guard.KEPT_PRODUCTS_MEET, {"case": {"assessments": NOT_MEETING}}, "product_does_not_meet"),
    (Guard.KEPT_PRODUCTS_MEET, {"case": {"assessments": {}}}, "product_does_not_meet"),
    (
        Guard.KEPT_PRODUCTS_MEET,
        {"case": {"kept_positions": lambda _: frozenset()}},
        "product_not_recommended",
    ),
    (
        Guard.KEPT_PRODUCTS_MEET,
        {
            "case": NOBODY,
            "wish": {"action": ApplicationAction.RECOMMEND},
        },
        "passes",
    ),
]


def _ids() -> Iterator[str]:
    for at, (guard, _, code) in enumerate(REFUSALS):
        yield f"{at}-{guard}-{code}"


@pytest.mark.parametrize(("guard", "what", "code"), REFUSALS, ids=list(_ids()))
def test_a_guard_refuses_exactly_what_it_says(guard, what, code) -> None:
    actor = what.get("actor", ANAN)
    case = _case(**what.get("case", {}))
    assert _code(guard, actor, case, _wish(**what.get("wish", {}))) == code


@pytest.mark.parametrize(
    ("actor", "knows"),
    [
        (SOMCHAI, True),
        (MALEE, True),
        (ANAN, True),
        (replace(SOMCHAI, organisation_id=OTHER), False),
        (replace(SOMCHAI, organisation_id=None), False),
        (Actor(UUID(int=9), frozenset({Role.PROCUREMENT_OFFICER}), OTHER), False),
        (Actor(UUID(int=9), frozenset({Role.ADMINISTRATOR})), False),
        (Actor(UUID(int=9), frozenset()), False),
    ],
)
def test_who_may_know_of_an_application(actor, knows) -> None:
    if knows:
        may_know(actor, _case())
    else:
        with pytest.raises(MitError, match="application_not_found"):
            may_know(actor, _case())


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.sampled_from(["", "เหตุ"])), max_size=5))
def test_one_decision_for_each_product_and_a_reason_for_each_refusal(raw) -> None:
    decisions = tuple(ProductDecision(at, keep=keep, reason=reason) for at, keep, reason in sorted(raw))
    products = tuple(SimpleNamespace(id=UUID(int=at), position=at) for at in (1, 2))
    complete = [d.position for d in decisions] == [1, 2]
    silent = any(not d.keep and not d.reason for d in decisions)
    expected = "decisions_incomplete" if not complete else "decision_without_reason" if silent else "passes"
    case = _case(products=products)
    assert _code(Guard.EVERY_PRODUCT_DECIDED, ANAN, case, _wish(decisions=decisions)) == expected
