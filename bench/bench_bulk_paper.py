"""A thousand certificates of ten products on paper: how many a second on one core, beside two other ways.

Each is: credential signed, QR text signed, page drawn, PAdES B-B seal.  In every round the product
makes its share of the thousand and each other way a few, so that what disturbs the machine disturbs
all of them.  The other ways are ReportLab as it is usually written (Platypus, qrcode, pyHanko), and
WeasyPrint with pyHanko in an environment of its own (``var/bench-weasyprint``, made at the first run).

    python bench/bench_bulk_paper.py [--certificates 1000] [--products 10] [--rounds 5] [--beside 8]
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import plain_certificate as plain
from bench_issue import SEED, Signed, Workshop, draw_ours, open_workshop, sign
from harness import ROOT, Figures, print_summary, ratio_of_rates, tree_cpu, write_result
from made_up import made_up_claims

import mit
from mit.document.pades import seal, seal_plainly
from mit.document.seal_cms import seal_cms
from mit.values.thai_date import bangkok_day, format_day

_PEER = ROOT / "var" / "bench-weasyprint"
_PEER_PACKAGES = ("weasyprint==70.0", "pyHanko==0.38.0", "qrcode[pil]==8.2")
LIMITS = [
    "CPU time, user + system; storing is left out on all sides; fonts and signers are loaded once.",
    "Every certificate has its own company, product names and models.",
    "The other ways attach no credential, are not tagged, and do not give Thai text back exactly.",
    "The child of WeasyPrint is measured in ticks of 10 ms.",
]


class Weasy:
    """WeasyPrint in a child of its own environment; ``reason`` says why there is none."""

    def __init__(self, folder: Path) -> None:
        self.reason = _install()
        self.child: subprocess.Popen[str] | None = None
        if not self.reason:
            names = [str(folder / f"{name}.pem") for name in ("key", "certificate", "chain")]
            fonts = Path(mit.__file__).parent / "document" / "fonts"
            script = str(Path(__file__).with_name("weasyprint_certificate.py"))
            self.child = subprocess.Popen(
                [str(_PEER / "bin" / "python"), script, str(fonts), *names],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

    def make(self, signed: Signed) -> int:
        """Let the child make one certificate and return its size in bytes."""
        assert self.child and self.child.stdin and self.child.stdout
        self.child.stdin.write(json.dumps(_told(signed)) + "\n")
        self.child.stdin.flush()
        return int(self.child.stdout.readline())

    def cpu(self) -> float:
        """Return the CPU seconds of this process and of the child."""
        assert self.child
        return time.process_time() + tree_cpu(self.child.pid)

    def close(self) -> None:
        """End the child."""
        if self.child and self.child.stdin:
            self.child.stdin.close()
            self.child.wait()


def _install() -> str:
    """Make the environment of WeasyPrint where there is none; return why that cannot be, or ""."""
    python = _PEER / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(_PEER)], check=True, capture_output=True)
        if subprocess.run(
            [str(python), "-c", "import weasyprint, pyhanko"], check=False, capture_output=True
        ).returncode:
            command = [str(python), "-m", "pip", "install", "-q", *_PEER_PACKAGES]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            subprocess.run([str(python), "-c", "import weasyprint"], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _told(signed: Signed) -> dict[str, object]:
    """Return the words of a certificate, those of the plain way."""
    claims, holder = signed.claims, signed.claims.holder
    days = [format_day(day, "th", width="wide") for day in (claims.issued_on, claims.expires_on)]
    return {
        "title": f"ใบรับรองสินค้าที่ผลิตในประเทศไทย (Made in Thailand) เลขที่ {claims.number}",
        "lines": [
            *(holder.name_th, holder.name_en, f"เลขทะเบียนนิติบุคคล {holder.juristic_number}"),
            f"{holder.address_th} / {holder.address_en}",
            f"สถานที่ผลิต {holder.site_th} / {holder.site_en}",
            "ขอรับรองว่าสินค้าตามรายการด้านล่างมีสัดส่วนมูลค่าในประเทศไม่น้อยกว่าเกณฑ์ที่กำหนด",
            f"ออกให้ ณ วันที่ {days[0]} ใช้ได้ถึงวันที่ {days[1]}",
            *(claims.issuer.signatory_name_th, claims.issuer.signatory_position_th),
        ],
        "rows": [_row(place, entry.coverage) for place, entry in enumerate(claims.products, 1)],
        "qr": signed.qr_text,
    }


def _row(place: int, entry: object) -> list[str]:
    spans = [f"{span.property} {span.from_value}–{span.to_value} {span.unit}" for span in entry.ranges]  # type: ignore[attr-defined]
    texts = ("product_th", "product_en", "brand", "hs_code")
    return [str(place), *(getattr(entry, name) for name in texts), ", ".join([*entry.models, *spans])]  # type: ignore[attr-defined]


def _taken(once: Callable[[], object], times: int, cpu: Callable[[], float]) -> float:
    """Return the CPU seconds of one time."""
    before = cpu()
    for _ in range(times):
        once()
    return (cpu() - before) / times


def take_figures(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document."""
    shop, _ = open_workshop(folder)
    weasy = Weasy(folder)
    ways = _ways(shop, weasy, options)
    for once, _, cpu in ways.values():
        _taken(once, 2, cpu)  # fonts, dictionaries, prepared files
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(options.rounds):
        for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
            taken[name].append(_taken(*ways[name]))
        print(f"  round {number + 1} of {options.rounds}", file=sys.stderr)
    weasy.close()
    figures = {name: Figures(tuple(values)) for name, values in taken.items()}
    return _document(figures, weasy, options)


def _ways(
    shop: Workshop, weasy: Weasy, options: argparse.Namespace
) -> dict[str, tuple[Callable[[], object], int, Callable[[], float]]]:
    """Return every way: how one certificate is made, how many in a round, whose time counts."""
    claims = _endless(shop, options.products)
    material, at, own = shop.material, shop.now, time.process_time

    def signed() -> Signed:
        return sign(next(claims), shop.signer)

    page = draw_ours(signed())
    cms = seal_cms(material)
    share = options.certificates // options.rounds
    ways: dict[str, tuple[Callable[[], object], int, Callable[[], float]]] = {
        "ours": (lambda: seal(draw_ours(signed()), material=material, at=at), share, own),
        "ours_signing": (signed, share, own),
        "ours_seal": (lambda: seal(page, material=material, at=at), share, own),
        "pyhanko_seal_constant_cms": (lambda: seal_plainly(page, cms, at), options.beside, own),
        "reportlab_pyhanko": (lambda: _plain(signed(), shop), options.beside, own),
    }
    if not weasy.reason:
        ways["weasyprint_pyhanko"] = (lambda: weasy.make(signed()), options.beside, weasy.cpu)
    return ways


def _plain(signed: Signed, shop: Workshop) -> bytes:
    return plain.seal_plain(plain.draw_plain(signed.claims, signed.qr_text, shop.styles), shop.plain_signer)


def _endless(shop: Workshop, products: int) -> Iterator[object]:
    on = bangkok_day(shop.now)
    for running in itertools.count(1):
        yield made_up_claims(running, seed=SEED, issued_on=on, products=products)


def _document(figures: dict[str, Figures], weasy: Weasy, options: argparse.Namespace) -> dict[str, object]:
    ratios = {
        "times_faster_than_reportlab_pyhanko": ratio_of_rates(figures, "ours", "reportlab_pyhanko"),
        "seal_times_faster_than_pyhanko": ratio_of_rates(figures, "ours_seal", "pyhanko_seal_constant_cms"),
    }
    if not weasy.reason:
        ratios["times_faster_than_weasyprint_pyhanko"] = ratio_of_rates(figures, "ours", "weasyprint_pyhanko")
    return {
        "certificates": options.certificates,
        "products": options.products,
        "rounds": options.rounds,
        "figures": {name: figure.to_document() for name, figure in figures.items()},
        "ratios": ratios,
        "aims": {"times_faster_than_reportlab_pyhanko": 6, "times_faster_than_weasyprint_pyhanko": 9},
        "left_out": {"weasyprint": weasy.reason} if weasy.reason else {},
        "limits": LIMITS,
    }


def main() -> None:
    """Measure, print and write ``bench/results/bulk_paper.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=1000)
    parser.add_argument("--products", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=int, default=8)
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = take_figures(Path(name), parser.parse_args())
    print_summary(document, write_result("bulk_paper", document, seed=SEED))


if __name__ == "__main__":
    main()
