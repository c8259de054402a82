"""What every command is given: settings, clock, and the application made only when it is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mit.config import Settings
from mit.errors import MitError
from mit.i18n import LANGUAGES, Language, say_error
from mit.values.clock import Clock

if TYPE_CHECKING:  # offline commands never load it
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way from a command into the service.

    Attributes:
        settings: returns the settings; reads the environment when asked.
        make_app: returns the application for settings.
        clock: asked once by each command.
    """

    settings: Callable[[], Settings]
    make_app: Callable[[Settings], Flask]
    clock: Clock

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """Make the application and stand inside its context."""
        app = self.make_app(self.settings())
        with app.app_context():
            yield app


def problem_document(error: MitError) -> dict[str, object]:
    """Return *error* as an RFC 9457 document, the sentences in both languages beside: as the API does."""
    return {
        "type": f"urn:mit:problem:{error.code}",
        "title": sentence(error.code, "en", error.params),
        "code": error.code,
        "detail": sentence(error.code, "th", error.params),
        "sentence": _both(error.code, error.params),
        "errors": [
            {"code": fault.code, "where": fault.where, "sentence": _both(fault.code, fault.params)}
            for fault in error.faults
        ],
    }


def sentence(code: str, language: Language, params: dict[str, str | int]) -> str:
    """Return the sentence of an error code; the code itself where no catalogue knows it."""
    return say_error(code, language, params) or code


def report(error: MitError, *, as_json: bool) -> None:
    """Print *error* for a machine on standard output, or for people in both languages on stderr."""
    if as_json:
        click.echo(json.dumps(problem_document(error), ensure_ascii=False))
        return
    for fault in error.faults:
        place = f"{fault.where}: " if fault.where else ""
        for language in LANGUAGES:
            click.echo(place + sentence(fault.code, language, fault.params), err=True)


def _both(code: str, params: dict[str, str | int]) -> dict[str, str]:
    return {language: sentence(code, language, params) for language in LANGUAGES}
