"""Fills one field with what is hostile, the others as they stood, and sends it to the byte."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

from tests.support.hostile.fields import Field
from tests.support.hostile.world import Visitor
from tests.support.signed_in import Browser

_BOUNDARY = "mit-hostile-boundary"
_Pair = tuple[str, str, bytes]


def send(visitor: Visitor, field: Field, raw: bytes) -> Any:
    """Return the answer to *field* filled with *raw*."""
    if field.way == "path":
        return _in_path(visitor.client, field, raw)
    if field.way in {"header", "cookie"}:
        return _in_head(visitor.client, field, raw)
    pairs = [(name, kind, text.encode()) for name, kind, text in field.others]
    pairs.append((field.name, field.kind, raw))
    if field.way == "query":
        path = urlsplit(field.address).path
        return visitor.client.open(path, method=field.route.split()[0], query_string=_quoted(pairs))
    body, kind = _BODIES[field.way](pairs)
    return visitor.client.open(field.address, method="POST", data=body, content_type=kind)


def as_text(field: Field, raw: bytes) -> str:
    """Return the text that the server reads in *raw*: bytes that are no letters stay quoted."""
    if field.way == "files":
        return raw.decode("utf-8", "replace")
    return "".join(_letters(raw))


def _letters(raw: bytes) -> str:
    """Decode as the server does: what is no UTF-8 stays in percent signs, as it came."""
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(sign) - 0xDC00:02X}" if 0xDC80 <= ord(sign) <= 0xDCFF else sign for sign in text)


def _in_path(client: Browser, field: Field, raw: bytes) -> Any:
    method = field.route.split()[0]
    before, _, behind = urlsplit(field.address).path.partition("PART")
    path = before.encode() + (raw or b"%") + behind.encode()
    return client.open(
        quote_from_bytes(path), method=method, environ_overrides={"PATH_INFO": path.decode("latin-1")}
    )


def _in_head(client: Browser, field: Field, raw: bytes) -> Any:
    """Send a header; a server lets no line end and no NUL through, so they are left out."""
    text = raw.translate(None, b"\r\n\x00")[:8000].decode("latin-1")
    name = "Cookie" if field.way == "cookie" else field.name
    said = f"{field.name}={text}; mit={client.token}" if field.way == "cookie" else text
    method = field.route.split()[0]
    data = {"email": "somebody@example.com", "password": "x"} if method == "POST" else None
    environ = {f"HTTP_{name.upper().replace('-', '_')}": said}
    return client.open(field.address, method=method, data=data, environ_overrides=environ)


def _quoted(pairs: list[_Pair]) -> str:
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(raw, safe='')}" for name, _, raw in pairs
    )


def _form(pairs: list[_Pair]) -> tuple[bytes, str]:
    return _quoted(pairs).encode("ascii"), "application/x-www-form-urlencoded"


def _files(pairs: list[_Pair]) -> tuple[bytes, str]:
    """Return the body with files in it; a hostile file is called what it holds."""
    parts = []
    for name, kind, raw in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'.encode()
        if kind == "file":
            head += b'; filename="' + _as_file_name(raw) + b'"\r\nContent-Type: application/octet-stream'
        parts.append(b"--" + _BOUNDARY.encode() + b"\r\n" + head + b"\r\n\r\n" + raw + b"\r\n")
    body = b"".join(parts) + b"--" + _BOUNDARY.encode() + b"--\r\n"
    return body, f"multipart/form-data; boundary={_BOUNDARY}"


def _as_file_name(raw: bytes) -> bytes:
    """Quote a file's name as browsers do."""
    for sign, quoted in ((b'"', b"%22"), (b"\r", b"%0D"), (b"\n", b"%0A")):
        raw = raw.replace(sign, quoted)
    return raw


def _json(pairs: list[_Pair]) -> tuple[bytes, str]:
    """Return a JSON body; bytes that are no letters become halves of letters, as JSON can write them."""
    members = {}
    for name, _, raw in pairs:
        try:
            members[name] = raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            members[name] = raw.decode("utf-8", "surrogateescape")
    return json.dumps(members).encode("ascii"), "application/json"


_BODIES = {"form": _form, "files": _files, "json": _json}
