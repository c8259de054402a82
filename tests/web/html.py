"""A small reader of our own pages: well-formedness, text, attributes; standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass
class Element:
    """One element: its name, attributes, all text below it, and what stands in it."""

    name: str
    attributes: dict[str, str | None]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the text in document order, white space folded."""
        return " ".join(" ".join(self.texts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.all: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says an attribute twice: {names}"
        element = Element(tag, dict(attrs))
        self.all.append(element)
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)


@dataclass
class Page:
    """A parsed page."""

    elements: list[Element]
    text: str

    def all(self, tag: str, /, **attributes: str) -> list[Element]:
        """Return the elements called *tag* with these attributes (``class_`` for class)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.name == tag and all(element.attributes.get(k) == v for k, v in wanted.items())
        ]

    def one(self, tag: str, /, **attributes: str) -> Element:
        """Return the only element of that kind."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attributes}>"
        return found[0]


def read_page(html: str, *, beside: tuple[str, ...] = ()) -> Page:
    """Return the parsed page; *beside* are the beginnings of addresses elsewhere that it may lead to.

    Raises:
        AssertionError: tags do not nest, an id stands twice, a label points nowhere, or there is
            anything that our content security policy would refuse.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], f"never closed: {[e.name for e in reader.open[1:]]}"
    page = Page(reader.all, reader.root.text)
    _check_references(page)
    _check_policy(page, ("/", "#", "tel:", *beside))
    return page


def _check_references(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    known = set(ids)
    assert len(ids) == len(known), f"an id stands twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for element in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            for reference in (element.attributes.get(name) or "").split():
                assert reference in known, f"{name}={reference} points nowhere"
    labelled = {label.attributes.get("for") for label in page.all("label")}
    for field_ in page.all("input"):
        if field_.attributes.get("type") != "hidden" and "hidden" not in field_.attributes:
            assert field_.attributes["id"] in labelled, f"no label for {field_.attributes}"


def _check_policy(page: Page, beginnings: tuple[str, ...]) -> None:
    styles = ("/css/office.css", "/css/offline.css")  # signed-in pages, and those that verify on the device
    is_scripted = any(one in str(link.attributes["href"]) for link in page.all("link") for one in styles)
    for script in page.all("script"):
        assert is_scripted, "a public page runs no script"
        assert script.attributes.get("src"), "a script stands in the page"
        assert not script.text, "a script stands in the page"
    assert not page.all("style")
    for element in page.elements:
        assert "style" not in element.attributes, f"style on <{element.name}>"
        assert not [name for name in element.attributes if name.startswith("on")], element
        for name in ("src", "href", "action"):
            address = element.attributes.get(name) or "/"
            assert address.startswith(beginnings), f"leaves the host: {address}"
            assert not address.startswith("//"), f"leaves the host: {address}"
