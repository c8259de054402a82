"""A verdict as JSON text, put together from parts that are spelled once.  Pure.

It is ``json.dumps`` of ``Verdict.to_document()``, letter for letter (a test holds both together);
only the instant differs between two answers that follow from the same facts on the same day.
"""

from __future__ import annotations

import json
from functools import lru_cache

from mit.values.thai_date import utc_text
from mit.verify.verdict import Finding, Verdict

_KNOWN_AT = '"known_at":"'


def verdict_json(verdict: Verdict) -> str:
    """Return the JSON verdict without spaces; letters stand as they are."""
    kept = verdict.kept
    if "before" not in kept:
        kept["after"], kept["before"] = _after(verdict), _before(verdict)
    return f"{kept['before']}{utc_text(verdict.known_at)}{kept['after']}"


def spelled(document: object) -> str:
    """Return *document* as JSON without spaces; letters stand as they are."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _before(verdict: Verdict) -> str:
    """Return everything up to the instant."""
    shown = verdict.certificate
    findings = ",".join(map(_finding, verdict.findings))
    return "".join(
        (
            f'{{"verdict":"{verdict.answer}","reasons":{spelled(verdict.reasons)},"notices":',
            spelled([notice.code for notice in verdict.notices]),
            f',"findings":[{findings}],"certificate":',
            spelled(shown.to_document()) if shown else "null",
            f',"as_of":"{verdict.as_of.isoformat()}",{_KNOWN_AT}',
        )
    )


def _after(verdict: Verdict) -> str:
    """Return everything behind the instant."""
    return f'",{spelled(verdict.further_members())[1:]}'


def _finding(finding: Finding) -> str:
    return _kept_finding(finding) if finding.hint is None else spelled(finding.to_document())


@lru_cache(maxsize=4096)
def _kept_finding(finding: Finding) -> str:
    return spelled(finding.to_document())
