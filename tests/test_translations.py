"""Thai and English say the same things: keys, placeholders, and every code has a sentence."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from mit.i18n import catalogue, domains, knows, say, say_both

PACKAGE = Path(__file__).parent.parent / "mit"
THAI = re.compile("[\u0e00-\u0e7f]")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("domain", domains())
def test_both_languages_have_the_same_keys_and_placeholders(domain: str) -> None:
    thai, english = catalogue(domain, "th"), catalogue(domain, "en")
    assert set(thai) == set(english)
    for key in thai:
        assert key.startswith(f"{domain}."), key
        assert placeholders(thai[key]) == placeholders(english[key]), key


@pytest.mark.parametrize("domain", domains())
def test_no_key_stands_twice_in_a_catalogue(domain: str) -> None:
    for language in ("th", "en"):
        text = (PACKAGE / "translations" / language / f"{domain}.po").read_text(encoding="utf-8")
        keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
        assert len(keys) == len(set(keys)), sorted({key for key in keys if keys.count(key) > 1})


@pytest.mark.parametrize("domain", domains())
def test_english_sentences_are_not_left_in_thai(domain: str) -> None:
    stamp = "ตัวอย่าง"
    for key, sentence in catalogue(domain, "en").items():
        assert not THAI.search(sentence.replace(stamp, "")) or "th" in key.split(".")[-1].split("_"), key


def raised_codes() -> set[str]:
    """Return every literal code that our code gives an error or a fault."""
    codes = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_error(node.func) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    codes.add(first.value)
    return codes


def is_error(function: ast.expr) -> bool:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name == "Fault" or bool(re.fullmatch(r"[A-Z]\w+Error", name) and name in OUR_ERRORS)


OUR_ERRORS = set(re.findall(r"class (\w+Error)", (PACKAGE / "errors.py").read_text(encoding="utf-8")))


def test_every_error_code_has_a_sentence_in_both_languages() -> None:
    missing = sorted(code for code in raised_codes() if not knows(f"errors.{code}"))
    assert not missing


def test_a_sentence_is_filled_in_the_language_asked_for() -> None:
    assert "MIT-1" in say("errors.certificate_number_check", "en", text="MIT-1")
    both = say_both("errors.tax_number_malformed")
    assert THAI.search(both["th"])
    assert not THAI.search(both["en"])


def test_an_unknown_key_is_an_error_not_an_empty_page() -> None:
    with pytest.raises(KeyError):
        say("errors.no_such_key", "th")
    assert not knows("no_such_domain.key")
