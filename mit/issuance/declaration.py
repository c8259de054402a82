"""The words that a manufacturer declares: a dated setting, marked where no published form backs it.

No published text of the declaration was found (domain page, open questions), so the present one is
ours and says so; a verified one takes its place by date.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mit.errors import NotFoundError
from mit.values.dated_text import DatedText, read_dated_texts
from mit.values.in_force import pick

_TEXTS = Path(__file__).parent / "declarations" / "texts.json"


def declaration_on(day: date) -> DatedText:
    """Return the words in force on a Bangkok day.

    Raises:
        NotFoundError: ``no_declaration_in_force``.
    """
    found = pick(read_dated_texts(_TEXTS), day)
    if found is None:
        raise NotFoundError("no_declaration_in_force", day=day.isoformat())
    return found
