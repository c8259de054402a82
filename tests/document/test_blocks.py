"""Blocks: heights that add up, gaps that share what is left, and nothing larger than its room."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.document.blocks import Gap, Rule, SideBySide, Stack, Text, Within, centred, fitted, paragraph, spread
from mit.document.sheet import Sheet, Style
from tests.document.printed import Page, _Reader, as_pdf

PLAIN = Style(10, 15, (0, 0, 0))
SMALLER = tuple(Style(size, size * 1.5, (0, 0, 0)) for size in (20, 14, 9))


def printed(*blocks: object, top: float = 700) -> Page:
    """Return what the blocks print, one below another, without fonts being embedded."""
    sheet = Sheet()
    Stack(tuple(blocks)).draw(sheet, top)  # type: ignore[arg-type]
    sheet.end_page()
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return _Reader().read(pdf.pages[0])


def test_lines_are_set_from_the_top_down_by_their_leading() -> None:
    page = printed(Text(50, (("ก", PLAIN), ("ข", PLAIN), ("ค", PLAIN))))
    bottoms = [line.box.bottom for line in page.lines]
    assert [line.text for line in page.lines] == ["ก", "ข", "ค"]
    assert bottoms[0] - bottoms[1] == pytest.approx(15)
    assert bottoms[1] - bottoms[2] == pytest.approx(15)
    assert page.lines[0].box.top < 700


@pytest.mark.parametrize(("align", "edge"), [("left", 0.0), ("centre", 0.5), ("right", 1.0)])
def test_a_line_stands_left_of_around_or_right_of_its_point(align: str, edge: float) -> None:
    (line,) = printed(Text(300, (("กว้าง", PLAIN),), align)).lines  # type: ignore[arg-type]
    assert line.box.left + edge * (line.box.right - line.box.left) == pytest.approx(300, abs=0.02)


def test_side_by_side_is_as_high_as_the_tallest() -> None:
    block = SideBySide((Gap(10), Gap(30), Gap(20)))
    assert block.height == 30
    assert SideBySide(()).height == 0


def test_a_stack_is_as_high_as_all_together() -> None:
    assert Stack((Gap(10), Rule(0, 1, (0, 0, 0), height=5), Gap(2))).height == 17


def test_a_block_within_its_room_is_drawn_as_it_is() -> None:
    text = Text(100, (("ก", PLAIN),))
    assert printed(Within(text, 100, 100)).lines == printed(text).lines


def test_a_block_taller_than_its_room_is_shrunk_into_it() -> None:
    text = Text(100, tuple(("กขค", PLAIN) for _ in range(20)), "centre")
    page = printed(Within(text, 150, 100))
    assert Within(text, 150, 100).height == 150
    assert all(line.size == pytest.approx(5) for line in page.lines)
    assert min(line.box.bottom for line in page.lines) >= 700 - 150
    assert {round((line.box.left + line.box.right) / 2, 1) for line in page.lines} == {100}


def test_what_follows_a_shrunk_block_has_its_own_size_again() -> None:
    tall = Text(100, tuple(("ก", PLAIN) for _ in range(20)))
    page = printed(Within(tall, 150, 100), Text(100, (("ข", PLAIN),)))
    assert page.lines[-1].size == pytest.approx(10)


def test_a_paragraph_wraps_and_keeps_left() -> None:
    block = paragraph("สายไฟฟ้าทองแดงหุ้มฉนวนพีวีซีสำหรับงานทั่วไป", PLAIN, x=40, width=120)
    page = printed(block)
    assert len(page.lines) > 1
    assert block.height == 15 * len(page.lines)
    assert {round(line.box.left, 1) for line in page.lines} == {40}
    assert all(line.box.right <= 160.5 for line in page.lines)


def test_a_centred_text_is_centred_on_every_line() -> None:
    page = printed(centred("สายไฟฟ้าทองแดงหุ้มฉนวนพีวีซีสำหรับงานทั่วไป", PLAIN, x=200, width=120))
    assert {round((line.box.left + line.box.right) / 2) for line in page.lines} == {200}


def test_the_largest_style_that_fits_is_chosen_and_the_last_where_none_does() -> None:
    name = "บริษัท สยามเคเบิลอุตสาหกรรม จำกัด (มหาชน)"
    assert fitted("สั้น", SMALLER, most_lines=1, width=300) is SMALLER[0]
    assert fitted(name, SMALLER, most_lines=1, width=300) is SMALLER[1]
    assert fitted(name * 9, SMALLER, most_lines=1, width=300) is SMALLER[2]


def test_what_is_left_is_shared_by_the_gaps() -> None:
    blocks = [Gap(10, 1), Text(0, (("ก", PLAIN),)), Gap(10, 3), Gap(5)]
    grown = spread(blocks, 60)
    assert [block.height for block in grown] == [15, 15, 25, 5]


def test_a_gap_grows_only_so_far() -> None:
    assert [block.height for block in spread([Gap(10, 1), Gap(4, 1)], 500)] == [30, 12]


def test_blocks_that_are_too_tall_are_left_alone() -> None:
    assert spread([Gap(10, 1), Gap(90)], 60) == [Gap(10, 1), Gap(90)]
    assert spread([Gap(10)], 60) == [Gap(10)]


@given(
    heights=st.lists(st.tuples(st.floats(1, 40), st.floats(0, 3)), min_size=1, max_size=12),
    room=st.floats(1, 800),
)
def test_gaps_never_fill_more_than_the_room(heights: list[tuple[float, float]], room: float) -> None:
    blocks = [Gap(height, share) for height, share in heights]
    least = sum(block.height for block in blocks)
    grown = spread(blocks, room)
    assert len(grown) == len(blocks)
    assert sum(block.height for block in grown) <= max(room, least) + 0.001
    assert all(
        new.height >= old.height - 0.001 or not old.share for new, old in zip(grown, blocks, strict=True)
    )
