"""Finish a drawn document for the archive: fonts, pictures, structure, colour, description, attachment.

The result follows PDF/A-3a (ISO 19005-3): everything embedded, every glyph with a meaning, the
structure and the language said, one output intent (sRGB), XMP in step with the information
dictionary, the credential as an associated file.  ``archive_rules`` in the tests holds the rules.
PDF/UA is not claimed: part of what it asks only a person can judge, and nobody has.

The colour profile ``srgb.icc`` was generated with LittleCMS (through Pillow) and is free of rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from mit.document.ornament import Picture
from mit.document.pdf_objects import Body, date_string, numbers, plain_stream, stream, text_string
from mit.document.prepared_file import PreparedFile, prepared_file
from mit.document.seal_field import EMPTY_FIELD
from mit.document.sheet import PAGE_HEIGHT, PAGE_WIDTH, Sheet
from mit.document.structure import write_structure

#: Name of the attached credential.
CREDENTIAL_FILE = "certificate.jwt"
_CREDENTIAL_TYPE = "application#2Fvc+jwt"
_CREDENTIAL_WORDS = "The signed credential (vc+jwt) that this certificate shows"
_PRODUCER = "mit (ReportLab, HarfBuzz, pikepdf)"
_OUTPUT_INTENT = (
    "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
    "/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>]"
)

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>th</rdf:li><rdf:li>en</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of itself: title, author, subject, and the instant it is dated (aware)."""

    title: str
    author: str
    subject: str
    at: datetime


def finish(
    sheet: Sheet,
    pictures: Mapping[str, Picture],
    description: Description,
    *,
    credential: bytes = b"",
    is_to_be_sealed: bool = False,
) -> bytes:
    """Return the pages of *sheet* as a complete file; same input, same bytes.

    *pictures* are those that the pages name; *credential*, if any, is attached; a file that is to be
    sealed brings the empty field for the seal.
    """
    prepared = prepared_file(sheet.glyphs, pictures)
    body = Body(prepared.head, prepared.places, prepared.first_free)
    tree = body.reserve()
    pages = [body.reserve() for _ in sheet.pages]
    field = body.reserve() if is_to_be_sealed else None
    _write_pages(body, sheet, (tree, pages), _resources(body, prepared, pictures), field)
    root = body.add(
        "<</Type/Catalog/Lang(th)/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
        f"/Pages {tree} 0 R/StructTreeRoot {write_structure(body, sheet, pages, field=field)} 0 R"
        f"/Metadata {_write_xmp(body, description)} 0 R{_OUTPUT_INTENT.format(profile=prepared.profile)}"
        f"{_attached(body, credential, description.at)}{_form(field)}>>"
    )
    info = _write_information(body, description)
    if field is not None:
        body.put(field, EMPTY_FIELD.format(page=pages[0], parent=len(pages)))
    return body.close(root=root, info=info)


def _resources(body: Body, prepared: PreparedFile, pictures: Mapping[str, Picture]) -> int:
    """Write what the pages refer to by name: the prepared fonts and pictures, and those of this file."""
    own = "".join(
        f"/{name} {_write_picture(body, picture)} 0 R"
        for name, picture in pictures.items()
        if not picture.is_constant
    )
    return body.add(f"<</Font<<{prepared.fonts}>>/XObject<<{prepared.pictures}{own}>>/ProcSet[/PDF/Text]>>")


def _write_picture(body: Body, picture: Picture) -> int:
    dictionary = f"/Type/XObject/Subtype/Form/BBox{numbers(picture.box)}/Resources<<>>"
    return body.add(stream(dictionary, picture.operators.encode("ascii")))


def _write_pages(
    body: Body, sheet: Sheet, places: tuple[int, list[int]], resources: int, field: int | None
) -> None:
    tree, pages = places
    for number, (page, operators) in enumerate(zip(pages, sheet.pages, strict=True)):
        content = body.add(stream("", operators.encode("ascii")))
        annotations = f"/Annots[{field} 0 R]" if field is not None and number == 0 else ""
        body.put(
            page,
            f"<</Type/Page/Parent {tree} 0 R/MediaBox{numbers((0, 0, PAGE_WIDTH, PAGE_HEIGHT))}"
            f"/Resources {resources} 0 R/Contents {content} 0 R/StructParents {number}/Tabs/S{annotations}>>",
        )
    kids = " ".join(f"{page} 0 R" for page in pages)
    body.put(tree, f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>")


def _write_xmp(body: Body, description: Description) -> int:
    """Write the description as XMP, which may not be compressed; in step with the information."""
    xmp = _XMP.format(
        title=escape(description.title),
        author=escape(description.author),
        subject=escape(description.subject),
        producer=escape(_PRODUCER),
        at=description.at.isoformat(timespec="seconds"),
    )
    return body.add(plain_stream("/Type/Metadata/Subtype/XML", xmp.encode("utf-8", errors="replace")))


def _write_information(body: Body, description: Description) -> int:
    at = date_string(description.at)
    return body.add(
        f"<</Title {text_string(description.title)}/Author {text_string(description.author)}"
        f"/Subject {text_string(description.subject)}/Producer {text_string(_PRODUCER)}"
        f"/CreationDate {at}/ModDate {at}>>"
    )


def _attached(body: Body, credential: bytes, at: datetime) -> str:
    """Attach the exact bytes of the credential as the source of what the page says; "" for none."""
    if not credential:
        return ""
    parameters = f"/Params<</Size {len(credential)}/ModDate {date_string(at)}>>"
    file = body.add(stream(f"/Type/EmbeddedFile/Subtype/{_CREDENTIAL_TYPE}{parameters}", credential))
    named = body.add(
        f"<</Type/Filespec/F({CREDENTIAL_FILE})/UF({CREDENTIAL_FILE})/Desc {text_string(_CREDENTIAL_WORDS)}"
        f"/AFRelationship/Source/EF<</F {file} 0 R/UF {file} 0 R>>>>"
    )
    return f"/AF[{named} 0 R]/Names<</EmbeddedFiles<</Names[({CREDENTIAL_FILE}) {named} 0 R]>>>>"


def _form(field: int | None) -> str:
    return "" if field is None else f"/AcroForm<</Fields[{field} 0 R]/SigFlags 3>>"
