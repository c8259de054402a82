"""Shapes of makers' letters to dealers, and of what is known of a bidder; they are never dumped."""

from __future__ import annotations

from marshmallow import Schema, fields

from mit.credential.dealer_letter import NAMED_BY
from mit.verify.verdict import Answer
from mit.web.schemas.fields import day, instant, one, one_of, several, text, texts


class MakerSchema(Schema):
    """The maker, as its certificate names it."""

    name_th = text("Name in Thai")
    name_en = text("Name in English, where known", allow_none=True)
    juristic_number = text("13 digits; null where the maker is a natural person", allow_none=True)


class DealerSchema(MakerSchema):
    """The dealer, always a company."""

    juristic_number = text("13 digits", example="0105536112014")
    named_by = one_of("Who gave the name: the register of companies, or the maker", *NAMED_BY)


class LetterProductSchema(Schema):
    """One product that may be offered: its place on the certificate, and what that covers."""

    index = fields.Integer(required=True, metadata={"description": "From 1, as on the certificate"})
    product_th = text("Name in Thai")
    product_en = text("Name in English")
    brand = text("Brand")
    models = texts("Models covered")
    hs_code = text("6, 8 or 11 digits", example="85444942")
    ranges = fields.List(fields.Dict(), required=True, metadata={"description": "As in a verdict's products"})


class LetterSchema(Schema):
    """What a letter states, read from its signed bytes."""

    number = text("The printed number", example="DLR-2569-7K3QW-M9T2X-D")
    certificate_number = text("The certificate it rests on", example="MIT-2569-0012345-B")
    maker = one(MakerSchema)
    dealer = one(DealerSchema)
    products = several(LetterProductSchema)
    valid_from_on = day("First day on which it is in force, Bangkok")
    valid_until_on = day("Last day, included, Bangkok")
    tender = text("Reference of the only tender it is for; null for any", allow_none=True)
    issued_at = instant("When the maker issued it")


class BidderSchema(Schema):
    """What is known of who offers the goods, by an exact number alone."""

    outcome = one_of(
        "`holder`: the maker itself; `dealer`: a letter in force on `as_of`, and so is the certificate;"
        " `not_in_force`: a letter, but not for that day or with a certificate that does not hold;"
        " `no_letter`; `person`: a citizen number, which is not asked about; `unreadable`: no such number;"
        " `not_asked`: no certificate to compare with",
        *("holder", "dealer", "not_in_force", "no_letter", "person", "unreadable", "not_asked"),
    )
    juristic_number = text("The number asked about; null where it is not repeated", allow_none=True)
    letter = fields.Nested(
        LetterSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The widest of `letters`; null where there is none"},
    )
    letters = several(LetterSchema)


class LetterFindingSchema(Schema):
    """The answer of one check of a letter."""

    check = text("Which check: signature, key, integrity, in_force, status or freshness")
    outcome = text("pass, fail, unknown or not_checked")
    reason = text("A stable code; `ok` where it passed; `ended` where the maker ended it", example="ok")
    detail = fields.Dict(required=True, metadata={"description": "One sentence each in `th` and `en`"})


class LetterVerdictSchema(Schema):
    """One answer about a letter: as good as the weaker of letter and certificate."""

    verdict = one_of("The answer", *(answer.value for answer in Answer))
    reasons = texts("Codes of what failed or is not known, the letter's own first; empty when VALID")
    notices = texts("Codes of what else to know", example=["letter_one_tender"])
    findings = several(LetterFindingSchema)
    letter = fields.Nested(
        LetterSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null unless signature and register vouch for it"},
    )
    certificate = fields.Nested(
        "VerdictSchema",
        required=True,
        allow_none=True,
        metadata={"description": "The verdict on the certificate behind it, on the same day"},
    )
    as_of = day("The day the answer is for; today in Bangkok unless asked")
    known_at = instant("Since when the basis of the answer is known")
