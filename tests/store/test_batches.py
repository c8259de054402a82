"""Batches as they stand: portions told once, files until they are judged, and nothing after their time."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from mit.store.batch_files import (
    folder_of,
    folder_of_batch,
    forget_files,
    forget_folder,
    keep_file,
    read_file,
    sweep,
)
from mit.store.batches import (
    MOST_LINES,
    Batch,
    BatchPortion,
    find_batch,
    forget_batches,
    forget_old,
    get_batch,
    old_batches,
    pack,
    read_portion,
    read_portions,
    store_told,
    unpack,
)
from mit.store.db import add, new_id, transaction, viewing
from tests.support.world import rows

ADDRESS = "a" * 64
LINES: list[dict[str, Any]] = [{"text": "x", "bidder": "รายที่หนึ่ง"}]


def write(app: object, now: datetime, *, address: str = ADDRESS, spans: tuple[int, ...] = (2, 3, 1)) -> UUID:
    """Write a batch of portions of so many lines each."""
    batch = Batch(
        id=new_id(), address_sha256=address, asked_on=date(2026, 11, 25), total=sum(spans), sent_at=now
    )
    first = 1
    with transaction() as session:
        add(session, batch)
        for number, lines in enumerate(spans, 1):
            part = BatchPortion(batch_id=batch.id, number=number, first=first, lines=lines)
            part.asked = pack(LINES * lines)
            add(session, part)
            first += lines
        return batch.id


@pytest.mark.parametrize(
    "document", [None, [], {"a": ["ก", 1, None]}, [{"text": "1" * 900}] * 300, "\u2028\x00\U0001f600"]
)
def test_what_is_packed_is_unpacked(document: object) -> None:
    assert unpack(pack(document)) == document
    assert unpack(pack(document, is_mostly_digits=True)) == document


@pytest.mark.parametrize("is_mostly_digits", [True, False])
def test_digits_take_less_than_half_of_their_letters(*, is_mostly_digits: bool) -> None:
    digits = [{"text": str(3 ** (900 + at))} for at in range(50)]
    letters = sum(len(one["text"]) for one in digits)
    assert len(pack(digits, is_mostly_digits=is_mostly_digits)) < letters * 0.55


def test_a_letter_that_no_database_keeps_becomes_a_question_mark() -> None:
    assert unpack(pack(["a\ud800b"])) == ["a?b"]


def test_a_batch_is_found_by_the_hash_of_its_address_alone(app: object, now: datetime) -> None:
    batch_id = write(app, now)
    with viewing() as session:
        found = find_batch(session, ADDRESS)
        assert found is not None
        assert (found.id, found.total, found.done, found.sent_at) == (batch_id, 6, 0, now)
        assert not found.is_done
        assert get_batch(session, batch_id) == found
        assert find_batch(session, "b" * 64) is get_batch(session, new_id()) is None


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        (1, 6, [1, 2, 3]),
        (1, 2, [1]),
        (2, 3, [1, 2]),
        (3, 5, [2]),
        (6, 6, [3]),
        (7, 9, []),
        (5, MOST_LINES, [2, 3]),
    ],
)
def test_the_portions_that_hold_a_line_are_read_in_order(
    app: object, now: datetime, first: int, last: int, numbers: list[int]
) -> None:
    batch_id = write(app, now)
    with viewing() as session:
        found = read_portions(session, batch_id, first=first, last=last)
    assert [one.number for one in found] == numbers
    assert all(one.asked == LINES * one.lines and one.told is None for one in found)


def test_a_portion_is_told_once_and_what_was_shown_is_gone_then(app: object, now: datetime) -> None:
    batch_id = write(app, now)
    with transaction() as session:
        assert store_told(session, batch_id, 2, pack({"lines": ["first"]}))
        assert not store_told(session, batch_id, 2, pack({"lines": ["second"]}))
        assert not store_told(session, batch_id, 9, pack({}))
    with viewing() as session:
        portion = read_portion(session, batch_id, 2)
        standing = get_batch(session, batch_id)
        assert read_portion(session, batch_id, 4) is None
    assert portion is not None and standing is not None
    assert (portion.asked, portion.told) == (None, {"lines": ["first"]})
    assert standing.done == 3


def test_a_batch_is_done_when_its_last_portion_is_told(app: object, now: datetime) -> None:
    batch_id = write(app, now)
    done = []
    for number in (3, 1, 2):
        with transaction() as session:
            store_told(session, batch_id, number, pack({}))
        with viewing() as session:
            found = get_batch(session, batch_id)
            assert found is not None
            done.append((found.done, found.is_done))
    assert done == [(1, False), (3, False), (6, True)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda batch, part: setattr(batch, "total", 0),
        lambda batch, part: setattr(batch, "total", MOST_LINES + 1),
        lambda batch, part: setattr(batch, "done", -1),
        lambda batch, part: setattr(batch, "done", 3),
        lambda batch, part: setattr(part, "first", 0),
        lambda batch, part: setattr(part, "lines", 0),
        lambda batch, part: setattr(part, "told", b"x"),
        lambda batch, part: setattr(part, "asked", None),
        lambda batch, part: setattr(part, "batch_id", new_id()),
    ],
)
def test_the_database_refuses_what_no_batch_can_be(
    app: object, now: datetime, spoil: Callable[[Batch, BatchPortion], None]
) -> None:
    batch = Batch(
        id=new_id(), address_sha256=ADDRESS, asked_on=date(2026, 11, 25), total=2, done=0, sent_at=now
    )
    part = BatchPortion(batch_id=batch.id, number=1, first=1, lines=2, asked=b"x")
    spoil(batch, part)
    with pytest.raises(IntegrityError), transaction() as session:
        add(session, batch, part)


def test_two_batches_never_share_an_address(app: object, now: datetime) -> None:
    write(app, now)
    with pytest.raises(IntegrityError):
        write(app, now)


def test_old_batches_are_forgotten_whole_the_oldest_first(app: object, now: datetime) -> None:
    ids = [write(app, now + timedelta(hours=at), address=str(at) * 64) for at in range(4)]
    with viewing() as session:
        old = old_batches(session, now + timedelta(hours=3), most=2)
    assert [one.id for one in old] == ids[:2]
    with transaction() as session:
        assert forget_batches(session, [ids[0]]) == 1
        assert forget_batches(session, []) == 0
        assert forget_old(session, now + timedelta(hours=3), most=10) == 2
    assert len(rows("SELECT id FROM batches")) == 1
    assert len(rows("SELECT number FROM batch_portions")) == 3


def test_a_file_is_kept_piece_by_piece_and_read_back(tmp_path: Path) -> None:
    data = b"certificate" * 20_000
    sha256 = keep_file(tmp_path / "b", 3, io.BytesIO(data), most_bytes=len(data))
    assert sha256 is not None
    assert read_file(tmp_path / "b", 3, sha256) == data
    assert (tmp_path / "b" / "3").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_too_large_is_not_kept_at_all(tmp_path: Path) -> None:
    assert keep_file(tmp_path, 1, io.BytesIO(b"x" * 11), most_bytes=10) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_file_that_is_gone_or_changed_is_no_file(tmp_path: Path, spoil: str) -> None:
    sha256 = keep_file(tmp_path, 1, io.BytesIO(b"x"), most_bytes=10)
    assert sha256 is not None
    (tmp_path / "1").unlink() if spoil == "gone" else (tmp_path / "1").write_bytes(b"y")
    assert read_file(tmp_path, 1, sha256) is None


def test_files_of_some_lines_are_deleted_and_others_stay(tmp_path: Path) -> None:
    for position in (1, 2, 3, 10):
        keep_file(tmp_path, position, io.BytesIO(b"x"), most_bytes=10)
    forget_files(tmp_path, first=2, last=9)
    forget_files(tmp_path, first=2, last=9)
    assert {path.name for path in tmp_path.iterdir()} == {"1", "10"}
    forget_files(tmp_path / "never", first=1, last=9)
    forget_folder(tmp_path)
    forget_folder(tmp_path)
    assert not tmp_path.exists()


def test_a_folder_is_found_from_its_row_and_swept_by_its_name(
    app: object, tmp_path: Path, now: datetime
) -> None:
    batch_id = write(app, now)
    with viewing() as session:
        standing = get_batch(session, batch_id)
    assert standing is not None
    assert folder_of_batch(tmp_path, standing) == folder_of(tmp_path, batch_id, now)
    ages = [timedelta(0), timedelta(hours=1), timedelta(days=40)]
    folders = [folder_of(tmp_path, new_id(), now - age) for age in ages]
    for folder in folders:
        keep_file(folder, 1, io.BytesIO(b"x"), most_bytes=10)
    assert sweep(tmp_path, now) == 2
    assert [folder.exists() for folder in folders] == [True, False, False]
    assert sweep(tmp_path / "never", now) == 0
