"""The sentences that a script in the browser says, out of the same catalogues as everything else."""

from __future__ import annotations

from functools import cache
from typing import Any

from mit.i18n import LANGUAGES, Language, catalogue
from mit.values.thai_date import month_names

#: Catalogues that a verifier without network needs whole.
_WHOLE = ("verify", "offline", "scan")
#: Reasons why something could not be read, as the verifier's readers name them.
_HINTS = tuple(
    f"errors.{code}"
    for code in ("qr_", "token_", "presentation_", "certificate_number_", "credential_malformed")
)
#: The catalogue of pages has these words for a verdict, too.
_VERDICT = ("web.reason_", "web.meaning_", "web.as_of", "web.known_at")


@cache
def script_words() -> dict[Language, dict[str, Any]]:
    """Return for each language ``sentences`` by key, and the twelve ``months`` and ``long_months``."""
    return {language: _words_in(language) for language in LANGUAGES}


def _words_in(language: Language) -> dict[str, Any]:
    sentences = {key: text for domain in _WHOLE for key, text in catalogue(domain, language).items()}
    for domain, beginnings in (("errors", _HINTS), ("web", _VERDICT)):
        chosen = {
            key: text for key, text in catalogue(domain, language).items() if key.startswith(beginnings)
        }
        sentences |= chosen
    return {
        "sentences": sentences,
        "months": month_names(language),
        "long_months": month_names(language, "wide"),
    }
