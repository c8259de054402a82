"""What the machine notices about a product and an applicant."""

from __future__ import annotations

import json
from typing import Any

from mit.credential.claims import Holder
from mit.issuance.look import ProductView
from mit.issuance.remarks import MOST_LISTED, Remark, remarks_on_holder, remarks_on_product

LINE = {"kind": "material", "name": "ทองแดง", "amount": "1.00", "origin": "domestic", "supplier": "ก"}


def product(position: int = 1, lines: list[dict[str, Any]] | None = None, **changes: Any) -> ProductView:
    given: dict[str, Any] = {
        "position": position, "name_th": "สาย", "name_en": "Cable",
        "coverage": {"models": [f"M-{position}"], "ranges": []},
        "cost_sheet": {"lines": lines or [LINE], "process": ["drawing"]},
        "assessment": {"meets": True, "doubts": []}, "meets": True, "decision": None, "decision_reason": "",
    }  # fmt: skip
    given |= changes
    texts = {f"{name}_text": json.dumps(given.pop(name)) for name in ("coverage", "cost_sheet", "assessment")}
    return ProductView(**given, **texts)


def noticed(shown: ProductView, *others: ProductView, elsewhere: str = "", files: bool = True) -> list[str]:
    found = remarks_on_product(shown, others=(shown, *others), sheet_elsewhere=elsewhere, has_evidence=files)
    return [remark.code or remark.where for remark in found]


def test_nothing_is_noticed_where_nothing_is_odd() -> None:
    assert noticed(product(), product(2)) == []


def test_what_fails_comes_first_then_doubts_then_what_is_missing_then_what_is_double() -> None:
    doubt = {"code": "x", "where": "lines[1].amount", "detail": {"th": "ก", "en": "a"}}
    odd = product(
        lines=[LINE, LINE, LINE | {"origin": "unproven", "name": "ฉนวน"},
               LINE | {"supplier": "", "name": "ตะปู"}],
        name_en="", assessment={"meets": False, "doubts": [doubt]},
    )  # fmt: skip
    twin = product(2, coverage={"models": ["M-1"], "ranges": []})
    assert noticed(odd, twin, elsewhere="APP-1", files=False) == [
        "does_not_meet", "lines[1].amount", "product_name_en", "evidence", "origin_unproven", "supplier",
        "line_twice", "same_model", "same_sheet",
    ]  # fmt: skip


def test_what_is_open_and_what_has_no_models_or_process_is_said() -> None:
    odd = product(
        assessment={"meets": None, "doubts": []},
        coverage={"models": [], "ranges": []},
        cost_sheet={"lines": [LINE]},
    )
    assert noticed(odd) == ["cannot_be_decided", "models", "process"]


def test_no_more_is_listed_than_anybody_reads() -> None:
    lines = [LINE | {"name": f"n{at // 2}"} for at in range(200)]
    found = remarks_on_product(product(lines=lines), others=(), sheet_elsewhere="", has_evidence=True)
    assert len(found) == MOST_LISTED + 1
    assert found[-1] == Remark("doubt", "more", params={"left": 70})


def test_what_a_certificate_would_lack_of_the_applicant_is_said() -> None:
    empty = Holder("บริษัท", "", None, "ที่อยู่", "", "", "", "")
    assert [remark.code for remark in remarks_on_holder(empty)] == [
        "holder_name_en", "holder_address_en", "factory_site", "factory_number",
    ]  # fmt: skip
