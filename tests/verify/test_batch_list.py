"""What a pasted list and the names of files say: whose it is, what is shown, which model is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.verify.batch_list import (
    LONGEST_BIDDER,
    LONGEST_GIVEN,
    LONGEST_MODEL,
    Entry,
    bidder_of,
    given_as,
    is_readable,
    read_list,
    tidy,
)

NUMBER = "MIT-2569-0012345-B"
OTHER = "MIT-2560-0012345-M"
ADDRESS = f"https://verify.example/c/{NUMBER}"
DIGITS = "7041743043430615272414810059356999519117428882545551397208124616045570466461968409"


@pytest.mark.parametrize(
    ("line", "bidder", "text", "model"),
    [
        (NUMBER, "", NUMBER, ""),
        (f"  {NUMBER}  ", "", NUMBER, ""),
        ("mit 2569 0012345 b", "", "mit 2569 0012345 b", ""),
        (ADDRESS, "", ADDRESS, ""),
        (f"รายที่หนึ่ง; {NUMBER}", "รายที่หนึ่ง", NUMBER, ""),
        (f"รายที่หนึ่ง;{NUMBER};SC-101", "รายที่หนึ่ง", NUMBER, "SC-101"),
        (f"Siam Supply\t{NUMBER}", "Siam Supply", NUMBER, ""),
        (f"Siam Supply\t{NUMBER}\tTHW 2.5", "Siam Supply", NUMBER, "THW 2.5"),
        (f"Siam Supply, {NUMBER}", "Siam Supply", NUMBER, ""),
        (f'"Siam Supply", "{NUMBER}"', "Siam Supply", NUMBER, ""),
        (f"Siam Supply Co., Ltd.; {NUMBER}", "Siam Supply Co., Ltd.", NUMBER, ""),
        (f"Siam Supply Co., Ltd., {NUMBER}", "Siam Supply Co. Ltd.", NUMBER, ""),
        (f"1\tSiam Supply\t{NUMBER}", "1 Siam Supply", NUMBER, ""),
        (f";{NUMBER};", "", NUMBER, ""),
        (f"A; {ADDRESS}", "A", ADDRESS, ""),
        (f"{NUMBER}; SC-101", "", NUMBER, "SC-101"),
        ("A; MIT-2569-0012345-A", "A", "MIT-2569-0012345-A", ""),
        ("A\tMIT-25x9-0012345-B\tM", "A", "MIT-25x9-0012345-B", "M"),
        ("quatsch", "", "quatsch", ""),
        ("no number, nothing", "no number", "nothing", ""),
        ("บริษัท ข;quatsch", "บริษัท ข", "quatsch", ""),
        ("บริษัท ข;quatsch;SC", "บริษัท ข", "quatsch", "SC"),
        ("บริษัท ข 2569;quatsch", "", "บริษัท ข 2569", "quatsch"),
    ],
)
def test_a_line_says_whose_it_is_what_is_shown_and_for_which_model(
    line: str, bidder: str, text: str, model: str
) -> None:
    assert read_list(line) == [Entry(bidder, text, model)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\u2028"])
def test_every_line_stands_for_itself_and_blank_ones_for_nothing(ending: str) -> None:
    pasted = ending.join(["", NUMBER, "   ", "\t", f"A;{OTHER}", ""])
    assert read_list(pasted) == [Entry("", NUMBER), Entry("A", OTHER)]


def test_a_list_of_nothing_is_empty() -> None:
    assert read_list("") == read_list(" \n\n\t\n") == []


def test_the_same_line_twice_stays_twice_in_its_order() -> None:
    assert [one.text for one in read_list(f"{NUMBER}\n{OTHER}\n{NUMBER}")] == [NUMBER, OTHER, NUMBER]


def test_names_and_models_are_cut_and_what_cannot_be_seen_is_left_out() -> None:
    (entry,) = read_list(f"{'ก' * 300}\u200b\x07ข;{NUMBER};{'M' * 500}")
    assert entry.bidder == "ก" * LONGEST_BIDDER
    assert entry.model == "M" * LONGEST_MODEL


@pytest.mark.parametrize(
    ("name", "bidder"),
    [
        ("Siam Supply - MIT-2569-0012345-B.pdf", "Siam Supply"),
        ("Siam Supply – page 1.pdf", "Siam Supply"),
        ("Siam Supply — 1.jwt", "Siam Supply"),
        ("บริษัท ก จำกัด - ใบรับรอง.pdf", "บริษัท ก จำกัด"),
        ("siam_1.pdf", "siam"),
        ("siam__supply.png", "siam"),
        ("Siam Supply Co., Ltd. - 1.pdf", "Siam Supply Co., Ltd."),
        ("Bids/Siam Supply/1.pdf", "Siam Supply"),
        ("Siam Supply/a - b.pdf", "Siam Supply"),
        ("C:\\Bids\\Thai Trade\\x.pdf", "Thai Trade"),
        ("certificate.pdf", ""),
        (f"{NUMBER}.pdf", ""),
        (f"{NUMBER} - copy.pdf", ""),
        ("photo-1.jpg", ""),
        ("", ""),
        ("/", ""),
        (".pdf", ""),
        (" - .pdf", ""),
    ],
)
def test_a_file_is_whose_its_folder_or_its_name_says(name: str, bidder: str) -> None:
    assert bidder_of(name) == bidder


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, NUMBER),
        (f"  {NUMBER} \n", NUMBER),
        ("x" * LONGEST_GIVEN, "x" * LONGEST_GIVEN),
        ("x" * (LONGEST_GIVEN + 1), "x" * (LONGEST_GIVEN - 1) + "…"),
        ("a\x00b\u202ec", "a b c"),
    ],
)
def test_what_was_given_is_shown_on_one_short_line(text: str, shown: str) -> None:
    assert given_as(text) == shown


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(NUMBER, True), (ADDRESS, True), ("Siam Supply", False), ("", False), ("MIT-2569-0012345-A", False)],
)
def test_what_is_readable_has_the_form_of_something_of_ours(text: str, is_one: bool) -> None:
    assert is_readable(text) is is_one


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_no_list_is_refused_and_no_line_of_it_is_lost(pasted: str) -> None:
    entries = read_list(pasted)
    assert len(entries) == sum(bool(line.strip()) for line in pasted.splitlines())
    for entry in entries:
        assert len(entry.bidder) <= LONGEST_BIDDER
        assert len(entry.model) <= LONGEST_MODEL
        assert entry.bidder.isprintable() and entry.model.isprintable()


_NAMES = st.text(st.characters(categories=["L", "Nd"], include_characters=" .-"), min_size=1, max_size=30)


@settings(max_examples=100)
@given(_NAMES, _NAMES, st.sampled_from([";", "\t", " ; ", ","]))
def test_a_number_is_found_wherever_it_stands_between_words(before: str, behind: str, between: str) -> None:
    (entry,) = read_list(f"x{before}{between}{NUMBER}{between}{behind}x")
    assert entry == Entry(tidy(f"x{before}", 100), NUMBER, tidy(f"{behind}x", 200))


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_no_name_of_a_file_breaks_anything(name: str) -> None:
    bidder = bidder_of(name)
    assert len(bidder) <= LONGEST_BIDDER
    assert bidder == bidder.strip() and bidder.isprintable()
