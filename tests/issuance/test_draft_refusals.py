"""Writing an application: in which states, by whom and over which version nothing is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError, StaleVersionError
from mit.issuance import draft_sections as work
from mit.issuance import evidence
from mit.issuance.apply import withdraw
from mit.issuance.ask import Question, answer_question, ask
from mit.issuance.draft_sections import Place, Section
from mit.issuance.evidence import Upload
from mit.issuance.move import Standing
from mit.issuance.review import refuse, return_with_reasons
from mit.issuance.submission import Signature, find_missing, submit
from mit.issuance.wish import Seen
from mit.roles.actor import Actor, Role
from mit.values.thai_date import bangkok_day
from tests.issuance.test_evidence import picture
from tests.support.desk import Desk
from tests.support.people import invite
from tests.support.world import rows, untouched
from tests.support.written import FACTORY, PRODUCT, SHEET, begun, keep, write_good

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Write = Callable[[Actor, str], object]


@pytest.fixture
def rules(desk: Desk) -> RuleSet:
    return desk.authority.rulebook.in_force(bangkok_day(desk.now))


def writings(desk: Desk, rules: RuleSet, product: int = 1, version: int = 1) -> dict[str, Write]:
    """Return everything that writes on an application."""

    def save(place: Place, content: dict[str, object]) -> Write:
        section = Section(place, content, version)
        return lambda by, number: work.save(by, number, section, rule_set=rules, now=desk.tick())

    return {
        "factory": save(Place("factory"), {**FACTORY, "site_en": "Elsewhere"}),
        "product": save(Place("product", product), {**PRODUCT, "brand": "ใหม่"}),
        "sheet": save(Place("sheet", product), {**SHEET, "profit": "1"}),
        "add": lambda by, number: work.add_product(by, number, now=desk.tick()),
        "remove": lambda by, number: work.remove_product(by, number, product, now=desk.tick()),
    }


def refused(write: Write, by: Actor, number: str) -> MitError:
    with pytest.raises(MitError) as caught:
        write(by, number)
    return caught.value


def ended(desk: Desk) -> dict[str, str]:
    """Return the numbers of applications that are in somebody else's hands or decided, by their state."""
    cast, waiting = desk.cast, desk.submitted()
    gone, turned_down = desk.submitted(), desk.submitted()
    withdraw(cast.somchai, gone.application_id, seen=Seen(gone.version), now=desk.tick())
    seen = desk.seen(cast.malee, turned_down)
    refuse(cast.malee, turned_down.application_id, reasons="ไม่ผ่าน", seen=seen, now=desk.tick())
    return {
        "submitted": waiting.number,
        "recommended": desk.recommended().number,
        "approved": desk.approved().number,
        "withdrawn": gone.number,
        "refused": turned_down.number,
    }


def test_only_what_is_in_the_applicants_hands_is_written(desk: Desk, rules: RuleSet) -> None:
    numbers, writes = ended(desk), writings(desk, rules)
    with untouched():
        for state, number in numbers.items():
            for name, write in writes.items():
                error = refused(write, desk.cast.somchai, number)
                assert (type(error), error.code) == (ConflictError, "application_not_open"), (state, name)


def test_nobody_but_its_own_people_writes(desk: Desk, rules: RuleSet) -> None:
    number, writes, cast = desk.draft().number, writings(desk, rules), desk.cast
    with untouched():
        for name, write in writes.items():
            assert refused(write, cast.krit, number).code == "application_not_found", name
            for actor in (cast.malee, cast.anan, cast.napha, Actor(cast.somchai.user_id, frozenset())):
                error = refused(write, actor, number)
                assert (type(error), error.code) == (NotAllowedError, "role_needed"), name


def test_over_another_version_no_section_is_written(desk: Desk, rules: RuleSet) -> None:
    somchai = desk.cast.somchai
    number = begun(somchai, now=desk.tick()).number
    product = write_good(somchai, number, rules=rules, now=desk.tick())
    stands = {part: section.version for part, section in versions(somchai, number, product).items()}
    assert stands == {"factory": 1, "product": 2, "sheet": 2}
    with untouched():
        for name, version in stands.items():
            for other in (version - 1, version + 1, -1, 10**9):
                error = refused(writings(desk, rules, product, other)[name], somchai, number)
                assert (type(error), error.code) == (StaleVersionError, "section_stale"), (name, other)


def versions(actor: Actor, number: str, product: int) -> dict[str, Section]:
    written = work.read(actor, number)
    one = written.product(product)
    return {"factory": written.factory, "product": one.described, "sheet": one.sheet}


def test_what_one_section_says_leaves_the_others_and_their_versions_alone(desk: Desk, rules: RuleSet) -> None:
    somchai = desk.cast.somchai
    nok = invite("Nok Dee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    number = begun(somchai, now=desk.tick()).number
    product = write_good(somchai, number, rules=rules, now=desk.tick())
    before = versions(somchai, number, product)
    keep(nok, number, Place("sheet", product), {**SHEET, "profit": "900"}, rules=rules, now=desk.tick())
    after = versions(somchai, number, product)
    assert (after["factory"], after["product"]) == (before["factory"], before["product"])
    assert (after["sheet"].version, after["sheet"].saved_by, after["sheet"].saved_at) == (
        3,
        "Nok Dee",
        desk.now,
    )
    assert rows("SELECT version FROM applications") == [{"version": 1}]  # a section is not the application


def test_what_is_not_there_is_neither_written_nor_taken_out(desk: Desk, rules: RuleSet) -> None:
    somchai, number = desk.cast.somchai, begun(desk.cast.somchai, now=desk.tick()).number
    first, second = (work.add_product(somchai, number, now=desk.tick()) for _ in range(2))
    work.remove_product(somchai, number, first, now=desk.tick())
    with untouched():
        for product in (first, 0, -1, second + 1, 10**6):
            for name in ("product", "sheet", "remove"):
                if product == 0 and name != "remove":
                    continue  # such a place does not exist
                error = refused(writings(desk, rules, product, 1)[name], somchai, number)
                assert (type(error), error.code) == (NotFoundError, "product_not_found"), (product, name)
    assert [one.number for one in work.read(somchai, number).products] == [second]


# --- while only what was asked about is open


def questioned(desk: Desk, rules: RuleSet) -> tuple[Standing, int]:
    """Return an application that came back with one question about the origin of its second line."""
    somchai, malee = desk.cast.somchai, desk.cast.malee
    number = begun(somchai, now=desk.tick()).number
    product = write_good(somchai, number, rules=rules, now=desk.tick())
    seen = work.read(somchai, number).seen()
    standing = submit(somchai, number, Signature(seen, True), authority=desk.authority, now=desk.tick())
    ask(malee, number, Question(1, "lines[2].origin", "นำเข้าจริงหรือ"), now=desk.tick())
    looked = desk.seen(malee, standing)
    back = return_with_reasons(
        malee, standing.application_id, reasons="โปรดตอบ", seen=looked, now=desk.tick()
    )
    return back, product


def test_with_a_question_open_no_product_comes_or_goes_and_no_other_file(desk: Desk, rules: RuleSet) -> None:
    standing, product = questioned(desk, rules)
    upload, var_dir = Upload("origin", 0, "a.png", picture()), desk.authority.settings.var_dir
    writes = writings(desk, rules, product) | {
        "upload": lambda by, number: evidence.upload(by, number, upload, var_dir=var_dir, now=desk.tick())
    }
    with untouched():
        for name in ("add", "remove", "upload"):
            error = refused(writes[name], desk.cast.somchai, standing.number)
            assert (type(error), error.code) == (ConflictError, "only_questioned_open"), name


def test_what_was_not_asked_about_stays_whatever_is_typed(desk: Desk, rules: RuleSet) -> None:
    standing, product = questioned(desk, rules)
    somchai, number = desk.cast.somchai, standing.number
    before = work.read(somchai, number)
    lines = [dict(line) for line in SHEET["lines"]]
    lines[0]["amount"], lines[1]["origin"], lines[1]["amount"] = "1.00", "domestic", "1.00"
    changed = {**SHEET, "price_ex_works": "1.00", "lines": lines}
    keep(somchai, number, Place("sheet", product), changed, rules=rules, now=desk.tick())
    keep(somchai, number, Place("product", product), {**PRODUCT, "brand": "อื่น"}, rules=rules, now=desk.tick())
    keep(somchai, number, Place("factory"), {**FACTORY, "site_en": "Other"}, rules=rules, now=desk.tick())
    after = work.read(somchai, number)
    assert after.factory.content == before.factory.content
    assert after.product(product).described.content == before.product(product).described.content
    was, now = before.product(product).sheet.content, after.product(product).sheet.content
    assert now["price_ex_works"] == was["price_ex_works"]
    assert (now["lines"][0], now["lines"][1]["amount"]) == (was["lines"][0], was["lines"][1]["amount"])
    assert (was["lines"][1]["origin"], now["lines"][1]["origin"]) == ("imported", "domestic")


def test_nothing_comes_back_to_the_officer_before_every_question_is_answered(
    desk: Desk, rules: RuleSet
) -> None:
    standing, _ = questioned(desk, rules)
    somchai, number = desk.cast.somchai, standing.number
    written = work.read(somchai, number)
    (missing,) = find_missing(written)
    assert (missing.code, missing.where, missing.params) == (
        "questions_unanswered",
        "questions",
        {"count": 1},
    )
    with untouched(), pytest.raises(InputError, match="application_incomplete"):
        submit(somchai, number, Signature(written.seen(), True), authority=desk.authority, now=desk.tick())
    (question,) = rows("SELECT id FROM case_questions")
    identity = written.opened.unanswered[0].question_id
    assert identity.hex == str(question["id"]).replace("-", "")
    answer_question(somchai, standing.application_id, identity, answer="ใช่", now=desk.tick())
    seen = work.read(somchai, number).seen()
    again = submit(somchai, number, Signature(seen, True), authority=desk.authority, now=desk.tick())
    assert again.state == "submitted"
