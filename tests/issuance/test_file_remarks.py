"""What a file said is kept in few words, read back as it was, and never longer than a field may be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.sheet_report import Notice, Places
from mit.errors import Fault
from mit.issuance.file_remarks import MOST_OF_A_KIND, kinds_of, remarks_of, write_remarks
from mit.issuance.typed import LONGEST_TYPED, as_typed

NOTICES = st.lists(
    st.builds(
        Notice,
        st.sampled_from(["cell_rounded", "cell_formula", "row_hidden", "amount_reckoned"]),
        st.text(max_size=12),
        st.dictionaries(
            st.sampled_from(["found", "used", "value"]), st.text(max_size=8) | st.integers(), max_size=2
        ),
    ),
    max_size=40,
)


def places(name: str, rows: list[int]) -> Places:
    made = Places(name)
    made.fields, made.columns, made.first_column = (
        {"price_ex_works": f"{name}!B6"},
        {"kind": "A", "amount": "C"},
        "A",
    )
    made.rows = rows
    return made


@settings(deadline=None)
@given(NOTICES, st.text(max_size=31), st.sets(st.integers(1, 30_000), max_size=200))
def test_remarks_come_back_as_they_went(notices: list[Notice], name: str, rows: set[int]) -> None:
    found = places(name, sorted(rows))
    remarks = remarks_of(as_typed("sheet", {"source": write_remarks(notices, found)}))
    assert remarks.notices == kinds_of(notices)
    assert dict(remarks.places) == dict(found)


@given(NOTICES)
def test_no_kind_is_lost_and_every_notice_is_counted(notices: list[Notice]) -> None:
    kinds = kinds_of(notices)
    assert sum(kind.count for kind in kinds) == len(notices)
    assert {kind.first[0].code for kind in kinds} == {notice.code for notice in notices}
    for kind in kinds:
        assert 1 <= len(kind.first) <= MOST_OF_A_KIND
        assert kind.left == kind.count - len(kind.first) >= 0


@pytest.mark.parametrize("name", ["ก" * 100, "A"])
@pytest.mark.parametrize("step", [1, 2])
def test_ten_thousand_lines_and_notices_still_fit_and_are_read_back(name: str, step: int) -> None:
    rows = list(range(7, 7 + 10_000 * step, step))
    notices = [
        Notice(code, f"{name}!C{row}", {"found": "1" * 40, "used": "2"})
        for row in rows
        for code in ("cell_rounded", "cell_formula")
    ]
    source = write_remarks(notices, places(name, rows))
    assert len(source) <= LONGEST_TYPED
    remarks = remarks_of(as_typed("sheet", {"source": source}))
    assert [kind.count for kind in remarks.notices] == [10_000, 10_000]
    if step == 1:
        assert remarks.places["lines[10000].amount"] == f"{name}!C10006"


def test_only_what_is_wrong_has_its_cell_named() -> None:
    remarks = remarks_of(as_typed("sheet", {"source": write_remarks([], places("ก", [8, 9]))}))
    faults = [
        Fault("amount_malformed", "lines[2].amount"),
        Fault("x", "lines[9].amount"),
        Fault("y", "profit"),
    ]
    assert remarks.cells_of(faults) == {"lines[2].amount": "ก!C9"}


def test_a_file_of_another_kind_has_no_cells_and_typed_figures_no_remarks() -> None:
    assert write_remarks([], {}) == ""
    assert (
        remarks_of(as_typed("sheet", {"source": write_remarks([Notice("row_note", "A1")], {})})).places == {}
    )
    empty = remarks_of(as_typed("sheet", {}))
    assert (empty.notices, dict(empty.places), empty.cells_of([Fault("x", "y")])) == ((), {}, {})
