"""Who may look after keys, and the steps that all acts on keys share."""

from __future__ import annotations

from datetime import datetime

from mit.errors import NotAllowedError
from mit.issuance.authority import Authority
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import audit, signing_keys
from mit.store.db import OpenSession


def require_keeper(by: Actor | None) -> None:
    """Let an administrator, or the keeper of the machine, look after keys.

    Raises:
        NotAllowedError: ``role_needed``.
    """
    if by is not None:
        require_role(by, Role.ADMINISTRATOR)


def require_demo_allowed(authority: Authority, *, demo: bool) -> None:
    """Refuse demo keys where only real ones may be used.

    Raises:
        NotAllowedError: ``demo_key_in_production``.
    """
    if demo and not authority.settings.is_demo_allowed:
        raise NotAllowedError("demo_key_in_production")


def free_kid(session: OpenSession, authority: Authority) -> int:
    """Take the next serial under which no file lies, left behind by a crash."""
    kid = signing_keys.next_kid(session)
    while authority.keyring.holds(kid):
        kid = signing_keys.next_kid(session)
    return kid


def record(
    session: OpenSession,
    event: AuditEvent,
    kid: int,
    *,
    by: Actor | None,
    now: datetime,
    payload: dict[str, object],
) -> None:
    """Write one audit event about a key."""
    actor_id = by.user_id if by else None
    audit.record(session, event, subject=f"signing_key:{kid}", actor_id=actor_id, now=now, payload=payload)
