"""From where somebody comes: the network address and the browser's own name, cut to what is kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LONGEST_ADDRESS = 45
_LONGEST_BROWSER = 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request came from."""

    address: str = ""
    browser: str = ""

    @classmethod
    def of(cls, address: str | None, browser: str | None) -> Caller:
        """Return who is behind what a request says of itself; signs that cannot be shown are dropped."""
        return cls(_plain(address, _LONGEST_ADDRESS), _plain(browser, _LONGEST_BROWSER))


def _plain(text: str | None, longest: int) -> str:
    shown = "".join(sign for sign in text or "" if unicodedata.category(sign)[0] != "C")
    return shown[:longest]
