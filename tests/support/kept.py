"""What the applications of one test process share: made for the first of them, then kept.

Thousands of tests have an application of their own.  What each would reckon anew, and come to the same,
is reckoned once: the addresses that its routes build, the rule sets that are shipped, the templates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from mit.issuance import authority

_builders: dict[tuple[Any, ...], Callable[..., Any]] = {}
_templates: dict[tuple[str, str], Any] = {}
_compile_builder = Rule._compile_builder


def keep_what_routes_build() -> None:
    """Let werkzeug compile what builds an address once for each rule, not once for each application."""
    Rule._compile_builder = _kept_builder  # type: ignore[method-assign]


def keep_rule_sets() -> None:
    """Read and try the shipped rule sets once; none of them can be changed."""
    authority.load_rulebook = cache(authority.load_rulebook)  # type: ignore[attr-defined]


def keep_templates(app: Flask) -> None:
    """Let *app* use the templates of the application before it that has the same routes."""
    settings = app.extensions["mit.settings"]
    own = app.extensions["mit.templates"]
    app.extensions["mit.templates"] = _templates.setdefault((settings.serve, settings.env), own)


def _kept_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    key = (tuple(rule._trace), repr(rule.defaults), frozenset(rule.arguments), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]
