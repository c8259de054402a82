"""The rules of the structure (PDF/A-3a, tagged PDF): everything marked, every mark somebody's, in order.

Source: ISO 19005-3:2012, 6.7; ISO 32000-1:2008, 14.7 and 14.8, clauses in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from mit.document.fonts import typeface

_KINDS = {"Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "Figure", "Form"}
_PAINTS = {"TJ", "Tj", "Do", "S", "s", "f", "f*", "B", "B*", "b", "b*", "sh", "EI"}
_THAI, _LATIN = re.compile(r"[\u0e00-\u0e7f]"), re.compile(r"[A-Za-z]")


@dataclass
class Said:
    """One mark of a page: its number, what it says, in which language, whether it is nested."""

    number: int
    text: str = ""
    language: str = ""
    is_nested: bool = False


@dataclass
class Content:
    """What the operators of one page say."""

    marks: list[Said] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    depth: int = 0


def broken_structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield every rule of the structure that a file breaks, in words."""
    root = pdf.Root.get("/StructTreeRoot")
    if not bool(pdf.Root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "6.7.2.2 not marked as tagged"
    if str(pdf.Root.get("/Lang", "")) != "th":
        yield "6.7.4 language of the document"
    if root is None:
        yield "6.7.3.3 no structure"
        return
    yield from _elements(root)
    yield from _pages(pdf, root)
    yield from _widgets(pdf, root)


def reading_order(pdf: pikepdf.Pdf) -> list[tuple[str, str]]:
    """Return kind and text of every element that says something, as a voice reads them out."""
    says = [{mark.number: mark for mark in content_of(page).marks} for page in pdf.pages]
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    read: list[tuple[str, str]] = []
    for element in _walk(pdf.Root.StructTreeRoot.K):
        words = [
            says[places[page]][number].text
            for page, number in _marks_of(element)
            if number in says[places[page]]
        ]
        if words or "/Alt" in element:
            read.append((str(element.S)[1:], " ".join(words) or str(element.Alt)))
    return read


def content_of(page: Any) -> Content:
    """Return what the operators of a page say, and what they paint outside of every mark."""
    found, opened, face = Content(), [], typeface("F1")
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            opened.append(_opened(operands, found, is_nested=bool(opened)))
        elif name == "EMC":
            opened.pop()
        elif name == "Tf":
            face = typeface("F2" if str(operands[0]) == "/F2" else "F1")
        elif name in _PAINTS and not opened:
            found.loose.append(name)
        elif name == "TJ" and isinstance(opened[-1], Said) and not opened[-1].text.startswith("\ufeff"):
            opened[-1].text += _meaning(operands[0], face)
    found.depth = len(opened)
    for mark in found.marks:
        mark.text = mark.text.removeprefix("\ufeff")
    return found


def _opened(operands: Any, found: Content, *, is_nested: bool) -> Said | str:
    tag = str(operands[0])
    properties = operands[1] if len(operands) > 1 else {}
    if "/MCID" not in properties:
        return tag
    actual = properties.get("/ActualText")
    text = "" if actual is None else "\ufeff" + str(actual)
    said = Said(int(properties["/MCID"]), text, str(properties.get("/Lang", "")), is_nested)
    found.marks.append(said)
    return said


def _meaning(pieces: Any, face: Any) -> str:
    text = ""
    for piece in pieces:
        if isinstance(piece, pikepdf.String):
            data = bytes(piece)
            numbers = (int.from_bytes(data[k : k + 2], "big") for k in range(0, len(data), 2))
            text += "".join(face.to_unicode[number] for number in numbers)
    return text


def _elements(root: Any) -> Iterator[str]:
    if [str(child.S) for child in _children(root)] != ["/Document"]:
        yield "14.8.4.2 one document at the root"
    level = 0
    for element in _walk(root.K):
        kind = str(element.S)[1:]
        if kind not in _KINDS:
            yield f"14.8.4 an unknown kind of element: {kind}"
        if kind in {"H1", "H2"}:
            if int(kind[1]) > level + 1:
                yield f"14.8.4.3.2 {kind} after level {level}"
            level = int(kind[1])
        yield from _traits(element, kind)
        yield from _family(element, kind)
        if any(child.P.objgen != element.objgen for child in _children(element)):
            yield "14.7.2 a child that names another parent"


def _traits(element: Any, kind: str) -> Iterator[str]:
    traits = element.get("/A", {})
    if kind == "TH" and str(traits.get("/Scope", "")) != "/Column":
        yield "14.8.5.7 a heading without scope"
    if kind == "Figure" and not (str(element.get("/Alt", "")) and "/BBox" in traits):
        yield "14.9.3 a figure without words or box"


def _family(element: Any, kind: str) -> Iterator[str]:
    """Yield what a table or a row holds that it may not, and rows that differ in their cells."""
    inside = {str(child.S)[1:] for child in _children(element)}
    if kind == "Table" and inside != {"TR"}:
        yield f"14.8.4.3.4 a table of {sorted(inside)}"
    if kind == "TR" and (not inside or not inside <= {"TH", "TD"}):
        yield f"14.8.4.3.4 a row of {sorted(inside)}"
    if kind == "Table" and len({len(list(_children(row))) for row in _children(element)}) != 1:
        yield "14.8.4.3.4 rows of different width"


def _pages(pdf: pikepdf.Pdf, root: Any) -> Iterator[str]:
    owners = _parent_tree(root)
    for page in pdf.pages:
        content = content_of(page)
        if str(page.obj.get("/Tabs", "")) != "/S":
            yield "14.9 order of tabs"
        if content.loose or content.depth:
            yield f"14.8.2.2 outside of every mark: {sorted(set(content.loose))}, depth {content.depth}"
        if [mark.number for mark in content.marks] != list(range(len(content.marks))):
            yield "14.7.4.2 numbers of marks"
        if any(mark.is_nested for mark in content.marks):
            yield "14.7.4 a mark within a mark"
        yield from _languages(content)
        entry = owners.get(int(page.obj.get("/StructParents", -1)))
        if entry is None or len(entry) != len(content.marks):
            yield "14.7.4.4 marks that nobody owns"
            continue
        for mark, element in zip(content.marks, entry, strict=True):
            if (page.obj.objgen, mark.number) not in list(_marks_of(element)):
                yield f"14.7.4.4 mark {mark.number} belongs to another element"


def _languages(content: Content) -> Iterator[str]:
    for mark in content.marks:
        is_english = bool(_LATIN.search(mark.text)) and not _THAI.search(mark.text)
        if is_english != (mark.language == "en"):
            yield f"14.9.2 language of {mark.text!r}"


def _widgets(pdf: pikepdf.Pdf, root: Any) -> Iterator[str]:
    owners = _parent_tree(root)
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            element = owners.get(int(annotation.get("/StructParent", -1)))
            if element is None or str(element.S) != "/Form" or element.K.Obj.objgen != annotation.objgen:
                yield "14.8.4.5 a field outside of the structure"
            if not str(annotation.get("/TU", "")):
                yield "14.9.3 a field without words"


def _parent_tree(root: Any) -> dict[int, Any]:
    entries = list(root.get("/ParentTree", {}).get("/Nums", []))
    return {int(key): value for key, value in zip(entries[::2], entries[1::2], strict=True)}


def _walk(element: Any) -> Iterator[Any]:
    yield element
    for child in _children(element):
        yield from _walk(child)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    return [] if kids is None else list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _children(element: Any) -> Iterator[Any]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid


def _marks_of(element: Any) -> Iterator[tuple[Any, int]]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
            yield kid.Pg.objgen, int(kid.MCID)
        elif not isinstance(kid, pikepdf.Dictionary):
            yield element.Pg.objgen, int(kid)
