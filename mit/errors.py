"""Every error of ours, in one tree; each has a stable code and a sentence in two languages.

::

    MitError
    ├─ InputError                what was sent cannot be read (with the field and the place)
    │  ├─ MalformedNumberError       a number's form or check character does not fit
    │  ├─ UnreadableFileError        the file is not what it says it is
    │  └─ UnknownPresentationError   neither QR text, number, credential nor PDF
    ├─ NotAllowedError           this actor may not do this
    │  └─ FourEyesError              they touched it before
    ├─ NotFoundError
    ├─ ConflictError             the world moved on
    │  ├─ IllegalMoveError           no such move from this state
    │  └─ StaleVersionError          somebody saved in between
    ├─ LintError                 we refuse to sign these claims (with every reason)
    ├─ RulebookError             a rule set is not well-formed (at start-up)
    ├─ SettingsError             the configuration cannot be used (at start-up)
    ├─ KeyUnavailableError       no active key, or it cannot be opened
    └─ TamperedError             our own records do not add up: stop, alarm

None of them knows HTTP: ``mit/web/problems.py`` holds the only table from class to status.
The sentences live in ``translations/*/errors.po`` under ``errors.<code>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: a code, where it stands, and what fills its sentence.

    ``where`` is a path a person can find: ``lines[3].amount``, ``Sheet1!C7``, ``hs_code``.
    The sentence is ``errors.<code>`` with ``params``; say it with ``i18n.say``.
    """

    code: str
    where: str = ""
    params: dict[str, str | int] = field(default_factory=dict)


class MitError(Exception):
    """The root of all errors of ours: a stable ``code``, a place, and parameters of the sentence."""

    code = "error"

    def __init__(self, code: str | None = None, *, where: str = "", **params: str | int) -> None:
        self.code = code or type(self).code
        self.where = where
        self.params: dict[str, str | int] = params
        super().__init__(self.code, where, params)

    @property
    def faults(self) -> Sequence[Fault]:
        """Return everything that is wrong, the first first; one entry unless a class says more."""
        return (Fault(self.code, self.where, self.params),)

    def __str__(self) -> str:
        """Return the code, the place and the parameters, for logs; people read ``say`` instead."""
        details = " ".join(f"{name}={value!r}" for name, value in self.params.items())
        return " ".join(part for part in (self.code, self.where, details) if part)


class _ManyFaultsError(MitError):
    """An error that lists several faults at once."""

    def __init__(
        self,
        code: str | None = None,
        *,
        faults: Sequence[Fault] = (),
        where: str = "",
        **params: str | int,
    ) -> None:
        super().__init__(code, where=where, **params)
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Return every fault; the error itself where none was listed."""
        return self._faults or (Fault(self.code, self.where, self.params),)


class InputError(_ManyFaultsError):
    """What was sent cannot be read; ``faults`` lists every wrong field with its place."""

    code = "input"


class MalformedNumberError(InputError):
    """A number's form or check character does not fit."""

    code = "malformed_number"


class UnreadableFileError(InputError):
    """The file is not what it says it is, or is too large, encrypted or damaged."""

    code = "unreadable_file"


class UnknownPresentationError(InputError):
    """What was shown is neither QR text, certificate number, credential nor PDF."""

    code = "unknown_presentation"


class NotAllowedError(MitError):
    """The actor may not do this."""

    code = "not_allowed"


class FourEyesError(NotAllowedError):
    """The actor touched it before, or acts for the applicant."""

    code = "four_eyes"


class NotFoundError(MitError):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"


class ConflictError(MitError):
    """The world moved on since the actor looked."""

    code = "conflict"


class IllegalMoveError(ConflictError):
    """No such move leads out of the present state."""

    code = "illegal_move"


class StaleVersionError(ConflictError):
    """Somebody saved in between."""

    code = "stale_version"


class LintError(_ManyFaultsError):
    """We refuse to sign; ``faults`` lists every reason."""

    code = "lint"


class RulebookError(_ManyFaultsError):
    """A rule set is not well-formed; the service does not start with it."""

    code = "rulebook"


class SettingsError(MitError):
    """The configuration cannot be used; the sentence names the variable."""

    code = "settings"


class KeyUnavailableError(MitError):
    """No signing key is active, or it cannot be opened."""

    code = "key_unavailable"


class TamperedError(MitError):
    """Our own records do not add up: stop and raise the alarm."""

    code = "tampered"
