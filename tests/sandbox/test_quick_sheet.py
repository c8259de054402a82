"""What is read by patterns is what the parser reads; whatever is spelled otherwise is left to it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.grid import column_letters
from mit.errors import UnreadableFileError
from mit.sandbox.quick_sheet import NotPlainError, read_rows, read_strings
from mit.sandbox.sheet_xml import CELL_LIMIT, Budget, Rows, Strings, parse
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
    return rows.rows, rows.hidden_columns


def by_patterns(part: bytes) -> Any:
    return read_rows(part, STRINGS, PERCENT, Budget())


def sheet(inner: str, *, head: str = "", behind: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{head}<sheetData>{inner}</sheetData>{behind}</worksheet>'.encode()


def row(cells: str, attributes: str = ' r="1"') -> str:
    return f"<row{attributes}>{cells}</row>"


@pytest.mark.parametrize("number", ["9999999999999998951424", "1e400", "12abc"])
def test_both_refuse_a_number_that_no_workbook_holds(number: str) -> None:
    part = sheet(row(f'<c r="A1"><v>{number}</v></c>'))
    for read in (by_patterns, by_events):
        with pytest.raises(UnreadableFileError):
            read(part)


@settings(deadline=None, max_examples=300)
@given(BOOKS)
def test_patterns_and_events_say_the_same_of_any_workbook(book: Book) -> None:
    part = worksheet(book).encode()
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
    found: dict[str, Any] = parts([Book([["a"]])])
    data = package(found | {"xl/worksheets/sheet1.xml": part})
    from_file: Any = rows_of(data)
    assert unpacked(from_file) == unpacked(rows)


def rows_of(data: bytes) -> Any:
    found: Any = read_workbook(data)
    return found["sheets"][0]["rows"]


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
    part = sheet(inner)
    with pytest.raises((NotPlainError, UnreadableFileError)):
        by_patterns(part)
    found: dict[str, Any] = parts([Book([["a"]])])
    with pytest.raises(UnreadableFileError):
        rows_of(package(found | {"xl/worksheets/sheet1.xml": part}))


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
    assert [by_patterns(head + part)[0] for head in heads] == [[(1, False, [1], "n", ["1"])]] * len(heads)


def test_line_ends_are_the_ones_that_the_parser_gives() -> None:
    part = sheet(row('<c r="A1" t="inlineStr"><is><t>a\r\nb\rc&#13;d</t></is></c>'))
    assert by_patterns(part) == by_events(part) == ([(1, False, [1], "s", ["a\nb\nc\rd"])], [])


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
    assert unpacked(rows_of(data)) == [
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
        row(FORMS[form].replace("#", str(at)).format(word, number), f' r="{at}"')
        for at, (form, word, number) in enumerate(drawn, first)
    )
    assert by_patterns(sheet(inner)) == by_events(sheet(inner))


@pytest.mark.parametrize("number", [1, 11, 111])
def test_a_style_that_looks_like_the_number_of_the_row_is_still_a_style(number: int) -> None:
    """Row 1 with style 1 is a percentage; the same spelling in row 11 with style 11 is none."""
    rows_of_it = "".join(
        row(f'<c r="A{at}" s="{at}"><v>5</v></c>', f' r="{at}"') for at in sorted({1, 11, 111, number})
    )
    kinds = [signs for _, _, _, signs, _ in by_patterns(sheet(rows_of_it))[0]]
    assert kinds == ["p", "n", "n"]


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
