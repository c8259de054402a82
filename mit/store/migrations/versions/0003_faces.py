"""The faces: what signing in needs; sections follow the order of the rooms in ``mit/store``."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _add_to_users()
    _create_sessions()
    _create_sign_in_delays()


def downgrade() -> None:
    """Go back."""
    op.drop_table("sign_in_delays")
    op.drop_table("sessions")
    op.drop_index("ix_users_fs_uniquifier", table_name="users")
    for column in reversed(_of_users()):
        op.drop_column("users", column.name)


# --- accounts


def _of_users() -> list[sa.Column[Any]]:
    return [
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=2), server_default="th", nullable=False),
        sa.Column("telephone", sa.String(length=30), server_default="", nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), server_default="", nullable=False),
        sa.Column("second_factor_secret", sa.Text(), nullable=True),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery_codes", sa.Text(), server_default="[]", nullable=False),
    ]


def _add_to_users() -> None:
    """Until now every login was made by an administrator, who knew whose address it was."""
    for column in _of_users():
        op.add_column("users", column)
    op.execute(sa.text("UPDATE users SET confirmed_at = created_at, password_set_at = created_at"))
    users = sa.table("users", sa.column("id"), sa.column("fs_uniquifier", sa.String))
    connection = op.get_bind()
    for (user_id,) in connection.execute(sa.select(users.c.id)).all():
        fresh = users.update().where(users.c.id == user_id).values(fs_uniquifier=secrets.token_hex(16))
        connection.execute(fresh)
    op.create_index("ix_users_fs_uniquifier", "users", ["fs_uniquifier"], unique=True)


# --- sessions


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending_secret", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("idle_minutes > 0", name=op.f("ck_sessions_idle")),
        sa.CheckConstraint("stage IN ('code', 'set_up', 'full')", name=op.f("ck_sessions_stage")),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_sessions_token")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sessions_token_sha256")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)


# --- sign_in_delays


def _create_sign_in_delays() -> None:
    op.create_table(
        "sign_in_delays",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_delays_failures")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_delays")),
    )
