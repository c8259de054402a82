"""What a reader of a PDF sees on the pages that are looked at, and what the child may use up."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from functools import cache

import pikepdf
import pypdfium2
import pytest
import qrcode
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from mit.document.certificate_pdf import draw_certificate
from mit.errors import UnreadableFileError
from mit.sandbox import child, drawn_pdf
from mit.sandbox.limits import Limits
from tests.document.papers import claims, paper
from tests.support.pdfs import locked_pdf


@cache
def certificate() -> bytes:
    return draw_certificate(paper(2))


@cache
def page_with_code(text: str) -> bytes:
    """Return a PDF of one page with a QR code and nothing else."""
    out = io.BytesIO()
    picture = qrcode.make(text, border=4).get_image().convert("L")
    picture.resize((400, 400), Image.Resampling.NEAREST).save(out, "PDF", resolution=150)
    return out.getvalue()


def joined(*pages: bytes) -> bytes:
    """Return one PDF of all these pages."""
    whole = pikepdf.new()
    for page in pages:
        with pikepdf.open(io.BytesIO(page)) as part:
            whole.pages.extend(part.pages)
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()


def test_of_a_certificate_the_words_and_the_code_are_seen() -> None:
    seen = drawn_pdf.read(certificate())
    assert str(claims().number) in str(seen["text"])
    assert claims().holder.name_en in str(seen["text"])
    assert seen["qr_texts"] == [paper(2).qr_text]


def test_in_the_child_it_is_the_same() -> None:
    assert child.run("drawn_pdf", certificate()) == drawn_pdf.read(certificate())


def test_codes_are_looked_for_on_the_first_three_pages_and_the_last() -> None:
    pages = [page_with_code(f"CODE {at}") for at in range(1, 7)]
    assert drawn_pdf.read(joined(*pages))["qr_texts"] == ["CODE 1", "CODE 2", "CODE 3", "CODE 6"]
    assert drawn_pdf.read(joined(*pages[:2]))["qr_texts"] == ["CODE 1", "CODE 2"]
    assert drawn_pdf.read(joined(pages[0]))["qr_texts"] == ["CODE 1"]


def test_a_code_that_stands_on_several_pages_is_told_once() -> None:
    assert drawn_pdf.read(joined(*[page_with_code("ONE")] * 4))["qr_texts"] == ["ONE"]


def test_words_are_read_on_sixty_pages_and_no_further() -> None:
    out = io.BytesIO()
    written = Canvas(out)
    for at in range(1, 63):
        written.drawString(99, 99, f"Page {at}.")
        written.showPage()
    written.save()
    seen = drawn_pdf.read(out.getvalue())
    assert str(seen["text"]).split("\n") == [f"Page {at}." for at in range(1, 61)]
    assert seen["qr_texts"] == []


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\n%%EOF", bytes(2_000)], ids=len)
def test_what_is_no_pdf_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="pdf_unreadable"):
        drawn_pdf.read(data)


def test_a_locked_pdf_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="pdf_unreadable"):
        drawn_pdf.read(locked_pdf())


@pytest.mark.parametrize("size", [(14_400, 14_400), (1, 14_400), (3, 3)])
def test_a_page_of_any_size_is_looked_at_within_bounds(size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    assert drawn_pdf.read(out.getvalue()) == {"text": "", "qr_texts": []}


# --- what the child may use up

_PROGRAM = """
import json, resource, signal, socket
from mit.sandbox import limits
limits.hold_to(limits.Limits(*map(int, {numbers})))
names = ("CORE", "FSIZE", "NPROC", "NOFILE", "AS", "CPU")
told = {{name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names}}
told["alarm"] = signal.alarm(0)
limits.close_the_doors()
told["doors"] = resource.getrlimit(resource.RLIMIT_NOFILE)
refused = []
for act in (lambda: open("/etc/hostname"), lambda: socket.socket(), lambda: open("/tmp/x", "w")):
    try:
        act()
    except OSError as error:
        refused.append(type(error).__name__)
told["refused"] = refused
print(json.dumps(told))
"""


def test_a_process_is_held_to_its_limits_and_every_door_is_closed() -> None:
    limits = Limits(memory_bytes=900_000_000, cpu_seconds=3, wall_seconds=7, open_files=40)
    program = _PROGRAM.format(numbers=[*limits.to_document().values()])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "CORE": [0, 0],
        "FSIZE": [0, 0],
        "NPROC": [0, 0],
        "NOFILE": [40, 40],
        "AS": [900_000_000, 900_000_000],
        "CPU": [3, 4],
        "alarm": 8,
        "doors": [0, 0],
        "refused": ["OSError", "OSError", "OSError"],
    }


def test_the_usual_limits_are_those_that_are_written_down() -> None:
    mib = 1024 * 1024
    assert Limits().to_document() == {
        "input_bytes": 20 * mib,
        "answer_bytes": 32 * mib,
        "memory_bytes": 512 * mib,
        "cpu_seconds": 10,
        "wall_seconds": 20,
        "open_files": 64,
    }


@pytest.mark.parametrize("reader", sorted(child.READERS))
def test_a_file_beyond_its_size_is_refused_before_a_child_is_started(reader: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        child.run(reader, bytes(2 * 1024 * 1024 + 1), limits=Limits(input_bytes=2 * 1024 * 1024))
    assert refused.value.code == "file_too_large"
    assert refused.value.params == {"limit": 2}
