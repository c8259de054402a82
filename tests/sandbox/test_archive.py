"""Zip archives are judged by their headers before anything is unpacked."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from mit.errors import UnreadableFileError
from mit.sandbox.archive import (
    MEMBER_LIMIT,
    RATIO_LIMIT,
    SMALL_BYTES,
    UNPACKED_LIMIT_BYTES,
    open_archive,
)
from tests.support.workbooks import package


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        open_archive(data)
    return caught.value.code


def flagged(data: bytes, flag: int) -> bytes:
    """Return the archive with a flag set in every header, local and central."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", changed, at + offset)
            struct.pack_into("<H", changed, at + offset, flags | flag)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def test_a_plain_archive_is_opened() -> None:
    assert open_archive(package({"a": "x", "b/c": "y"})).namelist() == ["a", "b/c"]


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"x" * 70_000, bytes(200_000)])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert refusal(data) == "file_not_workbook"


def test_a_cut_archive_is_refused() -> None:
    whole = package({"a": "x" * 100, "b": "y" * 100})
    for length in range(len(whole)):
        assert refusal(whole[:length]) == "file_not_workbook"


def test_an_encrypted_archive_is_refused_as_such() -> None:
    assert refusal(flagged(package({"a": "x"}), 0x1)) == "file_encrypted"


def test_a_member_that_would_unpack_a_thousandfold_is_refused() -> None:
    assert refusal(package({"a": bytes(20 * 1024 * 1024)})) == "file_bomb"


def test_many_members_that_together_unpack_too_large_are_refused() -> None:
    part = bytes(1024 * 1024)
    assert (
        refusal(package({str(i): part for i in range(UNPACKED_LIMIT_BYTES // len(part) + 1)})) == "file_bomb"
    )


def test_too_many_members_are_refused() -> None:
    assert refusal(package({str(i): "" for i in range(MEMBER_LIMIT + 1)})) == "file_bomb"


def test_an_archive_that_promises_few_members_and_holds_many_is_refused_or_cut() -> None:
    data = bytearray(package({str(i): "" for i in range(20)}))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 1, 1)
    try:
        assert len(open_archive(bytes(data)).infolist()) <= MEMBER_LIMIT
    except UnreadableFileError as error:
        assert error.code == "file_not_workbook"


def test_more_members_than_promised_are_counted_all_the_same() -> None:
    data = bytearray(package({str(i): "" for i in range(MEMBER_LIMIT + 1)}))
    struct.pack_into("<HH", data, data.rfind(b"PK\x05\x06") + 8, 1, 1)
    assert refusal(bytes(data)) == "file_bomb"


def test_the_limits_themselves_may_be_reached() -> None:
    assert len(open_archive(package({str(i): "" for i in range(MEMBER_LIMIT)})).infolist()) == MEMBER_LIMIT
    part = bytes(SMALL_BYTES)
    whole = package({str(i): part for i in range(UNPACKED_LIMIT_BYTES // len(part))})
    assert sum(member.file_size for member in open_archive(whole).infolist()) == UNPACKED_LIMIT_BYTES


def test_a_small_member_may_be_packed_as_tightly_as_it_likes() -> None:
    (small,) = open_archive(package({"a": bytes(SMALL_BYTES)})).infolist()
    assert small.file_size > small.compress_size * RATIO_LIMIT
    assert refusal(package({"a": bytes(SMALL_BYTES + 1)})) == "file_bomb"


@pytest.mark.parametrize("comment", [b"x", b"c" * 65_535])
def test_a_comment_behind_the_members_does_not_matter(comment: bytes) -> None:
    data = bytearray(package({"a": "x"}))
    struct.pack_into("<H", data, len(data) - 2, len(comment))
    assert open_archive(bytes(data) + comment).namelist() == ["a"]


def test_something_in_front_of_the_members_does_not_matter() -> None:
    assert open_archive(b"#!/bin/sh\n" + package({"a": "x"})).namelist() == ["a"]


def test_another_way_of_packing_is_refused() -> None:
    assert refusal(package({"a": "x" * 100}, compression=zipfile.ZIP_BZIP2)) == "file_not_workbook"
    assert refusal(package({"a": "x" * 100}, compression=zipfile.ZIP_LZMA)) == "file_not_workbook"


def test_two_members_with_one_name_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", "2")
    assert refusal(buffer.getvalue()) == "file_not_workbook"


def test_a_bomb_is_refused_in_a_moment() -> None:
    bomb = package({"xl/worksheets/sheet1.xml": bytes(60 * 1024 * 1024)})
    began = time.process_time()
    assert refusal(bomb) == "file_bomb"
    assert time.process_time() - began < 0.1
