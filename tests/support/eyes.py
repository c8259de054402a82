"""How a page looks to a careful reader: axe, widths, contrast, line heights, letters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.support.require import lacking

_AXE = Path(__file__).parent.parent / "foreign" / "node_modules" / "axe-core" / "axe.min.js"
_RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], elementRef: false});
  const shown = rule => rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | ');
  return found.violations.map(rule => `axe ${rule.id}: ${shown(rule)}`);
}"""
_WIDTH_BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

#: Every text that is painted: its contrast with what is painted beneath, its line height by its size.
MEASURE = """() => {
  const parse = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n };
  const light = c => { const l = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2] };
  const beneath = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c }
    return [255, 255, 255, 1] };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), e = walk.currentNode.parentElement;
    if (!text || !e.checkVisibility() || e.closest('.skip, svg')) continue;
    const style = getComputedStyle(e), a = light(parse(style.color)), b = light(beneath(e));
    found.push({text: text.slice(0, 40), size: parseFloat(style.fontSize), bold: +style.fontWeight >= 700,
      contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      leading: parseFloat(style.lineHeight) / parseFloat(style.fontSize), font: style.fontFamily});
  }
  return found;
}"""


@cache
def axe_source() -> str:
    """Return axe-core, or skip the test where the npm packages are not installed."""
    if not _AXE.is_file():
        lacking("node", "axe-core is not among the npm packages of the tests (make foreign)")
    return _AXE.read_text(encoding="utf-8")


def unreadable(page: Page) -> list[str]:
    """Return every painted text with too little contrast, too tight a line, too small or a foreign letter.

    Source: WCAG 2.2 AA for contrast; a line of 1.5 and more, so that no Thai mark is cut.
    """
    return [f"illegible: {text}" for text in page.evaluate(MEASURE) if not _is_legible(text)]


def _is_legible(text: dict[str, Any]) -> bool:
    is_large = text["size"] >= 24 or (text["bold"] and text["size"] >= 18.66)
    return (
        text["contrast"] >= (3 if is_large else 4.5)
        and text["leading"] >= 1.49
        and text["size"] >= 14
        and text["font"].startswith(("Sarabun", "ui-monospace"))
    )


def too_wide(page: Page, *sizes: tuple[int, int]) -> list[str]:
    """Return by how much the page scrolls sideways in windows of these sizes; it keeps the last of them."""
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if (beyond := int(page.evaluate(_WIDTH_BEYOND))) > 0:
            found.append(f"scrolls sideways by {beyond} px at {width} px")
    return found


def bring_axe(page: Page) -> None:
    """Let every page that is opened here have axe-core from its start; sending it to each takes longer."""
    page.add_init_script(axe_source())


def found_by_axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page, a line for each rule."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source())
    return list(page.evaluate(_RUN_AXE))
