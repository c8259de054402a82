"""The demo's mailbox as a reader opens it: what was mailed to an address, and where it leads."""

from __future__ import annotations

import re

from mit import worker
from mit.values.clock import FrozenClock
from tests.support.signed_in import Browser


def newest_link(visitor: Browser, address: str) -> str:
    """Let the worker send what waits; return the link of the newest letter to *address*, as a path."""
    clock: FrozenClock = visitor.application.extensions["mit.clock"]
    worker.run_once(visitor.application, now=clock.now())
    for name in re.findall(r"/demo/mailbox/[a-z0-9-]+", visitor.get("/demo/mailbox").text):
        page = visitor.get(name).text
        if address in page:
            found = re.search(r'class="govuk-button" href="([^"]+)"', page)
            assert found is not None
            return found[1]
    raise AssertionError(f"no letter to {address}")
