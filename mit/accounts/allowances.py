"""How often what costs may be asked for: look-ups in the register of companies.

Counted in the database, so that all processes share it, in spans of an hour.  A key is one of 65,536
of its kind: the table never grows beyond, whatever addresses are tried.  Two who fall on one key share
it, which costs nobody more than an hour.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from mit.errors import MitError
from mit.store import allowances
from mit.store.db import transaction

SPAN = timedelta(hours=1)
#: Keys of one kind.
KEYS = 65_536


def spend(kind: str, who: Sequence[str], *, most: int, now: datetime) -> None:
    """Count one more of *kind* for each of *who*: an account, an address.

    Raises:
        MitError: ``asked_too_often`` with ``minutes``: one of them asked *most* times within the hour;
            nothing was counted.
    """
    with transaction() as session:
        rows = [
            allowances.lock_allowance(session, key, within=SPAN, now=now)
            for key in sorted({_key(kind, one) for one in who})
        ]
        waits = [row.began_at + SPAN - now for row in rows if row.spent >= most]
        if waits:
            raise MitError("asked_too_often", minutes=math.ceil(max(waits) / timedelta(minutes=1)))
        for row in rows:
            row.spent += 1


def _key(kind: str, one: str) -> str:
    number = int.from_bytes(hashlib.sha256(one.encode("utf-8", "replace")).digest()[:4], "big") % KEYS
    return f"{kind}:{number}"
