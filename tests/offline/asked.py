"""Questions for the page's own verifier, in Node or in a browser, and what the service answers to them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from mit.errors import InputError
from mit.verify.foreign import address_notices
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.published_lists import with_lists
from mit.verify.trust import Trust
from mit.verify.trust_file import read_trust_file
from tests.support.require import program

MODULES = Path(__file__).parents[2] / "mit" / "static" / "js" / "verify"
JUDGE_ALL = Path(__file__).with_name("judge_all.mjs")


@dataclass(frozen=True)
class Asked:
    """One question: what is shown, by which trust file and lists (names), when, about which day, to whom."""

    text: str
    trust: str | None
    now: datetime
    on: date | None = None
    lists: tuple[str, ...] = ()
    public_url: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the question as the script takes it."""
        return {
            "text": self.text,
            "trust": self.trust,
            "lists": list(self.lists),
            "now": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "on": self.on.isoformat() if self.on else None,
            "publicUrl": self.public_url,
        }


@dataclass
class Questions:
    """Many questions, the files they stand on, and the sentences to answer in (None: codes alone)."""

    asked: list[Asked]
    files: dict[str, bytes] = field(default_factory=dict)
    words: dict[str, Any] | None = None

    def to_document(self) -> dict[str, Any]:
        """Return everything as the script takes it."""
        files = {name: base64.b64encode(data).decode("ascii") for name, data in self.files.items()}
        return {"files": files, "questions": [one.to_document() for one in self.asked], "words": self.words}

    def answers_of_the_service(self) -> list[dict[str, Any]]:
        """Return what ``mit verify`` says to each, or that the trust file is refused."""
        return [self._answer(one) for one in self.asked]

    def _answer(self, asked: Asked) -> dict[str, Any]:
        try:
            trust = self._trust(asked.trust, asked.lists, asked.now)
        except InputError as error:
            return {"verdict": "REFUSED", "reasons": [error.code], "notices": []}
        shown = read_text(asked.text)
        verdict = judge(shown, trust, Question(asked.now, asked.on))
        return verdict.with_notices(address_notices(shown, asked.public_url)).to_document()

    def _trust(self, name: str | None, lists: Sequence[str], now: datetime) -> Trust:
        if name is None:
            return Trust({}, now)
        held = _read_trust(self.files[name])
        return with_lists(held, {one: self.files[one] for one in lists})


@cache
def _read_trust(data: bytes) -> Trust:
    return read_trust_file(data).trust


def answers_of_node(questions: Questions, place: Path) -> list[dict[str, Any]]:
    """Return what the page's verifier says to each question in Node."""
    answers: list[dict[str, Any]] = ask_node(questions.to_document(), place)
    return answers


def ask_node(document: dict[str, Any], place: Path) -> list[Any]:
    """Return what the page's modules say in Node, which takes modules only where a package says so."""
    folder = place / "verifier"
    if not folder.exists():
        shutil.copytree(MODULES, folder)
        (folder / "package.json").write_text('{"type": "module"}', encoding="ascii")
    done = subprocess.run(
        [program("node", "node"), str(JUDGE_ALL), str(folder)],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers
