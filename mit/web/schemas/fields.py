"""The field types of this house, as the OpenAPI document shows them.

A member of an answer is always there; one of a request says where it may be left out.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields


def day(description: str, *, required: bool = True, allow_none: bool = False) -> fields.Date:
    """Return a calendar day in Bangkok, ISO 8601."""
    metadata = {"description": description, "example": "2026-11-25"}
    return fields.Date(required=required, allow_none=allow_none, metadata=metadata)


def instant(description: str, *, required: bool = True) -> fields.DateTime:
    """Return an instant in UTC, ISO 8601 with ``Z``."""
    return fields.DateTime(
        required=required, metadata={"description": description, "example": "2026-11-25T07:05:00Z"}
    )


def text(description: str, **more: Any) -> fields.String:
    """Return a text with its description; *more* goes into the metadata."""
    nullable, required = more.pop("allow_none", False), more.pop("required", True)
    return fields.String(
        required=required, allow_none=nullable, metadata={"description": description, **more}
    )


def one_of(description: str, *values: str | None, required: bool = True) -> fields.String:
    """Return a text that is one of *values*; None among them allows null."""
    metadata = {"description": description, "enum": list(values)}
    return fields.String(required=required, allow_none=None in values, metadata=metadata)


def texts(description: str, **more: Any) -> fields.List[str]:
    """Return a list of texts."""
    return fields.List(fields.String(), required=True, metadata={"description": description, **more})


def one(schema: type[Schema]) -> fields.Nested:
    """Return what *schema* describes, once."""
    return fields.Nested(schema, required=True)


def several(schema: type[Schema]) -> fields.List[Any]:
    """Return a list of what *schema* describes."""
    return fields.List(fields.Nested(schema), required=True)
