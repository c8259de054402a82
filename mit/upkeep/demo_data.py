"""The demo world: where it lies, its settings and secrets, and how it is built once.

Everything lies under ``<var>/demo`` and ``<keys>/demo`` and nowhere else, so that a demo never
touches another installation.  The world is complete when its marker was written; a world that was
left half-built is thrown away and built again.  Keys are demo keys: what they sign is stamped
ตัวอย่าง / SAMPLE, and production refuses them.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mit.config import Settings, new_secret
from mit.errors import SettingsError
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal
from mit.issuance.rotate_keys import activate_key, plan_key
from mit.store.db import dispose_engines
from mit.upkeep.demo_people import DemoLogin, populate, read_cast
from mit.upkeep.demo_plan import FULL_SIZE, first_day, plan_applications
from mit.upkeep.demo_world import Progress, RunJobs, Walk, walk_through
from mit.values.thai_date import bangkok_day, first_instant, utc_text

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the demo world lies: *folder* holds everything but the keys."""

    folder: Path
    keys_dir: Path

    @property
    def marker(self) -> Path:
        """Return the file that says that the world is complete."""
        return self.folder / "world.json"

    @property
    def logins(self) -> Path:
        """Return the file of those who may sign in."""
        return self.folder / "logins.json"

    @property
    def passphrase(self) -> Path:
        """Return the file of what opens the demo keys."""
        return self.folder / "key-passphrase"

    @property
    def secret_key(self) -> Path:
        """Return the file of what signs sessions."""
        return self.folder / "secret-key"

    def is_complete(self) -> bool:
        """Say whether a whole world is there, with what opens its keys."""
        files = (self.marker, self.logins, self.passphrase, self.secret_key)
        return all(path.is_file() for path in files) and any(self.keys_dir.glob("signing-*.pem"))


def demo_place(base: Settings) -> DemoPlace:
    """Return where the demo of an installation lies.

    Raises:
        SettingsError: ``demo_in_production``.
    """
    if base.env == "production":
        raise SettingsError("demo_in_production", where="MIT_ENV")
    return DemoPlace(base.var_dir / "demo", base.keys_dir / "demo")


def demo_settings(base: Settings, place: DemoPlace, *, public_url: str) -> Settings:
    """Return the demo's settings: its own SQLite, folders and secrets, whatever else is configured."""
    return replace(
        base,
        env="demo",
        database_url="",
        var_dir=place.folder,
        keys_dir=place.keys_dir,
        public_url=public_url,
        secret_key=_kept_secret(place.secret_key),
        key_passphrase=_kept_secret(place.passphrase),
        jobs_inline=False,
        mail_server="",  # the demo's letters go to its own mailbox, never to anybody's
        mail_user="",
    )


def demo_environment(settings: Settings, place: DemoPlace) -> dict[str, str]:
    """Return the whole environment in which another process finds the same demo, and nothing else."""
    environ = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "MIT_ENV": settings.env,
        "MIT_VAR_DIR": str(place.folder),
        "MIT_KEYS_DIR": str(place.keys_dir),
        "MIT_PUBLIC_URL": settings.public_url,
        "MIT_TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
        "MIT_UPLOAD_LIMIT_BYTES": str(settings.upload_limit_bytes),
        "MIT_SECRET_KEY_FILE": str(place.secret_key),
        "MIT_KEY_PASSPHRASE_FILE": str(place.passphrase),
    }
    if settings.issuer_file is not None:
        environ["MIT_ISSUER_FILE"] = str(settings.issuer_file)
    return environ


def clear_away(place: DemoPlace) -> None:
    """Throw away what is left of an incomplete demo world, its keys included."""
    for folder in (place.folder, place.keys_dir):
        shutil.rmtree(folder, ignore_errors=True)


def build_world(
    authority: Authority, *, now: datetime, run_jobs: RunJobs, progress: Progress, size: int = FULL_SIZE
) -> list[DemoLogin]:
    """Build about *size* applications with all that became of them, before *now*; return the logins.

    People, keys and seal are there from the first day on; then every act happens by its work
    function at its own instant.
    """
    today = bangkok_day(now)
    beginning = first_instant(first_day(today))
    logins = populate(now=beginning)
    kid = plan_key(None, authority=authority, now=beginning, demo=True)
    activate_key(None, kid, now=beginning)
    create_seal(None, authority=authority, now=beginning)
    walk = Walk(read_cast(), authority, run_jobs)
    walk_through(walk, plan_applications(today, size=size), progress=progress)
    return logins


@contextmanager
def scratch_folder(place: DemoPlace) -> Iterator[Path]:
    """Give a folder to build in, in memory where the machine allows it, and remove it at the end.

    The walk commits some two thousand times; each commit reaches the disk, which would be most of
    the time for a world that is worth nothing until it is whole.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a random name in it, the owner's alone
    folder = memory if os.access(memory, os.W_OK) else place.folder
    with tempfile.TemporaryDirectory(prefix="mit-demo-", dir=folder) as name:
        yield Path(name)


def move_in(scratch: Path, place: DemoPlace) -> None:
    """Put what was built in *scratch* into the demo's folder; its database must be closed."""
    shutil.copytree(scratch, place.folder, dirs_exist_ok=True)


def close_database() -> None:
    """Close every connection of the present application to its database."""
    dispose_engines()


def mark_complete(place: DemoPlace, logins: list[DemoLogin], *, now: datetime) -> None:
    """Write who may sign in, and then the marker: from here on the world is kept."""
    write_private(place.logins, json.dumps([login.to_document() for login in logins], indent=2))
    place.marker.write_text(json.dumps({"built_at": utc_text(now)}) + "\n", encoding="utf-8")


def read_logins(place: DemoPlace) -> list[DemoLogin]:
    """Return who may sign in."""
    return [DemoLogin(**entry) for entry in json.loads(place.logins.read_text(encoding="utf-8"))]


def write_private(path: Path, text: str) -> None:
    """Write *text* to a file that only its owner can read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    path.chmod(_OWNER_ONLY)


def _kept_secret(path: Path) -> str:
    """Return the secret in *path*, made at the first call."""
    if not path.is_file():
        write_private(path, new_secret())
    return path.read_text(encoding="utf-8").strip()
