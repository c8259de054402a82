"""What goes between parent and child: one JSON answer, believed no further than it can be checked."""

from __future__ import annotations

import json
import re

from mit.errors import Fault, MitError, UnreadableFileError

#: Most faults taken from one answer.
FAULT_LIMIT = 200
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_TEXT_LIMIT = 200


def write_answer(answer: object) -> bytes:
    """Return the bytes of a good answer."""
    text = json.dumps({"answer": answer}, ensure_ascii=False, separators=(",", ":"), check_circular=False)
    return text.encode("utf-8", "surrogatepass")  # half surrogates arrive as they were: the parent judges


def write_refusal(error: MitError) -> bytes:
    """Return the bytes that say why the file is refused."""
    faults = [[fault.code, fault.where, fault.params] for fault in error.faults[:FAULT_LIMIT]]
    return json.dumps({"refused": error.code, "faults": faults}, ensure_ascii=True).encode("ascii")


def read_answer(data: bytes) -> object:
    """Return the child's answer.

    Raises:
        UnreadableFileError: with the child's reasons, or ``file_not_readable`` where its answer
            makes no sense.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("file_not_readable") from error
    if not isinstance(document, dict) or not document.keys() & {"answer", "refused"}:
        raise UnreadableFileError("file_not_readable")
    if "refused" in document:
        raise _refusal(document)
    return document["answer"]


def _refusal(document: dict[str, object]) -> UnreadableFileError:
    listed = document.get("faults")
    entries = listed[:FAULT_LIMIT] if isinstance(listed, list) else []
    faults = [fault for entry in entries if (fault := _fault(entry))]
    if not faults:
        return UnreadableFileError("file_not_readable")
    return UnreadableFileError(faults[0].code, faults=faults, where=faults[0].where, **faults[0].params)


def _fault(entry: object) -> Fault | None:
    if not isinstance(entry, list) or len(entry) != 3:
        return None
    code, where, params = entry
    if not isinstance(code, str) or not _CODE.fullmatch(code) or not isinstance(where, str):
        return None
    if not isinstance(params, dict) or not all(isinstance(value, str | int) for value in params.values()):
        return None
    kept = {
        _short(name): _short(value) if isinstance(value, str) else value for name, value in params.items()
    }
    return Fault(code, _short(where), kept)


def _short(text: str) -> str:
    """Return a text that can be shown: not too long, half surrogates made question marks."""
    return text[:_TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")
