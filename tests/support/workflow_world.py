"""The world that the random walks walk in: one application whose database begins anew each time."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask

from mit.app import create_app
from mit.config import Settings
from mit.roles.actor import Actor, Role
from mit.store import accounts, schema
from mit.store.db import dispose_engines, transaction
from tests.support.desk import cheap_authority, open_desk
from tests.support.people import invite


class World:
    """One application on SQLite whose file is put back to the beginning before each walk."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.start = folder, now
        self.walks = self.acts = 0
        self.template, self.file = folder / "template.sqlite3", folder / "walk.sqlite3"
        chosen = Settings(
            env="test",
            database_url=f"sqlite:///{self.file}",
            var_dir=folder / "var",
            keys_dir=folder / "keys",
            key_passphrase="a passphrase that only the tests know",
        )
        self.app: Flask = create_app(chosen)
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
        self.walks += 1

    def tick(self) -> datetime:
        """Let a second pass and return the new instant."""
        self.now += timedelta(seconds=1)
        return self.now
