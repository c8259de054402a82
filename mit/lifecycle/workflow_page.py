"""The page ``docs/workflow.md``, written from the tables of states, so that it cannot go stale.

``python -m mit.lifecycle.workflow_page > docs/workflow.md`` writes it anew; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from mit.i18n import say
from mit.lifecycle.application_states import FINAL_STATES, MOVES, ApplicationState, Guard
from mit.lifecycle.certificate_acts import ACTS, REQUEST_LIFE, DayRule
from mit.lifecycle.certificate_states import MOVES as CERTIFICATE_MOVES
from mit.lifecycle.certificate_states import CertificateState, ChangeReason

_HEAD = """\
# Workflow

Written from the tables in `mit/lifecycle/` by `python -m mit.lifecycle.workflow_page`; do not edit.
"""
_TWO_PERSONS = f"""\
Whoever asks or confirms has never acted for the holder (`withdraw`: the holder's own people ask); two
persons are two different ones, and the second gives a fresh password or code. What was asked for can be
dropped, is too old after {REQUEST_LIFE.days} days, and is refused when anything happened to the
certificate since.
"""


def workflow_page() -> str:
    """Return the whole page in Markdown, Thai and English side by side, ending in a newline."""
    parts = [
        _HEAD,
        "## Application: states\n",
        _table(("state", "ไทย", "English"), (_named("state", str(state)) for state in ApplicationState)),
        "Final: " + ", ".join(sorted(f"`{state}`" for state in FINAL_STATES)) + ".\n",
        "## Application: moves\n",
        _table(("from", "action", "role", "guards", "to", "audit event"), _application_moves()),
        "Every move except `recommend` and `approve` voids the approval rows.\n",
        "## Guards\n",
        _table(("guard", "ไทย", "English"), (_named("guard", str(guard)) for guard in Guard)),
        "## Certificate: states\n",
        _table(
            ("state", "ไทย", "English"), (_named("certificate", str(state)) for state in CertificateState)
        ),
        "## Certificate: moves\n",
        _table(("from", "action", "to"), _certificate_moves()),
        "`expired` is no move: the day after the last valid day turns a running certificate into it.\n",
        "## Certificate: who, from which day, why\n",
        _table(("action", "asked by", "confirmed by", "counts from", "reasons", "audit event"), _acts()),
        _TWO_PERSONS,
        _table(("day rule", "ไทย", "English"), (_named("day", str(rule)) for rule in DayRule)),
        "## Certificate: reasons\n",
        _table(("reason", "ไทย", "English"), (_reason(str(reason)) for reason in ChangeReason)),
    ]
    return "\n".join(parts)


def _application_moves() -> Iterable[tuple[str, ...]]:
    for move in MOVES:
        guards = ", ".join(f"`{guard}`" for guard in move.guards)
        source = f"`{move.state}`" if move.state else "—"
        yield source, f"`{move.action}`", move.role, guards, f"`{move.next_state}`", f"`{move.event}`"


def _certificate_moves() -> Iterable[tuple[str, ...]]:
    for (state, action), target in CERTIFICATE_MOVES.items():
        yield f"`{state}`", f"`{action}`", f"`{target}`"


def _acts() -> Iterable[tuple[str, ...]]:
    for act in ACTS:
        reasons = ", ".join(f"`{reason}`" for reason in act.reasons)
        asked = " or ".join(act.asked_by) or "the service"
        yield f"`{act.action}`", asked, act.confirmed_by or "—", f"`{act.days}`", reasons, f"`{act.event}`"


def _reason(reason: str) -> tuple[str, ...]:
    key = f"verify.because_{reason}"
    return f"`{reason}`", say(key, "th"), say(key, "en")


def _named(kind: str, name: str) -> tuple[str, ...]:
    key = f"lifecycle.{kind}_{name}"
    return f"`{name}`", say(key, "th"), say(key, "en")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(workflow_page())
