"""The OpenAPI document, read off the routes and schemas, and a page that shows it to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, Response, current_app
from flask_smorest import Api  # type: ignore[import-untyped]  # it has no types
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema
from werkzeug.http import HTTP_STATUS_CODES

from mit.credential.coverage_question import LONGEST_ASKED
from mit.i18n import say
from mit.verify.days import DAYS
from mit.web import context
from mit.web.answers import json_answer
from mit.web.pages.frame import page
from mit.web.schemas.certificates import NOT_BLANK
from mit.web.schemas.problems import ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

description = Blueprint("description", __name__)

#: The parameter ``model``.
ASKED_MODEL: Mapping[str, Any] = {
    "in": "query",
    "name": "model",
    "required": False,
    "description": "A model, brand, HS code or value offered; adds the check and member `coverage`",
    "schema": {"type": "string", "maxLength": LONGEST_ASKED, "pattern": NOT_BLANK},
}
#: The parameter ``bidder``.
ASKED_BIDDER: Mapping[str, Any] = {
    "in": "query",
    "name": "bidder",
    "required": False,
    "description": "Juristic number of who offers the goods; adds the member `bidder`",
    "schema": {"type": "string"},
    "example": "0105536112014",
}
PROBLEM = "application/problem+json"
#: The parameter ``on`` of machine addresses: ISO days only.
ASKED_DAY: Mapping[str, Any] = {
    "in": "query",
    "name": "on",
    "required": False,
    "description": "The day asked about, YYYY-MM-DD; today in Bangkok where absent",
    "schema": {"type": "string", "format": "date"},
    "example": "2026-11-25",
}


#: The parameters ``bid``, ``contract`` and ``delivery`` of machine addresses.
ASKED_DAYS: Sequence[Mapping[str, Any]] = [
    {
        "in": "query",
        "name": name,
        "required": False,
        "description": f"The day of the {name}, YYYY-MM-DD; answered in the member `days`",
        "schema": {"type": "string", "format": "date"},
    }
    for name in DAYS
]


class _DescribedApi(Api):  # type: ignore[misc]  # it has no types
    """flask-smorest as describer only: answers and errors are our own."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave every error to ``mit.web.problems``."""

    def _register_responses(self) -> None:
        """Describe only what our views say they answer."""

    _register_pagination_header = _register_etag_headers = _register_responses

    def _register_doc_blueprint(self) -> None:
        """Leave the document's address to the blueprint ``description``."""


def make_api(app: Flask) -> Any:
    """Return the describer of *app*; blueprints registered through it appear in the document."""
    app.config.update(API_TITLE=say("web.site", "en"), API_VERSION="1", OPENAPI_VERSION="3.1.0")
    options = {"info": {"description": say("web.docs_lead", "en")}}
    api = _DescribedApi(app, spec_kwargs=options)
    app.extensions["mit.api"] = api
    return api


def described_blueprint(name: str, about: str, *, prefix: str | None = None) -> Any:
    """Return a blueprint whose views appear in the OpenAPI document under the heading *name*."""
    return SmorestBlueprint(name, __name__, url_prefix=prefix, description=about)


def described(blueprint: Any, method: str, rule: str, about: dict[str, Any]) -> Callable[[View], View]:
    """Serve a view at *rule* of *blueprint* and describe it by *about* (see ``operation``)."""

    def decorate(view: View) -> View:
        # doc() wraps; what it learned is hung on the view itself, so that nothing runs in between.
        vars(view)["_apidoc"] = vars(blueprint.doc(**about)(view))["_apidoc"]
        blueprint.route(rule, methods=[method])(view)
        return view

    return decorate


def json_or_files(as_json: type[Schema], as_parts: type[Schema]) -> dict[str, object]:
    """Return the description of a body that is sent as JSON or, with files, in parts."""
    content = {"application/json": {"schema": as_json}, "multipart/form-data": {"schema": as_parts}}
    return {"required": True, "content": content}


def operation(
    name: str,
    answers: Mapping[str, type[Schema] | str],
    *,
    curl: str,
    problems: Sequence[int] = (),
    success: int = 200,
    **more: Any,
) -> dict[str, Any]:
    """Return how the document describes one view.

    Args:
        name: the operation's id; its sentence is ``web.op_<name>``.
        answers: media type → schema, or a sentence where the body is not JSON of ours.
        curl: an example; ``{url}`` stands for the service's address.
        problems: the statuses that come as problem documents.
        success: the status of the answer that was asked for.
        more: further members as OpenAPI has them: ``parameters``, ``requestBody``.
    """
    content = {kind: {"schema": _shape(kind, shape)} for kind, shape in answers.items()}
    title = HTTP_STATUS_CODES[success]
    responses: dict[str, Any] = {str(success): {"description": title, "content": content}}
    for status in problems:
        sentence = say(f"web.next_{status}", "en")
        responses[str(status)] = {"description": sentence, "content": {PROBLEM: {"schema": ProblemSchema}}}
    return {
        "operationId": name,
        "summary": say(f"web.op_{name}", "en"),
        "description": "",
        "responses": responses,
        "x-curl": curl,
        **more,
    }


def _shape(kind: str, shape: type[Schema] | str) -> Any:
    if not isinstance(shape, str):
        return shape
    return {"type": "object" if kind.endswith(("+json", "/json")) else "string", "description": shape}


@description.get("/api/v1/openapi.json")
def document() -> Response:
    """Return the OpenAPI 3.1 document."""
    answer = json_answer(_document())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@description.get("/api/v1/docs")
def docs() -> Response:
    """Show the OpenAPI document as a page: no script, one example each."""
    described = _document()
    operations = [
        {"path": path, "method": method, **about}
        for path, methods in described["paths"].items()
        for method, about in methods.items()
        if method in {"get", "post"}
    ]
    return page(
        "public/docs.html",
        operations=operations,
        schemas=described["components"]["schemas"],
        public_url=context.settings().public_url,
        path_parameters={path: methods.get("parameters", []) for path, methods in described["paths"].items()},
    )


def _document() -> dict[str, Any]:
    described = cast(dict[str, Any], current_app.extensions["mit.api"].spec.to_dict())
    return {**described, "servers": [{"url": context.settings().public_url}]}
