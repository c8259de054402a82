"""Pages: what is typed for an application: factory, products, each product, its cost sheet."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.criteria.settings_of_rules import PROCESS_CODES
from mit.errors import InputError, MitError
from mit.i18n import say
from mit.issuance import draft_sections, factory_choice, sheet_upload
from mit.issuance.chain import notes_on
from mit.issuance.draft_sections import Place, Section, WrittenApplication
from mit.issuance.file_remarks import remarks_of
from mit.issuance.typed import as_typed
from mit.issuance.weigh import with_chain
from mit.web import context, guards
from mit.web.pages import sheet_pages
from mit.web.pages.application_workbook import lead_on
from mit.web.pages.what_if_words import what_if_words
from mit.web.pages.writing import (
    SectionPage,
    applicant_page,
    read,
    refuse_section,
    refused,
    rules,
    save_section,
    sent_sheet,
    show_section,
    take_large_forms,
    version_sent,
)

application_sections = Blueprint("application_sections", __name__, url_prefix="/applications")
application_sections.url_value_preprocessor(take_large_forms)


@application_sections.get("/<number>/factory")
def ask_factory(number: str) -> Response:
    """Ask where it is made."""
    written = read(number)
    factories = factory_choice.registered(written)
    section, chosen = written.factory, request.args.get("use", "")
    if chosen in {str(at) for at in range(1, len(factories) + 1)} and written.opened.allows("factory", 0):
        section = replace(section, kept=asdict(factories[int(chosen) - 1]))
    return show_section(written, section, _factory_page(number), factories=factories)


@application_sections.post("/<number>/factory")
def save_factory(number: str) -> ResponseReturnValue:
    """Save where it is made."""
    return save_section(
        Place("factory"),
        number,
        _factory_page(number),
        lambda stood: {"factories": factory_choice.registered(stood)},
    )


@application_sections.get("/<number>/products")
def show_products(number: str) -> Response:
    """List the products."""
    return applicant_page("products.html", written=read(number), back=(f"/applications/{number}", ""))


@application_sections.post("/<number>/products")
def add_product(number: str) -> ResponseReturnValue:
    """Add a product and go to its page."""
    try:
        product = draft_sections.add_product(context.require_actor(), number, now=context.now())
    except MitError as error:
        return refused("products.html", error, written=read(number), back=(f"/applications/{number}", ""))
    return redirect(f"/applications/{number}/products/{product}", 303)


@application_sections.post("/<number>/products/<int:product>/remove")
def remove_product(number: str, product: int) -> ResponseReturnValue:
    """Ask whether to take a product out, then do it."""
    written = read(number)
    words: dict[str, Any] = {
        "written": written,
        "product": written.product(product),
        "back": (f"/applications/{number}/products", ""),
    }
    if request.form.get("sure") != "yes":
        return applicant_page("product_remove.html", **words)
    try:
        draft_sections.remove_product(context.require_actor(), number, product, now=context.now())
    except MitError as error:
        return refused("product_remove.html", error, **words)
    return redirect(f"/applications/{number}/products?notice=removed", 303)


@application_sections.get("/<number>/products/<int:product>")
def ask_product(number: str, product: int) -> Response:
    """Ask what a product is called and what it covers."""
    written = read(number)
    section = written.product(product).described
    return show_section(written, section, _product_page(number, product), product=written.product(product))


@application_sections.post("/<number>/products/<int:product>")
def save_product(number: str, product: int) -> ResponseReturnValue:
    """Save what a product is called and what it covers."""
    return save_section(
        Place("product", product),
        number,
        _product_page(number, product),
        lambda stood: {"product": stood.product(product)},
    )


@application_sections.get("/<number>/products/<int:product>/sheet")
def ask_sheet(number: str, product: int) -> Response:
    """Ask for the cost sheet, with what comes of it beside it."""
    written = read(number, product)
    section = written.product(product).sheet
    return show_section(written, section, _sheet_page(number, product), **_sheet_words(written, product))


@application_sections.post("/<number>/products/<int:product>/sheet")
def save_sheet(number: str, product: int) -> ResponseReturnValue:
    """Save the cost sheet; what comes of it is shown beside it again."""
    return save_section(
        Place("sheet", product),
        number,
        _sheet_page(number, product),
        lambda stood: _sheet_words(stood, product, as_typed("sheet", sent_sheet(stood, product))),
    )


@application_sections.post("/<number>/products/<int:product>/sheet/assessment")
def weigh_sheet(number: str, product: int) -> Response:
    """Show what comes of the cost sheet as it stands in the form; nothing is saved."""
    written = read(number, product)
    content = as_typed("sheet", sent_sheet(written, product))
    address = _sheet_page(number, product).address
    shown = sheet_pages.asked_page(written.product(product).sheet.content)
    words = _sheet_words(written, product, content) | {
        "fault_address": lambda fault: sheet_pages.fault_address(shown, address, fault)
    }
    return applicant_page("assessment.html", **words)


@application_sections.post("/<number>/products/<int:product>/sheet/file")
def upload_sheet(number: str, product: int) -> ResponseReturnValue:
    """Take the cost sheet out of a file."""
    written = read(number, product)
    section = written.product(product).sheet
    seen = Section(section.place, section.content, version_sent())
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InputError("file_missing", where="file")
        with guards.reading_a_file():
            onward = sheet_upload.upload_sheet(
                context.require_actor(), number, seen, data=file.read(), rule_set=rules(), now=context.now()
            )
    except MitError as error:
        words = _sheet_words(written, product)
        return refuse_section(written, section, _sheet_page(number, product), error, **words)
    return lead_on(number, product, onward)


def _factory_page(number: str) -> SectionPage:
    return SectionPage("factory.html", f"/applications/{number}/factory", f"/applications/{number}")


def _product_page(number: str, product: int) -> SectionPage:
    address = f"/applications/{number}/products/{product}"
    return SectionPage("product.html", address, f"{address}/sheet")


def _sheet_page(number: str, product: int) -> SectionPage:
    address = f"/applications/{number}/products/{product}/sheet"
    return SectionPage("sheet.html", address, f"/applications/{number}")


def _sheet_words(
    written: WrittenApplication, product: int, content: dict[str, Any] | None = None
) -> dict[str, Any]:
    one, language = written.product(product), context.language()
    shown = one.sheet.content if content is None else content
    section = Section(one.sheet.place, shown)
    weighed = draft_sections.weigh_section(written, section, rule_set=rules())
    actor, today = context.require_actor(), context.today()
    chain, notes = notes_on(actor, shown["lines"], on=today)
    weighed = with_chain(weighed, chain)
    return {
        "product": one,
        "weighed": weighed,
        "remarks": remarks_of(one.sheet.content),
        "has_kept": sheet_upload.has_kept(context.require_actor(), written.number, product),
        "chain_notes": {note.where: note for note in notes},
        "processes": [say(f"criteria.process_{code}", language) for code in PROCESS_CODES],
        "assessment_address": f"/applications/{written.number}/products/{product}/sheet/assessment",
        "has_content": not one.sheet.is_blank or bool(content),
    } | what_if_words(weighed.assessment)
