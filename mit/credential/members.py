"""Members of a signed document, read strictly: what is missing or of another type is refused by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from mit.errors import UnknownPresentationError

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Members:
    """Reads the members of one kind of document; *code* is the error when one is not as it must be.

    Every method raises ``UnknownPresentationError`` of that code, with the member as ``where``.
    """

    code: str

    def member(self, document: object, name: str) -> dict[str, Any]:
        """Return the object called *name*."""
        return self._value(document, name, dict)

    def entries(self, document: object, name: str) -> list[Any]:
        """Return the list called *name*."""
        return self._value(document, name, list)

    def text(self, document: object, name: str) -> str:
        """Return the text called *name*."""
        return self._value(document, name, str)

    def whole(self, document: object, name: str) -> int:
        """Return the whole number called *name*; ``true`` is none."""
        return self._value(document, name, int)

    def demand(self, is_so: bool, where: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Refuse the document unless *is_so*."""
        if not is_so:
            raise UnknownPresentationError(self.code, where=where)

    def _value(self, document: object, name: str, kind: type[_Kind]) -> _Kind:
        value: Any = document.get(name) if isinstance(document, dict) else None
        self.demand(type(value) is kind, name)  # a truth value is an int to ``isinstance``
        found: _Kind = value
        return found
