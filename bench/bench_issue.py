"""One complete certificate, in CPU milliseconds, beside the plain way of making one.

Complete is: credential signed, QR text signed, page drawn, PAdES B-B seal, file and row stored.
Both ways sign the same credential and QR with our own code, carry the same words, and store
through the same function; what differs is page, QR picture, attachment and seal.  The plain way
has neither the attached credential nor PDF/A nor exact text, so it is given an advantage.

    python bench/bench_issue.py [--rounds 7] [--seconds 1.5] [--products 10]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import plain_certificate as plain
from cryptography.hazmat.primitives import serialization
from flask import Flask
from harness import Subject, measure, print_summary, ratio_of_rates, write_result
from made_up import made_up_claims

from mit.app import create_app
from mit.config import Settings
from mit.credential import cose, jose, qr_text, vc
from mit.credential.claims import Claims
from mit.credential.signatures import KeySigner, throwaway_signer
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.pades import seal
from mit.document.qr_image import qr_version
from mit.document.seal_chain import SealMaterial, make_test_chain
from mit.store.db import transaction
from mit.store.documents import store_document
from mit.upkeep import schema
from mit.values.thai_date import bangkok_day

SEED = 2569
PUBLIC_URL = "https://verify.mit.example"
LIMITS = [
    "CPU time of one process, user + system; waiting for the disk (fsync) is not in it.",
    "Work functions (locks, audit, four eyes, checking our own work) are left out on both sides.",
    "Every certificate has its own company and product names; fonts and signers are loaded once.",
    "The plain way attaches no credential, is no PDF/A and does not give its text back exactly.",
]


@dataclass(frozen=True)
class Workshop:
    """What both ways work with."""

    var_dir: Path
    signer: KeySigner
    material: SealMaterial
    plain_signer: object
    styles: plain.PlainStyles
    now: datetime


@dataclass(frozen=True)
class Signed:
    """The two signed forms of one certificate's claims."""

    claims: Claims
    credential: bytes
    qr_text: str


def sign(claims: Claims, signer: KeySigner) -> Signed:
    """Return credential and QR text, each signed."""
    tbs = vc.credential_signing_input(claims, public_url=PUBLIC_URL, key=signer.public_key)
    credential = jose.assemble(tbs, signer.sign(tbs)).encode("ascii")
    short = qr_text.qr_claims(claims, hashlib.sha256(credential).digest(), public_url=PUBLIC_URL)
    payload = qr_text.encode_claims(short)
    kid = signer.public_key.kid
    envelope = cose.assemble(kid, payload, signer.sign(cose.to_be_signed(kid, payload)))
    return Signed(claims, credential, qr_text.qr_url(PUBLIC_URL, envelope))


def draw_ours(signed: Signed) -> bytes:
    """Return our page with the credential attached."""
    return draw_certificate(
        CertificatePaper(signed.claims, signed.qr_text, "verify.mit.example", signed.credential)
    )


def store(shop: Workshop, pdf: bytes) -> None:
    """Store the file durably and its row in one transaction."""
    with transaction() as session:
        store_document(session, shop.var_dir, pdf, media_type="application/pdf", now=shop.now)


def subjects(shop: Workshop, products: int) -> list[Subject]:
    """Return both ways, whole and in parts."""
    claims = _endless_claims(shop, products)

    def whole(draw: Callable[[Signed], bytes], seal_it: Callable[[bytes], bytes]) -> Callable[[], None]:
        return lambda: store(shop, seal_it(draw(sign(next(claims), shop.signer))))

    def ours_sealed(pdf: bytes) -> bytes:
        return seal(pdf, material=shop.material, at=shop.now)

    def plain_drawn(signed: Signed) -> bytes:
        return plain.draw_plain(signed.claims, signed.qr_text, shop.styles)

    def plain_sealed(pdf: bytes) -> bytes:
        return plain.seal_plain(pdf, shop.plain_signer)

    page = draw_ours(sign(next(claims), shop.signer))
    return [
        Subject("complete", whole(draw_ours, ours_sealed)),
        Subject("plain_complete", whole(plain_drawn, plain_sealed)),
        Subject("signing", lambda: sign(next(claims), shop.signer)),
        Subject("signing_and_page", lambda: draw_ours(sign(next(claims), shop.signer))),
        Subject("plain_signing_and_page", lambda: plain_drawn(sign(next(claims), shop.signer))),
        Subject("seal", lambda: ours_sealed(page)),
        Subject("plain_seal", lambda: plain_sealed(page)),
    ]


def _endless_claims(shop: Workshop, products: int) -> Iterator[Claims]:
    on = bangkok_day(shop.now)
    for running in itertools.count(1):
        yield made_up_claims(running, seed=SEED, issued_on=on, products=products)


def open_workshop(folder: Path) -> tuple[Workshop, Flask]:
    """Return a migrated database, keys and styles under *folder*."""
    now = datetime.now(UTC)
    app = create_app(Settings(env="test", var_dir=folder / "var", keys_dir=folder / "keys"))
    with app.app_context():
        schema.migrate()
    material = make_test_chain(now, common_name="MiT bench seal")
    names = ("key", "certificate", "chain")
    pems = (_key_pem(material), *_certificate_pems(material))
    for name, pem in zip(names, pems, strict=True):
        (folder / f"{name}.pem").write_bytes(pem)
    plain_signer = plain.load_signer(*(folder / f"{name}.pem" for name in names))
    shop = Workshop(
        var_dir=folder / "var",
        signer=throwaway_signer(),
        material=material,
        plain_signer=plain_signer,
        styles=plain.load_styles(),
        now=now,
    )
    return shop, app


def _key_pem(material: SealMaterial) -> bytes:
    return material.private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate_pems(material: SealMaterial) -> tuple[bytes, bytes]:
    own, *above = (each.public_bytes(serialization.Encoding.PEM) for each in material.certificates)
    return own, b"".join(above)


def take_figures(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document, measured in a workshop under *folder*."""
    shop, app = open_workshop(folder)
    with app.app_context():
        found = measure(subjects(shop, options.products), rounds=options.rounds, seconds=options.seconds)
    return {
        "products": options.products,
        "rounds": options.rounds,
        "figures": {name: figure.to_document() for name, figure in found.items()},
        "sizes": _sizes(shop, options.products),
        "ratios": {
            "complete_times_faster_than_plain": ratio_of_rates(found, "complete", "plain_complete"),
            "page_times_faster": ratio_of_rates(found, "signing_and_page", "plain_signing_and_page"),
            "seal_times_faster": ratio_of_rates(found, "seal", "plain_seal"),
        },
        "aims": {"complete_times_faster_than_plain": {"aim": 3, "better": 4}},
        "limits": LIMITS,
    }


def _sizes(shop: Workshop, products: int) -> dict[str, int]:
    example = sign(next(_endless_claims(shop, products)), shop.signer)
    theirs = plain.draw_plain(example.claims, example.qr_text, shop.styles)
    return {
        "ours_bytes": len(seal(draw_ours(example), material=shop.material, at=shop.now)),
        "plain_bytes": len(plain.seal_plain(theirs, shop.plain_signer)),
        "qr_version": qr_version(example.qr_text),
    }


def main() -> None:
    """Measure, print and write ``bench/results/issue.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--products", type=int, default=10)
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = take_figures(Path(name), parser.parse_args())
    path = write_result("issue", document, seed=SEED)
    print_summary(document, path)


if __name__ == "__main__":
    main()
