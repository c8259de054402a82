"""Stored files: named by their content, durable before the commit, checked when read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.errors import NotFoundError, TamperedError
from mit.store.db import transaction, viewing
from mit.store.documents import Document, document_path, read_document, store_document


def store(folder: Path, data: bytes, now: datetime) -> str:
    with transaction() as session:
        return store_document(session, folder, data, media_type="application/pdf", now=now)


def read(folder: Path, sha256: str) -> bytes:
    with viewing() as session:
        return read_document(session, folder, sha256)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000))
def test_what_is_stored_is_read_back(app: Flask, workplace: Path, now: datetime, data: bytes) -> None:
    sha256 = store(workplace, data, now)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert read(workplace, sha256) == data


def test_the_row_says_what_it_is(app: Flask, workplace: Path, now: datetime) -> None:
    sha256 = store(workplace, b"paper", now)
    with viewing() as session:
        row = session.get_one(Document, sha256)
    assert (row.media_type, row.size_bytes, row.stored_at) == ("application/pdf", 5, now)


def test_files_lie_in_folders_by_their_first_digits(app: Flask, workplace: Path, now: datetime) -> None:
    sha256 = store(workplace, b"paper", now)
    path = workplace / "documents" / sha256[:2] / sha256[2:4] / sha256
    assert document_path(workplace, sha256) == path
    assert path.read_bytes() == b"paper"
    assert [file for file in workplace.rglob("*") if file.is_file()] == [path]


def test_storing_twice_is_storing_once(app: Flask, workplace: Path, now: datetime) -> None:
    assert store(workplace, b"paper", now) == store(workplace, b"paper", now)
    with viewing() as session:
        assert session.query(Document).count() == 1


def test_a_rolled_back_document_is_not_there(app: Flask, workplace: Path, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        store_document(session, workplace, b"paper", media_type="x", now=now)
        raise RuntimeError
    with pytest.raises(NotFoundError):
        read(workplace, hashlib.sha256(b"paper").hexdigest())
    assert read(workplace, store(workplace, b"paper", now)) == b"paper"


def test_an_unknown_document_is_not_found(app: Flask, workplace: Path) -> None:
    with pytest.raises(NotFoundError):
        read(workplace, "0" * 64)


@pytest.mark.parametrize("damage", [b"", b"paper ", b"Paper", b"pape"])
def test_a_changed_file_is_never_handed_out(
    app: Flask, workplace: Path, now: datetime, damage: bytes
) -> None:
    sha256 = store(workplace, b"paper", now)
    document_path(workplace, sha256).write_bytes(damage)
    with pytest.raises(TamperedError, match="document_changed"):
        read(workplace, sha256)


def test_a_lost_file_raises_the_alarm(app: Flask, workplace: Path, now: datetime) -> None:
    sha256 = store(workplace, b"paper", now)
    document_path(workplace, sha256).unlink()
    with pytest.raises(TamperedError, match="document_lost"):
        read(workplace, sha256)


def test_storing_again_mends_a_damaged_file(app: Flask, workplace: Path, now: datetime) -> None:
    sha256 = store(workplace, b"paper", now)
    document_path(workplace, sha256).write_bytes(b"half")
    store(workplace, b"paper", now)
    assert read(workplace, sha256) == b"paper"


def test_a_full_disk_leaves_no_half_file(
    app: Flask, workplace: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(workplace, b"paper", now)
    monkeypatch.undo()
    assert not [file for file in workplace.rglob("*") if file.is_file()]
    assert read(workplace, store(workplace, b"paper", now)) == b"paper"


def test_the_bytes_are_on_disk_before_their_name_is(
    app: Flask, workplace: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    sha256 = hashlib.sha256(b"paper").hexdigest()

    def note(_handle: int) -> None:
        synced.append(document_path(workplace, sha256).exists())

    monkeypatch.setattr("os.fsync", note)
    with transaction() as session:
        store_document(session, workplace, b"paper", media_type="x", now=now)
        monkeypatch.undo()
    assert synced == [False] + [True] * 4, "first the file, then the folders above it"
