"""The officers' pages: the queue, a case, and what is said and asked there; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from mit.errors import ConflictError
from mit.issuance.apply import resubmit, save_draft
from mit.issuance.ask import answer_question
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.take import take
from mit.issuance.wish import Seen
from mit.roles.actor import Actor, Role
from mit.store.accounts import get_organisation, grant, join_organisation, take_back
from mit.store.case_questions import open_questions
from mit.store.db import add, transaction, viewing
from mit.store.documents import store_document
from mit.store.evidence import Evidence
from mit.values.clock import FrozenClock
from tests.support import world
from tests.support.databases import KINDS
from tests.support.desk import Desk, draft, open_desk
from tests.support.parallel import at_once
from tests.support.people import PASSWORD, invite
from tests.support.signed_in import Browser, code_of, open_door, signed_in

#: What an officer does is written to the database: both kinds are asked.
pytestmark = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: Any) -> Desk:
    return open_desk(open_door(app, clock), now)


@pytest.fixture
def malee(desk: Desk) -> Browser:
    return signed_in(desk.app, desk.cast.malee)


@pytest.fixture
def anan(desk: Desk) -> Browser:
    return signed_in(desk.app, desk.cast.anan)


def at(standing: Standing, part: str = "") -> str:
    return f"/staff/applications/{standing.number}" + (f"/{part}" if part else "")


def seen(actor: Actor, standing: Standing) -> dict[str, str]:
    """Return the hidden fields of a decision, as a page of now shows them."""
    now = look_at(actor, standing.application_id).seen
    return {"version": str(now.version), "content_digest": now.content_digest}


def state_of(standing: Standing) -> str:
    (row,) = world.rows("SELECT state FROM applications WHERE number = :n", n=standing.number)
    return str(row["state"])


# --- the whole way


def test_the_whole_way_through_the_pages(
    desk: Desk, malee: Browser, anan: Browser, clock: FrozenClock
) -> None:
    standing, cast = desk.submitted(True, False), desk.cast
    assert standing.number in malee.get("/staff").text
    assert malee.post(at(standing, "take")).status_code == 303
    assert "Malee Srisuk" in anan.get("/staff?waiting=review").text
    question = {"question_product": "1", "question_line": "2", "question": "ฉนวนนำเข้าจากประเทศใด"}
    assert malee.post(at(standing, "questions"), data=question).status_code == 303
    fields = seen(cast.malee, standing) | {"canned": ["answer"], "reasons": "ดูรายการที่ 2"}
    assert "ฉนวนนำเข้าจากประเทศใด" in malee.get(at(standing, "return")).text
    assert malee.post(at(standing, "return"), data=fields).status_code == 303
    told = look_at(cast.somchai, standing.application_id)
    assert "ดูรายการที่ 2" in told.reasons
    assert "Please answer the questions" in told.reasons
    with viewing() as session:
        (asked,) = open_questions(session, standing.application_id)
    answer_question(cast.somchai, standing.application_id, asked.id, answer="ญี่ปุ่น", now=desk.tick())
    resubmit(
        cast.somchai, standing.application_id, seen=Seen(told.seen.version), now=desk.tick(),
        authority=desk.authority,
    )  # fmt: skip
    assert "ญี่ปุ่น" in malee.get(at(standing)).text
    chosen = {"choice_1": "keep", "choice_2": "refuse", "reason_2": "ไม่ถึงเกณฑ์", "note": "ตรวจครบ"}
    done = malee.post(at(standing, "recommend"), data=seen(cast.malee, standing) | chosen)
    assert done.headers["Location"].endswith("?notice=recommended")
    page = anan.get(at(standing, "approve")).text
    assert "ตรวจครบ" in page
    assert look_at(cast.anan, standing.application_id).seen.content_digest in page
    done = anan.post(at(standing, "approve"), data=seen(cast.anan, standing) | chosen)
    assert done.headers["Location"].endswith("?notice=approved")
    assert state_of(standing) == "approved"
    number = look_at(cast.anan, standing.application_id).certificate_number
    assert number in anan.get(at(standing)).text
    desk.issued(at=31)  # the worker issues all that waits
    world.assert_whole_world(desk.now)
    clock.set(desk.now)


# --- four eyes


def test_ones_own_recommendation_is_not_approved(desk: Desk) -> None:
    both = invite("Wirat Songna", Role.REVIEWER, now=desk.now)
    with transaction() as session:
        grant(session, both.user_id, Role.APPROVER, granted_by_id=None, now=desk.now)
    both = Actor(both.user_id, frozenset({Role.REVIEWER, Role.APPROVER}))
    wirat, standing = signed_in(desk.app, both), desk.submitted()
    fields = seen(both, standing) | {"choice_1": "keep"}
    assert wirat.post(at(standing, "recommend"), data=fields).status_code == 303
    page = wirat.get(at(standing)).text
    assert at(standing, "approve") not in page
    assert "ท่านเป็นผู้ตรวจสอบ" in page
    form = wirat.get(at(standing, "approve")).text
    assert "ยืนยันคำตัดสิน" not in form
    for part in ("approve", "return", "refuse"):
        fields = seen(both, standing) | {"choice_1": "keep", "reasons": "ไม่ครบ"}
        assert wirat.post(at(standing, part), data=fields).status_code == 403
    assert wirat.post(at(standing, "take")).status_code == 403
    assert state_of(standing) == "recommended"


def test_who_once_acted_for_the_applicant_reads_and_is_told_why(desk: Desk) -> None:
    standing = desk.submitted()
    former = invite("Former Clerk", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    with transaction() as session:
        join_organisation(session, former.user_id, None, now=desk.now)
        take_back(session, former.user_id, Role.MANUFACTURER, now=desk.now)
        grant(session, former.user_id, Role.REVIEWER, granted_by_id=None, now=desk.now)
    officer = Actor(former.user_id, frozenset({Role.REVIEWER}))
    client = signed_in(desk.app, officer)
    page = client.get(at(standing))
    assert page.status_code == 200
    assert "ท่านเคยกระทำการแทนผู้ประกอบการรายนี้" in page.text
    assert "<textarea" not in page.text
    data = seen(officer, standing) | {"choice_1": "keep", "reasons": "x", "note": "x", "question": "x"}
    for part in ("take", "notes", "questions", "return", "refuse", "recommend"):
        assert client.post(at(standing, part), data=data).status_code == 403, part
    assert state_of(standing) == "submitted"


def test_an_approver_does_not_recommend_and_a_reviewer_does_not_approve(
    desk: Desk, malee: Browser, anan: Browser
) -> None:
    submitted, recommended = desk.submitted(), desk.recommended(at=5)
    assert anan.post(at(submitted, "recommend"), data={"choice_1": "keep"}).status_code == 403
    assert malee.post(at(recommended, "approve"), data={"choice_1": "keep"}).status_code == 403
    data = seen(desk.cast.anan, submitted) | {"reasons": "x"}
    assert anan.post(at(submitted, "return"), data=data).status_code == 403
    assert (state_of(submitted), state_of(recommended)) == ("submitted", "recommended")


def test_an_approval_asks_for_a_fresh_proof_and_loses_nothing(
    desk: Desk, anan: Browser, clock: FrozenClock
) -> None:
    standing = desk.recommended()
    clock.set(desk.now + timedelta(minutes=6))
    assert 'name="proof"' in anan.get(at(standing, "approve")).text
    fields = seen(desk.cast.anan, standing) | {"choice_1": "keep", "note": "เห็นชอบตามเสนอ"}
    for proof in ({}, {"proof": ""}, {"proof": "not it"}):
        refused = anan.post(at(standing, "approve"), data=fields | proof)
        assert refused.status_code == 422
        assert "เห็นชอบตามเสนอ" in refused.text
        assert "not it" not in refused.text
    assert state_of(standing) == "recommended"
    assert anan.post(at(standing, "approve"), data=fields | {"proof": PASSWORD}).status_code == 303
    assert state_of(standing) == "approved"


def test_a_code_of_the_second_factor_is_a_proof_too(desk: Desk, anan: Browser, clock: FrozenClock) -> None:
    standing = desk.recommended()
    clock.set(desk.now + timedelta(minutes=6))
    fields = seen(desk.cast.anan, standing) | {"choice_1": "refuse", "reason_1": "ไม่ใช่ผู้ผลิต"}
    proof = {"proof": code_of(desk.cast.anan, clock.now())}
    assert anan.post(at(standing, "approve"), data=fields | proof).status_code == 303
    assert state_of(standing) == "refused"


# --- two officers at once, stale pages


def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    wirat = signed_in(desk.app, invite("Wirat Songna", Role.REVIEWER, now=desk.now))
    assert malee.post(at(standing, "take")).status_code == 303
    second = wirat.post(at(standing, "take"))
    assert second.status_code == 409
    assert "Malee Srisuk รับเรื่องนี้ไปแล้ว" in second.text
    over = wirat.post(at(standing, "take"), data={"instead_of": "malee@example.com"})
    assert over.status_code == 303
    assert malee.post(at(standing, "release")).status_code == 303
    assert "Wirat Songna" in malee.get(at(standing)).text


def test_a_stale_decision_says_what_happened_and_keeps_what_was_typed(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    other = invite("Wirat Songna", Role.REVIEWER, now=desk.now)
    wirat = signed_in(desk.app, other)
    fields = seen(desk.cast.malee, standing)
    first = wirat.post(at(standing, "return"), data=seen(other, standing) | {"reasons": "ขาดเอกสาร"})
    assert first.status_code == 303
    typed = {"choice_1": "refuse", "reason_1": "เหตุผลที่พิมพ์ไว้", "note": "ข้อความที่พิมพ์ไว้"}
    late = malee.post(at(standing, "recommend"), data=fields | typed)
    assert late.status_code == 409
    for words in ("เหตุผลที่พิมพ์ไว้", "ข้อความที่พิมพ์ไว้", "ขาดเอกสาร", "Wirat Songna", 'id="meanwhile"'):
        assert words in late.text
    assert 'type="submit"' not in late.text.partition('id="decide"')[2].partition("</form>")[0]


def test_a_second_click_on_a_decision_is_answered_like_the_first(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    fields = seen(desk.cast.malee, standing) | {"choice_1": "keep"}
    answers = [malee.post(at(standing, "recommend"), data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(world.rows("SELECT 1 FROM approvals")) == 1


def test_a_form_that_does_not_say_what_was_seen_decides_nothing(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    for fields in (
        {},
        {"version": "x"},
        {"version": "999999999999"},
        {"version": "2", "content_digest": "y"},
    ):
        data = fields | {"choice_1": "keep"}
        assert malee.post(at(standing, "recommend"), data=data).status_code == 409
    assert state_of(standing) == "submitted"


# --- forms


def test_every_product_needs_a_decision_and_a_refusal_its_reason(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted(True, True, False)
    fields = seen(desk.cast.malee, standing)
    answer = malee.post(at(standing, "recommend"), data=fields | {"choice_3": "refuse"})
    assert answer.status_code == 422
    for link in ("#choice_1", "#choice_2", "#reason_3"):
        assert f'href="{link}"' in answer.text
    data = fields | {"choice_3": "refuse", "reason_3": "x", "rest": "yes"}
    assert malee.post(at(standing, "recommend"), data=data).status_code == 303


def test_what_does_not_meet_is_never_kept(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted(False)
    data = seen(desk.cast.malee, standing) | {"choice_1": "keep"}
    assert malee.post(at(standing, "recommend"), data=data).status_code == 409
    assert state_of(standing) == "submitted"


def test_a_long_reason_in_thai_is_told_to_be_too_long_and_not_lost(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    words = "เหตุผล" * 2_000
    answer = malee.post(at(standing, "return"), data=seen(desk.cast.malee, standing) | {"reasons": words})
    assert answer.status_code == 422
    assert words in answer.text


# --- the queue


def test_the_filters_stay_in_the_address_and_on_the_way_back(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    page = malee.get("/staff?waiting=review&text=siam&evil=1").text
    link = f"{at(standing)}?from=waiting%3Dreview%26text%3Dsiam"
    assert link.replace("&", "&amp;") in page
    case = malee.get(link).text
    assert 'href="/staff?waiting=review&amp;text=siam"' in case
    taken = malee.post(f"{at(standing, 'take')}?from=waiting%3Dreview%26text%3Dsiam")
    assert taken.headers["Location"].endswith("&from=waiting%3Dreview%26text%3Dsiam")


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_page_reads_in_both_languages(desk: Desk, anan: Browser, malee: Browser, lang: str) -> None:
    standing, recommended = desk.submitted(True, False), desk.recommended(at=5)
    pages = {
        malee: ["/staff", at(standing), *(at(standing, part) for part in ("recommend", "return", "refuse"))],
        anan: [at(recommended), at(recommended, "approve"), at(standing)],
    }  # fmt: skip
    for browser, addresses in pages.items():
        for address in addresses:
            answer = browser.get(f"{address}?lang={lang}")
            assert answer.status_code == 200
            assert f'lang="{lang}"' in answer.text
            assert "Undefined" not in answer.text


def test_the_preview_is_a_pdf_for_officers_only(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    answer = malee.get(at(standing, "preview?keep=1"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert signed_in(desk.app, desk.cast.somchai).get(at(standing, "preview")).status_code == 403


# --- what moves under an officer's eyes


def test_an_edit_by_the_applicant_stops_the_approval_and_is_told(desk: Desk, anan: Browser) -> None:
    standing = desk.recommended()
    fields = seen(desk.cast.anan, standing) | {"choice_1": "keep", "note": "ข้อความที่พิมพ์ไว้"}
    now = look_at(desk.cast.somchai, standing.application_id).seen
    save_draft(
        desk.cast.somchai, standing.application_id, draft=draft(True, True, at=3), seen=now, now=desk.tick()
    )
    answer = anan.post(at(standing, "approve"), data=fields)
    assert answer.status_code == 409
    for words in ("ข้อความที่พิมพ์ไว้", "ผู้ยื่นคำขอแก้ไข", 'id="meanwhile"'):
        assert words in answer.text
    page = anan.get(at(standing)).text
    assert "ยังไม่ได้พิจารณา" in page
    assert anan.get(at(standing, "preview")).status_code == 409
    assert state_of(standing) == "draft"


def test_a_change_of_the_applicants_name_stops_the_approval_and_is_shown(desk: Desk, anan: Browser) -> None:
    standing = desk.recommended()
    fields = seen(desk.cast.anan, standing) | {"choice_1": "keep"}
    with transaction() as session:
        get_organisation(session, desk.cast.siam_cable_id).name_en = "Siam Cable PLC"
    answer = anan.post(at(standing, "approve"), data=fields)
    assert answer.status_code == 409
    assert "Siam Cable PLC" in answer.text
    again = anan.post(at(standing, "approve"), data=seen(desk.cast.anan, standing) | {"choice_1": "keep"})
    assert again.status_code == 409  # what was recommended is not what stands now
    assert state_of(standing) == "recommended"


def test_of_many_officers_who_take_at_the_same_moment_exactly_one_has_it(desk: Desk) -> None:
    standing = desk.submitted()
    names = ("Wirat A", "Suda B", "Kamol C", "Pranee D")
    officers = [invite(name, Role.REVIEWER, now=desk.now) for name in names]
    acts = [lambda officer=officer: take(officer, standing.number, now=desk.now) for officer in officers]
    ends = at_once(desk.app, acts)
    assert [end for end in ends if end is None] == [None]
    assert {str(end.code) for end in ends if isinstance(end, ConflictError)} == {"case_taken"}
    assert len(world.rows("SELECT 1 FROM case_holds WHERE released_at IS NULL")) == 1


# --- documents


def test_a_document_is_given_as_what_its_content_is(desk: Desk, malee: Browser) -> None:
    standing = desk.submitted()
    var_dir = desk.app.extensions["mit.settings"].var_dir
    for number, (media_type, kind) in enumerate(
        [("application/pdf", "attachment"), ("image/png", "inline"), ("text/html", "attachment")], start=1
    ):
        data = f"<script>alert({number})</script>".encode()
        with transaction() as session:
            row = Evidence(
                application_id=standing.application_id, number=number, kind="origin", file_name="<b>.pdf",
                media_type=media_type, size_bytes=len(data), uploaded_by_id=desk.cast.somchai.user_id,
                sha256=store_document(session, var_dir, data, media_type=media_type, now=desk.now),
                uploaded_at=desk.now,
            )  # fmt: skip
            add(session, row)
        answer = malee.get(at(standing, f"evidence/{number}"))
        assert answer.mimetype == media_type
        assert answer.data == data
        assert answer.headers["Content-Disposition"].startswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "&lt;b&gt;.pdf" in malee.get(at(standing)).text
    for number in (0, 4, 99_999):
        assert malee.get(at(standing, f"evidence/{number}")).status_code == 404
