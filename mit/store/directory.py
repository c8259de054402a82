"""Look people up: by a part of the name or the address, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from mit.roles.actor import Role
from mit.store.accounts import Organisation, RoleGrant, User


def people(session: Session, text: str, *, page: int, size: int) -> Sequence[User]:
    """Return one page (from 1) of the people whose name or address contains *text*, by name."""
    found = _found(text).order_by(func.lower(User.name), User.email)
    return session.scalars(found.limit(size).offset((page - 1) * size)).all()


def count_people(session: Session, text: str) -> int:
    """Return how many people are found."""
    return session.scalar(select(func.count()).select_from(_found(text).subquery())) or 0


def roles_held(session: Session, user_ids: Sequence[UUID]) -> dict[UUID, frozenset[Role]]:
    """Return the roles that people hold now."""
    live = select(RoleGrant.user_id, RoleGrant.role).where(
        RoleGrant.user_id.in_(user_ids), RoleGrant.revoked_at.is_(None)
    )
    held: dict[UUID, set[Role]] = {}
    for user_id, role in session.execute(live):
        held.setdefault(user_id, set()).add(Role(role))
    return {user_id: frozenset(roles) for user_id, roles in held.items()}


def organisation_names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Return the Thai names of organisations by identity."""
    rows = session.execute(select(Organisation.id, Organisation.name_th).where(Organisation.id.in_(ids)))
    return {row.id: row.name_th for row in rows}


def _found(text: str) -> Select[tuple[User]]:
    plain = text.strip().lower()
    found = select(User)
    if not plain:
        return found
    if "\0" in plain:  # PostgreSQL does not take the question
        return found.where(false())
    return found.where(
        or_(
            func.lower(User.name).contains(plain, autoescape=True),
            User.email.contains(plain, autoescape=True),
        )
    )
