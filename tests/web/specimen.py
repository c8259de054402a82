"""A site of specimen pages in the layout of the signed-in pages: every macro, hostile and long words.

It is an application of its own, without sign-in and database, so that what is looked at here is the
layout alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from jinja2 import ChoiceLoader, FileSystemLoader

from mit.config import Settings
from mit.credential.issuer import read_issuer_profiles
from mit.errors import Fault
from mit.issuance.authority import build_authority
from mit.values.clock import FrozenClock
from mit.web import context, limits, security
from mit.web.front import Front
from mit.web.pages import frame, visit
from mit.web.pages.frame import Pages, office_page
from mit.web.pages.public import public

TOKEN = "a token that only this specimen knows"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} ' & ]]>" + "ยาว" * 12 + "W" * 60
NOW = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)
_FOLDER = Path(__file__).parent / "specimens"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the specimen, in one language."""

    heading: str
    sentence: str
    label: str
    short: str
    person: str
    hostile: str = HOSTILE


WORDS = {
    "th": Words(
        heading="คำขอรับรองสายไฟฟ้าหุ้มฉนวนพีวีซีของบริษัท ปั๊มน้ำผู้ผลิตที่ยิ่งใหญ่ จำกัด (มหาชน)",
        sentence="กรอกชื่อตามที่ปรากฏในหนังสือรับรองนิติบุคคล เจ้าหน้าที่จะตรวจสอบกับเอกสารที่แนบภายในสามวันทำการ",
        label="ชื่อผลิตภัณฑ์ที่ใช้ในใบรับรอง",
        short="ผู้ตรวจสอบ",
        person="มาลี ตรวจสอบดี",
    ),
    "en": Words(
        heading="Application for PVC-insulated cable of Great Pump and Water Makers Public Company Limited",
        sentence="Write the name as it stands in the certificate of registration; an officer compares it "
        "with the documents within three working days.",
        label="Name of the product in the certificate",
        short="Reviewer",
        person="Malee Truatsopdee",
    ),
}
FAULTS = (
    Fault("certificate_number_check", "name", {"text": "MIT-2569-0012345-A"}),
    Fault("day_malformed", "on", {"text": HOSTILE[:40]}),
    Fault("amount_malformed", "price", {"text": "1,2"}),
    Fault("amount_malformed", "lines[3].amount", {"text": "-1.005"}),
    *(Fault("input", where) for where in ("reason", "province", "origin", "evidence")),
    Fault("no_such_code_anywhere"),
)
TYPED = {
    "name": HOSTILE,
    "email": "malee@fti.example",
    "on": "๓๑/๒/๒๕๖๙",
    "price": "1,2",
    "reason": "\n  บรรทัดแรกว่าง\n</textarea><script>alert(3)</script>",
    "province": "50",
    "origin": "imported",
    "q": "",
}


@dataclass
class Specimen:
    """The application, and what was posted to it."""

    app: Flask
    posted: list[dict[str, Any]] = field(default_factory=list)


def open_specimen(folder: Path) -> Specimen:
    """Return the site; *folder* is for what an application may want to write."""
    settings = Settings(env="demo", var_dir=folder, keys_dir=folder)
    app = Flask("mit")
    app.extensions["mit.settings"] = settings
    app.extensions["mit.clock"] = FrozenClock(NOW)
    app.extensions["mit.authority"] = build_authority(settings)
    app.extensions["mit.issuer_profiles"] = read_issuer_profiles(settings.issuer_file)
    specimen = Specimen(app)
    _add_pages(specimen)
    app.register_blueprint(public)
    frame.set_up(app)
    for environment in app.extensions["mit.templates"].values():
        environment.loader = ChoiceLoader([environment.loader, FileSystemLoader(_FOLDER)])
    visit.read_by(app, _visit)
    limits.set_up(app, settings)
    app.wsgi_app = Front(app, security.trusted_hosts(settings))  # type: ignore[method-assign]
    return specimen


def _visit() -> visit.Visit:
    words = WORDS[context.language()]
    if request.path == "/nobody":
        return visit.Visit(csrf_token=TOKEN)
    return visit.Visit(
        name=words.person,
        role=words.short,
        account="/account",
        navigation=(("/specimen", words.short, True), ("/nobody", words.label, False), ("/x", "MiT", False)),
        csrf_token=TOKEN,
    )


def _show(template: str, status: int = 200, **more: Any) -> Response:
    given = {"s": WORDS[context.language()], "typed": TYPED, "instant": NOW, "day": date(2026, 11, 26)}
    return office_page(template, status=status, **(given | {"pages": Pages(3, 9)} | more))


def _add_pages(specimen: Specimen) -> None:
    app = specimen.app

    @app.get("/specimen")
    def full() -> Response:
        return _show("everything.html", back=("/nobody", ""))

    @app.post("/specimen")
    def faulty() -> Response:
        files = {name: file.filename for name, file in request.files.items()}
        specimen.posted.append(request.form.to_dict() | files)
        return _show("everything.html", status=422, faults=FAULTS)

    @app.get("/nobody")
    def calm() -> Response:
        return _show("calm.html")

    @app.post("/saved")
    def saved() -> Response:
        specimen.posted.append(request.form.to_dict())
        return jsonify({"fields": {}})
