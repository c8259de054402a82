"""A Thai text with its English twin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in two languages; ``en`` is empty where no English text is known."""

    th: str
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the English text for ``en`` where there is one, else the Thai text."""
        return self.en if language == "en" and self.en else self.th

    def to_document(self) -> dict[str, str]:
        """Return ``{"th": …, "en": …}``."""
        return {"th": self.th, "en": self.en}
