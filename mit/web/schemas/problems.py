"""The shape of a problem document (RFC 9457 with our members)."""

from __future__ import annotations

from marshmallow import Schema, fields

from mit.web.schemas.certificates import BothLanguages
from mit.web.schemas.fields import one, several, text


class FaultSchema(Schema):
    """One thing wrong with what was sent."""

    code = text("A stable code", example="day_malformed")
    where = text("The member or place", example="on")
    sentence = one(BothLanguages)


class ProblemSchema(Schema):
    """What went wrong, and what to do."""

    type = text("A name for this kind of problem", example="urn:mit:problem:day_malformed")
    title = text("The HTTP status in words")
    status = fields.Integer(required=True, metadata={"example": 422})
    code = text("A stable code", example="day_malformed")
    detail = text("What is wrong, in the language asked for")
    sentence = one(BothLanguages)
    next_step = one(BothLanguages)
    reference = text("Tell this when you ask for help; it stands in our log")
    errors = several(FaultSchema)
