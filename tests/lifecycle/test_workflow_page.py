"""The page about the workflow says what the code does."""

from __future__ import annotations

from pathlib import Path

from mit.lifecycle.application_states import MOVES, Guard
from mit.lifecycle.workflow_page import workflow_page

PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"


def test_the_page_is_what_the_tables_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == workflow_page(), "python -m mit.lifecycle.workflow_page > docs/workflow.md"


def test_every_move_and_guard_stands_on_the_page() -> None:
    page = workflow_page()
    for move in MOVES:
        assert f"`{move.event}`" in page
    for guard in Guard:
        assert f"| `{guard}` |" in page
