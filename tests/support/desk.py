"""A desk at which applications are made, decided and issued in one line, for tests of the flow."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from mit import worker
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.approve import approve
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal
from mit.issuance.issue import issue
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import recommend
from mit.issuance.rotate_keys import activate_key, plan_key
from mit.issuance.wish import Opinion, ProductDecision, Seen, keep_all
from mit.roles.actor import Actor
from mit.store.keyring import Keyring
from tests.support.people import Cast, gather

_GOOD: dict[str, Any] = {
    "product": {
        "name_th": "สายไฟฟ้าแรงต่ำ",
        "name_en": "Low-voltage cable",
        "hs_code": "85444932",
        "unit": "เมตร",
        "brand": "สยาม",
        "models": ["SC-100"],
    },
    "price_ex_works": "12500.00",
    "profit": "1100.00",
    "lines": [
        {"kind": "material", "name": "ทองแดง", "amount": "5200.00", "origin": "domestic"},
        {"kind": "material", "name": "ฉนวน", "amount": "3100.00", "origin": "imported"},
        {"kind": "labour", "name": "ค่าแรง", "amount": "1900.00"},
        {"kind": "overhead", "name": "ค่าโสหุ้ย", "amount": "1200.00"},
    ],
}


def sheet_document(at: int = 1, *, meets: bool = True) -> dict[str, Any]:
    """Return the at-th cost sheet, one that meets the rule set or one that does not."""
    document = deepcopy(_GOOD)
    document["product"]["name_th"] = f"สายไฟฟ้าแรงต่ำ แบบที่ {at}"
    document["product"]["models"] = [f"SC-{100 + at}"]
    if not meets:
        document["lines"] = [
            {"kind": "material", "name": "ชุดนำเข้า", "amount": "9900.00", "origin": "imported"},
            {"kind": "labour", "name": "ค่าแรง", "amount": "400.00"},
        ]
    return document


def sheet(at: int = 1, *, meets: bool = True) -> CostSheet:
    """Return the at-th cost sheet, read."""
    return parse_cost_sheet(sheet_document(at, meets=meets))


def draft(*meets: bool, at: int = 1) -> Draft:
    """Return a draft with one product for each of *meets*; one that meets where none is named."""
    sheets = [sheet(at + n, meets=good) for n, good in enumerate(meets or (True,))]
    return Draft(
        cost_sheets=sheets, site_th="โรงงานบางปู", site_en="Bang Pu plant", factory_number="3-72-1/42สป"
    )


def cheap_authority(authority: Authority) -> Authority:
    """Return *authority* with keys that open fast; the cost of real ones is tested elsewhere."""
    settings = authority.settings
    return replace(authority, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1000))


@dataclass(slots=True)
class Desk:
    """Everything that a test of the flow needs at hand; ``now`` moves on with every act."""

    app: Flask
    cast: Cast
    authority: Authority
    now: datetime

    def tick(self) -> datetime:
        """Let a second pass and return the new instant."""
        self.now += timedelta(seconds=1)
        return self.now

    def draft(self, *meets: bool, at: int = 1) -> Standing:
        """Let Somchai begin an application."""
        return create_draft(self.cast.somchai, draft(*meets, at=at), now=self.tick())

    def submitted(self, *meets: bool, at: int = 1) -> Standing:
        """Let Somchai submit an application."""
        begun = self.draft(*meets, at=at)
        return submit(
            self.cast.somchai,
            begun.application_id,
            seen=Seen(begun.version),
            now=self.tick(),
            authority=self.authority,
        )

    def seen(self, actor: Actor, standing: Standing) -> Seen:
        """Return what stands on the officer's screen."""
        return look_at(actor, standing.application_id).seen

    def opinion(self, actor: Actor, standing: Standing, decisions: Sequence[ProductDecision] = ()) -> Opinion:
        """Return the officer's opinion over what is seen now: keep everything where none is named."""
        view = look_at(actor, standing.application_id)
        return Opinion(view.seen, decisions or keep_all(len(view.products)))

    def recommended(self, *meets: bool, at: int = 1) -> Standing:
        """Let Malee recommend every product that meets."""
        standing = self.submitted(*meets, at=at)
        malee = self.cast.malee
        decisions = [
            ProductDecision(position, keep=good, reason="" if good else "ไม่ผ่านเกณฑ์")
            for position, good in enumerate(meets or (True,), start=1)
        ]
        opinion = self.opinion(malee, standing, decisions)
        return recommend(malee, standing.application_id, opinion=opinion, now=self.tick())

    def approved(self, *meets: bool, at: int = 1) -> Standing:
        """Let Anan approve every product that meets."""
        standing = self.recommended(*meets, at=at)
        decisions = [
            ProductDecision(position, keep=good, reason="" if good else "ไม่ผ่านเกณฑ์")
            for position, good in enumerate(meets or (True,), start=1)
        ]
        opinion = self.opinion(self.cast.anan, standing, decisions)
        return approve(
            self.cast.anan,
            standing.application_id,
            opinion=opinion,
            now=self.tick(),
            authority=self.authority,
        )

    def active(self, *meets: bool, at: int = 1) -> str:
        """Let it be issued and nothing else: no paper, no list, no letter sent; return the number."""
        number = self.approved(*meets, at=at).certificate_number
        issue(number, now=self.tick(), authority=self.authority)
        return number

    def issued(self, *meets: bool, at: int = 1) -> Standing:
        """Let the worker issue and print it."""
        standing = self.approved(*meets, at=at)
        worker.run_once(self.app, now=self.tick())
        return standing


def open_desk(app: Flask, now: datetime, *, cast: Cast | None = None) -> Desk:
    """Gather the cast, make demo keys that open fast, and return the desk."""
    authority = cheap_authority(worker.authority_of(app))
    app.extensions["mit.authority"] = authority
    kid = plan_key(None, authority=authority, now=now, demo=True)
    activate_key(None, kid, now=now)
    create_seal(None, authority=authority, now=now)
    return Desk(app, cast or gather(now), authority, now)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    """A desk with the cast around it, on a clean database."""
    return open_desk(app, now)
