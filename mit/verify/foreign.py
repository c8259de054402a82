"""The notice ``foreign_host``: something of ours was shown inside an address that is not.  Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from mit.verify.address import Whose, read_address, spelled_out
from mit.verify.presentation import Presentation, ShownNumber, ShownQr
from mit.verify.verdict import Notice

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def is_foreign(shown: Presentation, public_url: str) -> bool:
    """Say whether *shown* came inside an address that is not ours; nobody can tell without *public_url*."""
    if not public_url or not isinstance(shown, ShownQr | ShownNumber) or not shown.address:
        return False
    if _is_plainly_ours(shown.address, public_url):
        return False
    return read_address(shown.address, public_url).whose is Whose.FOREIGN


def _is_plainly_ours(address: str, public_url: str) -> bool:
    """Say whether *address* is to the letter what we print, as nearly all are."""
    front = _front(public_url)
    return front != "" and address.startswith(front) and _DIGITS.fullmatch(address, len(front)) is not None


@lru_cache(maxsize=8)
def _front(public_url: str) -> str:
    """Return what stands before the digits in our addresses; nothing where it is not ours by every rule."""
    front = f"{public_url.rstrip('/')}/v/"
    return front if read_address(f"{front}1", public_url).whose is Whose.OURS else ""


def address_notices(shown: Presentation, public_url: str) -> tuple[Notice, ...]:
    """Return the notice about the address around *shown*; none where it is ours or there is none.

    What was signed stays as good as it is: anybody may copy it behind an address of their own.
    """
    if not isinstance(shown, ShownQr | ShownNumber) or not is_foreign(shown, public_url):
        return ()
    scheme, _, _ = shown.address.partition(":")
    host = read_address(shown.address, public_url).shown
    told = f"{spelled_out(scheme.lower())}://{host}"
    return (Notice("foreign_host", (("address", told), ("genuine", public_url))),)
