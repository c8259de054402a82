"""Finish a drawn PDF for the archive: fonts, shared pictures, colour, description, attachment.

The result follows PDF/A-3u (ISO 19005-3): everything embedded, every glyph with a meaning, one
output intent (sRGB), XMP in step with the information dictionary, the credential as an associated
file.  ``archive_check`` in the tests holds the rules; the structure tree of level A is not made.

The colour profile ``srgb.icc`` was generated with LittleCMS (through Pillow) and is free of rights.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from mit.document import pdf_fonts
from mit.document.fonts import Weight, typeface
from mit.document.ornament import Picture

#: Name of the attached credential.
CREDENTIAL_FILE = "certificate.jwt"
_CREDENTIAL_TYPE = "/application/vc+jwt"
_PROFILE = Path(__file__).parent / "srgb.icc"
_PRODUCER = "mit (ReportLab, HarfBuzz, pikepdf)"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
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


@dataclass(frozen=True, slots=True)
class Shared:
    """What the pages refer to by name: the glyphs of each typeface, and pictures."""

    glyphs: Mapping[Weight, set[int]]
    pictures: Mapping[str, Picture]


def finish(pages: bytes, shared: Shared, description: Description, *, credential: bytes) -> bytes:
    """Return *pages* as a complete file with *credential*, if any, inside; same input, same bytes."""
    with Pdf.open(io.BytesIO(pages)) as pdf:
        resources = _resources(pdf, shared)
        for page in pdf.pages:
            page.obj.Resources = resources
            for odd in ("/Trans", "/Rotate"):
                if odd in page.obj:
                    del page.obj[odd]
        _describe(pdf, description)
        _set_colours(pdf)
        if credential:
            _attach(pdf, credential, description.at)
        done = io.BytesIO()
        pdf.save(
            done,
            deterministic_id=True,
            force_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
        return done.getvalue()


def _resources(pdf: Pdf, shared: Shared) -> pikepdf.Object:
    fonts = Dictionary()
    for weight, glyphs in shared.glyphs.items():
        fonts[f"/{weight}"] = pdf_fonts.embed(pdf, typeface(weight), glyphs)
    pictures = _pictures(pdf, shared.pictures, {})
    return pdf.make_indirect(Dictionary(Font=fonts, XObject=pictures, ProcSet=Array([Name.PDF, Name.Text])))


def _pictures(pdf: Pdf, pictures: Mapping[str, Picture], made: dict[str, pikepdf.Object]) -> Dictionary:
    """Return the resources for *pictures*; each is stored once, by name, with its own parts."""
    entries = Dictionary()
    for name, picture in pictures.items():
        if name not in made:
            form = Stream(pdf, _packed(picture.operators), Filter=Name.FlateDecode)
            form.Type, form.Subtype = Name.XObject, Name.Form
            form.BBox = Array([round(edge, 3) for edge in picture.box])
            form.Resources = Dictionary(XObject=_pictures(pdf, picture.parts, made))
            made[name] = pdf.make_indirect(form)
        entries[f"/{name}"] = made[name]
    return entries


def _describe(pdf: Pdf, description: Description) -> None:
    """Write the information dictionary and the same in XMP."""
    pdf_date = _pdf_date(description.at)
    del pdf.trailer["/Info"]
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(
            Title=description.title,
            Author=description.author,
            Subject=description.subject,
            Producer=_PRODUCER,
            CreationDate=pdf_date,
            ModDate=pdf_date,
        )
    )
    xmp = _XMP.format(
        title=escape(description.title),
        author=escape(description.author),
        subject=escape(description.subject),
        producer=escape(_PRODUCER),
        at=description.at.isoformat(timespec="seconds"),
    )
    root = pdf.Root
    root.Metadata = Stream(pdf, xmp.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)
    root.Lang = pikepdf.String("th")
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _pdf_date(at: datetime) -> str:
    offset = at.strftime("%z")
    return f"{at:D:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def _set_colours(pdf: Pdf) -> None:
    profile = Stream(pdf, _profile(), N=3, Alternate=Name.DeviceRGB)
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier="sRGB IEC61966-2.1",
                Info="sRGB IEC61966-2.1",
                DestOutputProfile=profile,
            )
        ]
    )


def _attach(pdf: Pdf, credential: bytes, at: datetime) -> None:
    """Attach the exact bytes of the credential as the source of what the page says."""
    file = Stream(pdf, credential, Type=Name.EmbeddedFile, Subtype=Name(_CREDENTIAL_TYPE))
    file.Params = Dictionary(Size=len(credential), ModDate=_pdf_date(at))
    reference = pdf.make_indirect(file)
    specification = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=CREDENTIAL_FILE,
            UF=CREDENTIAL_FILE,
            Desc="The signed credential (vc+jwt) that this certificate shows",
            AFRelationship=Name.Source,
            EF=Dictionary(F=reference, UF=reference),
        )
    )
    pdf.Root.AF = Array([specification])
    pdf.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([pikepdf.String(CREDENTIAL_FILE), specification]))
    )


@lru_cache(maxsize=16)
def _packed(operators: str) -> bytes:
    """Return a picture's operators compressed; those of the constant pictures are packed once."""
    return zlib.compress(operators.encode("ascii"))


@cache
def _profile() -> bytes:
    return _PROFILE.read_bytes()
