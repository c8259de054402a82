"""Sign and publish what changes: status lists, their dated histories, the trust file.

All three come from one source, the register's own rows.  Lists are published when something
changed and at least hourly, because verifiers count the age of what they know from the signed
instant (contract section 1, Status lists).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mit.credential import jose, status_list
from mit.credential.signatures import Signer
from mit.errors import KeyUnavailableError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import REVOCATION_BIT_STATES, CertificateState, StateChange
from mit.lifecycle.signing_key_states import may_sign
from mit.registry.trust_material import list_history, records, status_name
from mit.store import audit
from mit.store.db import OpenSession, transaction, viewing
from mit.store.published import Published, find_published, lock_published, publish
from mit.store.verdict_rows import list_numbers
from mit.values.thai_date import bangkok_day
from mit.verify import trust_file
from mit.verify.register import known_keys
from mit.verify.trust import TrustedKey

#: The job that publishes (asked for by ``issuance/issue.py``, which cannot import this room).
PUBLISH_JOB = "publish"
#: Nothing published grows older than this while the worker runs.
LONGEST_AGE = timedelta(hours=1)
_LIST_MEDIA_TYPE = "application/vc+jwt"
_HISTORY_MEDIA_TYPE = "application/jwt"


def publish_status_lists(authority: Authority, *, now: datetime) -> list[str]:
    """Sign and publish both lists and the history of every list number; return their names.

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
            # First the lock, then the reading: of two that publish at once the later one knows more.
            lock_published(session, status_name("revocation", list_number))
            for kind, token in signed_lists(list_number, signer, authority, now=now).items():
                names.append(status_name(kind, list_number))
                _publish(session, names[-1], token, now=now)
        audit.record(
            session,
            AuditEvent.STATUS_LIST_PUBLISHED,
            subject="status_lists",
            actor_id=None,
            now=now,
            payload={"lists": numbers, "kid": signer.public_key.kid},
        )
        reach("publish.before_commit")
    # Durable now: every list with all that was committed when it was read; a crash before leaves the
    # lists before, and the job, which is done again.
    reach("publish.after_commit")
    return names


def publish_if_due(authority: Authority, *, now: datetime) -> list[str]:
    """Publish where a list is missing or an hour old; return the names."""
    return publish_status_lists(authority, now=now) if is_due(now=now) else []


def is_due(*, now: datetime) -> bool:
    """Say whether a list has no published form, or one that is an hour old."""
    with viewing() as session:
        for list_number in list_numbers():
            found = find_published(session, status_name("revocation", list_number))
            if found is None or now - found.signed_at >= LONGEST_AGE:
                return True
    return False


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
    tokens = [
        token
        for list_number in list_numbers()
        for token in signed_lists(list_number, signer, authority, now=now).values()
    ]
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


def signed_lists(list_number: int, signer: Signer, authority: Authority, *, now: datetime) -> dict[str, str]:
    """Return the signed tokens of one list number by kind: revocation, suspension, history."""
    history = list_history(list_number)
    public_url = authority.settings.public_url
    tokens = {}
    for purpose, indexes in _set_bits(history).items():
        payload = status_list.build_status_list(purpose, list_number, indexes, public_url=public_url, now=now)
        signed = status_list.status_list_signing_input(payload, key=signer.public_key, public_url=public_url)
        tokens[purpose] = jose.assemble(signed, signer.sign(signed))
    document = trust_file.history_document(list_number, history, now=now)
    signed = trust_file.history_signing_input(document, signer.public_key)
    tokens["history"] = jose.assemble(signed, signer.sign(signed))
    return tokens


def _set_bits(history: Mapping[int, Sequence[StateChange]]) -> dict[str, list[int]]:
    """Return the slots whose bit is set, by purpose; superseding and withdrawing revoke, too."""
    latest = {index: changes[-1].state for index, changes in history.items()}
    return {
        "revocation": [index for index, state in latest.items() if state in REVOCATION_BIT_STATES],
        "suspension": [index for index, state in latest.items() if state is CertificateState.SUSPENDED],
    }


def _publish(session: OpenSession, name: str, token: str, *, now: datetime) -> None:
    is_history = name.startswith("status/history/")
    piece = Published(
        name=name,
        media_type=_HISTORY_MEDIA_TYPE if is_history else _LIST_MEDIA_TYPE,
        body=token.encode("ascii"),
        etag="",
        signed_at=now.replace(microsecond=0),
        valid_until=now.replace(microsecond=0) + status_list.LIST_LIFE,
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
