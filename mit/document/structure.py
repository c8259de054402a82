"""Write the structure of a document into its file: the tree of elements, and the way back from a mark.

Source: ISO 32000-1 section 14.7; PDF/A-3a asks for it (ISO 19005-3, 6.7).
"""

from __future__ import annotations

from collections.abc import Sequence

from mit.document.pdf_objects import Body, numbers, text_string
from mit.document.sheet import Sheet
from mit.document.tags import Element, Mark


def write_structure(body: Body, sheet: Sheet, pages: Sequence[int], *, field: int | None) -> int:
    """Write all elements of *sheet* and return the number of their root.

    *pages* are the numbers of the page objects; *field*, if any, is that of the empty seal.
    """
    root = body.reserve()
    writer = _Writer(body, pages)
    document = writer.write(sheet.document, root, form=field)
    parents = [
        f"{page} [{' '.join(f'{writer.places[id(element)]} 0 R' for element in marks)}]"
        for page, marks in enumerate(sheet.marks[: len(pages)])
    ]
    if field is not None:
        parents.append(f"{len(pages)} {writer.form} 0 R")
    way_back = body.reserve()
    body.pack(way_back, f"<</Nums[{' '.join(parents)}]>>")
    following = len(parents)
    body.pack(
        root,
        f"<</Type/StructTreeRoot/K {document} 0 R/ParentTree {way_back} 0 R/ParentTreeNextKey {following}>>",
    )
    return root


class _Writer:
    """Gives every element its number and writes it below its parent."""

    def __init__(self, body: Body, pages: Sequence[int]) -> None:
        self._body = body
        self._pages = pages
        self.places: dict[int, int] = {}
        self.form = 0

    def write(self, element: Element, parent: int, *, form: int | None = None) -> int:
        """Write *element* with all below it, and *form* as its last child; return its number."""
        number = self.places[id(element)] = self._body.reserve()
        own = next((child.page for child in element.children if isinstance(child, Mark)), None)
        children = [
            self._mark(child, own) if isinstance(child, Mark) else f"{self.write(child, number)} 0 R"
            for child in element.children
        ]
        if form is not None:
            children.append(f"{self._write_form(form, number)} 0 R")
        page = "" if own is None else f"/Pg {self._pages[own]} 0 R"
        held = f"/K {children[0]}" if len(children) == 1 else f"/K[{' '.join(children)}]" if children else ""
        self._body.pack(number, f"<</S/{element.kind}/P {parent} 0 R{page}{held}{_traits(element)}>>")
        return number

    def _mark(self, mark: Mark, own: int | None) -> str:
        if mark.page == own:
            return str(mark.number)
        return f"<</Type/MCR/Pg {self._pages[mark.page]} 0 R/MCID {mark.number}>>"

    def _write_form(self, field: int, parent: int) -> int:
        self.form = self._body.reserve()
        page = self._pages[0]
        self._body.pack(
            self.form,
            f"<</S/Form/P {parent} 0 R/Pg {page} 0 R/K<</Type/OBJR/Pg {page} 0 R/Obj {field} 0 R>>>>",
        )
        return self.form


def _traits(element: Element) -> str:
    """Return what else is said of an element: words for a picture, its box, the reach of a heading."""
    said = f"/Alt {text_string(element.alternative)}" if element.alternative else ""
    if element.box:
        said += f"/A<</O/Layout/Placement/Block/BBox{numbers(element.box)}>>"
    if element.scope:
        said += f"/A<</O/Table/Scope/{element.scope}>>"
    return said
