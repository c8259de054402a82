"""What is read by patterns is what the parser reads; whatever is spelled otherwise is left to it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.grid import column_letters
from mit.errors import UnreadableFileError
from mit.sandbox.packed_rows import pack_rows
from mit.sandbox.quick_sheet import NotPlainError, read_rows, read_strings
from mit.sandbox.row_forms import OFTEN
from mit.sandbox.sheet_xml import CELL_LIMIT, CELL_TEXT_LIMIT, Budget, Rows, Strings, parse
from mit.sandbox.workbook import read as read_workbook
from tests.support.workbooks import (
    MAIN,
    Book,
    ErrorValue,
    Formula,
    Number,
    package,
    parts,
    unpacked,
    worksheet,
)

PERCENT = {1}
STRINGS = ["ก", "", "a & b"]
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=8
) | st.sampled_from(["<b>", "&amp;", "a&b", '"', "'", "ก ข", " x ", "]]", "๑๒", "line\nbreak"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64).filter(lambda n: abs(n) < 1e21)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.builds(Number, NUMBERS.map(repr), st.sampled_from([0, 1])),
    st.builds(Number, st.integers(-(10**12), 10**12).map(str), st.sampled_from([0, 1])),
    st.builds(
        Formula,
        st.sampled_from(["A1*2", "SUM(A1:A9)", '"a"&"b"', "A1<B1"]),
        st.none() | st.integers(-(10**21), 10**21) | TEXTS,
    ),
    st.builds(ErrorValue, st.sampled_from(["#REF!", "#N/A", "#DIV/0!"])),
)
BOOKS = st.builds(
    Book,
    st.lists(st.lists(VALUES, max_size=6), max_size=6),
    hidden_rows=st.frozensets(st.integers(1, 6), max_size=2),
    hidden_columns=st.frozensets(st.integers(1, 6), max_size=2),
)


def by_events(part: bytes) -> Any:
    rows = Rows(STRINGS, PERCENT, Budget())
    parse(BytesIO(part), rows)
    return unpacked(pack_rows(rows.rows)), rows.hidden_columns


def by_patterns(part: bytes) -> Any:
    rows, hidden_columns = read_rows(part, STRINGS, PERCENT, Budget())
    return unpacked(rows), hidden_columns


def sheet(inner: str, *, head: str = "", behind: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{head}<sheetData>{inner}</sheetData>{behind}</worksheet>'.encode()


def row(cells: str, attributes: str = ' r="1"') -> str:
    return f"<row{attributes}>{cells}</row>"


def often(written: str, *, first: int = 1, times: int = 2 * OFTEN) -> str:
    """Return a row, first with its number 1, again and again: enough to be read by its own pattern."""
    return "".join(
        re.sub(r"""(r=["'][A-Z]*)1(["'])""", rf"\g<1>{number}\2", written)
        for number in range(first, first + times)
    )


@pytest.mark.parametrize("number", ["9999999999999998951424", "1e400", "12abc"])
def test_both_refuse_a_number_that_no_workbook_holds(number: str) -> None:
    part = sheet(row(f'<c r="A1"><v>{number}</v></c>'))
    for read in (by_patterns, by_events):
        with pytest.raises(UnreadableFileError):
            read(part)


@settings(deadline=None, max_examples=150)
@given(BOOKS)
def test_patterns_and_events_say_the_same_of_any_workbook(book: Book) -> None:
    """Once, and so often that nearly every row is read by a pattern of its own."""
    for times in (1, OFTEN + 2):
        part = worksheet(replace(book, rows=book.rows * times)).encode()
        assert by_patterns(part) == by_events(part)


@pytest.mark.parametrize(
    "inner",
    [
        row('<c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>2</v></c>'),
        row('<c r="A1" t="s"><v>1</v></c>'),
        row('<c r="A1" s="1"><v>0.05</v></c><c r="B1" s="1" t="n"><v>5</v></c><c r="AA1" s="2"><v>5</v></c>'),
        row('<c r="A1"/><c r="B1" s="3"/><c r="C1"></c><c r="D1"><v></v></c><c r="E1"><v/></c>'),
        row('<c r="A1"><f>B1</f></c><c r="B1"><f>A1</f><v>3</v></c><c r="C1" t="str"><f/><v>x</v></c>'),
        row('<c r="A1" t="str"><v>&lt;b&gt; &amp; &#3585;&#xE02;</v></c>'),
        row('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>'),
        row('<c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c>'),
        row('<c r="A2"><v>1</v></c>', ' r="2" spans="1:3" ht="15" x14ac:dyDescent="0.2"').replace(
            "x14ac:", ""
        ),
        row('<c r="A2"><v>1</v></c>', ' r="2" hidden="1"')
        + row('<c r="A9"><v>1</v></c>', ' r="9" hidden="0"'),
        row(
            '<c r="A1"><f>B1</f></c><c r="B1"><f/></c><c r="C1" t="str"><f/></c>'
            '<c r="D1" t="str"><f/><v/></c>'
        ),
        row("", ' r="1"')
        + '<row r="2"/><row r="3" hidden="true"/>'
        + row('<c r="B4"><v>1</v></c>', ' r="4"'),
        "\n  " + row('<c r="A1"><v>1</v></c>') + "\n",
        "",
    ],
)
@pytest.mark.parametrize(
    "head", ["", '<cols><col min="2" max="3" hidden="1" width="9"/><col min="4" max="4"/></cols>']
)
def test_the_plain_spelling_is_read_by_patterns(inner: str, head: str) -> None:
    part = sheet(inner, head=head, behind='<pageMargins left="0.7"/>')
    assert by_patterns(part) == by_events(part)


#: Spelled as the patterns do not know it, though it is right.
OTHERWISE = [
    row("<c r='A1'><v>1</v></c>"),
    row('<c t="n" r="A1"><v>1</v></c>'),
    row("<c><v>1</v></c>"),
    row('<c r="A1"><v>1</v></c>', ""),
    row('<c r="A1"><v>1</v></c> <c r="B1"><v>2</v></c>'),
    row('<c r="A1"><v xml:space="preserve">1</v></c>'),
    row('<c r="A1" cm="1"><v>1</v></c>'),
    row('<c r="A1" s="01"><v>1</v></c>'),
    row('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>'),
    row('<c r="A1" t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is></c>'),
    row('<c r="A1"><f t="shared" si="0">B1</f><v>1</v></c>'),
    row('<c r="A1" t="d"><v>2026-11-25</v></c>'),
    row('<c r="A1"><v>1</v><!-- note --></c>'),
    row('<c r="A1" t="str"><v><![CDATA[a]]></v></c>'),
    row('<c r="A1"><v>1</v><extLst/></c>'),
    row('<x:c xmlns:x="u" r="A1"><x:v>1</x:v></x:c>'),
]


@pytest.mark.parametrize("inner", OTHERWISE)
def test_what_is_spelled_otherwise_is_left_to_the_parser(inner: str) -> None:
    part = sheet(inner)
    with pytest.raises(NotPlainError):
        by_patterns(part)
    rows, _ = by_events(part)
    assert len(rows) == 1
    assert rows_of(file_of(part)) == rows


@pytest.mark.parametrize("inner", [one for one in OTHERWISE if ' r="1"' in one])
def test_it_is_left_to_the_parser_after_many_plain_rows_too(inner: str) -> None:
    plain = often(row('<c r="A1"><v>1</v></c>'))
    part = sheet(plain + often(inner, first=2 * OFTEN + 1, times=1))
    with pytest.raises(NotPlainError):
        by_patterns(part)
    rows, _ = by_events(part)
    assert len(rows) == 2 * OFTEN + 1
    assert rows_of(file_of(part)) == rows


def file_of(part: bytes) -> bytes:
    found: dict[str, Any] = parts([Book([["a"]])])
    return package(found | {"xl/worksheets/sheet1.xml": part})


def rows_of(data: bytes) -> Any:
    found: Any = read_workbook(data)
    return unpacked(found["sheets"][0])


#: Wrong in itself: neither way may read anything out of it.
WRONG = [
    row('<c r="A2"><v>1</v></c>'),
    row('<c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>'),
    row('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'),
    row('<c r="XFE1"><v>1</v></c>'),
    row('<c r="A1" t="s"><v>3</v></c>'),
    row('<c r="A1" t="s"><v>-1</v></c>'),
    row('<c r="A1"><v>abc</v></c>'),
    row('<c r="A1"><v>1e400</v></c>'),
    row('<c r="A1"><v>1</v></c>') * 2,
    row('<c r="A2"><v>1</v></c>', ' r="2"') + row('<c r="A1"><v>1</v></c>'),
    row('<c r="A9999999"><v>1</v></c>', ' r="9999999"'),
    '<row r="1"><c r="A1"><v>1</v>',
    row('<c r="A1"><v>1</c>'),
    row('<c r="A1" t="str"><v>&bad;</v></c>'),
]


@pytest.mark.parametrize("inner", WRONG)
def test_what_is_wrong_is_read_by_neither(inner: str) -> None:
    """Alone, and behind many rows whose spelling is known."""
    for before in ("", often(row('<c r="A1"><v>1</v></c>')), often(row('<c r="A1" t="s"><v>1</v></c>'))):
        first = 1 + before.count("<row")
        part = sheet(before + re.sub(r'(r="[A-Z]*)([12])"', rf'\g<1>{first}\2"', inner) if before else inner)
        with pytest.raises((NotPlainError, UnreadableFileError)):
            by_patterns(part)
        with pytest.raises(UnreadableFileError):
            rows_of(file_of(part))


@pytest.mark.parametrize(
    "part",
    [
        b'<!DOCTYPE x [<!ENTITY e "1">]>' + sheet(row('<c r="A1"><v>1</v></c>')),
        b"<?xml version='1.0' encoding='utf-16'?>" + sheet(""),
        b"<?evil do?>" + sheet(""),
        sheet("").replace(b"</worksheet>", b"<?evil do?></worksheet>"),
        sheet("") + b"<more/>",
        sheet("").replace(b"</worksheet>", b""),
        sheet("").replace(b"<sheetData>", b"<sheetData><sheetData>"),
        sheet("").replace(b"<sheetData></sheetData>", b""),
        sheet("", behind='<sheetData><row r="1"/></sheetData>'),
        sheet("", head='<c r="A1"><v>1</v></c>'),
        sheet("", behind="<oddHeader><t>x</t></oddHeader>"),
        sheet("", behind='<x:row xmlns:x="u"/>'),
        sheet("", head='<cols><col min="9" max="2" hidden="1"/></cols>'),
        sheet("ก").replace("ก".encode(), b"\xff"),
        b"",
    ],
)
def test_a_part_that_declares_hides_or_breaks_something_is_not_read_by_patterns(part: bytes) -> None:
    with pytest.raises(NotPlainError):
        by_patterns(part)


def test_the_declaration_of_the_usual_programs_is_plain() -> None:
    part = sheet(row('<c r="A1"><v>1</v></c>'))
    heads = (
        b"",
        b"\xef\xbb\xbf",
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
        b"<?xml version='1.0' encoding='utf-8'?>",
    )
    assert [by_patterns(head + part)[0] for head in heads] == [[(1, False, [(1, "n", "1", False)])]] * len(
        heads
    )


def test_line_ends_are_the_ones_that_the_parser_gives() -> None:
    part = sheet(row('<c r="A1" t="inlineStr"><is><t>a\r\nb\rc&#13;d</t></is></c>'))
    assert by_patterns(part) == by_events(part) == ([(1, False, [(1, "s", "a\nb\nc\rd", False)])], [])


def test_the_budget_counts_what_is_read_by_patterns_too() -> None:
    cells = "".join(f'<c r="A{at}" t="s"><v>2</v></c>' for at in (1,))
    budget = Budget()
    read_rows(sheet(row(cells)), STRINGS, PERCENT, budget)
    assert budget.left[0] == CELL_LIMIT - 1
    budget.left = (0, 100)
    with pytest.raises(UnreadableFileError, match="file_too_many_cells"):
        read_rows(sheet(row(cells)), STRINGS, PERCENT, budget)


def shared(inner: str) -> bytes:
    return f'<sst xmlns="{MAIN}" count="2">{inner}</sst>'.encode()


@settings(deadline=None, max_examples=100)
@given(st.lists(TEXTS, max_size=6))
def test_shared_texts_are_the_same_by_both_ways(texts: list[str]) -> None:
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in texts]
    part = shared("".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in escaped))
    strings = Strings()
    parse(BytesIO(part), strings)
    assert read_strings(part) == strings.texts


@pytest.mark.parametrize(
    "inner",
    [
        "<si><r><t>a</t></r><r><t>b</t></r></si>",
        "<si><t>a</t><rPh sb='0' eb='1'><t>b</t></rPh></si>",
        "<si/>",
        "<si><t/></si>",
        "<si><t>a</t></si> <si><t>b</t></si>",
        "<si><t>a</si>",
        "<!-- c --><si><t>a</t></si>",
    ],
)
def test_shared_texts_that_are_no_plain_texts_are_left_to_the_parser(inner: str) -> None:
    with pytest.raises(NotPlainError):
        read_strings(shared(inner))


def damaged(name: str, change: Callable[[str], str]) -> bytes:
    found: dict[str, Any] = parts([Book([["a", Number("1.5")], [True, Formula("B1", 3)]])])
    return package(found | {name: change(found[name])})


@pytest.mark.parametrize(
    "spelling", [lambda text: text.replace('<c r="A1"', '<c  r="A1"'), lambda text: text]
)
def test_a_file_says_the_same_however_its_cells_are_spelled(spelling: Callable[[str], str]) -> None:
    data = damaged("xl/worksheets/sheet1.xml", spelling)
    assert zipfile.is_zipfile(BytesIO(data))
    assert rows_of(data) == [
        (1, False, [(1, "s", "a", False), (2, "n", "1.5", False)]),
        (2, False, [(1, "b", "1", False), (2, "n", "3", True)]),
    ]


#: A row of a form of its own, with the row's number where ``#`` stands.
FORMS = {
    "text": '<c r="A#" t="inlineStr"><is><t>{0}</t></is></c>',
    "number": '<c r="A#"><v>{1}</v></c>',
    "percent": '<c r="A#" s="1"><v>{1}</v></c>',
    "other style": '<c r="A#" s="11"><v>{1}</v></c>',
    "text as text": '<c r="A#" t="str"><v>{0}</v></c>',
    "shared": '<c r="A#" t="s"><v>2</v></c>',
    "truth": '<c r="A#" t="b"><v>1</v></c>',
    "formula": '<c r="A#"><f>{0}</f><v>{1}</v></c>',
    "formula without value": '<c r="A#"><f>{1}</f></c>',
    "formula that is empty": '<c r="A#"><f></f><v>{1}</v></c>',
    "formula of a text": '<c r="A#" t="str"><f>{1}</f><v>{0}</v></c>',
    "blank between": '<c r="A#" t="str"><v>{0}</v></c><c r="B#" s="1"/><c r="C#"><v>{1}</v></c>',
    "nothing": '<c r="A#" s="1"/>',
}
WORDS = ["ก", "a &amp; b", 'A1"', '17"', "&#3585;", "a > b", 'r="A2"']


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(FORMS)), st.sampled_from(WORDS), st.integers(1, 999)), max_size=12
    ),
    st.sampled_from([1, 9, 10, 99, 110]),
)
def test_rows_of_the_same_form_are_read_as_if_each_were_the_first(
    drawn: list[tuple[str, str, int]], first: int
) -> None:
    inner = "".join(
        row(FORMS[form].replace("#", str(at)).format(word, number + at), f' r="{at}"')
        for at, (form, word, number) in enumerate(drawn * (OFTEN + 2), first)
    )
    assert by_patterns(sheet(inner)) == by_events(sheet(inner))


@pytest.mark.parametrize("number", [1, 11, 111])
def test_a_style_that_looks_like_the_number_of_the_row_is_still_a_style(number: int) -> None:
    """Row 1 with style 1 is a percentage; the same spelling in row 11 with style 11 is none."""
    rows_of_it = "".join(
        row(f'<c r="A{at}" s="{at}"><v>5</v></c>', f' r="{at}"') for at in sorted({1, 11, 111, number})
    )
    kinds = [cells[0][1] for _, _, cells in by_patterns(sheet(rows_of_it))[0]]
    assert kinds == ["%", "n", "n"]


@pytest.mark.parametrize(
    "second",
    ['<c r="A"><v>1</v></c>', '<c r="A1"><v>1</v></c>', '<c r="A22"><v>1</v></c>', '<c r="B2"><v>1</v><c/>'],
)
def test_a_row_that_only_resembles_the_one_before_is_not_read_like_it(second: str) -> None:
    inner = row('<c r="A1"><v>1</v></c>') + row(second, ' r="2"')
    with pytest.raises(NotPlainError):
        by_patterns(sheet(inner))


@pytest.mark.parametrize("formula", ["0", "1", "B1"])
def test_the_text_of_a_formula_is_never_taken_for_a_shared_text(formula: str) -> None:
    with pytest.raises(NotPlainError):
        by_patterns(sheet(row(f'<c r="A1" t="s"><f>{formula}</f></c>')))


@pytest.mark.parametrize("bad", ["", "abc", "1e400"])
def test_a_wrong_number_in_a_row_of_a_known_form_is_found(bad: str) -> None:
    inner = row('<c r="A1"><v>1</v></c>') + row(f'<c r="A2"><v>{bad}</v></c>', ' r="2"')
    if not bad:
        assert by_patterns(sheet(inner)) == by_events(sheet(inner))
        return
    with pytest.raises((NotPlainError, UnreadableFileError)):
        by_patterns(sheet(inner))


def test_more_forms_than_are_remembered_are_read_all_the_same() -> None:
    inner = "".join(
        row(f'<c r="A{at}" s="{at}"><f>{at}</f></c>' + f'<c r="{column}{at}"><v>{at}</v></c>', f' r="{at}"')
        for at in range(1, 300)
        for column in [column_letters(2 + at)]
    )
    assert by_patterns(sheet(inner)) == by_events(sheet(inner))


def outcome(read: Callable[[bytes], Any], part: bytes) -> Any:
    """Return what is read, or None where it is refused."""
    try:
        return read(part)
    except (NotPlainError, UnreadableFileError, ExpatError, ValueError):
        return None


#: A row in which each kind of place for a value stands, and one to be replaced.
PLACES = {
    "text": '<c r="A1" t="inlineStr"><is><t xml:space="preserve">ค่า</t></is></c>',
    "result": '<c r="A1" t="str"><f>B1</f><v>ค่า</v></c>',
    "formula": '<c r="A1"><f>ค่า</f><v>5</v></c>',
    "style": '<c r="A1" s="2"/><c r="B1" t="str"><v>ค่า</v></c><c r="C1" t="b"><v>1</v></c>',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("before", [0, 2 * OFTEN])
@pytest.mark.parametrize(
    "value",
    [
        b"\x00",
        b"a\x0bb",
        b"\x1f",
        "a\ufffeb".encode(),
        "\uffff".encode(),
        b"a]]>b",
        b"]]>",
        b"&",
        b"a & b",
        b"&amp",
        b"&bad;",
        b"&#0;",
        b"&#x1F;",
        b"&#xFFFF;",
        b"&#65534;",
        b"&#xD800;",
        b"&#57343;",
        b"&#x110000;",
        b"&#9999999;",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        "ก".encode()[:2],
    ],
)
def test_a_value_that_no_xml_may_hold_makes_the_file_unreadable(
    place: str, before: int, value: bytes
) -> None:
    written = row(PLACES[place])
    plain = often(written.replace("ค่า", "ก"), times=before)
    spoilt = often(written, first=before + 1, times=1).encode().replace("ค่า".encode(), value)
    part = sheet(plain + "ROW").replace(b"ROW", spoilt)
    with pytest.raises(NotPlainError):
        by_patterns(part)
    with pytest.raises(UnreadableFileError, match="file_not_workbook"):
        rows_of(file_of(part))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value",
    [
        "&#9;",
        "&#xD7FF;&#xE000;",
        "&#x10FFFF;",
        "&#65533;",
        "\ufffd😀",
        "]]",
        "]] >",
        "a>b",
        "\x7f\x85",
        "&#38;lt;",
    ],
)
def test_every_value_that_xml_allows_is_read_by_patterns(place: str, value: str) -> None:
    part = sheet(often(row(PLACES[place]).replace("ค่า", "ก")) + often(row(PLACES[place]), first=50))
    part = part.replace("ค่า".encode(), value.encode())
    assert by_patterns(part) == by_events(part)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(sorted(PLACES)),
    st.text(st.characters(exclude_characters="<", exclude_categories=("Cs",))),
)
def test_whatever_is_written_between_two_tags_is_read_or_refused_by_both(place: str, text: str) -> None:
    written = often(row(PLACES[place]).replace("ค่า", "ก"), times=OFTEN) + often(
        row(PLACES[place]), first=50, times=2
    )
    part = sheet(written).replace("ค่า".encode(), text.encode())
    assert outcome(by_patterns, part) == outcome(by_events, part)


PIECES = [
    b"<",
    b">",
    b"/",
    b'"',
    b"'",
    b"=",
    b" ",
    b"&",
    b"<!",
    b"<?",
    b"\0",
    b"\1",
    b"\r",
    b"9",
    b"A",
    b"hidden",
    b"\xff",
]


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_a_sheet_damaged_anywhere_is_read_as_the_parser_reads_it_or_not_at_all(data: st.DataObject) -> None:
    """The first rows are taken apart, the last are matched by patterns: both are damaged."""
    rows_of_it = often(
        row("".join((*list(PLACES.values())[:1], '<c r="B1" s="1"><v>5.50</v></c>'))), times=OFTEN + 3
    )
    part = sheet(rows_of_it, head='<cols><col min="2" max="3" hidden="1"/></cols>')
    at = data.draw(st.integers(0, len(part) - 1))
    cut = data.draw(st.integers(0, 3))
    damaged_part = part[:at] + data.draw(st.sampled_from(PIECES)) + part[at + cut :]
    read = outcome(by_patterns, damaged_part)
    assert read is None or read == by_events(damaged_part)


@pytest.mark.parametrize(
    "head",
    [
        "<cols><col min='2' max='3' hidden='1'/></cols>",
        '<cols><col min="2" max="3" hidden = "1"/></cols>',
        '<cols><col min="2" max="3" hidden="&#49;"/></cols>',
        '<cols><col min="2" max="3"\nhidden="1"/></cols>',
        '<cols><col min="2" max="3" hidden="1"></col></cols>',
        '<x:cols xmlns:x="u"><x:col min="2" max="3" hidden="1"/></x:cols>',
    ],
)
def test_columns_that_are_hidden_in_another_spelling_are_still_hidden(head: str) -> None:
    part = sheet(row('<c r="A1"><v>1</v></c>'), head=head)
    with pytest.raises(NotPlainError):
        by_patterns(part)
    found: Any = read_workbook(file_of(part))
    assert found["sheets"][0]["hidden_columns"] == [(2, 3)]


@pytest.mark.parametrize("attribute", ['hidden="&#49;"', "hidden='1'", 'hidden = "1"', 'ht="1"\nhidden="1"'])
@pytest.mark.parametrize("before", [0, 2 * OFTEN])
def test_a_row_that_is_hidden_in_another_spelling_is_still_hidden(attribute: str, before: int) -> None:
    cell = '<c r="A1"><v>1</v></c>'
    part = sheet(
        often(row(cell), times=before) + often(row(cell, f' r="1" {attribute}'), first=before + 1, times=1)
    )
    with pytest.raises(NotPlainError):
        by_patterns(part)
    assert [is_hidden for _, is_hidden, _ in rows_of(file_of(part))] == [False] * before + [True]


@pytest.mark.parametrize("attributes", ['ht="1" ht="2"', 'ht="1&bad;"', 'ht="\x01"', 'ht="<"', '0="1"'])
@pytest.mark.parametrize("closed", [True, False])
def test_a_row_with_attributes_that_are_none_makes_the_file_unreadable(attributes: str, closed: bool) -> None:
    spoilt = f'<row r="99" {attributes}' + ("/>" if closed else "></row>")
    part = sheet(often(row('<c r="A1"><v>1</v></c>')) + spoilt)
    with pytest.raises(NotPlainError):
        by_patterns(part)
    with pytest.raises(UnreadableFileError, match="file_not_workbook"):
        rows_of(file_of(part))


@pytest.mark.parametrize(
    "hidden", ["", ' hidden="1"', ' hidden="true"', ' hidden="0"', ' hidden="false"', ' x:hidden="1"']
)
def test_rows_that_are_hidden_in_the_plain_spelling_are_read_by_patterns(hidden: str) -> None:
    part = sheet(often(row('<c r="A1"><v>1</v></c>', f' r="1" spans="1:3"{hidden}')))
    assert by_patterns(part) == by_events(part)
    assert {is_hidden for _, is_hidden, _ in by_patterns(part)[0]} == {
        hidden in (' hidden="1"', ' hidden="true"')
    }


@pytest.mark.parametrize("before", [0, 2 * OFTEN])
@pytest.mark.parametrize("sign", ["\0", "\1"])
@pytest.mark.parametrize(
    "cell", ['<c r="A{}"><v>1</v></c>', '<c r="A1"><v>1</v></c>{}', '<c r="A1" s="{}"/>']
)
def test_signs_that_stand_for_something_with_us_are_nothing_in_a_file(
    cell: str, sign: str, before: int
) -> None:
    plain = often(row('<c r="A1"><v>1</v></c>'), times=before)
    part = sheet(plain + often(row(cell), first=before + 1, times=1).replace("{}", sign))
    with pytest.raises(NotPlainError):
        by_patterns(part)
    with pytest.raises(UnreadableFileError, match="file_not_workbook"):
        rows_of(file_of(part))


@given(st.lists(st.sampled_from(["&#3585;", "&#xE01;", "&amp;", "ก", ";", "#", "amp;", "&#65;"]), max_size=8))
def test_references_are_read_wherever_they_stand(pieces: list[str]) -> None:
    """As some programs write all of Thai."""
    text = "".join(pieces) or "ก"
    part = sheet(often(row(f'<c r="A1" t="str"><v>{text}</v></c>')))
    assert by_patterns(part) == by_events(part)


def test_more_spellings_than_are_tried_or_compiled_are_read_all_the_same() -> None:
    """A hundred styles of a row, one after the other, again and again; and rows too long for a pattern."""
    wide = "".join(f'<c r="{column_letters(at)}1"><v>{at}</v></c>' for at in range(1, 900))
    kinds = [row(f'<c r="A1" s="{style}"><v>{style}</v></c>') for style in range(100)]
    inner = "".join(
        often(kind, first=1 + at + 100 * turn, times=1)
        for turn in range(OFTEN + 3)
        for at, kind in enumerate(kinds)
    )
    part = sheet(inner + often(row(wide), first=5_000, times=OFTEN + 2))
    assert by_patterns(part) == by_events(part)


@pytest.mark.parametrize(
    ("percent_styles", "kinds"), [({0}, "%%n"), ({7}, "nn%"), (set(), "nnn"), ({0, 7}, "%%%")]
)
def test_a_cell_without_a_style_has_the_first(percent_styles: set[int], kinds: str) -> None:
    part = sheet(often(row('<c r="A1"><v>5</v></c><c r="B1" s="0"><v>5</v></c><c r="C1" s="7"><v>5</v></c>')))
    rows, _ = read_rows(part, STRINGS, percent_styles, Budget())
    assert {"".join(kind for _, kind, _, _ in cells) for _, _, cells in unpacked(rows)} == {kinds}
    by_parser = Rows(STRINGS, percent_styles, Budget())
    parse(BytesIO(part), by_parser)
    assert unpacked(pack_rows(by_parser.rows)) == unpacked(rows)


def test_rows_between_which_lines_are_broken_are_read_by_patterns() -> None:
    part = sheet(often("\r\n    " + row('<c r="A1"><v>1</v></c>')) + "\r\n  ")
    assert by_patterns(part) == by_events(part)
    with pytest.raises(NotPlainError):
        by_patterns(part.replace(b"\r\n  </sheetData>", b"\r\n x</sheetData>"))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.decimals(-(10**10), 10**10, places=4).map(lambda number: f"{number:f}")
        | st.sampled_from(
            [
                "0",
                "-0",
                "-0.0",
                "0.00",
                "77.10",
                "100",
                "1.50",
                "1e3",
                "1.0000001",
                "1234567890",
                "007",
                " 5",
                ".5",
            ]
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_column_of_numbers_says_the_same_as_each_of_them(numbers: list[str]) -> None:
    cells = [
        row(f'<c r="A{at}"><v>{number}</v></c>', f' r="{at}"') for at, number in enumerate(numbers * 2, 1)
    ]
    part = sheet("".join(cells))
    assert by_patterns(part) == by_events(part)


@pytest.mark.parametrize(("letters", "is_read"), [(CELL_TEXT_LIMIT, True), (CELL_TEXT_LIMIT + 1, False)])
@pytest.mark.parametrize("before", [0, 2 * OFTEN])
def test_a_cell_holds_so_many_letters_and_no_more(letters: int, is_read: bool, before: int) -> None:
    cell = row('<c r="A1" t="str"><v>ค่า</v></c>')
    part = sheet(
        often(cell, times=before) + often(cell.replace("ค่า", "&amp;" * letters), first=before + 1, times=1)
    )
    for read in (by_patterns, by_events):
        if is_read:
            assert len(read(part)[0]) == before + 1
        else:
            with pytest.raises(UnreadableFileError, match="file_too_many_cells"):
                read(part)


def test_both_ways_take_the_same_off_the_budget() -> None:
    inner = often(row('<c r="A1" t="s"><v>2</v></c><c r="B1"><f>A1</f></c><c r="C1" s="1"><v>5.50</v></c>'))
    left = []
    for read in (read_rows, events_with):
        budget = Budget()
        read(sheet(inner), STRINGS, PERCENT, budget)
        left.append(budget.left)
    assert left[0] == left[1]
    assert left[0][0] == CELL_LIMIT - 3 * 2 * OFTEN


def events_with(part: bytes, strings: list[str], percent_styles: set[int], budget: Budget) -> None:
    parse(BytesIO(part), Rows(strings, percent_styles, budget))


def test_the_shared_texts_of_the_usual_programs_are_read_by_patterns() -> None:
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    assert read_strings(head + shared("<si><t>a&amp;b</t></si><si><t></t></si>")) == ["a&b", ""]
    for spoilt in (
        "<si><t>&bad;</t></si>",
        "<si><t>]]></t></si>",
        "<si><t>\x01</t></si>",
        "<si><t>\uffff</t></si>",
    ):
        with pytest.raises(NotPlainError):
            read_strings(head + shared(spoilt))
    for around in (b"<x>%b</x>", b"%b<!-- -->", b"<!DOCTYPE sst>%b", b"<x><t>b</t>%b</x>", b"%b%b"):
        with pytest.raises(NotPlainError):
            read_strings(around.replace(b"%b", shared("<si><t>a</t></si>")))
