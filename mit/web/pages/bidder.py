"""What the verdict page asks beside the certificate: who offers the goods, by the bidder's own number."""

from __future__ import annotations

import re

from flask import request

from mit.errors import MalformedNumberError
from mit.values.letter_number import parse_letter_number
from mit.verify.bidder import BidderAnswer, answer_bidder, read_bidder
from mit.verify.verdict import Verdict
from mit.web import context, limits

_LETTER_ADDRESS = re.compile(
    r"https?://[^/?#\s]{1,255}(?:/[^?#\s]{0,255})?/d/([^/?#\s]{1,60})\S{0,300}", re.ASCII
)


def asked_bidder() -> str:
    """Return the bidder that is asked about: digits, ``person``, ``unreadable``; empty for none."""
    return read_bidder(request.args.get("bidder", ""))


def known_bidder(bidder: str, verdict: Verdict) -> BidderAnswer:
    """Return what is known of a bidder as ``asked_bidder`` gives it; a real question is counted.

    Raises:
        MitError: ``asked_too_often`` or ``register_unreachable``.
    """
    if bidder.isdecimal():
        limits.count_bidder()
    return answer_bidder(bidder, verdict, now=context.now())


def letter_named(typed: str) -> str:
    """Return the number of a dealer's letter where *typed* is one, or its page's address; else nothing."""
    address = _LETTER_ADDRESS.fullmatch(typed)
    text = address[1].removesuffix(".jwt") if address else typed
    try:
        return str(parse_letter_number(text))
    except MalformedNumberError:
        return ""
