"""The same hostile words wherever anybody's words are kept, from the first draft to the certificate."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mit import worker
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.issuance import draft_sections, evidence
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.approve import approve
from mit.issuance.ask import Question, answer_question, ask
from mit.issuance.draft_sections import Place
from mit.issuance.evidence import Upload
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.note import write_note
from mit.issuance.review import recommend, return_with_reasons
from mit.issuance.typed import FACTORY_FIELDS, LINE_FIELDS, PRODUCT_FIELDS, RANGE_FIELDS
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.store.accounts import Organisation, User
from mit.store.case_questions import open_questions
from mit.store.db import transaction, viewing
from mit.store.factories import Factory
from tests.support.desk import Desk, sheet_document
from tests.support.hostile.world import HostileWorld, picture
from tests.support.written import keep

#: Short enough for every field: markup that leaves an attribute, an element and a script; a template.
WORDS = "\"'><img src=x onerror=__pwned=1><p hx-get=/ hx-trigger=load>{{71917191*13}}"


def store_everywhere(world: HostileWorld) -> None:
    """Put ``WORDS`` into every name and text; ``world.numbers`` become the applications that hold them."""
    desk = world.desk
    drafted = _draft(desk)
    returned = _returned(desk)
    waiting = _submitted(desk)
    _talk_about(desk, waiting)
    recommended = _recommended(desk, _submitted(desk))
    approved = _approved(desk, _recommended(desk, _submitted(desk)))
    worker.run_once(desk.app, now=desk.tick())
    _names()
    desk.app.extensions["mit.clock"].set(desk.tick())
    world.numbers = [drafted, returned, waiting.number, recommended.number, approved.number]
    world.certificate = look_at(desk.cast.malee, approved.application_id).certificate_number
    world.keep()


def _draft(desk: Desk) -> str:
    """Fill every field of the forms, and send a file whose name is as bad."""
    somchai, number = desk.cast.somchai, draft_sections.start(desk.cast.somchai, now=desk.tick()).number
    product = draft_sections.add_product(somchai, number, now=desk.tick())
    contents: list[tuple[Place, dict[str, Any]]] = [
        (Place("factory"), dict.fromkeys(FACTORY_FIELDS, WORDS)),
        (
            Place("product", product),
            dict.fromkeys(PRODUCT_FIELDS, WORDS) | {"ranges": [dict.fromkeys(RANGE_FIELDS, WORDS)]},
        ),
        (
            Place("sheet", product),
            {"price_ex_works": WORDS, "profit": WORDS, "process": WORDS}
            | {"lines": [dict.fromkeys(LINE_FIELDS, WORDS)]},
        ),
    ]
    rules = desk.authority.rulebook.in_force(desk.now.date())
    for place, content in contents:
        keep(somchai, number, place, content, rules=rules, now=desk.tick())
    var_dir = desk.app.extensions["mit.settings"].var_dir
    file = Upload("other", 0, f"{WORDS}.png", picture())
    evidence.upload(somchai, number, file, var_dir=var_dir, now=desk.tick())
    return number


def _submitted(desk: Desk) -> Standing:
    document = deepcopy(sheet_document())
    document["product"] |= {"name_th": f"สายไฟ {WORDS}", "name_en": WORDS, "brand": WORDS, "models": [WORDS]}
    for line in document["lines"]:
        line |= {"name": WORDS, "supplier": WORDS}
    draft = Draft([parse_cost_sheet(document)], site_th=WORDS, site_en=WORDS, factory_number=WORDS)
    begun = create_draft(desk.cast.somchai, draft, now=desk.tick())
    return submit(
        desk.cast.somchai,
        begun.application_id,
        seen=Seen(begun.version),
        now=desk.tick(),
        authority=desk.authority,
    )


def _talk_about(desk: Desk, standing: Standing) -> None:
    malee = desk.cast.malee
    write_note(malee, standing.number, WORDS, now=desk.tick(), product_position=1)
    ask(malee, standing.number, Question(1, "lines[1]", WORDS), now=desk.tick())


def _returned(desk: Desk) -> str:
    """Return an application with reasons and an answered question."""
    standing = _submitted(desk)
    _talk_about(desk, standing)
    malee, identity = desk.cast.malee, standing.application_id
    seen = look_at(malee, identity).seen
    return_with_reasons(malee, identity, seen=seen, reasons=WORDS, now=desk.tick())
    with viewing() as session:
        (question,) = open_questions(session, identity)
    answer_question(desk.cast.somchai, identity, question.id, answer=WORDS, now=desk.tick())
    return standing.number


def _recommended(desk: Desk, standing: Standing) -> Standing:
    decisions = [ProductDecision(1, keep=True, reason=WORDS)]
    opinion = Opinion(look_at(desk.cast.malee, standing.application_id).seen, decisions, note=WORDS)
    return recommend(desk.cast.malee, standing.application_id, opinion=opinion, now=desk.tick())


def _approved(desk: Desk, standing: Standing) -> Standing:
    opinion = Opinion(
        look_at(desk.cast.anan, standing.application_id).seen,
        [ProductDecision(1, keep=True, reason=WORDS)],
        note=WORDS,
    )
    return approve(
        desk.cast.anan, standing.application_id, opinion=opinion, now=desk.tick(), authority=desk.authority
    )


def _names() -> None:
    """Give everybody and everything the name: straight into the tables, past every check."""
    with transaction() as session:
        for user in session.query(User):
            user.name, user.telephone = WORDS, WORDS[:20]
        for organisation in session.query(Organisation):
            organisation.name_th = organisation.name_en = WORDS
            organisation.address_th = organisation.address_en = WORDS
        for factory in session.query(Factory):
            factory.name_th = factory.name_en = factory.address_th = factory.address_en = WORDS
