"""What a verdict says of a certificate, kept as its number, and read out of its credential when it is shown.

A credential that was signed never changes (the database sees to it), so what is read later is what was
judged; what can change, status and successors, is kept as it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from mit.store.verdict_facts import credentials_of
from mit.verify.batch_table import ToldLine
from mit.verify.content import Content, content_of_own
from mit.verify.verdict import CertificateShown

T = TypeVar("T")

#: Numbers that one statement names.
_AT_ONCE = 500


def in_full(lines: Sequence[ToldLine]) -> list[ToldLine]:
    """Return *lines* with the member ``certificate`` of each as the JSON verdict has it."""
    numbers = list(dict.fromkeys(line.certificate["number"] for line in lines if line.certificate))
    known: dict[str, Content] = {}
    for some in _parts(numbers):
        found = credentials_of(some)
        known |= {number: content_of_own(credential) for number, credential in found.items()}
    return [_filled(line, known) for line in lines]


def _filled(line: ToldLine, known: Mapping[str, Content]) -> ToldLine:
    if line.certificate is None:
        return line
    kept, content = line.certificate, known[line.certificate["number"]]
    shown = CertificateShown(
        number=content.number,
        name_th=content.name_th,
        name_en=content.name_en,
        juristic_number=content.juristic_number,
        products=content.products,
        product_count=content.product_count,
        issued_on=content.issued_on,
        expires_on=content.expires_on,
        status=kept["status"],
        supersedes=kept["supersedes"],
        superseded_by=kept["superseded_by"],
    )
    return replace(line, certificate=shown.to_document())


def _parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE))
