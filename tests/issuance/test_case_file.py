"""The case file as a text: one spelling, read back whole, every member strict, any changed letter noticed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import canonical_json
from mit.errors import InputError, UnreadableFileError
from mit.issuance.case_file import (
    FORMAT,
    CaseFile,
    FiledApproval,
    FiledProduct,
    StoredAssessment,
    read_case_file,
    sha256_of,
    write_case_file,
)
from mit.issuance.reassess import reassess
from mit.sandbox.json_file import DEPTH_LIMIT
from tests.issuance.test_reassess import FROZEN, frozen

#: What JSON and our spelling both carry; texts that begin as JSON does are looked into, so not those.
TEXT = st.text(st.characters(codec="utf-8"), max_size=12).filter(
    lambda text: not text.lstrip().startswith(("{", "["))
)


def filled(kind: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    known = {"str": TEXT, "bool": st.booleans(), "int": st.integers(1, 200)}
    names = {one.name: str(one.type) for one in fields(kind)}
    return st.builds(
        kind, **{name: given[name] if name in given else known[of] for name, of in names.items()}
    )


PRODUCTS = st.lists(
    filled(FiledProduct, assessment=filled(StoredAssessment)),
    min_size=1,
    max_size=4,
    unique_by=lambda product: product.position,
).map(lambda found: tuple(sorted(found, key=lambda product: product.position)))
CASES = filled(
    CaseFile,
    products=PRODUCTS,
    approvals=st.lists(filled(FiledApproval), max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=12)
@given(CASES)
def test_what_was_written_is_read_back_and_written_alike(case_file: CaseFile) -> None:
    data = write_case_file(case_file)
    assert read_case_file(data) == case_file
    assert write_case_file(read_case_file(data)) == data
    assert canonical_json.read(data)["format"] == FORMAT


@settings(deadline=None, max_examples=8)
@given(CASES)
def test_whatever_stands_in_it_reckoning_again_only_says_what_differs(case_file: CaseFile) -> None:
    found = reassess(case_file)
    assert not found.is_same
    assert {check.code for check in found.checks if not check.agrees} >= {"rule_cases", "content_named"}


def holders(case: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", case
    yield "products[1]", case["products"][0]
    yield "products[1].assessment", case["products"][0]["assessment"]
    yield "approvals[1]", case["approvals"][0]


MEMBERS = [
    (where, name)
    for where, holder in holders(frozen())
    for name in sorted(holder)
    if (where, name) != ("", "format")
]
SPOILERS: dict[str, Callable[[dict[str, Any], str], Any]] = {
    "left out": lambda holder, name: holder.pop(name),
    "null": lambda holder, name: holder.update({name: None}),
    "a number": lambda holder, name: holder.update({name: 1.5}),
    "an object": lambda holder, name: holder.update({name: {}}),
}


def test_no_member_may_be_left_out_or_be_of_another_kind() -> None:
    for (where, name), spoil in zip(MEMBERS, cycle(SPOILERS.values()), strict=False):
        case = frozen()
        spoil(dict(holders(case))[where], name)
        with pytest.raises(UnreadableFileError) as caught:
            read_case_file(json.dumps(case).encode())
        assert caught.value.code == "case_file_malformed"
        place = f"{where}.{name}".strip(".")
        assert caught.value.where.startswith(place), (where, name)


@pytest.mark.parametrize("where", [where for where, _ in holders(frozen())])
def test_nothing_else_may_stand_in_it(where: str) -> None:
    case = frozen()
    dict(holders(case))[where]["remark"] = ""
    with pytest.raises(UnreadableFileError, match="case_file_malformed"):
        read_case_file(json.dumps(case).encode())


def test_more_products_or_approvals_than_a_case_has_are_refused() -> None:
    for name, count in (("products", 201), ("approvals", 3)):
        case = frozen()
        case[name] = [case[name][0]] * count
        with pytest.raises(UnreadableFileError) as caught:
            read_case_file(json.dumps(case).encode())
        assert caught.value.where == name


HASHED = {
    "content": ("content", "content_digest"),
    "rule_set": ("rule_set", "rule_set_sha256"),
    "sheet": ("cost_sheet", "cost_sheet_sha256"),
    "document": ("document", "document_sha256"),
}


@settings(deadline=None, max_examples=40)
@given(code=st.sampled_from(sorted(HASHED)), at=st.integers(0, 10**6), sign=st.sampled_from("0189aZ ก\\,}"))
def test_one_changed_letter_anywhere_in_a_hashed_text_is_noticed(code: str, at: int, sign: str) -> None:
    whole = read_once()
    product = whole.products[0]
    holder: Any = {"sheet": product, "document": product.assessment}.get(code, whole)
    name, digest = HASHED[code]
    text = getattr(holder, name)
    at %= len(text)
    if text[at] == sign:
        return
    changed = replace(holder, **{name: text[:at] + sign + text[at + 1 :]})
    assert sha256_of(getattr(changed, name)) != getattr(holder, digest)
    if code == "sheet":
        whole = replace(whole, products=(changed, *whole.products[1:]))
    elif code == "document":
        whole = replace(whole, products=(replace(product, assessment=changed), *whole.products[1:]))
    else:
        whole = changed
    assert code in {check.code for check in reassess(whole).checks if not check.agrees}


@cache
def read_once() -> CaseFile:
    """Return the frozen case; the sandbox is started once for all examples."""
    return read_case_file(FROZEN.read_bytes())


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("line", range(4))
def test_a_satang_more_or_less_in_any_line_shows_also_where_every_hash_follows(
    line: int, change: int
) -> None:
    """Whoever changes the sheet and every hash they know of still has another result than was stored."""
    whole = read_once()
    product = whole.products[0]
    sheet = json.loads(product.cost_sheet)
    satang = int(sheet["lines"][line]["amount"].replace(".", "")) + change
    sheet["lines"][line]["amount"] = f"{satang // 100}.{satang % 100:02d}"
    sheet["profit"] = "1099.99" if change > 0 else sheet["profit"]
    text = canonical_json.write(sheet).decode()
    said = replace(product.assessment, input_sha256=sha256_of(text))
    moved = replace(product, cost_sheet=text, cost_sheet_sha256=sha256_of(text), assessment=said)
    found = reassess(replace(whole, products=(moved, *whole.products[1:])))
    assert {"content_named", "figures", "result"} <= {
        check.code for check in found.checks if not check.agrees
    }


def test_what_cannot_be_spelled_is_not_written() -> None:
    with pytest.raises(InputError, match="json_not_canonical"):
        write_case_file(replace(read_once(), state="\ud800"))


@pytest.mark.parametrize("blanks", ["", " ", "\n\t\r "])
def test_a_text_inside_may_not_be_deeper_than_a_file_may(blanks: str) -> None:
    case = frozen()
    case["content"] = blanks + "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1)
    with pytest.raises(UnreadableFileError, match="json_too_deep"):
        read_case_file(json.dumps(case).encode())
