"""Browsers inside other applications are told from browsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.web.in_app import in_app_browser

PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        (f"{IPHONE} Safari Line/14.19.0", "LINE"),
        (f"{PHONE} Mobile Safari/537.36 Line/14.19.0/IAB", "LINE"),
        (f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/487.1.0.40.110;FBBV/1]", "Facebook / Messenger"),
        (f"{IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/480.0]", "Facebook / Messenger"),
        (f"{PHONE} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/487.0.0.0;]", "Facebook / Messenger"),
        (f"{PHONE} Mobile Safari/537.36 Instagram 355.0.0.0 Android", "Instagram"),
        (f"{PHONE} Mobile Safari/537.36 MicroMessenger/8.0.50", "WeChat"),
        (f"{IPHONE} Mobile/15E148 musical_ly_36.0 BytedanceWebview/d8a21c6", "TikTok"),
        (f"{IPHONE} Twitter for iPhone/10.60", "X"),
        (f"{PHONE} Mobile Safari/537.36", ""),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", ""),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", ""),
        ("Baseline/1.0", ""),
        ("curl/8.5.0", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_application_is_known_by_the_word_it_adds(agent: str | None, app: str) -> None:
    assert in_app_browser(agent) == app


@given(st.text(max_size=60))
def test_anything_at_all_is_answered_in_our_own_words(agent: str) -> None:
    named = {"", "LINE", "Facebook / Messenger", "Instagram", "WeChat", "TikTok", "X", "Zalo", "WhatsApp"}
    assert in_app_browser(agent) in named
