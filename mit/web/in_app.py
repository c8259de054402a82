"""Browsers inside other applications: they hide the address, which tells a site from its look-alike."""

from __future__ import annotations

#: What the browser of an application calls itself by → the application's name, as people know it.
_MARKS = (
    ("line/", "LINE"),
    ("fban/", "Facebook / Messenger"),
    ("fbav/", "Facebook / Messenger"),
    ("fb_iab", "Facebook / Messenger"),
    ("instagram", "Instagram"),
    ("micromessenger", "WeChat"),
    ("tiktok", "TikTok"),
    ("musical_ly", "TikTok"),
    ("bytedancewebview", "TikTok"),
    ("twitter", "X"),
    ("zalo/", "Zalo"),
    ("whatsapp", "WhatsApp"),
)
_WORDS_BEFORE = frozenset(" (;[,")


def in_app_browser(user_agent: str | None) -> str:
    """Return the application inside which a page was opened; empty for a browser of its own."""
    said = (user_agent or "").lower()
    return next((name for mark, name in _MARKS if _stands_in(mark, said)), "")


def _stands_in(mark: str, said: str) -> bool:
    """Say whether *mark* begins a word of *said*: ``Line/`` does not stand in ``Baseline/1``."""
    at = said.find(mark)
    return at == 0 or (at > 0 and said[at - 1] in _WORDS_BEFORE)
