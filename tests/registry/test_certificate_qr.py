"""The QR code as a picture: that of the certificate and no other, for those who may have the paper."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image

from mit.errors import NotFoundError
from mit.lifecycle.certificate_states import CertificateAction
from mit.registry.certificate_qr import MODULE_PIXELS, read_qr_png, read_qr_svg
from mit.roles.actor import Actor, Role
from mit.verify.scan import verify_text
from tests.support.desk import Desk
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.world import rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read(picture: bytes) -> tuple[str, int]:
    """Return what a scanner reads in a picture, and how wide that is."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text), image.width


def test_a_scanner_reads_the_very_text_that_was_signed(desk: Desk) -> None:
    number, other = desk.active(), desk.active()
    with untouched():
        text, width = read(read_qr_png(desk.cast.somchai, number))
    (row,) = rows("SELECT qr_text FROM certificates WHERE number = :number", number=number)
    assert text == row["qr_text"]
    assert width % MODULE_PIXELS == 0
    verdict = verify_text(text, now=desk.now)
    assert verdict.reasons == ()
    assert verdict.certificate is not None
    assert verdict.certificate.number == number
    assert read(read_qr_png(desk.cast.somchai, other))[0] != text


def test_the_drawing_names_its_certificate_and_holds_no_script(desk: Desk) -> None:
    number = desk.active()
    svg = read_qr_svg(desk.cast.malee, number).decode("utf-8")
    assert re.search(rf'role="img" aria-label="{number}"', svg)
    assert svg.startswith("<svg")
    assert svg.rstrip().endswith("</svg>")
    for foreign in ("<script", "javascript:", "onload", "xlink:href", "<image", "<foreignObject"):
        assert foreign not in svg


def test_it_is_there_from_the_issue_on_and_stays_after_the_end(desk: Desk) -> None:
    waiting = desk.approved().certificate_number
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        read_qr_png(desk.cast.somchai, waiting)
    number = desk.active()
    changed(desk, number, CertificateAction.REVOKE)
    text, _ = read(read_qr_png(desk.cast.somchai, number))
    assert verify_text(text, now=desk.now).reasons == ("revoked",)  # whoever scans it is told


def test_for_everybody_else_there_is_none(desk: Desk) -> None:
    number, cast = desk.active(), desk.cast
    chief = invite("Chief Admin", Role.ADMINISTRATOR, now=desk.now)
    nok = invite("Nok Dee", Role.MANUFACTURER, cast.siam_cable_id, now=desk.now)
    for actor in (cast.somchai, nok, cast.malee, cast.anan, chief):
        assert read_qr_svg(actor, number)
    without_role = Actor(cast.somchai.user_id, frozenset(), cast.siam_cable_id)
    both = Actor(cast.krit.user_id, frozenset({Role.MANUFACTURER, Role.REVIEWER}), cast.krungthep_wire_id)
    for actor in (cast.krit, cast.napha, without_role, both):
        for ask in (read_qr_svg, read_qr_png):
            with pytest.raises(NotFoundError, match="certificate_not_found"):
                ask(actor, number)
    for unknown in ("", "MIT-2569-0000099-X", number.lower(), f"{number} ", "\x00", "x" * 10_000):
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            read_qr_png(cast.malee, unknown)
