"""Every sentence that is asked for is there with all that fills it, and none is left that nobody says."""

from __future__ import annotations

import ast
import itertools
import re
import string
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mit.config import Settings
from mit.errors import SettingsError
from mit.i18n import LANGUAGES, Language, catalogue, domains, knows, say, say_both
from mit.upkeep.examine import Grade
from tests.test_translations import OUR_ERRORS, PACKAGE, placeholders

#: Placeholders of a template's call: ``{{ "key"|t(name=…) }}``.
_IN_TEMPLATE = re.compile(r"""(["'])([a-z_0-9A-Z]+)\1 *\| *([tv])\b(?:\(([^)]*)\))?""")
_DOMAIN_OF_FILTER = {"t": "web", "v": "verify"}
EVERY = [key for domain in domains() for key in catalogue(domain, "th")]


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    """Return every module of ours, parsed."""
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in PACKAGE.rglob("*.py"))


def templates() -> Iterator[tuple[Path, str]]:
    """Return every template with its text."""
    for path in sorted((PACKAGE / "templates").rglob("*.html")):
        yield path, path.read_text(encoding="utf-8")


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Return every call whose first argument is a text: place, name of what is called, the call."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(first := node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if isinstance(first.value, str):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", name, node


def text_of(call: ast.Call) -> str:
    """Return the text that a call begins with."""
    first = call.args[0]
    assert isinstance(first, ast.Constant)
    return str(first.value)


def named(call: ast.Call) -> set[str] | None:
    """Return the names of a call's keywords; None where some are only known when it runs."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {str(name) for name in names}


def told_by_fault(call: ast.Call) -> set[str] | None:
    """Return the names in the third argument of a ``Fault``; None where it is made elsewhere."""
    third = call.args[2] if len(call.args) > 2 else None
    third = next((keyword.value for keyword in call.keywords if keyword.arg == "params"), third)
    if third is None:
        return set()
    if not isinstance(third, ast.Dict) or None in third.keys:
        return None
    return {str(key.value) for key in third.keys if isinstance(key, ast.Constant)}


def test_every_error_is_raised_with_all_that_its_sentence_names() -> None:
    seen = 0
    for place, name, call in calls():
        if name not in OUR_ERRORS | {"Fault"}:
            continue
        given = told_by_fault(call) if name == "Fault" else named(call)
        if given is not None:
            seen += 1
            assert placeholders(say(f"errors.{text_of(call)}", "th")) <= given, place
    assert seen > 150


@pytest.mark.parametrize("asking", ["say", "say_both", "knows"])
def test_every_sentence_that_the_code_names_is_there_with_all_that_fills_it(asking: str) -> None:
    for place, name, call in calls():
        if name != asking:
            continue
        key = text_of(call)
        assert knows(key), f"{place}: {key}"
        given = named(call)
        if asking != "knows" and given is not None:
            assert placeholders(say(key, "th")) <= given, f"{place}: {key}"


def test_every_sentence_that_a_template_names_is_there_with_all_that_fills_it() -> None:
    seen = 0
    for path, text in templates():
        for _, name, asked, told in _IN_TEMPLATE.findall(text):
            key = f"{_DOMAIN_OF_FILTER[asked]}.{name}"
            assert knows(key), f"{path.name}: {key}"
            given = set(re.findall(r"(\w+) *=", told))
            assert placeholders(say(key, "th")) <= given, f"{path.name}: {key}"
            seen += 1
    assert seen > 60


def test_every_examination_has_a_sentence_for_each_way_it_can_end() -> None:
    trees = [
        tree for path, tree in sources() if path.name in {"examine.py", "examined.py", "surroundings.py"}
    ]
    ends = set()
    for node in itertools.chain.from_iterable(map(ast.walk, trees)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if node.func.id == "graded" and isinstance(first, ast.Constant):
                ends |= {f"{first.value}_{grade}" for grade in (Grade.GOOD, Grade.LACKING)}
            if node.func.id == "Examined" and isinstance(first, ast.Constant):
                grades = re.findall(r"Grade\.([A-Z]+)", ast.unparse(node.args[1]))
                ends |= {f"{first.value}_{Grade[grade]}" for grade in grades}
    assert len(ends) > 20
    assert {end for end in ends if not knows(f"doctor.{end}")} == set()


@cache
def spoken() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Return every whole text that code and templates hold, and the form of every text made there."""
    whole, forms = set(), set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
                if re.fullmatch(r"\w+\.\w+_", node.value):
                    forms.add(re.escape(node.value) + ".+")
            if isinstance(node, ast.JoinedStr):
                forms.add(form_of(node))
    for _, text in templates():
        found = re.findall(r"""["']([\w.]+)["']""", text)
        whole |= set(found)
        forms |= {re.escape(name) + ".+" for name in found if name.endswith("_")}
    for path in sorted((PACKAGE / "static" / "js" / "verify").glob("*.js")):
        text = path.read_text(encoding="utf-8")
        whole |= set(re.findall(r"""["'`]([\w.]+)["'`]""", text))
        forms |= {re.escape(name) + ".+" for name in re.findall(r"`([\w.]+_)\$\{", text)}
    return frozenset(whole), tuple(re.compile(form) for form in forms if re.match(r"\w{3}", form))


def form_of(made: ast.JoinedStr) -> str:
    """Return a pattern of what an f-string makes; one that fits a whole catalogue fits nothing."""
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in made.values]
    return "" if len(parts) == 2 and parts[0].endswith(".") else "".join(parts)


@pytest.mark.parametrize("domain", domains())
def test_no_sentence_is_kept_that_nobody_says(domain: str) -> None:
    whole, forms = spoken()
    left = [
        key
        for key in catalogue(domain, "th")
        for name in [key.partition(".")[2]]
        if not {key, name} & whole and not any(form.fullmatch(key) or form.fullmatch(name) for form in forms)
    ]
    assert left == []


# --- how they read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", domains())
def test_sentences_have_no_stray_space_or_sign(domain: str, language: Language) -> None:
    for key, sentence in catalogue(domain, language).items():
        assert sentence == sentence.strip(), key
        assert "  " not in sentence, key
        assert unicodedata.normalize("NFC", sentence) == sentence, key
        odd = [sign for sign in sentence if unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn"}]
        assert set(odd) <= {"\n"}, key
        assert sentence.count("(") == sentence.count(")"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_shows_neither_a_path_nor_the_inside_of_the_program(language: Language) -> None:
    inside = re.compile(r"Traceback|Exception|\bNone\b|/home/|/usr/|\.py\b|[a-z]Error\b|sqlalchemy")
    for key, sentence in catalogue("errors", language).items():
        assert not inside.search(sentence), key


def test_every_placeholder_is_a_plain_name() -> None:
    for key in EVERY:
        for language in LANGUAGES:
            for _, name, form, conversion in string.Formatter().parse(say_raw(key, language)):
                assert name is None or name.isidentifier(), key
                assert not form, key
                assert conversion is None, key


def say_raw(key: str, language: Language) -> str:
    """Return a sentence with its placeholders as they stand."""
    return catalogue(key.partition(".")[0], language)[key]


# --- the front door of the catalogues


def test_a_placeholder_that_is_not_filled_is_an_error_and_never_shown() -> None:
    with pytest.raises(KeyError):
        say("errors.port_taken", "en", door=1)
    assert "{" not in say("errors.port_taken", "en", port=8000)


def test_a_brace_in_what_fills_a_sentence_stays_a_brace() -> None:
    for text in ("{", "}", "{0}", "{text}", "{{x}}"):
        both = say_both("errors.certificate_number_check", text=text)
        assert all(text in sentence for sentence in both.values())


@pytest.mark.parametrize("domain", ["", "nothing", "../th/errors", "errors/../errors.po"])
def test_an_unknown_catalogue_is_empty(domain: str) -> None:
    assert catalogue(domain, "th") == {} or domain == "../th/errors"
    assert not knows(f"{domain}.settings")


def test_a_setting_that_is_refused_is_named_in_both_languages() -> None:
    for environ in ({"MIT_TYPO": "1"}, {"MIT_ENV": "live"}, {"MIT_ENV": "production"}):
        with pytest.raises(SettingsError) as refused:
            Settings.from_environ(environ)
        for language in LANGUAGES:
            assert say(f"errors.{refused.value.code}", language, **refused.value.params)
