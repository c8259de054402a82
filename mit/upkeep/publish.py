"""Sign and publish what changes: status lists, their dated histories, the trust file.

All of it comes from one source, the register's own rows.  A list is published when something in it
changed and at least hourly, because verifiers count the age of what they know from the signed
instant (contract section 1, Status lists).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from mit.credential.signatures import Signer
from mit.credential.status_list import LIST_LIFE
from mit.errors import KeyUnavailableError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import may_sign
from mit.registry.trust_material import list_history, records, status_name
from mit.store import audit
from mit.store.db import OpenSession, transaction, viewing
from mit.store.published import Published, find_published, publish
from mit.store.verdict_rows import list_numbers
from mit.upkeep.offline_bundle import is_bundle_young, is_young, publish_bundle
from mit.upkeep.signed_lists import MEDIA_TYPES, is_made_from, signed_lists
from mit.values.thai_date import bangkok_day
from mit.verify import trust_file
from mit.verify.register import known_keys
from mit.verify.trust import TrustedKey

#: The job that publishes (asked for by ``issuance/issue.py``, which cannot import this room).
PUBLISH_JOB = "publish"


def publish_status_lists(authority: Authority, *, now: datetime) -> list[str]:
    """Sign and publish the lists that changed, are missing or an hour old, and the bundle of them all.

    Returns the names of the pieces that were made anew.

    A list whose slots say what its published form says already is left alone: one revocation costs
    one list of 131,072 slots, however many there are.

    Raises:
        KeyUnavailableError: ``no_active_key``, or the key cannot be opened.
    """
    numbers = list_numbers()
    if not numbers:
        return []
    signer = active_signer(authority, now=now)
    names: list[str] = []
    with transaction() as session:
        for list_number in numbers:
            names += _publish_list(session, list_number, signer, authority, now=now)
        lists = _numbers_in(names)
        public_url = authority.settings.public_url
        names += publish_bundle(session, numbers, signer, public_url=public_url, now=now)
        if names:
            audit.record(
                session,
                AuditEvent.STATUS_LIST_PUBLISHED,
                subject="status_lists",
                actor_id=None,
                now=now,
                payload={"lists": lists, "kid": signer.public_key.kid},
            )
        reach("publish.before_commit")
    # Durable now: every list with all that was committed when it was read; a crash before leaves the
    # lists before, and the job, which is done again.
    reach("publish.after_commit")
    return names


def publish_if_due(authority: Authority, *, now: datetime) -> list[str]:
    """Publish where a piece is missing or an hour old; return the names."""
    return publish_status_lists(authority, now=now) if is_due(now=now) else []


def is_due(*, now: datetime) -> bool:
    """Say whether a list, or the bundle, lacks one of its published forms or has one that is an hour old."""
    with viewing() as session:
        numbers = list_numbers()
        is_young_all = all(_is_young(session, number, now=now) for number in numbers)
        return bool(numbers) and not (is_young_all and is_bundle_young(session, now=now))


def export_trust(authority: Authority, *, now: datetime, only: Collection[str] | None = None) -> bytes:
    """Return a signed trust file with everything, or with the certificates of *only* alone.

    The status lists in it are signed anew, so that all of it is known up to the same instant.

    Raises:
        NotFoundError: ``certificate_not_found`` for a number of *only* that was not issued.
        KeyUnavailableError: ``no_active_key``, or the key cannot be opened.
    """
    keys = known_keys()
    chosen = records(only)
    signer = active_signer(authority, now=now, keys=keys)
    tokens = [token for number in list_numbers() for token in _tokens(number, signer, authority, now=now)]
    document = trust_file.trust_document(
        [keys[kid] for kid in sorted(keys)],
        chosen,
        lists=tokens,
        public_url=authority.settings.public_url,
        now=now,
        is_complete=only is None,
    )
    signed = trust_file.signing_input(document, signer.public_key)
    data = trust_file.assemble(document, signed, signer.sign(signed))
    _record_export(signer, len(chosen), is_complete=only is None, now=now)
    return data


def active_signer(
    authority: Authority, *, now: datetime, keys: Mapping[int, TrustedKey] | None = None
) -> Signer:
    """Return the signer of the key in use today; the newest where two overlap.

    Raises:
        KeyUnavailableError: ``no_active_key``, ``demo_key_in_production``, or the key cannot be opened.
    """
    today = bangkok_day(now)
    known = known_keys() if keys is None else keys
    usable = [key for key in known.values() if may_sign(key.dates, issued_on=today)]
    if not usable:
        raise KeyUnavailableError("no_active_key", day=today.isoformat())
    newest = max(usable, key=lambda key: key.public.kid)
    if newest.public.demo and not authority.settings.is_demo_allowed:
        raise KeyUnavailableError("demo_key_in_production", kid=newest.public.kid)
    return authority.keyring.signer(newest.public.kid)


def _publish_list(
    session: OpenSession, list_number: int, signer: Signer, authority: Authority, *, now: datetime
) -> list[str]:
    """Publish every form of one list, unless they are young and say already what is true."""
    # The lock comes first: whoever publishes at the same time then reads what we are about to write.
    held = find_published(session, status_name("history", list_number), lock=True)
    changes = list_history(list_number)
    if held and _is_young(session, list_number, now=now):
        signed_at = held.signed_at
        if is_made_from(held.body, list_number, changes, signed_at=signed_at, signer=signer):
            return []
    public_url = authority.settings.public_url
    pieces = signed_lists(list_number, changes, signer, public_url=public_url, now=now)
    for kind, body in pieces.items():
        _publish(session, status_name(kind, list_number), MEDIA_TYPES[kind], body, now=now)
    return [status_name(kind, list_number) for kind in pieces]


def _tokens(list_number: int, signer: Signer, authority: Authority, *, now: datetime) -> list[str]:
    """Return what a trust file holds of one list: the forms that are text."""
    public_url = authority.settings.public_url
    pieces = signed_lists(list_number, list_history(list_number), signer, public_url=public_url, now=now)
    return [body.decode("ascii") for kind, body in pieces.items() if kind != "token"]


def _is_young(session: OpenSession, list_number: int, *, now: datetime) -> bool:
    found = [find_published(session, status_name(kind, list_number)) for kind in MEDIA_TYPES]
    return all(is_young(piece, now=now) for piece in found)


def _numbers_in(names: Sequence[str]) -> list[int]:
    return sorted({int(name.rpartition("/")[2]) for name in names})


def _publish(session: OpenSession, name: str, media_type: str, body: bytes, *, now: datetime) -> None:
    signed_at = now.replace(microsecond=0)
    piece = Published(
        name=name,
        media_type=media_type,
        body=body,
        etag="",
        signed_at=signed_at,
        valid_until=signed_at + LIST_LIFE,
    )
    publish(session, piece)


def _record_export(signer: Signer, count: int, *, is_complete: bool, now: datetime) -> None:
    payload: dict[str, Any] = {
        "certificates": count,
        "is_complete": is_complete,
        "kid": signer.public_key.kid,
    }
    with transaction() as session:
        audit.record(
            session,
            AuditEvent.TRUST_EXPORTED,
            subject="trust",
            actor_id=None,
            now=now,
            payload=payload,
        )
