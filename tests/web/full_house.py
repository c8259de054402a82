"""A house where something of everything is there, for tests that look at every page of the service.

People of every kind, applications in every state, certificates that hold and that do not, letters, a
job that died; and for each route of the URL map the addresses at which to look at it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from mit import worker
from mit.accounts import invitations
from mit.accounts.letters import write_letter
from mit.accounts.people import take_role
from mit.config import Settings
from mit.credential import qr_text
from mit.criteria.rulebook import make_rulebook
from mit.issuance import column_choices, draft_sections
from mit.issuance.ask import Question, ask
from mit.issuance.column_choices import Answer
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.issuance.look import look_at
from mit.issuance.note import write_note
from mit.issuance.report import Reported, report
from mit.issuance.report_desk import close_report
from mit.issuance.review import return_with_reasons
from mit.issuance.take import take
from mit.lifecycle.mails import Letter
from mit.roles.access import row_of
from mit.roles.actor import Actor, Role
from mit.store import accounts, certificates, jobs
from mit.store.db import transaction, viewing
from mit.upkeep.publish import publish_status_lists
from mit.values.clock import FrozenClock
from mit.verify.batch import SentLine
from mit.verify.batch import begin as begin_batch
from mit.web.pages.offline import current_release
from tests.conftest import NOW
from tests.criteria.test_recipe import followed
from tests.support.dealers import DEALER, OTHER_DEALER, letter_of
from tests.support.desk import Desk, open_desk
from tests.support.mailbox import newest_link
from tests.support.own_books import OWN_HEADINGS, own_book, send, wrong_book
from tests.support.pdfs import plain_pdf
from tests.support.people import PASSWORD, email_of, invite
from tests.support.sheets import rule_document
from tests.support.signed_in import browser, open_door, signed_in
from tests.support.written import SHEET
from tests.web.office import change
from tests.web.test_access import NO_ROLE, NOBODY, OWES_CODE, OWES_SET_UP, SAMPLES, value_of
from tests.web.test_applications import begin, form_of, png, submit, write_all

FRESH = "approver who proved it just now"
#: Small, so that a page of the tests can be larger.
UPLOAD_LIMIT_BYTES = 64 * 1024
#: The parts of addresses that belong to no sample of the permission table: by endpoint, else by blueprint.
Parts = dict[str, dict[str, Any]]


@dataclass(slots=True)
class House:
    """The application, the tokens of everybody's browser, and every address to look at by endpoint."""

    app: Flask
    tokens: dict[str, str]
    addresses: dict[str, list[str]] = field(default_factory=dict)

    def doors(self) -> Iterator[tuple[str, str]]:
        """Return each address with its endpoint."""
        return ((endpoint, one) for endpoint, found in self.addresses.items() for one in found)


def settings_in(folder: Path, database_url: str) -> Settings:
    """Return the settings of a demo that lives for one module of tests."""
    return Settings(
        env="demo",
        database_url=database_url,
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
        upload_limit_bytes=UPLOAD_LIMIT_BYTES,
        reports_per_hour=100_000,
        verdicts_per_minute=1_000_000,
    )


def open_house(app: Flask, clock: FrozenClock) -> House:
    """Fill a migrated, empty database, as of ``NOW``, and return who may look at what."""
    open_door(app, clock)
    desk = open_desk(app, NOW - timedelta(days=35))
    _announce(desk)
    certified = _certify(desk)
    desk.submitted(at=71)  # since more than its days
    desk.now = NOW
    written, cases = write_everything(desk), _cases(desk)
    _report(desk)
    newcomer, administrator = _newcomer(desk), invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    clock.set(desk.tick())
    submitted = written["status"].rpartition("/")[2]
    parts: Parts = {
        "public": certified,
        "papers": certified,
        "verification": certified,
        "certificates": certified,
        "dealer_letters": {"letter": certified["letter"]},
        "signed_letters": {"letter": certified["letter"]},
        "own_dealers": {"number": certified["number"], "letter": certified["letter"]},
        "staff": {"number": cases[0]},
        "decision": {"number": cases[0]},
        "decision.ask_approve": {"number": cases[1]},
        "application_submission.ask_declaration": {"number": written["tasks-ready"].rpartition("/")[2]},
        "staff.file": {"number": submitted},
        "staff_evidence": {"number": submitted, "file_number": 1},
        "applications.receipt_paper": {"number": submitted},
        "offline.part": {"release": _release(app), "name": "judge.js"},
        "staff_certificates": {"number": certified["number"], "action": "revoke"},
        "staff_reports": {"seq": 1},
        "admin_users.ask_keeper": {"user_id": newcomer.user_id},
        **_links(desk),
        **_administration(desk, administrator),
    }
    table = _table(desk, certified)
    parts |= {"batch": {"address": table}, "batches": {"batch_id": table}}
    house = House(app, _tokens(desk, newcomer, administrator))
    house.addresses = _by_route(desk, parts)
    for endpoint, more in _more(app, certified, written, cases).items():
        house.addresses[endpoint] += more
    clock.set(desk.now)
    return house


def _release(app: Flask) -> str:
    """Return the name of the offline page's release."""
    with app.test_request_context():
        return current_release().name


def _announce(desk: Desk) -> None:
    """Announce the rule set of the recipe, which says otherwise for some products from next spring on."""
    book = make_rulebook({"first.json": rule_document(), "next.json": followed()})
    desk.authority = replace(desk.authority, rulebook=book)
    desk.app.extensions["mit.authority"] = desk.authority


def _certify(desk: Desk) -> dict[str, Any]:
    """Issue a certificate that holds and one that does not; return the parts of their addresses."""
    good, bad = (desk.issued(at=at).certificate_number for at in (1, 11))
    change(bad, "revoked", "revoked", good)
    publish_status_lists(desk.authority, now=NOW)
    with viewing() as session:
        texts = [certificates.get_certificate(session, number).qr_text for number in (good, bad)]
    digits, revoked = (qr_text.digits_in(str(text)) for text in texts)
    letters = [letter_of(desk, good, tender=tender) for tender in ("", "ประกวดราคา 12/2570 " + "ก" * 150)]
    end_dealer_letter(desk.cast.somchai, good, letters[1], now=desk.tick())
    return {
        "number": good, "digits": digits, "revoked": bad, "revoked_digits": revoked,
        "letter": letters[0], "ended_letter": letters[1],
    }  # fmt: skip


def _table(desk: Desk, certified: dict[str, Any]) -> str:
    """Check several certificates at once, some shown twice; return the address of the table."""
    good, bad = certified["number"], certified["revoked"]
    long = "บริษัท ผู้เสนอราคาที่มีชื่อยาวมาก จำกัด (มหาชน) " * 2
    lines = [
        SentLine(good, bidder=long.strip()),
        SentLine(certified["digits"], bidder="Thai Trade", model="X-1"),
    ]
    lines += [SentLine(good, bidder="Thai Trade"), SentLine(bad), SentLine("x" * 300, bidder="Siam Supply")]
    settings = desk.app.extensions["mit.settings"]
    address = begin_batch(lines, on=None, var_dir=settings.var_dir, most_bytes=1, now=NOW)
    worker.run_once(desk.app, now=NOW)
    return address


def _cases(desk: Desk) -> list[str]:
    """Put onto the officers' desk: a full case, one recommended, one refused, one of a single product."""
    malee = desk.cast.malee
    case, recommended = desk.submitted(True, False, True), desk.recommended(True, False, at=31)
    approved = desk.approved(at=51)
    take(malee, case.number, now=desk.tick())
    ask(malee, case.number, Question(1, "lines[2].origin", "นำเข้าจากที่ใด"), now=desk.tick())
    write_note(malee, case.number, "โทรถามแล้ว " + "ก" * 300, now=desk.tick())
    return [standing.number for standing in (case, recommended, approved)]


def _report(desk: Desk) -> None:
    """Let somebody report at length, with a contact, and close what somebody else reported."""
    words = "พบที่ตลาด https://mit.example.test/" + "ก" * 900 + "<b>&amp;</b>\n" * 20
    reported = Reported("look_alike_site", "9" * 60, words, "a" * 180 + "@example.com", True, "th")
    report(reported, now=desk.tick())
    report(replace(reported, suspicion="other", contact="", consents=False), now=desk.tick())
    close_report(desk.cast.malee, 2, "ซ้ำกับเรื่องแรก " + "ข" * 300, now=desk.tick())


def _newcomer(desk: Desk) -> Actor:
    """Return somebody who registered, belongs to nobody and is invited by Somchai."""
    dao = invite("Dao Maimee", Role.MANUFACTURER, now=desk.tick())
    take_role(None, dao.user_id, Role.MANUFACTURER, now=desk.tick())
    invitations.invite(desk.cast.somchai, "dao@example.com", language="th", now=desk.tick())
    return Actor(dao.user_id, frozenset())


def _links(desk: Desk) -> Parts:
    """Let three letters with links be sent; return the parts of the addresses they lead to."""
    visitor = browser(desk.app)
    new = {"name": "วรรณา ทดลอง", "email": "wanna@example.com", "password": PASSWORD, "language": "th"}
    assert visitor.post("/register", data=new).status_code == 200
    assert visitor.post("/password/forgot", data={"email": email_of("Krit")}).status_code == 200
    addresses = {
        "registration.ask_confirm": "wanna@example.com",
        "password.ask_reset": email_of("Krit"),
        "colleagues.ask_accept": email_of("Dao"),
    }
    links = {endpoint: newest_link(visitor, address) for endpoint, address in addresses.items()}
    return {endpoint: {"token": link.rpartition("/")[2]} for endpoint, link in links.items()}


def _administration(desk: Desk, administrator: Actor) -> Parts:
    """Leave a dead job and a long letter behind; return the parts of the administrators' addresses."""
    malee, now = desk.cast.malee, desk.tick()
    with transaction() as session:
        jobs.enqueue(session, "knit", key="sock" * 40, payload={}, now=now)
        dead = session.query(jobs.JobRow).filter_by(kind="knit").one()
        dead.state, dead.attempts, dead.finished_at = "dead", 12, now
        dead.last_error = "ConnectionError: " + "x" * 300
        write_letter(
            session, accounts.get_user(session, malee.user_id), Letter.RESET_PASSWORD,
            key="1", now=now, path="/password/reset/" + "t" * 120, minutes=30,
        )  # fmt: skip
    client = signed_in(desk.app, administrator)
    assert client.post("/admin/self-check").status_code == 303
    worker.run_once(desk.app, now=now)
    box = Path(desk.app.extensions["mit.settings"].var_dir) / "mailbox"
    return {
        "admin_users": {"user_id": malee.user_id, "part": "roles"},
        "admin.rule_set": {"rule_set_id": "mit-2563-1"},
        "mailbox.show": {"name": max(path.stem for path in box.glob("*.eml"))},
    }


def _tokens(desk: Desk, newcomer: Actor, administrator: Actor) -> dict[str, str]:
    """Sign everybody in; return what their browsers hold."""
    app, cast = desk.app, desk.cast
    late = desk.now - timedelta(minutes=6)
    tokens = {
        str(Role.MANUFACTURER): signed_in(app, cast.somchai),
        str(Role.REVIEWER): signed_in(app, cast.malee),
        str(Role.APPROVER): signed_in(app, cast.anan, now=late),
        FRESH: signed_in(app, cast.anan, now=desk.now),
        str(Role.ADMINISTRATOR): signed_in(app, administrator),
        str(Role.PROCUREMENT_OFFICER): signed_in(app, cast.napha),
        NO_ROLE: signed_in(app, newcomer),
        OWES_CODE: signed_in(app, cast.malee, stage="code"),
        OWES_SET_UP: signed_in(app, invite("Suda Rakthai", Role.REVIEWER, now=late), stage="set_up"),
    }
    return {NOBODY: "", **{person: made.token for person, made in tokens.items()}}


def _by_route(desk: Desk, parts: Parts) -> dict[str, list[str]]:
    """Return an address of every route that takes a GET, by endpoint."""
    found: dict[str, list[str]] = {}
    samples: dict[str, dict[str, Any]] = {"": {}}
    for rule in desk.app.url_map.iter_rules():
        row = row_of(rule.endpoint)
        if "GET" not in (rule.methods or ()) or row is None:
            continue
        if row.about not in samples:
            samples[row.about] = SAMPLES[row.about](desk).values
        values = {name: value_of(rule, name) for name in rule.arguments} | samples[row.about]
        values |= parts.get(rule.endpoint.partition(".")[0], {}) | parts.get(rule.endpoint, {})
        built = rule.build(values, append_unknown=False)
        assert built is not None, rule
        found.setdefault(rule.endpoint, []).append(built[1])
    return found


def _more(
    app: Flask, certified: dict[str, Any], written: dict[str, str], cases: list[str]
) -> dict[str, list[str]]:
    """Return further addresses by endpoint: other states, other answers, empty lists, banners."""
    number, digits = certified["number"], certified["digits"]
    own: dict[str, list[str]] = {}
    for address in written.values():
        endpoint, _ = app.url_map.bind("").match(address.partition("?")[0])
        own.setdefault(endpoint, []).append(address)
    return own | {
        "public.scan": [
            *(f"/v/{certified['revoked_digits']}{when}" for when in ("", "?on=2/11/2569")),
            *(f"/v/{digits}?on={day}" for day in ("1/1/2580", "21/11/2569", "quatsch")),
            f"/v/{digits[:-3]}",
            f"/v/{digits[:-9]}{(int(digits[-9]) + 1) % 10}{digits[-8:]}",
            f"/v/{digits}?model=X-1",
        ],
        "public.verify": [
            f"/verify?number={number}",
            f"/verify?number={number}&on=1/1/2570",
            "/verify?number=MIT-2569-0012345-A",
            "/verify?number=x",
        ],
        "public.record": [
            f"/c/{certified['revoked']}",
            f"/c/{number}?bid=21/11/2569&contract=22/11/2569&delivery=1/1/2580",
            f"/c/{number}?bid=quatsch",
            *(f"/c/{number}?bidder={one}" for one in (DEALER, OTHER_DEALER, "person", "12")),
        ],
        "reporting.ask": [f"/report?number={number}"],
        "staff_reports.index": ["/staff/reports?state=closed", "/staff/reports?page=9"],
        "staff_reports.show": ["/staff/reports/2"],
        "offline.part": ["/offline/another-release/judge.js"],
        "dealer_letters.show": [
            f"/d/{certified['letter']}?on=1/1/2569",
            f"/d/{certified['ended_letter']}",
            "/d/DLR-2569-7K3QW-M9T2X-D",
        ],
        "own_dealers.show": [f"/applications/certificate/{number}/dealers?notice=issued"],
        "sign_in.ask": ["/sign-in?notice=signed_out&next=/account"],
        "registration.ask_confirm": ["/register/confirm/x"],
        "password.ask_reset": ["/password/reset/x"],
        "colleagues.ask_accept": ["/invitations/x"],
        "account.show": ["/account?notice=saved"],
        "organisation.show": ["/organisation?notice=registered"],
        "staff.queue": ["/staff?text=nothing", "/staff?waiting=review"],
        "staff.case": [f"/staff/applications/{one}" for one in cases[1:]]
        + [f"/staff/applications/{cases[0]}?product=2"],
        "decision.ask_approve": [f"/staff/applications/{cases[0]}/approve"],
        "staff_certificates.preview": [
            f"/staff/certificates/{number}/revoke/preview?reason=wrong_information"
        ],
        "admin.rule_set": ["/admin/rule-sets/mit-2570-1"],
        "admin_users.index": ["/admin/users?q=nobody"],
        "admin_audit.search": ["/admin/audit?begins_on=bad"],
    }


def write_everything(desk: Desk) -> dict[str, str]:
    """Write an empty application, one ready to submit, one submitted, one returned, one issued."""
    somchai, malee = signed_in(desk.app, desk.cast.somchai), desk.cast.malee
    empty = begin(somchai)
    somchai.post(f"{empty}/products")
    wrong = deepcopy(SHEET)
    wrong["lines"][0] |= {"supplier_certificate": "MIT-2569-9999999-0"}
    wrong["lines"][1] |= {"amount": "12.345", "origin": "", "hs_code": "12"}
    somchai.post(f"{empty}/products/1/sheet", data=form_of(wrong, 1, act="leave"))
    for at, book in enumerate((own_book(["ผู้จัดทำ", "สมชาย"]), wrong_book()), 2):
        somchai.post(f"{empty}/products")
        send(somchai, f"{empty}/products/{at}", book)
    answers = [Answer("column", words, member, "") for words, member in OWN_HEADINGS.items()]
    column_choices.remember(desk.cast.somchai, answers, now=desk.tick())
    somchai.post(f"{empty}/products")
    long = deepcopy(SHEET)
    long["lines"] = [line | {"name": f"{line['name']} {at}"} for at in range(60) for line in SHEET["lines"]]
    somchai.post(f"{empty}/products/4/sheet", data=form_of(long, 1, act="leave"))
    ready = begin(somchai)
    product = write_all(somchai, ready)
    sent = {"kind": "origin", "product": "1", "file": (io.BytesIO(png()), "ใบกำกับภาษี ทองแดง.png")}
    somchai.post(f"{ready}/evidence", data=sent)
    submitted = begin(somchai)
    write_all(somchai, submitted)
    sent["file"] = (io.BytesIO(plain_pdf(3)), "ใบกำกับภาษี ทองแดง.pdf")
    somchai.post(f"{submitted}/evidence", data=sent)
    submit(somchai, submitted)
    returned = begin(somchai)
    write_all(somchai, returned)
    submit(somchai, returned)
    number = returned.rpartition("/")[2]
    ask(malee, number, Question(1, "lines[2].amount", "ราคาฉนวนสูงกว่าปกติ โปรดอธิบาย"), now=desk.tick())
    identity = draft_sections.read(desk.cast.somchai, number).application_id
    seen = look_at(malee, identity).seen
    return_with_reasons(malee, identity, seen=seen, reasons="โปรดตอบคำถามหนึ่งข้อ", now=desk.tick())
    issued = "/applications/" + desk.issued(True, False).number
    withdrawn = begin(somchai)
    somchai.post(f"{withdrawn}/withdraw", data={"version": "1", "sure": "yes", "reasons": "เปลี่ยนใจ"})
    return {
        "list": "/applications",
        "tasks": empty,
        "tasks-ready": ready,
        "company": f"{ready}/company",
        "factory": f"{ready}/factory",
        "products": f"{ready}/products",
        "product": product,
        "product-faults": f"{empty}/products/1?show=faults",
        "sheet": f"{product}/sheet",
        "sheet-faults": f"{empty}/products/1/sheet?show=faults",
        "columns": f"{empty}/products/2/sheet/columns",
        "cells": f"{empty}/products/3/sheet/cells",
        "marked-copy": f"{empty}/products/3/sheet/cells.xlsx",
        "long-sheet": f"{empty}/products/4/sheet?line=201",
        "headings": "/applications/headings",
        "evidence": f"{ready}/evidence",
        "check": f"{ready}/check",
        "check-missing": f"{empty}/check",
        "declaration": f"{ready}/declaration",
        "receipt": f"{submitted}/receipt",
        "status": submitted,
        "returned": returned,
        "questions": f"{returned}/questions",
        "questioned-sheet": f"{returned}/products/1/sheet",
        "withdraw": f"{submitted}/withdraw",
        "issued": issued,
        "withdrawn": withdrawn,
    }
