"""Cases for the API, drawn by schemathesis from the API's description, and what is wrong with the answers.

Half of the valid cases ask about something that exists: a certificate in each state, its QR code, its
credential, its PDF, a published list.  Otherwise nearly all would be answered "not found".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, response_schema_conformance

#: A case with a file costs twenty others: its bytes are opened in a process of their own.
_SHARE_WITH_FILES = 4
#: In whose parameters nothing can be varied, so that one case is all there is.
_ONCE = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What exists, by the name of the parameter or member that asks for it."""

    numbers: tuple[str, ...]
    shown: tuple[str, ...]
    files: tuple[bytes, ...]
    lists: tuple[int, ...]
    batches: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()


@dataclass(slots=True)
class Tried:
    """What came of the cases: how many, the statuses of each operation, and every kind of complaint once."""

    cases: int = 0
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    complaints: dict[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> list[str]:
        """Return the operations that answered a case with success."""
        return sorted(
            name for name, seen in self.statuses.items() if any(200 <= status < 300 for status in seen)
        )

    @property
    def errors(self) -> int:
        """Return how many cases were answered with a status of 500 or above."""
        return sum(n for seen in self.statuses.values() for status, n in seen.items() if status >= 500)


def try_api(app: Flask, known: Known, *, cases: int, seed: int, tried: Tried | None = None) -> Tried:
    """Try about *cases* cases, valid and invalid ones, and return what came of them."""
    tried = tried or Tried()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    pairs = [
        (found.ok(), mode)
        for found in schema.get_all_operations()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ]
    varied = [pair for pair in pairs if _is_varied(pair[0])]
    for operation, mode in pairs:
        tried.statuses.setdefault(operation.label, Counter())
        most = max(1, cases // len(varied)) if _is_varied(operation) else _ONCE
        if operation.body:
            most = max(1, most // _SHARE_WITH_FILES)
        _try_operation(operation, mode, known, most=most, seed=seed, tried=tried)
    return tried


def _is_varied(operation: Any) -> bool:
    return bool(operation.path_parameters or operation.query or operation.body)


def _try_operation(
    operation: Any, mode: GenerationMode, known: Known, *, most: int, seed: int, tried: Tried
) -> None:
    is_valid = mode is GenerationMode.POSITIVE

    @seeded(seed)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), choice=st.none() | st.integers(0, 999))
    def run(case: Case, choice: int | None) -> None:
        if is_valid and choice is not None:
            _ask_for_known(case, known, choice)
        _try_case(case, operation.label, tried)

    try:
        run()
    except Unsatisfiable:
        assert not is_valid, f"no valid case for {operation.label}"


def _ask_for_known(case: Case, known: Known, choice: int) -> None:
    if "number" in case.path_parameters:
        case.path_parameters["number"] = known.numbers[choice % len(known.numbers)]
    if "letter" in case.path_parameters:
        case.path_parameters["letter"] = known.letters[choice % len(known.letters)]
    if "list_number" in case.path_parameters:
        case.path_parameters["list_number"] = known.lists[choice % len(known.lists)]
    if "batch_id" in case.path_parameters:
        case.path_parameters["batch_id"] = known.batches[choice % len(known.batches)]
    if isinstance(case.body, dict) and "presentations" in case.body:
        case.body["presentations"] = [known.shown[choice % len(known.shown)]] * (1 + choice % 3)
    if isinstance(case.body, dict) and "presentation" in case.body:
        case.body["presentation"] = known.shown[choice % len(known.shown)]
    elif isinstance(case.body, dict) and "file" in case.body and choice % 40 == 0:
        file = known.files[choice // 40 % len(known.files)]
        case.body["file"] = [file] if isinstance(case.body["file"], list) else file


def _try_case(case: Case, label: str, tried: Tried) -> None:
    answer = case.call()
    tried.cases += 1
    tried.statuses[label][answer.status_code] += 1
    try:
        case.validate_response(answer, excluded_checks=_senseless_checks(case, answer))
    except FailureGroup as group:
        for failure in group.exceptions:
            kind = f"{label} {answer.status_code} {type(failure).__name__}"
            tried.complaints.setdefault(kind, f"{str(failure)[:400]} {case.as_curl_command()[:400]}")


def _senseless_checks(case: Case, answer: Any) -> list[Any]:
    """Return the checks that do not fit.

    In a form everything is text, so no type in it can be wrong; a token is no JSON, for which
    schemathesis takes it.
    """
    senseless = []
    if case.media_type == "multipart/form-data":
        senseless.append(negative_data_rejection)
    if answer.headers.get("content-type") in (["application/jwt"], ["application/mit-dealer-letter+jwt"]):
        senseless.append(response_schema_conformance)
    return senseless
