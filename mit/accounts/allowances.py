"""How often what costs may be asked for: look-ups in the register of companies, files to be checked.

Counted in the database, so that all processes share it, in spans of an hour.  A key is one of 65,536
of its kind: the table never grows beyond, whatever addresses are tried.  Two who fall on one key share
it, which costs nobody more than an hour.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from mit.errors import MitError
from mit.store import allowances
from mit.store.db import transaction

SPAN = timedelta(hours=1)
#: Keys of one kind.
KEYS = 65_536


def spend(kind: str, who: Sequence[str], *, most: int, now: datetime, count: int = 1) -> None:
    """Count *count* more of *kind* for each of *who*: an account, an address.

    Who has something left may ask for several at once, and waits afterwards.

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
            row.spent += count


def network_of(address: str) -> str:
    """Return the network that one subscriber has: an IPv4 address, or the first half of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False).network_address)


def _key(kind: str, one: str) -> str:
    number = int.from_bytes(hashlib.sha256(one.encode("utf-8", "replace")).digest()[:4], "big") % KEYS
    return f"{kind}:{number}"
