"""Lines: never broken inside a Thai word, always within their width, nothing lost."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mit.document import line_breaking
from mit.document.fonts import BOLD, REGULAR, typeface
from mit.document.line_breaking import BREAK_MARK, balance_lines, break_lines, words
from mit.document.shaping import text_width
from tests.document.hard_words import HARD_LINES, HARD_WORDS

THAI_CODES = [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]
THAI = st.text(
    st.sampled_from(
        [chr(code) for code in range(0x0E01, 0x0E5C) if not 0x0E3B <= code <= 0x0E3E] + list("  a1(),.")
    ),
    max_size=120,
)
LOANWORDS = Path(line_breaking.__file__).parent / "loanwords.txt"
NAMES = (
    "บริษัท สยามเคเบิลอุตสาหกรรมและเครื่องปรับอากาศ จำกัด (มหาชน)",
    "สายไฟฟ้าทองแดงหุ้มฉนวนครอสลิงก์พอลิเอทิลีนความหนาแน่นสูง",
    "หม้อแปลงไฟฟ้ากำลังชนิดแห้งติดตั้งภายในอาคารพร้อมอุปกรณ์ป้องกัน",
    "ตู้ควบคุมระบบปั๊มน้ำอัตโนมัติสำหรับอาคารสูงและโรงงานอุตสาหกรรม",
    "กระเบื้องหลังคาไฟเบอร์ซีเมนต์ลอนคู่สีธรรมชาติ ตราช้างแดง",
)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [80, 110, 140, 220, 400])
def test_names_are_broken_only_between_words(name: str, width: float) -> None:
    edges = {0}
    for word in words(name):
        edges.add(max(edges) + len(squeezed(word)))
    at = 0
    for line in break_lines(name, REGULAR, 10, width)[:-1]:
        at += len(squeezed(line))
        assert at in edges, line


@pytest.mark.parametrize("compound", ["เครื่องปรับอากาศ", "ความหนาแน่น", "อุตสาหกรรม", "ไฟฟ้า", "อัตโนมัติ"])
def test_compounds_are_not_torn(compound: str) -> None:
    for name in NAMES:
        if compound in name:
            for width in range(80, 300, 20):
                assert any(compound in line for line in break_lines(name, REGULAR, 9, width))


@pytest.mark.parametrize(
    "together",
    [
        "จำกัด (มหาชน)",
        "พ.ศ. 2569",
        "เลขที่ 12",
        "Co., Ltd.",
        "ตำบลแพรกษา",
        "อำเภอพระประแดง",
        "นิคมอุตสาหกรรมบางปู",
        "ๆ",
    ],
)
def test_what_belongs_together_stays_on_one_line(together: str) -> None:
    text = f"ข้อความนำหน้าที่ยาวพอควร {together} และข้อความตามหลังที่ยาวพอควร"
    for width in range(90, 320, 7):
        lines = break_lines(text, REGULAR, 9, width)
        assert any(together in line for line in lines), (width, lines)


def test_no_line_begins_with_a_mark_or_a_single_consonant() -> None:
    for text in (*NAMES, *HARD_LINES, "โปรพลัสพลาสติกรพลัสนวัตกรรมคคคนไทย"):
        for width in range(80, 240, 9):
            for line in break_lines(text, REGULAR, 9, width)[1:]:
                assert not unicodedata.combining(line[0]), line
                assert line[0] not in "ะาำๅๆฯ)]}”,.", line
                assert not re.match(r"[ก-ฮ](\s|$)", line), line


def test_no_line_ends_with_a_leading_vowel_or_an_opening_bracket() -> None:
    for text in NAMES:
        for width in range(80, 240, 9):
            for line in break_lines(text, REGULAR, 9, width):
                assert line[-1] not in "เแโใไ([“", line


def test_a_break_mark_is_a_break_and_is_not_printed() -> None:
    assert break_lines(f"SIAMCABLE{BREAK_MARK}POWERPRO", REGULAR, 10, 70) == ("SIAMCABLE", "POWERPRO")
    assert break_lines(f"ก{BREAK_MARK}ข", REGULAR, 10, 500) in {("กข",), (f"ก{BREAK_MARK}ข",)}


def test_a_word_joiner_forbids_a_break() -> None:
    free, joined = "ช้างแดงสายไฟ", "ช้าง\u2060แดง\u2060สาย\u2060ไฟ"
    assert len(break_lines(free, REGULAR, 10, 40)) > 1
    assert words(joined) == (joined,)


def test_a_space_is_preferred_where_the_line_is_nearly_full() -> None:
    text = "123/45 หมู่ 6 ถนนสุขสวัสดิ์ น้ำดื่มสะอาด"
    assert words(text)[-2:] == ("น้ำดื่ม", "สะอาด")
    width = text_width("123/45 หมู่ 6 ถนนสุขสวัสดิ์ น้ำดื่ม", REGULAR, 9) + 0.1
    assert break_lines(text, REGULAR, 9, width) == ("123/45 หมู่ 6 ถนนสุขสวัสดิ์", "น้ำดื่มสะอาด")


def test_a_space_is_not_preferred_where_much_of_the_line_would_stay_empty() -> None:
    text = "หมู่ 6 น้ำดื่มสะอาดบริสุทธิ์"
    width = text_width("หมู่ 6 น้ำดื่มสะอาด", REGULAR, 9) + 0.1
    assert break_lines(text, REGULAR, 9, width)[0] == "หมู่ 6 น้ำดื่มสะอาด"


def test_loanwords_of_industry_are_not_torn() -> None:
    for loanword in LOANWORDS.read_text(encoding="utf-8").split():
        assert words(f"ระบบ{loanword}") == ("ระบบ", loanword)


def test_a_fragment_that_is_no_word_stays_with_the_word_before_it() -> None:
    assert words("โบรพลัม") == ("โบ", "รพลัม")


def test_a_single_consonant_is_no_line_though_it_is_a_word() -> None:
    assert words("ณกรุงเทพ") == ("ณกรุงเทพ",)
    assert words("ขายณวันที่") == ("ขายณ", "วันที่")
    assert words("ให้ ณ วันที่") == ("ให้", "ณ", "วันที่")


def test_a_leading_vowel_is_never_cut_off_from_its_consonant() -> None:
    for width in range(20, 60, 3):
        for line in break_lines("เฬแฬโฬใฬไฬ" * 6, REGULAR, 9, width):
            assert line[-1] == "ฬ", line


def test_a_code_without_spaces_is_cut_at_the_edge() -> None:
    lines = break_lines("X" * 100, REGULAR, 10, 80)
    assert "".join(lines) == "X" * 100
    assert all(text_width(line, REGULAR, 10) <= 80 for line in lines)
    assert len({len(line) for line in lines[:-1]}) == 1


def test_a_kept_phrase_that_is_wider_than_the_line_falls_back_to_its_words() -> None:
    assert break_lines("จำกัด (มหาชน)", REGULAR, 10, 40) == ("จำกัด", "(มหาชน)")
    assert break_lines("นิคมอุตสาหกรรมบางปู", REGULAR, 10, 70) == ("นิคมอุตสาหกรรม", "บางปู")


def test_letters_keep_their_marks_even_when_cut() -> None:
    lines = break_lines("ก๊ก๊ก๊ก๊ก๊ก๊ก๊ก๊ก๊ก๊ก๊ก๊", REGULAR, 10, 30)
    assert all(line.startswith("ก๊") for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"), [("", ()), ("   ", ()), ("ก\nข", ("ก", "ข")), ("a  b", ("a  b",)), ("\n\n", ())]
)
def test_small_cases(text: str, lines: tuple[str, ...]) -> None:
    assert break_lines(text, REGULAR, 10, 100) == lines


def test_the_same_words_at_another_size_break_elsewhere() -> None:
    assert len(break_lines(NAMES[0], REGULAR, 8, 150)) < len(break_lines(NAMES[0], BOLD, 14, 150))


@pytest.mark.parametrize("name", NAMES)
def test_centred_lines_are_as_many_as_plain_ones_but_more_even(name: str) -> None:
    plain = break_lines(name, BOLD, 16, 260)
    even = balance_lines(name, BOLD, 16, 260)
    assert len(even) == len(plain)
    assert squeezed("".join(even)) == squeezed(name)

    def spread(lines: tuple[str, ...]) -> float:
        widths = [text_width(line, BOLD, 16) for line in lines]
        return max(widths) - min(widths)

    assert spread(even) <= spread(plain) + 0.1


@settings(deadline=None, max_examples=120)
@given(text=THAI, width=st.floats(min_value=30, max_value=300))
@example(text="\u0e49" * 60, width=30)
@example(text="เ" * 60, width=30)
@example(text=")" * 80, width=30)
@example(text="ก" * 200, width=30)
def test_nothing_is_lost_and_lines_fit(text: str, width: float) -> None:
    lines = break_lines(text, REGULAR, 9, width)
    assert squeezed("".join(lines)) == squeezed(text)
    for line in lines:
        pile = len(line) <= 13
        assert pile or text_width(line, REGULAR, 9) <= width + 1.5, line


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=80), width=st.floats(min_value=20, max_value=200))
def test_any_text_at_all_can_be_broken(text: str, width: float) -> None:
    for line in break_lines(text, BOLD, 9, width):
        assert line


def test_every_hard_word_is_one_piece() -> None:
    for word in HARD_WORDS:
        assert words(word) == (word,), words(word)


def test_the_dictionary_leaves_no_folder_in_the_home_directory(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import mit.document.line_breaking"],
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []


def test_spaces_inside_a_line_are_kept_as_typed() -> None:
    text = "No.  12   ก"
    assert break_lines(text, REGULAR, 9, 300) == (text,)
    assert typeface(REGULAR).letters >= {0x20}
