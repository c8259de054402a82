"""Named places where a test may let the process die as a power cut would: by SIGKILL.

``reach(name)`` stands between two durable steps.  It does nothing unless the entrance armed that
name from ``MIT_FAILPOINT``, which the settings accept in the ``test`` environment only.
"""

from __future__ import annotations

import os
import signal
import threading

_armed: dict[str, int] = {}
_lock = threading.Lock()


def arm(spec: str) -> None:
    """Arm ``name`` or ``name:count``: the process dies when *name* is reached the count-th time."""
    name, _, count = spec.partition(":")
    with _lock:
        _armed.clear()
        if name:
            _armed[name] = int(count or "1")


def reach(name: str) -> None:
    """Die here if this place is armed and its turn has come."""
    if not _armed:
        return
    with _lock:
        left = _armed.get(name)
        if left is None:
            return
        _armed[name] = left - 1
    if left <= 1:
        os.kill(os.getpid(), signal.SIGKILL)
