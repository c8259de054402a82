"""The installable pages that verify without network: the pages, their parts under one name, and their worker.

All parts of a release stand under an address that holds the hash of every byte of it.  So a page that
was kept on a device never meets a module of another release, and whatever changes has a new address.
Another page of the verifier names a module with ``'offline.part'|path(release=…, name='judge.js')``, where
the release is ``current_release().name``, and answers with ``SCRIPTED_POLICY``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from mit.errors import NotFoundError
from mit.i18n import LANGUAGES, Language, say
from mit.web import context
from mit.web.answers import IMMUTABLE, lasting_answer
from mit.web.pages.frame import answer, render_in
from mit.web.pages.templates import asset_address
from mit.web.script_words import script_words
from mit.web.security import SCRIPTED_POLICY

offline = Blueprint("offline", __name__)

_STATIC = Path(__file__).parents[2] / "static"
_ADDRESS = "/offline"
#: The pages that a device keeps, by address.
_SHELLS = {_ADDRESS: "public/offline.html", "/scan": "public/scan.html"}
#: What reads QR codes where the browser cannot; loaded by the scanner alone.
_READER = tuple(
    f"js/{path.name}"
    for kind in ("barcode-detector-*.js", "zxing-reader-*.wasm")
    for path in (_STATIC / "js").glob(kind)
)
#: What the pages show beside their own parts; fonts never change under their address.
_FILES = ("css/mit.css", "css/offline.css", "css/scan.css", "mark.svg", "icons/mark-192.png", *_READER)
_FONTS = tuple(sorted(path.name for path in (_STATIC / "fonts").glob("*.woff2")))
_KINDS = {".js": "text/javascript; charset=utf-8", ".json": "application/json"}
#: Asked for at each visit, so that a new release is noticed at once.
_ASK_AGAIN = "no-cache"
_LETTERS_OF_A_NAME = 20


@dataclass(frozen=True, slots=True)
class Release:
    """The parts of the page by file name, under a name made from every byte that is kept on a device."""

    name: str
    parts: Mapping[str, bytes]


#: Releases of this process by name, so that a part is found without rendering the page; a name is a hash.
_made: dict[str, Release] = {}


@offline.get(_ADDRESS)
def ask() -> Response:
    """Show the page; what it answers, it works out in the browser."""
    language = context.language()
    response = answer(shell(_ADDRESS, language))
    response.headers["Content-Security-Policy"] = SCRIPTED_POLICY
    return response


@offline.get("/offline/<release>/<name>")
def part(release: str, name: str) -> Response:
    """Give a module of the verifier, or the sentences it says.

    Raises:
        NotFoundError: no such part in the release of this name.
    """
    known = _made.get(release) or current_release()
    body = known.parts.get(name) if release == known.name else None
    if body is None:
        raise NotFoundError
    return lasting_answer(body, kind=_KINDS[Path(name).suffix], cache=IMMUTABLE)


@offline.get("/verifier-worker.js")
def worker() -> Response:
    """Give the script that keeps the page on a device; it stands at the root so that it sees scans."""
    release = current_release()
    files = [
        *(f"{_ADDRESS}/{release.name}/{name}" for name in release.parts),
        *(asset_address(name) for name in _FILES),
        *(f"/static/fonts/{name}" for name in _FONTS),
    ]
    pages = {page: {language: f"{page}?lang={language}" for language in LANGUAGES} for page in _SHELLS}
    known = json.dumps({"name": release.name, "pages": pages, "files": files})
    body = f"const RELEASE = {known};\n".encode() + _worker_body()
    response = lasting_answer(body, kind=_KINDS[".js"], cache=_ASK_AGAIN)
    response.headers["Content-Security-Policy"] = SCRIPTED_POLICY
    return response


@offline.get("/manifest.webmanifest")
def manifest() -> Response:
    """Give what a browser needs to install the page."""
    language = context.language()
    sizes = {"icons/mark-192.png": "192x192", "icons/mark-512.png": "512x512"}
    icons = [
        {"src": asset_address(name), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size in sizes.items()
        for purpose in ("any", "maskable")
    ]
    document = {
        "id": _ADDRESS,
        "name": say("offline.title", language),
        "short_name": say("offline.short_title", language),
        "lang": language,
        "start_url": f"{_ADDRESS}?lang={language}",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f3ee",
        "theme_color": "#123f52",
        "icons": icons,
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    return lasting_answer(body, kind="application/manifest+json", cache=_ASK_AGAIN)


def current_release() -> Release:
    """Return the release that is served now; pages of the verifier import their modules from it."""
    return _release(tuple(_render(page, language, "") for page in _SHELLS for language in LANGUAGES))


def shell(page: str, language: Language) -> str:
    """Return the page at an address in *language*: the same for everybody, so that a device may keep it."""
    return _render(page, language, current_release().name)


@lru_cache(maxsize=8)
def _release(shells: tuple[str, ...]) -> Release:
    digest = sha256(_worker_body())
    parts = _parts()
    for name, body in parts.items():
        digest.update(f"{name} {len(body)}\n".encode() + body)
    for address in (*shells, *(asset_address(name) for name in _FILES), *_FONTS):
        digest.update(address.encode() + b"\n")
    made = Release(digest.hexdigest()[:_LETTERS_OF_A_NAME], parts)
    _made[made.name] = made
    return made


@lru_cache(maxsize=1)
def _parts() -> dict[str, bytes]:
    modules = {path.name: path.read_bytes() for path in sorted((_STATIC / "js" / "verify").glob("*.js"))}
    words = json.dumps(script_words(), ensure_ascii=False, separators=(",", ":"))
    return {**modules, "catalogue.json": words.encode()}


@lru_cache(maxsize=1)
def _worker_body() -> bytes:
    return (_STATIC / "js" / "verifier-worker.js").read_bytes()


def _render(page: str, language: Language, release: str) -> str:
    other: Language = "en" if language == "th" else "th"
    words: dict[str, Any] = {
        "release": release,
        "detector": asset_address(_READER[0]),
        "detector_wasm": asset_address(_READER[1]),
        "upload_megabytes": context.settings().upload_limit_bytes // (1024 * 1024),
        "kept_lang": language,
        "keep": f"?lang={language}",
        "switch_address": f"{page}?lang={other}",
    }
    return render_in(language, _SHELLS[page], **words)
