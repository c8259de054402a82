"""Many certificates at once: a list pasted or files dropped, and the table of answers at its own address.

Anyone may ask; whoever has the address may read, until its time is over.  While answers are missing the
page asks again by itself, by a header and without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from mit.errors import Fault, InputError
from mit.lifecycle.retention_rules import retention_rules_on
from mit.values.thai_date import parse_day
from mit.verify import batch_sheet
from mit.verify.batch import MOST_FILES, SentLine, Standing, begin, find, told
from mit.verify.batch_list import Entry, bidder_of, read_list
from mit.verify.batch_table import ToldLine, Twins, counts_of, problems_first, twins_of
from mit.verify.told_certificate import in_full
from mit.web import context, guards, limits
from mit.web.answers import workbook
from mit.web.pages.frame import Pages, page

batch = Blueprint("batch", __name__)

#: Lines on one page of the table, and of a list that is pasted.
LINES_SHOWN = MOST_LISTED = 200
#: Letters of a list: a QR code's text on each line, nine signs for a Thai letter on its way.
_LARGEST_LIST_BYTES = 1024 * 1024
_ORDERS = ("problems", "sent")
_REFRESH_SECONDS = 3


@batch.get("/verify/batch")
def ask() -> Response:
    """Show where to paste a list or drop files."""
    return _entry({"list": "", "on": ""}, ())


@batch.post("/verify/batch")
def send() -> ResponseReturnValue:
    """Take in a list and files, and lead to the table of what comes of them."""
    allow_many(files=MOST_FILES)
    with guards.reading_a_file():
        typed = {name: request.form.get(name, "") for name in ("list", "on")}
        try:
            address = _begin(typed, request.files.getlist("file"))
        except InputError as error:
            return _entry(typed, error.faults)
    return redirect(context.same_page(f"/verify/batch/{address}"), 303)


@batch.get("/verify/batch/<address>")
def show(address: str) -> Response:
    """Show the table as far as it is, problems first or as it was sent."""
    standing = find(address, now=context.now())
    lines = told(standing)
    twins = twins_of(lines)
    order = request.args.get("order", "")
    order = order if order in _ORDERS else _ORDERS[0]
    sorted_lines = problems_first(lines, twins) if order == "problems" else lines
    pages = Pages(_page_number(len(lines)), _last_page(len(lines)))
    first = (pages.number - 1) * LINES_SHOWN
    shown = in_full(sorted_lines[first : first + LINES_SHOWN])
    response = page(
        "public/batch_table.html",
        standing=standing,
        address=address,
        rows=[_row(line, twins) for line in shown],
        counts=counts_of(lines),
        between=sum(one.kind == "other_bidder" for one in twins.values()),
        twice=sum(one.kind != "other_bidder" for one in twins.values()),
        is_sample=any(line.is_sample for line in lines),
        order=order,
        orders={name: context.same_page(order=name, page="") for name in _ORDERS},
        pages=pages,
        kept_days=_kept_days(),
    )
    return _private(response, standing)


@batch.get("/verify/batch/<address>.csv")
def as_csv(address: str) -> Response:
    """Give the table as CSV."""
    standing = find(address, now=context.now())
    response = Response(batch_sheet.write_csv(_rows(standing)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(standing)}.csv"'
    return _private(response, None)


@batch.get("/verify/batch/<address>.xlsx")
def as_workbook(address: str) -> Response:
    """Give the table as a workbook."""
    standing = find(address, now=context.now())
    data = batch_sheet.write_xlsx(_rows(standing), language=context.language())
    return _private(workbook(data, f"{_file_name(standing)}.xlsx"), None)


def allow_many(*, files: int) -> None:
    """Let this request carry so many files; before anything of it is read."""
    request.max_content_length = context.settings().batch_limit_bytes
    request.max_form_parts = files + 20
    request.max_form_memory_size = _LARGEST_LIST_BYTES


def sent_file(upload: FileStorage) -> SentLine:
    """Return the line of a file; whose it is, its folder or its name says."""
    name = upload.filename or ""
    return SentLine(name, bidder=bidder_of(name), file=upload.stream)  # type: ignore[arg-type]  # it reads bytes


def _begin(typed: dict[str, str], uploads: Sequence[FileStorage]) -> str:
    """Return the address of the batch that was asked for.

    Raises:
        InputError: the list, the day or the files cannot be taken.
    """
    files = [upload for upload in uploads if upload.filename]
    entries = read_list(typed["list"])
    if len(entries) + len(files) > MOST_LISTED:
        raise InputError("batch_too_long", where="list", most=MOST_LISTED)
    on = parse_day(typed["on"], where="on") if typed["on"].strip() else None
    if entries or files:
        limits.count_batch(len(files))
    settings = context.settings()
    return begin(
        [*map(_sent_entry, entries), *map(sent_file, files)],
        on=on,
        var_dir=settings.var_dir,
        most_bytes=settings.upload_limit_bytes,
        now=context.now(),
    )


def _sent_entry(entry: Entry) -> SentLine:
    return SentLine(entry.text, bidder=entry.bidder, model=entry.model)


def _entry(typed: dict[str, str], faults: Sequence[Fault]) -> Response:
    megabyte, settings = 1024 * 1024, context.settings()
    return page(
        "public/batch.html",
        status=422 if faults else 200,
        typed=typed,
        faults=faults,
        most=MOST_LISTED,
        upload_megabytes=settings.upload_limit_bytes // megabyte,
        batch_megabytes=settings.batch_limit_bytes // megabyte,
        kept_days=_kept_days(),
        switch_address=context.same_page("/verify/batch", lang=context.other_language()),
    )


def _row(line: ToldLine, twins: dict[int, Twins]) -> dict[str, Any]:
    """Return one line of the table as the template shows it."""
    language, twin = context.language(), twins.get(line.position)
    return {
        "line": line,
        "reason": batch_sheet.reason_text(line, language),
        "holder": batch_sheet.holder_text(line, language),
        "product": batch_sheet.first_product(line, language),
        "expires": batch_sheet.expiry_text(line, language),
        "notices": [notice["detail"][language] for notice in line.notices],
        "twins": batch_sheet.twins_text(twin, language) if twin else "",
        "is_odd": twin is not None and twin.kind == "other_bidder",
    }


def _rows(standing: Standing) -> list[list[str]]:
    lines = told(standing)
    as_of: date = standing.asked_on
    return batch_sheet.table_rows(in_full(lines), twins_of(lines), as_of=as_of, language=context.language())


def _private(response: Response, standing: Standing | None) -> Response:
    """Let nobody keep or find it; while somebody works at *standing*, let the browser ask again."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if standing is not None and not standing.is_done and not standing.is_given_up:
        response.headers["Refresh"] = str(_REFRESH_SECONDS)
    return response


def _page_number(lines: int) -> int:
    text = request.args.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return min(max(1, number), _last_page(lines))


def _last_page(lines: int) -> int:
    return max(1, -(-lines // LINES_SHOWN))


def _kept_days() -> int:
    rules = retention_rules_on(context.today())
    return rules.batches_days if rules else 0


def _file_name(standing: Standing) -> str:
    return f"mit-{standing.asked_on.isoformat()}"
