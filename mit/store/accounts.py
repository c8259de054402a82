"""Organisations, users, whom users act for, and the roles they were given."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.roles.actor import Actor, Role
from mit.store.db import Base, UtcInstant, add, insert_or_ignore, new_id, values_of

#: Every role that can be granted; ``mit.roles`` says what each may do.
ROLES = tuple(str(role) for role in Role)
#: What an organisation is to the scheme: it applies, or it buys.  FTI's own people have none.
ORGANISATION_KINDS = ("manufacturer", "agency")
#: What an organisation is in law.  Source: domain 1.2 and 1.4.
FORMS = ("juristic_person", "natural_person", "community_enterprise")
#: The host of addresses that were forgotten; no mail ever goes there (RFC 2606).
FORGOTTEN_HOST = "forgotten.invalid"
#: From where its name is: looked up in the register of companies, or typed.
NAME_SOURCES = ("dbd", "by_hand")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the SQL condition that *column* holds one of *values*."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Organisation(Base):
    """A legal person, or a natural person in business; the tax number is shown only masked then.

    ``registration_number`` is that of a commercial registration or a community enterprise;
    ``name_checked_at`` is when the register of companies was last asked and said this name.
    ``version`` grows with every change: who saves names the one they saw.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(one_of("kind", ORGANISATION_KINDS), name="kind"),
        CheckConstraint(one_of("form", FORMS), name="form"),
        CheckConstraint(one_of("name_source", NAME_SOURCES), name="name_source"),
        CheckConstraint("length(tax_number) = 13", name="tax_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    tax_number: Mapped[str] = mapped_column(String(13), unique=True)
    name_th: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    address_th: Mapped[str] = mapped_column(String(1000), default="")
    address_en: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    form: Mapped[str] = mapped_column(String(30), default="juristic_person", server_default="juristic_person")
    registration_number: Mapped[str] = mapped_column(String(40), default="", server_default="")
    telephone: Mapped[str] = mapped_column(String(30), default="", server_default="")
    name_source: Mapped[str] = mapped_column(String(10), default="by_hand", server_default="by_hand")
    name_checked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(default=1, server_default="1")


def new_uniquifier() -> str:
    """Return a fresh name that tokens of a login are bound to; changing it ends them all."""
    return secrets.token_hex(16)


class User(Base):
    """A login: one natural person, who acts for at most one organisation at a time.

    ``second_factor_secret`` and ``recovery_codes`` (a JSON list) are encrypted; ``second_factor_step``
    is the last time step whose code was taken, so that none works twice.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_users_fs_uniquifier", "fs_uniquifier", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    password_set_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    language: Mapped[str] = mapped_column(String(2), default="th", server_default="th")
    telephone: Mapped[str] = mapped_column(String(30), default="", server_default="")
    fs_uniquifier: Mapped[str] = mapped_column(String(64), default=new_uniquifier, server_default="")
    second_factor_secret: Mapped[str | None] = mapped_column(Text)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    second_factor_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_codes: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")


class Affiliation(Base):
    """A span in which a user acted for an organisation; kept for ever, because of four eyes.

    A keeper of the organisation invites and removes colleagues.
    """

    __tablename__ = "affiliations"
    __table_args__ = (
        Index(
            "ix_affiliations_live",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    is_keeper: Mapped[bool] = mapped_column(default=False, server_default=false())


class RoleGrant(Base):
    """A role given to a user by somebody, until it was taken back."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        Index(
            "ix_role_grants_live",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(30))
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def add_organisation(session: Session, organisation: Organisation) -> bool:
    """Write a new organisation unless its tax number is taken; say whether it was written."""
    return insert_or_ignore(session, Organisation, values_of(organisation))


def add_user(session: Session, user: User) -> bool:
    """Write a new user unless the e-mail address is taken; say whether it was written."""
    return insert_or_ignore(session, User, values_of(user))


def find_user(session: Session, email: str) -> User | None:
    """Return the user with this e-mail address, in any case of letters; None where there is none."""
    plain = email.strip().lower()
    return session.scalar(select(User).where(User.email == plain)) if plain.isprintable() else None


def forget_unconfirmed(session: Session, before: datetime, *, most: int) -> int:
    """Empty logins whose address was never confirmed and whose last registration is before an instant.

    The row stays, closed, without a word about the person; return how many were emptied, at most *most*.
    """
    last_registered_at = func.coalesce(User.password_set_at, User.created_at)
    is_nobody = User.email.endswith(f"@{FORGOTTEN_HOST}")
    held = select(RoleGrant.user_id).where(RoleGrant.user_id == User.id).exists()
    acted = select(Affiliation.user_id).where(Affiliation.user_id == User.id).exists()
    wanted = (User.confirmed_at.is_(None), last_registered_at < before, ~is_nobody, ~held, ~acted)
    found = select(User).where(*wanted).limit(most).with_for_update()
    rows = session.scalars(found.execution_options(populate_existing=True)).all()
    for row in rows:
        row.email, row.name = f"{row.id.hex}@{FORGOTTEN_HOST}", "–"
        row.password_hash, row.telephone, row.fs_uniquifier = "", "", new_uniquifier()
        row.is_active = False
    session.flush()
    return len(rows)


def find_by_uniquifier(session: Session, uniquifier: str) -> User | None:
    """Return the user whose tokens are bound to *uniquifier*; None where there is none."""
    return session.scalar(select(User).where(User.fs_uniquifier == uniquifier)) if uniquifier else None


def lock_user(session: Session, user_id: UUID) -> User:
    """Return one user, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFoundError
    return user


def get_user(session: Session, user_id: UUID) -> User:
    """Return one user.

    Raises:
        NotFoundError: ``not_found``.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError
    return user


def roles_of(session: Session, user_id: UUID) -> frozenset[Role]:
    """Return the roles that the user holds now."""
    live = select(RoleGrant.role).where(RoleGrant.user_id == user_id, RoleGrant.revoked_at.is_(None))
    return frozenset(Role(role) for role in session.scalars(live))


def actor_of(session: Session, user_id: UUID) -> Actor:
    """Return the user as an actor: present roles and organisation; no role once closed.

    Raises:
        NotFoundError: ``not_found``.
    """
    user = get_user(session, user_id)
    roles = roles_of(session, user_id) if user.is_active else frozenset()
    return Actor(user_id, roles, user.organisation_id)


def join_organisation(
    session: Session, user_id: UUID, organisation_id: UUID | None, *, now: datetime
) -> None:
    """Let the user act for another organisation, or for none, from *now* on; the past is kept.

    Who comes where nobody keeps the organisation is its keeper: lock the organisation before.

    Raises:
        NotFoundError: ``not_found``.
    """
    get_user(session, user_id).organisation_id = organisation_id
    session.flush()
    live = (Affiliation.user_id == user_id, Affiliation.ended_at.is_(None))
    session.execute(update(Affiliation).where(*live).values(ended_at=now))
    if organisation_id is not None:
        is_keeper = not any(span.is_keeper for span in live_affiliations(session, organisation_id))
        span = Affiliation(user_id=user_id, organisation_id=organisation_id, began_at=now)
        span.is_keeper = is_keeper
        add(session, span)


def live_affiliations(session: Session, organisation_id: UUID) -> Sequence[Affiliation]:
    """Return who acts for the organisation now, the first who came first."""
    live = (Affiliation.organisation_id == organisation_id, Affiliation.ended_at.is_(None))
    return session.scalars(
        select(Affiliation).where(*live).order_by(Affiliation.began_at, Affiliation.id)
    ).all()


def grant(session: Session, user_id: UUID, role: Role, *, granted_by_id: UUID | None, now: datetime) -> bool:
    """Give the user a role; say whether it was not held before."""
    if role in roles_of(session, user_id):
        return False
    row = RoleGrant(user_id=user_id, role=str(role), granted_by_id=granted_by_id, granted_at=now)
    add(session, row)
    return True


def take_back(session: Session, user_id: UUID, role: Role, *, now: datetime) -> bool:
    """Take a role from the user; say whether it was held before."""
    held = (RoleGrant.user_id == user_id, RoleGrant.role == str(role), RoleGrant.revoked_at.is_(None))
    ended = update(RoleGrant).where(*held).values(revoked_at=now).returning(RoleGrant.id)
    return bool(session.execute(ended).all())


def acted_for(session: Session, organisation_id: UUID) -> frozenset[UUID]:
    """Return everyone who ever acted for the organisation, by the whole recorded history."""
    people = select(Affiliation.user_id).where(Affiliation.organisation_id == organisation_id)
    return frozenset(session.scalars(people))


def get_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """Return one organisation.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFoundError
    return found


def find_organisation(session: Session, tax_number: str) -> Organisation | None:
    """Return the organisation with these 13 digits; None where there is none."""
    return session.scalar(select(Organisation).where(Organisation.tax_number == tax_number))


def lock_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """Return one organisation, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def held_role_at(session: Session, user_id: UUID, role: Role, at: datetime) -> bool:
    """Say whether the user held the role at the instant *at*, by the recorded grants."""
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role == str(role),
        RoleGrant.granted_at <= at,
        or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > at),
    )
    return session.scalars(held.limit(1)).first() is not None


def officers(session: Session) -> list[User]:
    """Return FTI's officers, reviewers and approvers, of living logins whose address is theirs."""
    roles = (str(Role.REVIEWER), str(Role.APPROVER))
    holds = select(RoleGrant.user_id).where(RoleGrant.role.in_(roles), RoleGrant.revoked_at.is_(None))
    found = select(User).where(User.is_active.is_(True), User.confirmed_at.is_not(None), User.id.in_(holds))
    return list(session.scalars(found.order_by(User.created_at, User.id)))


def makers_of(session: Session, organisation_id: UUID) -> list[User]:
    """Return whoever acts for a manufacturer now, by a living login whose address is theirs."""
    holds = select(RoleGrant.user_id).where(
        RoleGrant.role == str(Role.MANUFACTURER), RoleGrant.revoked_at.is_(None)
    )
    found = select(User).where(
        User.organisation_id == organisation_id,
        User.is_active.is_(True),
        User.confirmed_at.is_not(None),
        User.id.in_(holds),
    )
    return list(session.scalars(found.order_by(User.created_at, User.id)))
