"""Response headers and trusted hosts: our own few lines, no header package.

Source: contract, section 1 (Headers); security page, section 7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from mit.config import Settings
from mit.web.answers import NO_STORE

#: No public page runs a script, so none is allowed.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
#: The offline page runs our own scripts, which speak to our own host; nothing else is added.
SCRIPTED_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
#: The scanner besides compiles the reader of QR codes, which is WebAssembly; ``eval`` stays forbidden.
SCANNER_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
#: What the scanner alone may ask a person for.
CAMERA_PERMISSION = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
#: Signed-in pages improve with our own scripts.
OFFICE_POLICY = SCRIPTED_POLICY
#: What every response carries, errors and files too; some pages have a policy of their own, one a permission.
EVERYWHERE = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_BESIDE_A_POLICY = EVERYWHERE[1:]
#: Two years (security page, section 7).
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains; preload"
#: What machines of other origins may read: public API, keys, lists, log.
PUBLIC_PREFIXES = ("/api/", "/.well-known/", "/contexts/", "/status/", "/log/")
#: One field of 10,000 Thai letters, each of them nine signs on the way, and what stands beside it.
_LARGEST_FORM_BYTES = 128 * 1024
_PUBLIC_ENDING = ".jwt"
_ANY_ORIGIN = (("Access-Control-Allow-Origin", "*"),)
_BEFORE_POSTING = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
)


def set_up(app: Flask, settings: Settings) -> None:
    """Hang the limits of size on *app*."""
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 20


def trusted_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names that requests may carry, in lower case: those set, and the QR's own."""
    named = {
        f"[{host}]" if host.count(":") > 1 and host[0] != "[" else host for host in settings.trusted_hosts
    }
    return frozenset({host.casefold() for host in named} | {host_name(urlsplit(settings.public_url).netloc)})


def host_name(host_header: str) -> str:
    """Return the name in a Host header, without its port: ``example.org``, ``[::1]``."""
    if host_header.startswith("["):
        return host_header.partition("]")[0].casefold() + "]"
    return host_header.partition(":")[0].casefold()


def headers_for(environ: Mapping[str, Any], given: Collection[str]) -> list[tuple[str, str]]:
    """Return the headers to add to an answer that has *given* (names in lower case) already."""
    path: str = environ.get("PATH_INFO", "")
    added = list(_BESIDE_A_POLICY if "content-security-policy" in given else EVERYWHERE)
    if "permissions-policy" in given:
        added = [(name, value) for name, value in added if name != "Permissions-Policy"]
    if "cache-control" not in given:
        added.append(("Cache-Control", NO_STORE))
    if path.startswith(PUBLIC_PREFIXES) or path.endswith(_PUBLIC_ENDING):
        added += _ANY_ORIGIN
        if environ["REQUEST_METHOD"] == "OPTIONS":
            added += _BEFORE_POSTING
    if environ["wsgi.url_scheme"] == "https":
        added.append(("Strict-Transport-Security", STRICT_TRANSPORT))
    return added
