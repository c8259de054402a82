"""The notice ``foreign_host``: something of ours was shown inside an address that is not.  Pure."""

from __future__ import annotations

from mit.verify.address import Whose, read_address, spelled_out
from mit.verify.presentation import Presentation, ShownNumber, ShownQr
from mit.verify.verdict import Notice


def is_foreign(shown: Presentation, public_url: str) -> bool:
    """Say whether *shown* came inside an address that is not ours; nobody can tell without *public_url*."""
    if not public_url or not isinstance(shown, ShownQr | ShownNumber) or not shown.address:
        return False
    return read_address(shown.address, public_url).whose is Whose.FOREIGN


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
