"""What a verifier without network keeps: a trust file for everybody, with all keys and no certificate.

It is put together from the status lists and histories as they were published, so one signature binds
the keys to the lists, and nobody can hand out new lists with old keys (ADR 22).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from mit.credential import base64url
from mit.credential.signatures import Signer
from mit.credential.status_list import LIST_LIFE
from mit.credential.vc import PURPOSES
from mit.registry.trust_material import OFFLINE_BUNDLE, status_name
from mit.store.db import OpenSession
from mit.store.published import Published, find_published, publish
from mit.values.thai_date import bangkok_day
from mit.verify import trust_file
from mit.verify.register import known_keys

#: Nothing published grows older than this while the worker runs.
LONGEST_AGE: Final = timedelta(hours=1)
#: Lists of certificates that expired in earlier years than the last one are left to the service.
KEPT_YEARS = 1
#: Largest dated history of a list in the bundle, in bytes; without it earlier days are left to the service.
LARGEST_HISTORY_BYTES = 512 * 1024


def is_young(piece: Published | None, *, now: datetime) -> bool:
    """Say whether a piece is there and was signed within the hour."""
    return piece is not None and now - piece.signed_at < LONGEST_AGE


def is_bundle_young(session: OpenSession, *, now: datetime) -> bool:
    """Say whether the bundle that is published was signed within the hour."""
    return is_young(find_published(session, OFFLINE_BUNDLE), now=now)


def publish_bundle(
    session: OpenSession, list_numbers: Iterable[int], signer: Signer, *, public_url: str, now: datetime
) -> list[str]:
    """Publish the bundle unless it is young and says already what is true; return its name, or nothing."""
    held = find_published(session, OFFLINE_BUNDLE, lock=True)
    keys = known_keys()
    signed_at = now.replace(microsecond=0)
    document = trust_file.trust_document(
        [keys[kid] for kid in sorted(keys)],
        [],
        lists=_lists(session, list_numbers, now=now),
        public_url=public_url,
        now=signed_at,
        is_complete=False,
    )
    if held and is_young(held, now=now) and _says(held.body, document, signer):
        return []
    signed = trust_file.signing_input(document, signer.public_key)
    body = trust_file.assemble(document, signed, signer.sign(signed))
    piece = Published(name=OFFLINE_BUNDLE, media_type="application/json", body=body, etag="")
    piece.signed_at, piece.valid_until = signed_at, signed_at + LIST_LIFE
    publish(session, piece)
    return [OFFLINE_BUNDLE]


def _lists(session: OpenSession, list_numbers: Iterable[int], *, now: datetime) -> list[str]:
    """Return the published lists of certificates that may still matter, and their histories where small."""
    oldest = (bangkok_day(now).year - KEPT_YEARS - 2000) * 100
    texts = []
    for number in list_numbers:
        if number < oldest:
            continue
        for kind in (*PURPOSES, "history"):
            piece = find_published(session, status_name(kind, number))
            if piece and (kind != "history" or len(piece.body) <= LARGEST_HISTORY_BYTES):
                texts.append(piece.body.decode("ascii"))
    return texts


def _says(published: bytes, document: dict[str, Any], signer: Signer) -> bool:
    """Say whether a published bundle tells *document* but for its instant, signed by the key in use."""
    held = json.loads(published)
    header = json.loads(base64url.decode(str(held["signature"]).partition(".")[0]))
    is_same_key = header["kid"] == signer.public_key.thumbprint
    told: dict[str, Any] = held["trust"]
    return is_same_key and told | {"issued_at": ""} == document | {"issued_at": ""}
