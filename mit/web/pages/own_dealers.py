"""Pages: a maker's letters to dealers about one certificate: the list, a new one, the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, MitError
from mit.issuance.appoint import appoint, look_up_dealer
from mit.issuance.dealer_letter_typed import TypedLetter
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.issuance.own_dealer_letters import OwnDealers, OwnLetter, read_own_dealers
from mit.values.thai_date import format_day
from mit.web import admission, context
from mit.web.pages.organisation import take_long_texts, typed_whole
from mit.web.pages.proof import needs_proof, proof_faults, prove
from mit.web.pages.writing import applicant_page
from mit.web.problems import WAYS_IN, status_of

own_dealers = Blueprint("own_dealers", __name__, url_prefix="/applications/certificate/<number>/dealers")
own_dealers.url_value_preprocessor(take_long_texts)

_NOTICES = frozenset({"issued", "ended"})
_FIELDS = ("dealer_number", "dealer_name_th", "dealer_name_en", "from_on", "until_on", "tender")


@own_dealers.get("")
def show(number: str) -> Response:
    """List the letters about one's own certificate."""
    own = _own(number)
    told = request.args.get("notice", "")
    back = (f"/applications/{own.application_number}", "")
    return applicant_page("dealers.html", own=own, told=told if told in _NOTICES else "", back=back)


@own_dealers.get("/new")
def ask(number: str) -> Response:
    """Ask whom a letter is for, for which products, from when to when."""
    own = _own(number)
    places = tuple(str(place) for place, _, _ in own.products)
    first, last = (format_day(day, context.language()) for day in (own.today, own.latest_on))
    return _form(own, TypedLetter(products=places, from_on=first, until_on=last))


@own_dealers.post("/new")
def issue(number: str) -> ResponseReturnValue:
    """Issue the letter, or only look the dealer's name up and show the form again."""
    own, typed = _own(number), _typed()
    register, now = context.extension("mit.company_register"), context.now()
    try:
        if request.form.get("act") == "look_up":
            _count_look_up()
            filled, outcome = look_up_dealer(typed, register=register, now=now)
            return _form(own, filled, outcome=outcome)
        faults = proof_faults() or prove(now=now)
        if faults:
            return _form(own, typed, status=422, faults=faults)
        _count_look_up()
        appoint(
            context.require_actor(),
            number,
            typed,
            register=register,
            now=now,
            authority=context.authority(),
        )
    except MitError as error:
        status = status_of(error)
        if error.code in WAYS_IN or status not in {409, 422, 429}:
            raise
        return _form(own, typed, status=status, faults=error.faults)
    return redirect(f"{_address(number)}?notice=issued", 303)


@own_dealers.get("/<letter>/end")
def ask_end(number: str, letter: str) -> Response:
    """Ask whether a letter shall end at once."""
    own = _own(number)
    return _end_form(own, own.letter(letter))


@own_dealers.post("/<letter>/end")
def end(number: str, letter: str) -> ResponseReturnValue:
    """End a letter at once."""
    own = _own(number)
    found = own.letter(letter)
    if request.form.get("sure") != "yes":
        return _end_form(own, found, status=422, faults=[Fault("letter_end_not_sure", "sure")])
    end_dealer_letter(context.require_actor(), number, letter, now=context.now())
    return redirect(f"{_address(number)}?notice=ended", 303)


def _own(number: str) -> OwnDealers:
    return read_own_dealers(context.require_actor(), number, now=context.now())


def _typed() -> TypedLetter:
    fields = typed_whole(*_FIELDS)
    return TypedLetter(**fields, products=tuple(request.form.getlist("products")[:1_000]))


def _count_look_up() -> None:
    if context.extension("mit.company_register").is_on:
        admission.count_look_up()


def _address(number: str) -> str:
    return context.local_path(f"applications/certificate/{number}/dealers")


def _form(
    own: OwnDealers,
    typed: TypedLetter,
    *,
    status: int = 200,
    faults: Sequence[Fault] = (),
    outcome: str = "",
) -> Response:
    return _page(
        "dealer_new.html",
        own,
        status=status,
        faults=faults,
        typed=typed,
        outcome=outcome,
        register_is_on=context.extension("mit.company_register").is_on,
        needs_proof=needs_proof(),
        own_email=context.require_live().email,
    )


def _end_form(
    own: OwnDealers, letter: OwnLetter, *, status: int = 200, faults: Sequence[Fault] = ()
) -> Response:
    return _page("dealer_end.html", own, status=status, faults=faults, letter=letter)


def _page(template: str, own: OwnDealers, **words: Any) -> Response:
    return applicant_page(template, own=own, back=(_address(own.number), ""), **words)
