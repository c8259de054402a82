"""JSON files are read strictly in the child."""

from __future__ import annotations

import pytest

from mit.errors import UnreadableFileError
from mit.i18n import say
from mit.sandbox.json_file import read


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(data)
    assert say(f"errors.{caught.value.code}", "th", **caught.value.params)
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "document"),
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": "\xe0\xb8\x81"}', {"a": "ก"}),
        (b'["1.00", 5, true, null]', ["1.00", 5, True, None]),
        (b"-5", -5),
    ],
)
def test_a_document_is_read(data: bytes, document: object) -> None:
    assert read(data) == document


def test_a_number_with_a_point_is_kept_as_written_and_is_no_text() -> None:
    assert read(b'{"amount": 12500.10}') == {"amount": {"number": "12500.10"}}
    assert read(b"[1e400]") == [{"number": "1e400"}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json_broken"),
        (b"{", "json_broken"),
        (b"{'a': 1}", "json_broken"),
        (b'{"a": 1,}', "json_broken"),
        (b'{"a": NaN}', "json_broken"),
        (b'{"a": Infinity}', "json_broken"),
        (b'{"a": 1} {"b": 2}', "json_broken"),
        (b'{"a": "\n"}', "json_broken"),
        (b"1" * 5_000, "json_broken"),
        (b'{"a": 1, "a": 2}', "json_member_twice"),
        (b'[{"x": {"a": 1, "b": 2, "a": 3}}]', "json_member_twice"),
        (b"\xff\xfe{\x00}\x00", "json_not_utf8"),
        ('{"a": "ก"}'.encode("tis-620"), "json_not_utf8"),
        (b"[" * 30 + b"]" * 30, "json_too_deep"),
        (b"[" * 200_000, "json_too_deep"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "json_too_deep"),
        (b"[" + b"[]," * 1_000_001 + b"[]]", "file_too_many_cells"),
    ],
)
def test_what_is_no_proper_document_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_broken_document_is_refused_with_line_and_column() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(b'{\n  "a": 1,\n  b: 2\n}')
    assert caught.value.params == {"line": 3, "column": 3}
