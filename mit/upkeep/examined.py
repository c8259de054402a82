"""What an examination found: how it ended, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mit.i18n import Language, say


class Grade(StrEnum):
    """How an examination ended: all is well, good to know, or missing for the work."""

    GOOD = "good"
    HINT = "hint"
    LACKING = "lacking"


@dataclass(frozen=True, slots=True)
class Examined:
    """What one examination found; its sentence is ``doctor.<name>_<grade>``."""

    name: str
    grade: Grade
    params: Mapping[str, str | int]

    def sentence(self, language: Language) -> str:
        """Return what was found and, where something is missing, what to do."""
        return say(f"doctor.{self.name}_{self.grade}", language, **self.params)


def graded(name: str, *, is_good: bool, **params: str | int) -> Examined:
    """Return what was found where there is only good and lacking."""
    return Examined(name, Grade.GOOD if is_good else Grade.LACKING, params)
