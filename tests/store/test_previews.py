"""Pictures of pages: kept while there is room, the oldest gone first, and never missed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mit.store import previews
from mit.store.previews import keep_preview, read_preview


def test_what_is_kept_is_found_and_what_is_not_is_none(tmp_path: Path) -> None:
    keep_preview(tmp_path, "ab-1", b"first")
    keep_preview(tmp_path, "ab-1", b"second")
    assert read_preview(tmp_path, "ab-1") == b"second"
    assert read_preview(tmp_path, "ab-2") is None
    keep_preview(tmp_path, "large", bytes(previews.LARGEST_BYTES + 1))
    assert read_preview(tmp_path, "large") is None


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_FILES", 6)
    monkeypatch.setattr(previews, "_LEFT", 4)
    for at in range(1, 8):
        keep_preview(tmp_path, f"page-{at}", b"x")
        os.utime(tmp_path / "previews" / f"page-{at}", (at, at)) if at < 7 else None
    left = sorted(path.name for path in (tmp_path / "previews").iterdir())
    assert left == ["page-4", "page-5", "page-6", "page-7"]


def test_a_disk_that_refuses_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "previews").write_text("in the way")
    keep_preview(tmp_path, "ab-1", b"first")
    assert read_preview(tmp_path, "ab-1") is None
