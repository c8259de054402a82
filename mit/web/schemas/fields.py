"""The field types of this house, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields


def day(description: str) -> fields.Date:
    """Return a calendar day in Bangkok, ISO 8601."""
    return fields.Date(metadata={"description": description, "example": "2026-11-25"})


def instant(description: str) -> fields.DateTime:
    """Return an instant in UTC, ISO 8601 with ``Z``."""
    return fields.DateTime(metadata={"description": description, "example": "2026-11-25T07:05:00Z"})


def text(description: str, **more: Any) -> fields.String:
    """Return a text with its description; *more* goes into the metadata."""
    nullable = more.pop("allow_none", False)
    return fields.String(allow_none=nullable, metadata={"description": description, **more})


def one_of(description: str, *values: str) -> fields.String:
    """Return a text that is one of *values*."""
    return fields.String(metadata={"description": description, "enum": list(values)})


def texts(description: str, **more: Any) -> fields.List[str]:
    """Return a list of texts."""
    return fields.List(fields.String(), metadata={"description": description, **more})
