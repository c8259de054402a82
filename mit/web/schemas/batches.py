"""Shapes of a batch: what is sent, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from mit.verify.batch import MOST_FILES, MOST_LINES
from mit.verify.batch_list import LONGEST_BIDDER, LONGEST_MODEL
from mit.web.schemas.certificates import NOT_BLANK, BothLanguages, VerdictSchema
from mit.web.schemas.fields import day, instant, one, one_of, several, text

#: The states of a batch.
STATES = ("waiting", "running", "done", "given_up")
_SHOWN = "QR text, its digits, a certificate number, a page's address, or a vc+jwt credential"
_LINE: dict[str, Any] = {
    "type": ["object", "string"],
    "pattern": NOT_BLANK,
    "properties": {
        "presentation": {"type": "string", "description": _SHOWN, "pattern": NOT_BLANK},
        "bidder": {
            "type": ["string", "null"],
            "description": "Who showed it; deleted with the batch",
            "maxLength": LONGEST_BIDDER,
        },
        "model": {
            "type": ["string", "null"],
            "description": "A model offered; adds the check `coverage`",
            "maxLength": LONGEST_MODEL,
            "pattern": NOT_BLANK,
        },
    },
    "required": ["presentation"],
    "additionalProperties": False,
    "description": f"{_SHOWN}; as a text, or with bidder and model beside it",
    "example": {"presentation": "MIT-2569-0012345-B", "bidder": "Siam Supply", "model": "THW 2.5"},
}


class BatchRequestSchema(Schema):
    """Up to 10,000 presentations, and the day to judge them all by."""

    presentations = fields.List(
        fields.Raw(metadata=_LINE),
        required=True,
        metadata={"description": "What was shown, in order", "minItems": 1, "maxItems": MOST_LINES},
    )
    on = day("The day asked about; today in Bangkok where absent or null", required=False, allow_none=True)


class BatchUploadSchema(Schema):
    """Up to 200 files that were shown."""

    file = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        required=True,
        metadata={
            "description": "PDF, JPEG, PNG or .jwt, each as a part `file`; the folder in its name, or what"
            " stands before ` - `, says whose it is",
            "minItems": 1,
            "maxItems": MOST_FILES,
        },
    )
    on = day("The day asked about; today in Bangkok where absent", required=False)


class BatchProblemSchema(Schema):
    """What went wrong with a batch, and what to do."""

    code = one_of("Stable", "batch_given_up")
    sentence = one(BothLanguages)


class BatchStateSchema(Schema):
    """How far a batch is."""

    id = text("Unguessable; whoever has it may read the batch")
    state = one_of("`done` when every line is judged; `given_up` where the rest never will be", *STATES)
    problem = fields.Nested(
        BatchProblemSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What to do where it is `given_up`; else null"},
    )
    total = fields.Integer(required=True, metadata={"description": "How many lines"})
    done = fields.Integer(required=True, metadata={"description": "How many of them are judged"})
    as_of = day("The day that all answers are for")
    sent_at = instant("When it was sent")
    forgotten_at = instant("When it is deleted")
    address = text("The page with the table, for people")


class BatchResultSchema(VerdictSchema):
    """The verdict on one line, and which other lines show the same."""

    position = fields.Integer(required=True, metadata={"description": "From 1, in the order sent"})
    given = text("The beginning of what was sent, or the file's name")
    bidder = text("Who showed it, where it was said", allow_none=True)  # type: ignore[assignment]  # a name here
    model = text("The model asked about", allow_none=True)
    duplicate = one_of(
        "Another line shows the same certificate: of another bidder, of the same one, or a name is missing",
        "other_bidder",
        "same_bidder",
        "unnamed",
        None,
    )
    duplicate_of = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The first line that shows the same, where it is not this one"},
    )
    duplicate_positions = fields.List(
        fields.Integer(), required=True, metadata={"description": "The other lines, the first 20"}
    )
    is_same_file = fields.Boolean(required=True, metadata={"description": "The file's bytes stand twice"})


class BatchSchema(BatchStateSchema):
    """A batch, and when it is done a page of its results."""

    results = several(BatchResultSchema)
    next = text("Where further results are; null after the last and while it is not done", allow_none=True)
