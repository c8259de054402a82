"""A letter in the outbox: what goes in comes out, and its repr shows no link."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.lifecycle.mails import Letter, Mail

PARAMS = st.dictionaries(st.text(max_size=20), st.text(max_size=50) | st.integers(), max_size=5)


@given(st.text(max_size=60), st.sampled_from(["th", "en"]), st.sampled_from(Letter), PARAMS)
def test_a_letter_survives_the_outbox(
    to: str, language: str, letter: Letter, params: dict[str, str | int]
) -> None:
    mail = Mail(to, language, letter, params)
    assert Mail.from_payload(json.loads(json.dumps(mail.to_payload()))) == mail


def test_an_unknown_letter_is_not_sent() -> None:
    with pytest.raises(ValueError, match="no_such"):
        Mail.from_payload({"to": "a@b", "language": "th", "letter": "no_such", "params": {}})


def test_a_link_is_not_shown_in_logs() -> None:
    mail = Mail("a@b", "th", Letter.RESET_PASSWORD, {"path": "/password/reset/SECRET"})
    assert "SECRET" not in repr(mail)


@pytest.mark.parametrize("letter", Letter)
def test_names_of_letters_fit_a_catalogue(letter: Letter) -> None:
    assert re.fullmatch(r"[a-z_]+", letter)
