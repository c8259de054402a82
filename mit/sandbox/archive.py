"""Judge a zip archive by its headers alone, before anything in it is unpacked."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile

from mit.errors import UnreadableFileError

MEMBER_LIMIT = 1_000
#: Sum of all members when unpacked.
UNPACKED_LIMIT_BYTES = 40 * 1024 * 1024
#: A member above this size may not be packed more tightly than ``RATIO_LIMIT`` to 1.
SMALL_BYTES = 1024 * 1024
RATIO_LIMIT = 200

#: Load what ``zipfile`` would load later, when no door is open any more.
codecs.lookup("cp437")

_END_RECORD = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_COMMENT_LIMIT = 1 << 16
_ENCRYPTED_FLAG = 0x1


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Return the archive in *data* when its headers promise nothing unreasonable.

    A header that lies about a size is found out when the member is read: the reader stops at the
    promised size and its checksum does not fit.

    Raises:
        UnreadableFileError: ``file_not_workbook``, ``file_encrypted``, ``file_bomb``.
    """
    if _member_count(data) > MEMBER_LIMIT:
        raise UnreadableFileError("file_bomb")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableFileError("file_not_workbook") from error
    members = archive.infolist()
    if len(members) > MEMBER_LIMIT:  # the end record may have promised fewer
        raise UnreadableFileError("file_bomb")
    if len({member.filename for member in members}) != len(members):
        raise UnreadableFileError("file_not_workbook")
    for member in members:
        _judge(member)
    if sum(member.file_size for member in members) > UNPACKED_LIMIT_BYTES:
        raise UnreadableFileError("file_bomb")
    return archive


def _member_count(data: bytes) -> int:
    """Return how many members the end record promises."""
    tail = data[-(_END_RECORD.size + _COMMENT_LIMIT) :]
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise UnreadableFileError("file_not_workbook")
    return int(_END_RECORD.unpack_from(tail, at)[4])


def _judge(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableFileError("file_encrypted")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableFileError("file_not_workbook")
    if member.file_size > SMALL_BYTES and member.file_size > member.compress_size * RATIO_LIMIT:
        raise UnreadableFileError("file_bomb")
