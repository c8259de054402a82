"""Response headers and trusted hosts: our own few lines, no header package.

Source: contract, section 1 (Headers); security page, section 7.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from mit.config import Settings
from mit.errors import InputError

#: No page of ours runs a script, so none is allowed.
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
#: What every response carries, errors and files too.
EVERYWHERE = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
#: Two years (security page, section 7).
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains; preload"
#: What machines of other origins may read: public API, keys, lists, log.
PUBLIC_PREFIXES = ("/api/", "/.well-known/", "/status/", "/log/")


def set_up(app: Flask, settings: Settings) -> None:
    """Hang the headers, the host check and the size limits on *app*."""
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = 64 * 1024
    app.config["MAX_FORM_PARTS"] = 20
    trusted = trusted_hosts(settings)

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if host_name(request.environ.get("HTTP_HOST", "")) not in trusted:
            raise InputError("host_not_trusted")

    app.after_request(add_headers)


def trusted_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names that requests may carry, in lower case: those set, and the QR's own."""
    named = {host.casefold() for host in settings.trusted_hosts}
    return frozenset(named | {host_name(urlsplit(settings.public_url).netloc)})


def host_name(host_header: str) -> str:
    """Return the name in a Host header, without its port: ``example.org``, ``[::1]``."""
    if host_header.startswith("["):
        return host_header.partition("]")[0].casefold() + "]"
    return host_header.partition(":")[0].casefold()


def add_headers(response: Response) -> Response:
    """Return *response* with the headers that it must carry."""
    headers = response.headers
    headers.extend(EVERYWHERE)
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if request.path.startswith(PUBLIC_PREFIXES):
        allow_other_origins(response)
    if request.is_secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response


def allow_other_origins(response: Response) -> None:
    """Let pages of other origins read *response*; no cookie is ever involved."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
