"""Attacks on a sealed certificate, of the published classes: each a function from the issued file.

Classes: universal signature forgery (USF), incremental saving (ISA), signature wrapping (SWA), shadow
hide and replace, evil annotation (EAA), sneaky signature (SSA); and what forgers of paper do: other
pages around a genuine credential, other QR codes, resaved and reprinted files.
Source: security section 1 row G2 and section 4; the published studies named there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlsplit

import pikepdf
from asn1crypto import keys, x509
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.pades import seal
from mit.document.qr_image import qr_matrix
from mit.document.seal_chain import SealMaterial, make_test_chain
from tests.support import specimens
from tests.support.files import pdf_of
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import NOW, SIGNED_AT, Issued, issue

ISSUED = issue()
OTHER = issue(specimens.claims(2, running=54_321))
FILE = pdf_of(ISSUED)
#: White over the whole page, then nothing: what stood there is gone for the eye.
_WHITE = b"q 1 g 0 0 595 842 re f Q"
_CONTENTS = re.compile(rb"/Contents\s*<([0-9a-fA-F]+)>")
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[[^\]]*\]")

Attack = Callable[[], bytes]
Edit = Callable[[IncrementalPdfFileWriter], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One attack file.

    Attributes:
        family: its published class, or ``paper`` for what forgers of paper do.
        name: what was done.
        build: makes the file.
        signs: codes that the file must be told to show, at least one of them; empty for any.
    """

    family: str
    name: str
    build: Attack
    signs: frozenset[str] = frozenset()


@cache
def forger() -> SealMaterial:
    """Return a seal of somebody else with the very same names in it."""
    return make_test_chain(NOW, common_name="Seal of the tests")


def spliced(pattern: re.Pattern[bytes], put: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Return the file with the last match of *pattern* replaced by something of the same length."""
    match = list(pattern.finditer(FILE))[-1]
    new = put(match)
    assert len(new) <= len(match[0]), "positions must stay"
    return FILE[: match.start()] + new.ljust(len(match[0])) + FILE[match.end() :]


def contents(value: bytes) -> Attack:
    """Put something else where the seal's CMS stands."""
    return lambda: spliced(_CONTENTS, lambda match: b"/Contents " + value)


def byte_range(value: bytes) -> Attack:
    """Let the seal say that it covers something else."""
    return lambda: spliced(_BYTE_RANGE, lambda match: b"/ByteRange " + value)


def zeroed() -> bytes:
    """Overwrite the CMS with zeros."""
    return spliced(_CONTENTS, lambda match: b"/Contents <" + b"0" * len(match[1]) + b">")


def resaved(edit: Callable[[Pdf], None], data: bytes = FILE, **options: object) -> bytes:
    """Return *data* after *edit*, written anew by another program."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)
        saved = io.BytesIO()
        pdf.save(saved, **options)  # type: ignore[arg-type]
        return saved.getvalue()


def updated(edit: Edit, data: bytes = FILE) -> bytes:
    """Return *data* with *edit* appended as an incremental update; the sealed bytes stay."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    edit(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def named(members: dict[str, object]) -> generic.DictionaryObject:
    """Return a dictionary of a PDF."""
    return generic.DictionaryObject({generic.pdf_name(name): value for name, value in members.items()})


def page_of(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    """Return the first page, open to be changed."""
    return writer.find_page_for_modification(0)[0].get_object()


def overlay(content: bytes) -> Edit:
    """Draw *content* over the first page."""

    def edit(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        added = writer.add_object(generic.StreamObject(stream_data=content))
        before = page.raw_get("/Contents")
        listed = before.get_object() if isinstance(before, generic.IndirectObject) else before
        parts = list(listed) if isinstance(listed, generic.ArrayObject) else [before]
        page[generic.pdf_name("/Contents")] = generic.ArrayObject([*parts, added])
        writer.update_container(page)

    return edit


def annotated(
    subtype: str, content: bytes = _WHITE, **more: object
) -> Callable[[IncrementalPdfFileWriter], None]:
    """Lay an annotation with a drawing of its own over the first page."""

    def edit(writer: IncrementalPdfFileWriter) -> None:
        box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
        form = generic.StreamObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
                generic.pdf_name("/BBox"): box,
            },
            stream_data=content,
        )
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name(f"/{subtype}"),
                generic.pdf_name("/Rect"): box,
                generic.pdf_name("/F"): generic.NumberObject(4),
                generic.pdf_name("/AP"): generic.DictionaryObject(
                    {generic.pdf_name("/N"): writer.add_object(form)}
                ),
                **{generic.pdf_name(f"/{key}"): value for key, value in more.items()},  # type: ignore[dict-item]
            }
        )
        page = page_of(writer)
        page[generic.pdf_name("/Annots")] = generic.ArrayObject(
            [*page.get("/Annots", ()), writer.add_object(note)]
        )
        writer.update_container(page)

    return edit


def written(text: str) -> bytes:
    """Return operators that write Latin *text* large in a font that every reader has."""
    return b"BT /Helv 18 Tf 60 600 Td (" + text.encode("ascii") + b") Tj ET"


def other_pages(writer: IncrementalPdfFileWriter) -> None:
    """Let the document root name another page tree."""
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            generic.pdf_name("/Contents"): writer.add_object(generic.StreamObject(stream_data=_WHITE)),
        }
    )
    tree = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Pages"),
            generic.pdf_name("/Kids"): generic.ArrayObject([writer.add_object(page)]),
            generic.pdf_name("/Count"): generic.NumberObject(1),
        }
    )
    writer.root[generic.pdf_name("/Pages")] = writer.add_object(tree)
    writer.update_root()


def with_script(writer: IncrementalPdfFileWriter) -> None:
    """Let the file run a script when it is opened."""
    writer.root[generic.pdf_name("/OpenAction")] = generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
            generic.pdf_name("/JS"): generic.TextStringObject("app.alert('genuine')"),
        }
    )
    writer.update_root()


def with_launch(writer: IncrementalPdfFileWriter) -> None:
    """Let the file start a program."""
    writer.root[generic.pdf_name("/OpenAction")] = generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/Launch"),
            generic.pdf_name("/F"): generic.TextStringObject("x"),
        }
    )
    writer.update_root()


def without_seal(writer: IncrementalPdfFileWriter) -> None:
    """Replace the value of the seal's field by nothing."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[generic.pdf_name("/V")] = generic.NullObject()
    writer.update_container(field)


def cloned_seal(writer: IncrementalPdfFileWriter) -> None:
    """Append a copy of the signature dictionary with a page painted over (ISA with a clone)."""
    overlay(_WHITE)(writer)
    field = writer.root["/AcroForm"]["/Fields"][0]
    copy = generic.DictionaryObject(dict(field["/V"].items()))
    field[generic.pdf_name("/V")] = writer.add_object(copy)
    writer.update_container(field)


def other_credential(writer: IncrementalPdfFileWriter) -> None:
    """Replace the attached credential by the genuine one of another certificate."""
    specification = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    token = generic.StreamObject(stream_data=OTHER.made.token.encode("ascii"))
    specification["/EF"][generic.pdf_name("/F")] = writer.add_object(token)
    writer.update_container(specification["/EF"])


def body_without_table() -> bytes:
    """Append a page that covers ours, without any cross-reference table."""
    return FILE + b"\n900 0 obj\n<</Length 24>>stream\n" + _WHITE + b"\nendstream endobj\n%%EOF\n"


def trailer_alone() -> bytes:
    """Append a trailer that points to the old table, so that only a lenient reader opens the file."""
    start = FILE.rindex(b"startxref")
    return FILE + b"\ntrailer\n<</Size 1>>\n" + FILE[start:]


def wrapped(*, moves_table: bool) -> bytes:
    """Put objects between the two covered parts and let the seal cover the moved second one (SWA)."""
    match = list(_BYTE_RANGE.finditer(FILE))[-1]
    numbers = [int(number) for number in match[0].partition(b"[")[2][:-1].split()]
    gap = FILE[numbers[1] : numbers[2]]
    body = b"\n901 0 obj\n<</Length 24>>stream\n" + _WHITE + b"\nendstream endobj\n"
    moved = f"[0 {numbers[1]} {numbers[2] + len(body)} {numbers[3]}]".encode()
    head = (
        FILE[: match.start()] + (b"/ByteRange " + moved).ljust(len(match[0])) + FILE[match.end() : numbers[1]]
    )
    tail = FILE[numbers[2] :]
    if moves_table:
        tail = re.sub(
            rb"startxref\s+(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + len(body)), tail
        )
    return head + gap + body + tail


def covered_copy() -> bytes:
    """Append the whole original and let the seal cover the copy instead of what is shown (SWA)."""
    match = list(_BYTE_RANGE.finditer(FILE))[-1]
    numbers = [int(number) for number in match[0].partition(b"[")[2][:-1].split()]
    shifted = [len(FILE) + numbers[0], numbers[1], len(FILE) + numbers[2], numbers[3]]
    text = b"/ByteRange [" + b" ".join(b"%d" % number for number in shifted) + b"]"
    return FILE[: match.start()] + text[: len(match[0])].ljust(len(match[0])) + FILE[match.end() :] + FILE


def shadow_hide() -> bytes:
    """Seal a page that is covered by a picture, then take the picture away by an update."""
    hidden = resaved(lambda pdf: pdf.pages[0].contents_add(Stream(pdf, _WHITE)), _drawn(OTHER))
    sealed = seal(hidden, material=forger(), at=SIGNED_AT)

    def uncover(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page[generic.pdf_name("/Contents")] = generic.ArrayObject(list(page["/Contents"])[:-1])
        writer.update_container(page)

    return updated(uncover, sealed)


def shadow_replace() -> bytes:
    """Seal one page tree while the file holds another, then let the root name the other."""
    return updated(other_pages, seal(_drawn(ISSUED), material=forger(), at=SIGNED_AT))


def shadow_font(writer: IncrementalPdfFileWriter) -> None:
    """Let the glyphs of a font mean, and look, something else."""
    fonts = page_of(writer)["/Resources"]["/Font"]
    first, second = list(fonts)[:2]
    fonts[first], fonts[second] = fonts.raw_get(second), fonts.raw_get(first)
    writer.update_container(fonts)


def sealed_again(data: bytes, *, box: tuple[int, int, int, int] | None = None) -> bytes:
    """Add a second seal, by somebody else; its field covers *box* with a drawing (SSA)."""
    material = forger()
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(material.certificates_der()[0]),
        signing_key=keys.PrivateKeyInfo.load(material.private_key_der()),
        cert_registry=None,
    )
    out = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256"),
        signer,
        new_field_spec=fields.SigFieldSpec("Second", box=box),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    return out.getvalue()


def _drawn(of: Issued, *, qr: str | None = None, credential: str | None = None) -> bytes:
    paper = CertificatePaper(
        claims=of.claims,
        qr_text=qr or of.made.qr_url,
        verify_host=urlsplit(PUBLIC_URL).netloc,
        credential=(credential or of.made.token).encode("ascii"),
    )
    return draw_certificate(paper)


def forged(of: Issued = OTHER, *, qr: str | None = None, credential: str | None = None) -> Attack:
    """Draw a page of *of* with another QR or another credential, and seal it with a forger's seal."""
    return lambda: seal(_drawn(of, qr=qr, credential=credential), material=forger(), at=SIGNED_AT)


def with_claims(**changes: object) -> Attack:
    """Draw the page of other claims around our genuine QR and credential."""
    claims = replace(ISSUED.claims, **changes)  # type: ignore[arg-type]
    other = replace(ISSUED, claims=claims)
    return lambda: seal(
        _drawn(other, qr=ISSUED.made.qr_url, credential=ISSUED.made.token), material=forger(), at=SIGNED_AT
    )


def painted_qr(text: str) -> bytes:
    """Return operators that paint a QR of *text*, 40 mm wide, into the lower left corner on white."""
    matrix = qr_matrix(text)
    module = 113.4 / (len(matrix) + 8)
    boxes = b" ".join(
        b"%.3f %.3f %.3f %.3f re"
        % (60 + (x + 4) * module, 60 + (len(matrix) + 3 - y) * module, module, module)
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return b"q 1 g 60 60 113.4 113.4 re f 0 g " + boxes + b" f Q"


def printed_again() -> bytes:
    """Print the page as one picture into a new file, as a scanner does."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[0].obj.Contents = Stream(pdf, painted_qr(ISSUED.made.qr_url))
        saved = io.BytesIO()
        pdf.save(saved)
        return saved.getvalue()


def _hidden_layer(pdf: Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="x"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group])))
    pdf.pages[0].contents_add(Stream(pdf, b"/OC /x BDC " + _WHITE + b" EMC"))


def _attach(pdf: Pdf) -> None:
    pdf.attachments["invoice.exe"] = b"MZ"


def _rotate(pdf: Pdf) -> None:
    pdf.pages[0].rotate(90, relative=False)


def _drop_page(pdf: Pdf) -> None:
    pdf.add_blank_page(page_size=(595, 842))
    del pdf.pages[0]


def _crop(pdf: Pdf) -> None:
    pdf.pages[0].cropbox = Array([300, 400, 595, 842])


def hybrid() -> bytes:
    """Append an update whose trailer names a second, hidden table, which only new readers follow."""
    size = FILE.rindex(b"startxref")
    before = int(FILE[size:].split()[1])
    stream_at = len(FILE) + 1
    stream = (
        b"902 0 obj\n<</Type/XRef/Size 903/W[1 4 1]/Index[902 1]/Length 6>>stream\n"
        + bytes([1])
        + stream_at.to_bytes(4, "big")
        + b"\x00\nendstream endobj\n"
    )
    root = re.findall(rb"/Root (\d+ \d+ R)", FILE)[-1]
    table_at = stream_at + len(stream)
    trailer = b"xref\n0 0\ntrailer\n<</Size 903/Root %s/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
    return FILE + b"\n" + stream + trailer % (root, before, stream_at, table_at)


def _nothing(pdf: Pdf) -> None:
    del pdf


_SEAL = frozenset({"file_seal_broken", "file_without_seal"})
_CHANGED = frozenset({"file_changed_after_seal", "file_seal_broken", "file_without_seal"})
_PAGE = frozenset({"file_page_without_number", "file_page_without_holder", "file_page_without_expiry"})
_QR = frozenset({"file_qr_differs"})
_EXTRA = frozenset({"file_extras"})
_NUMBER = "MIT-2569-9999999-X"
_MANY = frozenset({"file_many_seals"})
_PAGE_BOX = (0, 0, 595, 842)
_OTHER_QR = painted_qr(OTHER.made.qr_url)
_OTHER_HOLDER = replace(ISSUED.claims.holder, name_th="บริษัท อื่น จำกัด")
_OTHER_DAY = ISSUED.claims.expires_on.replace(year=2029)
_LINK = {
    "A": generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/URI"),
            generic.pdf_name("/URI"): generic.TextStringObject("https://verify.mit.example.evil/v/1"),
        }
    )
}

CASES: tuple[Case, ...] = (
    Case("USF", "the CMS is empty", contents(b"<>"), _SEAL),
    Case("USF", "the CMS is null", contents(b"null"), _SEAL),
    Case("USF", "the CMS is zeros", zeroed, _SEAL),
    Case("USF", "the CMS is one byte", contents(b"<00>"), _SEAL),
    Case("USF", "the CMS is a number", contents(b"4711"), _SEAL),
    Case("USF", "the covered range is missing", byte_range(b"null"), _SEAL),
    Case("USF", "the covered range is empty", byte_range(b"[]"), _SEAL),
    Case("USF", "the covered range is negative", byte_range(b"[0 -1 -1 -1]"), _SEAL),
    Case("USF", "the covered range has no length", byte_range(b"[0 0 0 0]"), _SEAL),
    Case("USF", "the covered range has three numbers", byte_range(b"[0 10 20]"), _SEAL),
    Case("USF", "the covered range is the head alone", byte_range(b"[0 8 8 0]"), _SEAL),
    Case("USF", "the field's value is null", lambda: updated(without_seal), _CHANGED),
    Case("USF", "sealed by somebody of the same name", forged(ISSUED)),
    Case("ISA", "a page painted white", lambda: updated(overlay(_WHITE)), _CHANGED),
    Case(
        "ISA",
        "another number written over",
        lambda: updated(overlay(written("MIT-2569-9999999-X"))),
        _CHANGED,
    ),
    Case(
        "ISA",
        "another QR painted over",
        lambda: updated(overlay(_OTHER_QR)),
        _CHANGED | _QR,
    ),
    Case("ISA", "another page tree", lambda: updated(other_pages), _CHANGED),
    Case("ISA", "fonts exchanged", lambda: updated(shadow_font), _CHANGED),
    Case("ISA", "another credential attached", lambda: updated(other_credential), _CHANGED | _PAGE),
    Case("ISA", "objects without a table", body_without_table, _CHANGED),
    Case("ISA", "a trailer alone", trailer_alone, _CHANGED),
    Case("ISA", "a cloned signature over a white page", lambda: updated(cloned_seal), _CHANGED),
    Case("SWA", "objects in the gap", lambda: wrapped(moves_table=False)),
    Case("SWA", "objects in the gap, the table moved", lambda: wrapped(moves_table=True)),
    Case("SWA", "a copy behind is covered", covered_copy),
    Case("shadow", "hide", shadow_hide, _CHANGED),
    Case("shadow", "hide and replace", shadow_replace, _CHANGED),
    Case("shadow", "replace in a layer", lambda: resaved(_hidden_layer), _SEAL),
    Case("EAA", "free text", lambda: updated(annotated("FreeText")), _CHANGED | _EXTRA),
    Case("EAA", "a stamp", lambda: updated(annotated("Stamp")), _CHANGED | _EXTRA),
    Case("EAA", "a redaction", lambda: updated(annotated("Redact")), _CHANGED | _EXTRA),
    Case("EAA", "a highlight", lambda: updated(annotated("Highlight")), _CHANGED | _EXTRA),
    Case("EAA", "ink", lambda: updated(annotated("Ink")), _CHANGED | _EXTRA),
    Case("EAA", "a caret", lambda: updated(annotated("Caret")), _CHANGED | _EXTRA),
    Case("EAA", "a link over the QR", lambda: updated(annotated("Link", **_LINK)), _CHANGED | _EXTRA),
    Case("EAA", "a QR in a stamp", lambda: updated(annotated("Stamp", _OTHER_QR)), _EXTRA),
    Case("SSA", "a second seal that covers the page", lambda: sealed_again(FILE, box=_PAGE_BOX), _MANY),
    Case(
        "SSA",
        "a second seal",
        lambda: sealed_again(FILE),
        frozenset({"file_many_seals"}),
    ),
    Case("scripts", "a script at opening", lambda: updated(with_script), _EXTRA),
    Case("scripts", "a program started", lambda: updated(with_launch), _EXTRA),
    Case("scripts", "another attachment", lambda: resaved(_attach), _EXTRA),
    Case(
        "paper",
        "our QR and credential around another's page",
        forged(OTHER, qr=ISSUED.made.qr_url, credential=ISSUED.made.token),
        _PAGE,
    ),
    Case("paper", "our credential, another's QR", forged(ISSUED, qr=OTHER.made.qr_url), _QR),
    Case("paper", "our page, another's credential", forged(ISSUED, credential=OTHER.made.token), _PAGE | _QR),
    Case(
        "paper",
        "another holder drawn",
        with_claims(holder=_OTHER_HOLDER),
        frozenset({"file_page_without_holder"}),
    ),
    Case(
        "paper",
        "a later last day drawn",
        with_claims(expires_on=_OTHER_DAY),
        frozenset({"file_page_without_expiry"}),
    ),
    Case("paper", "a QR of another site", forged(ISSUED, qr="https://mit-verify.example.evil/v/12345"), _QR),
    Case("paper", "no seal", lambda: _drawn(ISSUED), frozenset({"file_without_seal"})),
    Case("paper", "printed again as a picture", printed_again),
    Case("paper", "saved by another program", lambda: resaved(_nothing), _SEAL),
    Case(
        "paper",
        "saved with packed objects",
        lambda: resaved(_nothing, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        _SEAL,
    ),
    Case("paper", "saved for the web", lambda: resaved(_nothing, linearize=True), _SEAL),
    Case("paper", "saved as one revision with the page turned", lambda: resaved(_rotate), _SEAL),
    Case("paper", "the page cut", lambda: resaved(_crop), _SEAL),
    Case("paper", "the page taken out", lambda: resaved(_drop_page), _SEAL),
    Case(
        "paper",
        "locked with an empty password",
        lambda: resaved(_nothing, encryption=pikepdf.Encryption(owner="o", user="")),
    ),
    Case("paper", "two tables", hybrid, _CHANGED | {"file_two_tables"}),
    Case("paper", "bytes behind the end", lambda: FILE + b"\x00" * 64, _CHANGED),
    Case("paper", "bytes before the head", lambda: b"#!/bin/sh\n" + FILE, _CHANGED),
    Case("paper", "cut in the middle", lambda: FILE[: len(FILE) // 2]),
    Case(
        "paper",
        "cut before the seal",
        lambda: FILE[: FILE.index(b"%%EOF") + 5],
        frozenset({"file_without_seal"}),
    ),
)
