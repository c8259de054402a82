"""Shapes of certificates and verdicts (contract section 2); they describe and are never dumped."""

from __future__ import annotations

from marshmallow import Schema, fields

from mit.credential.coverage_question import LONGEST_ASKED, Coverage, Why
from mit.verify.verdict import Answer, Check, Outcome
from mit.web.schemas.dealer_letters import BidderSchema
from mit.web.schemas.fields import day, instant, one, one_of, several, text, texts

#: Something else than what we take for white space stands in it.
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"


class BothLanguages(Schema):
    """One sentence in Thai and in English."""

    th = text("Thai")
    en = text("English")


class FindingSchema(Schema):
    """The answer of one check."""

    check = one_of("Which check, in this order", *(check.value for check in Check))
    outcome = one_of("not_checked does not count", *(outcome.value for outcome in Outcome))
    reason = text("A stable code; `ok` where it passed", example="ok")
    detail = one(BothLanguages)


class NoticeSchema(Schema):
    """Something to know that changes no answer; days and instants stand beside the code."""

    code = text("A stable code", example="later_revoked")
    since_on = day("Of a later change: its day", required=False)
    expires_on = day("Of `since_expired`: the last valid day", required=False)
    known_at = instant("Of `stale`: since when the basis of the answer is known", required=False)
    detail = one(BothLanguages)


class HolderSchema(Schema):
    """Whom the certificate names."""

    name_th = text("Name in Thai")
    name_en = text("Name in English, where known", allow_none=True)
    juristic_number = text("13 digits; null where the holder is a natural person", allow_none=True)


class RangeSchema(Schema):
    """A numeric span that is covered; numbers are texts, null is an open end."""

    property = text("What is measured")
    unit = text("Its unit")
    from_ = fields.String(data_key="from", required=True, allow_none=True)
    to = fields.String(required=True, allow_none=True)
    from_included = fields.Boolean(required=True)
    to_included = fields.Boolean(required=True)


class CoverageSchema(Schema):
    """One certified product."""

    product_th = text("Name in Thai")
    product_en = text("Name in English")
    brand = text("Brand")
    models = texts("Models covered")
    hs_code = text("6, 8 or 11 digits", example="85444942")
    ranges = several(RangeSchema)


class CertificateSchema(Schema):
    """What the signature or the register vouches for."""

    number = text("The printed number", example="MIT-2569-0012345-B")
    holder = one(HolderSchema)
    products = several(CoverageSchema)
    product_count = fields.Integer(
        required=True, metadata={"description": "Also where the products are not listed"}
    )
    issued_on = day("First valid day, Bangkok")
    expires_on = day("Last valid day, included, Bangkok")
    status = one_of(
        "On `as_of`; null where it is not known",
        "active",
        "suspended",
        "revoked",
        "superseded",
        "withdrawn",
        "expired",
        None,
    )
    supersedes = text("Number of the certificate that this one replaced", allow_none=True)
    superseded_by = text("Number of the certificate that replaced this one", allow_none=True)


class DayAnswerSchema(Schema):
    """The answer on one named day."""

    verdict = one_of("The answer on that day", *(answer.value for answer in Answer))
    reasons = texts("Codes of failed and unknown findings on that day, in order")
    as_of = day("The day")


class DaysSchema(Schema):
    """The answers on the named days that were asked about."""

    bid = fields.Nested(DayAnswerSchema)
    contract = fields.Nested(DayAnswerSchema)
    delivery = fields.Nested(DayAnswerSchema)


class CoveredSchema(Schema):
    """One covered thing: an entry, and which of its models."""

    entry = fields.Integer(required=True, metadata={"description": "Its place among the products, from 1"})
    model = text("As it is listed; null where the entry lists none", allow_none=True)
    product_th = text("Name in Thai")
    product_en = text("Name in English")
    brand = text("Brand")
    hs_code = text("6, 8 or 11 digits")
    ranges = several(RangeSchema)


class DoubtfulLetterSchema(Schema):
    """Two letters that look alike, by their places from 0."""

    asked = fields.Integer(required=True, metadata={"description": "Place in what was asked"})
    certified = fields.Integer(required=True, metadata={"description": "Place in what is certified"})


class DifferenceSchema(Schema):
    """One field in which what was asked and what is certified differ, or may."""

    field = one_of("Which", "model", "brand", "hs_code", "product", "range", "other")
    asked = text("As it was asked for; empty where it was not")
    certified = text("As it is listed; empty where nothing is")
    property = text("Of a range, what is measured", required=False)
    letters = fields.List(
        fields.Nested(DoubtfulLetterSchema), metadata={"description": "Letters that look alike"}
    )


class CoverageAnswerSchema(Schema):
    """Whether what was asked about is covered."""

    outcome = one_of("The answer", *(outcome.value for outcome in Coverage))
    why = one_of("What it rests on", *(why.value for why in Why))
    asked = text("What was asked, folded as it was read")
    matched = fields.List(
        fields.Nested(CoveredSchema),
        required=True,
        allow_none=True,
        metadata={"description": "What speaks for it; null unless covered"},
    )
    nearest = several(CoveredSchema)
    differs = several(DifferenceSchema)


class VerdictSchema(Schema):
    """One answer with all its findings."""

    verdict = one_of("The answer", *(answer.value for answer in Answer))
    reasons = texts("Codes of failed and unknown findings, in order; empty when VALID")
    notices = texts("Codes of what else to know", example=["later_revoked"])
    findings = several(FindingSchema)
    certificate = fields.Nested(
        CertificateSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null unless the signature or the register vouches for it"},
    )
    as_of = day("The day the answer is for; today in Bangkok unless asked")
    known_at = instant("Since when the basis of the answer is known")
    answer = one(BothLanguages)
    advice = one(BothLanguages)
    notice_details = several(NoticeSchema)
    coverage = fields.Nested(
        CoverageAnswerSchema,
        metadata={"description": "Where something offered was asked about and the products are listed"},
    )
    days = fields.Nested(
        DaysSchema,
        metadata={"description": "Where named days were asked about; by one state of knowledge"},
    )
    days_verdict = one_of(
        "The worst of `days`: NOT_VALID, else CANNOT_TELL, else VALID; `verdict` stays that of `on` or today",
        *(answer.value for answer in Answer),
        required=False,
    )
    bidder = fields.Nested(
        BidderSchema,
        metadata={"description": "Only where `bidder` was asked: what is known of that company"},
    )
    inner = fields.Nested(
        "VerdictSchema",
        metadata={"description": "Of a file that is not known: the verdict on the credential inside it"},
    )


def _asked_model(*, allow_none: bool = False) -> fields.String:
    about = "A model, brand, HS code or value offered; adds the check and member `coverage`"
    return text(about, required=False, allow_none=allow_none, maxLength=LONGEST_ASKED, pattern=NOT_BLANK)


class PresentationSchema(Schema):
    """What was shown, and the day to judge it by."""

    presentation = text(
        "QR text, its digits, a certificate number, or a vc+jwt credential", pattern=NOT_BLANK
    )
    on = day("The day asked about; today in Bangkok where absent or null", required=False, allow_none=True)
    model = _asked_model(allow_none=True)


class UploadSchema(Schema):
    """A file that was shown."""

    file = fields.Raw(
        required=True, metadata={"type": "string", "format": "binary", "description": "PDF, JPEG or PNG"}
    )
    on = day("The day asked about; today in Bangkok where absent", required=False)
    model = _asked_model()
