"""Every sentence a person reads, looked up by key in the Thai and English catalogues.

A key is ``<domain>.<name>``; its domain names the catalogue file
``translations/<language>/<domain>.po``.  Placeholders are ``{name}``.  The ``.po`` files are read
as they are (through Babel), so there is no compiled copy that could be stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")

_CATALOGUES = Path(__file__).parent / "translations"
#: Under which keys people read what fills an error's sentence and is a code of ours: ``role="approver"``.
_WORDS_OF_CODES = {
    "role": "account.role_",
    "state": "lifecycle.state_",
    "action": "lifecycle.action_",
    "certificate_state": "lifecycle.certificate_",
    "certificate_action": "lifecycle.certificate_action_",
    "key_state": "keys.state_",
    "key_action": "keys.action_",
}


def say(key: str, language: Language, **params: str | int) -> str:
    """Return the sentence of *key* in *language* with its placeholders filled.

    Raises:
        KeyError: the catalogue has no such key, or a placeholder was not given.
    """
    sentence = catalogue(key.partition(".")[0], language)[key]
    return sentence.format(**params) if params else sentence


def say_both(key: str, **params: str | int) -> dict[str, str]:
    """Return ``{"th": …, "en": …}`` for *key*."""
    return {language: say(key, language, **params) for language in LANGUAGES}


def knows(key: str) -> bool:
    """Say whether both catalogues have *key*."""
    domain = key.partition(".")[0]
    return all(key in catalogue(domain, language) for language in LANGUAGES)


def say_error(code: str, language: Language, params: Mapping[str, str | int]) -> str | None:
    """Return the sentence of an error's code, the codes that fill it in words; None for an unknown code."""
    key = f"errors.{code}"
    if not knows(key):
        return None
    return say(key, language, **{name: _word(name, value, language) for name, value in params.items()})


def _word(name: str, value: str | int, language: Language) -> str | int:
    key = f"{_WORDS_OF_CODES[name]}{value}" if name in _WORDS_OF_CODES else ""
    return say(key, language) if knows(key) else value


@cache
def catalogue(domain: str, language: Language) -> dict[str, str]:
    """Return all sentences of one domain in one language, by key; empty for an unknown domain."""
    path = _CATALOGUES / language / f"{domain}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as stream:
        messages = read_po(stream, locale=language)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string}


def domains() -> tuple[str, ...]:
    """Return the names of all catalogues, sorted."""
    return tuple(sorted(path.stem for path in (_CATALOGUES / "th").glob("*.po")))
