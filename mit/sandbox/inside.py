"""What runs in the child process: limits, reader, doors, bytes, answer.

The child first puts itself under its limits, then loads the one reader it was told to use, then closes
every door, and only then looks at the bytes.  It is started anew for each file, so it loads little.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable
from typing import cast

from mit.errors import MitError, UnreadableFileError
from mit.sandbox import limits as sandbox_limits
from mit.sandbox import protocol
from mit.sandbox.limits import Limits

#: After how many new objects garbage is looked for: the process ends before there is much of it.
_SELDOM = 100_000


def main() -> None:
    """Be the child that ``child`` started: the arguments are the reader, its doors, and the limits."""
    _, place, sealed, *numbers = sys.argv
    sandbox_limits.hold_to(Limits(*map(int, numbers)))
    gc.set_threshold(_SELDOM)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between
    try:
        read = _load(place)
        if sealed == "sealed":
            sandbox_limits.close_the_doors()
        answer = protocol.write_answer(read(sys.stdin.buffer.read()))
    except MitError as error:
        answer = protocol.write_refusal(error)
    except MemoryError:
        answer = protocol.write_refusal(UnreadableFileError("file_too_costly"))
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a library raise
        answer = protocol.write_refusal(UnreadableFileError("file_not_readable"))
    out.write(answer)
    out.flush()
    os._exit(0)


def _load(place: str) -> Callable[[bytes], object]:
    module, _, name = place.partition(":")
    return cast("Callable[[bytes], object]", getattr(importlib.import_module(module), name))
