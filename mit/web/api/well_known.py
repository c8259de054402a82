"""API: keys and status lists, at addresses that never move, for machines that verify by themselves."""

from __future__ import annotations

import json

from flask import Response

from mit.credential import status_cwt, vc
from mit.registry.trust_material import (
    PublishedPiece,
    did_document,
    key_set_document,
    offline_bundle,
    status_piece,
)
from mit.web import context
from mit.web.answers import SIGNED_LIST, lasting_answer
from mit.web.api.openapi import described, described_blueprint, operation

well_known = described_blueprint("well_known", "Keys and status lists")

CREDENTIAL_TYPE = "application/vc+jwt"


@described(
    well_known,
    "GET",
    "/.well-known/jwks.json",
    operation(
        "key_set",
        {"application/jwk-set+json": "A JSON Web Key Set (RFC 7517)"},
        curl="curl '{url}/.well-known/jwks.json'",
        problems=(503,),
    ),
)
def key_set() -> Response:
    """Return the public keys that verify, or soon will."""
    return _document(key_set_document(now=context.now()), kind="application/jwk-set+json")


@described(
    well_known,
    "GET",
    "/.well-known/did.json",
    operation(
        "did_document",
        {"application/did+json": "A DID document (did:web)"},
        curl="curl '{url}/.well-known/did.json'",
        problems=(503,),
    ),
)
def did() -> Response:
    """Return the issuer's DID document."""
    document = did_document(context.settings().public_url, now=context.now())
    return _document(document, kind="application/did+json")


@described(
    well_known,
    "GET",
    vc.CONTEXT_PATH,
    operation(
        "context",
        {"application/ld+json": "A JSON-LD 1.1 context"},
        curl="curl '{url}/contexts/mit/v1'",
    ),
)
def terms() -> Response:
    """Return the JSON-LD context of our own terms, which every credential names."""
    document = vc.context_document(context.settings().public_url)
    return _document(document, kind="application/ld+json")


@described(
    well_known,
    "GET",
    "/status/<any(revocation, suspension):purpose>/<int:list_number>",
    operation(
        "status_list",
        {CREDENTIAL_TYPE: "A compact JWS over a Bitstring Status List credential"},
        curl="curl '{url}/status/revocation/2700'",
        problems=(404,),
    ),
)
def status_list(purpose: str, list_number: int) -> Response:
    """Return a signed status list, as it was published."""
    return _piece(purpose, list_number)


@described(
    well_known,
    "GET",
    "/status/token/<int:list_number>",
    operation(
        "token_list",
        {status_cwt.MEDIA_TYPE: "A CWT (ES256) over an IETF Token Status List, two bits for each slot"},
        curl="curl '{url}/status/token/2700'",
        problems=(404,),
    ),
)
def token_list(list_number: int) -> Response:
    """Return the signed token list: revocation and suspension in one."""
    return _piece("token", list_number)


@described(
    well_known,
    "GET",
    "/status/history/<int:list_number>",
    operation(
        "status_history",
        {"application/jwt": "A compact JWS over the dated changes of each slot"},
        curl="curl '{url}/status/history/2700'",
        problems=(404,),
    ),
)
def status_history(list_number: int) -> Response:
    """Return the signed, dated history of a status list."""
    return _piece("history", list_number)


@described(
    well_known,
    "GET",
    "/.well-known/mit-trust.json",
    operation(
        "offline_bundle",
        {"application/json": "A signed trust file: all keys with their days, and the status lists"},
        curl="curl '{url}/.well-known/mit-trust.json'",
        problems=(404,),
    ),
)
def bundle() -> Response:
    """Return the signed bundle that a verifier without network keeps."""
    return _lasting(offline_bundle())


def _piece(kind: str, list_number: int) -> Response:
    return _lasting(status_piece(kind, list_number))


def _lasting(piece: PublishedPiece) -> Response:
    answer = lasting_answer(piece.body, kind=piece.media_type, cache=SIGNED_LIST, etag=piece.etag)
    answer.last_modified = piece.signed_at
    return answer


def _document(document: object, *, kind: str) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return lasting_answer(body, kind=kind, cache=SIGNED_LIST)
