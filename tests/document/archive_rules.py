"""The rules of PDF/A-3a that a file of ours could break, checked with pikepdf.

Source: ISO 19005-3:2012, clauses in brackets; formats section 5.5 names the choice.  A small stand-in
for veraPDF, which no package ships.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

from tests.document.structure_rules import broken_structure

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
PDF = "{http://ns.adobe.com/pdf/1.3/}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


def broken_rules(data: bytes) -> list[str]:
    """Return every rule that *data* breaks, in words; empty when it keeps them all."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [
            *_file_structure(data, pdf),
            *_colours(pdf),
            *_fonts(pdf),
            *_description(pdf),
            *_attachments(pdf),
            *_forbidden(pdf),
            *broken_structure(pdf),
        ]


def _file_structure(data: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", data):
        yield "6.1.2 header with four high bytes"
    if "/ID" not in pdf.trailer or len(pdf.trailer.ID) != 2:
        yield "6.1.3 file identifier"
    if "/Encrypt" in pdf.trailer:
        yield "6.1.3 encryption"
    for match in re.finditer(rb"(..)endstream", data, re.DOTALL):
        if match[1][-1:] not in {b"\n", b"\r"}:
            yield f"6.1.7.1 end of line before endstream at {match.start()}"
            break


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = pdf.Root.get("/OutputIntents", [])
    if len(intents) != 1 or intents[0].S != "/GTS_PDFA1":
        yield "6.2.3 one output intent"
        return
    profile = intents[0].DestOutputProfile
    head = profile.read_bytes()
    if int(profile.N) != 3 or head[16:20] != b"RGB " or head[36:40] != b"acsp":
        yield "6.2.3 an RGB profile"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in _objects(pdf, "/Font"):
        if font.get("/Subtype") == "/Type0":
            yield from _composite_font(font)
        elif font.get("/Subtype") != "/CIDFontType2":
            yield f"6.2.11 an unknown kind of font: {font.get('/Subtype')}"


def _composite_font(font: Any) -> Iterator[str]:
    descendant = font.DescendantFonts[0]
    if font.Encoding != "/Identity-H" or descendant.get("/CIDToGIDMap") != "/Identity":
        yield "6.2.11.3 encoding"
    if "/ToUnicode" not in font:
        yield "6.2.11.7 ToUnicode"
        return
    if "/FontFile2" not in descendant.FontDescriptor:
        yield "6.2.11.4 embedding"
        return
    file = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
    order, metrics = file.getGlyphOrder(), file["hmtx"].metrics
    widths = dict(widths_of(descendant))
    for number, width in widths.items():
        if metrics[order[number]][0] != width:
            yield f"6.2.11.5 width of glyph {number}"
    meanings = meanings_of(font)
    if {"", "\0", "\ufeff", "\ufffe"} & set(meanings.values()):
        yield "6.2.11.7.2 a glyph without meaning"
    if not set(widths) - {0} <= set(meanings):
        yield f"6.2.11.7 glyphs without ToUnicode: {set(widths) - {0} - set(meanings)}"


def _description(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "6.6.2.1 plain XMP"
        return
    root = ElementTree.fromstring(stream.read_bytes())
    if (root.findtext(f".//{PDFA}part"), root.findtext(f".//{PDFA}conformance")) != ("3", "A"):
        yield "6.6.4 identification"
    info = pdf.trailer.Info
    pairs = (
        (str(info.Title), root.findtext(f".//{DC}title//{RDF}li")),
        (str(info.Author), root.findtext(f".//{DC}creator//{RDF}li")),
        (str(info.Subject), root.findtext(f".//{DC}description//{RDF}li")),
        (str(info.Producer), root.findtext(f".//{PDF}Producer")),
        (iso(str(info.CreationDate)), root.findtext(f".//{XMP}CreateDate")),
        (iso(str(info.ModDate)), root.findtext(f".//{XMP}ModifyDate")),
    )
    for plain, described in pairs:
        if plain != described:
            yield f"6.6.3 information and XMP differ: {plain!r}, {described!r}"


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    for specification in _objects(pdf, "/Filespec"):
        if not {"/F", "/UF", "/AFRelationship", "/EF"} <= set(specification.keys()):
            yield "6.8 file specification"
        if "/Subtype" not in specification.EF.F:
            yield "6.8 MIME type"
        if specification.objgen not in {each.objgen for each in pdf.Root.get("/AF", [])}:
            yield "6.8 associated file"


def _forbidden(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        if "/Trans" in page or "/AA" in page or "/Group" in page:
            yield "6.4, 6.5 transitions, actions, transparency groups"
        for annotation in page.get("/Annots", []):
            flags = int(annotation.get("/F", 0))
            if annotation.Subtype != "/Widget" or not flags & 4 or flags & 0x23:
                yield "6.3.2 an annotation that is not printed"
    if {"/OpenAction", "/AA"} & set(pdf.Root.keys()) or "/JavaScript" in pdf.Root.get("/Names", {}):
        yield "6.5 actions"
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and "/LZWDecode" in str(item.get("/Filter", "")):
            yield "6.1.7.2 LZW"


def _objects(pdf: pikepdf.Pdf, kind: str) -> Iterator[Any]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == kind:
            yield item


def widths_of(descendant: Any) -> Iterator[tuple[int, int]]:
    """Yield glyph id and width from a ``W`` array."""
    entries = list(descendant.W)
    for first, widths in zip(entries[::2], entries[1::2], strict=True):
        for offset, width in enumerate(widths):
            yield int(first) + offset, int(width)


def meanings_of(font: Any) -> dict[int, str]:
    """Return what each glyph means by the font's ToUnicode map."""
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", font.ToUnicode.read_bytes().decode("ascii"))
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs if text != "FFFF"}


def iso(pdf_date: str) -> str:
    """Return a PDF date such as ``D:20261121000000+07'00`` as ISO 8601."""
    match = re.fullmatch(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)'(\d\d)'?", pdf_date)
    assert match, pdf_date
    year, month, day, hour, minute, second, offset_hours, offset_minutes = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{offset_hours}:{offset_minutes}"
