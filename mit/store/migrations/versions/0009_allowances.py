"""Versions of what colleagues edit at once, allowances, and dead invitations that may be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Rows of these are saved under the version that was looked at.
VERSIONED = ("organisations", "factories")
_GUARD = "guard_invitations_delete_kept"
_IS_OPEN = "OLD.accepted_at IS NULL AND OLD.withdrawn_at IS NULL"
_NEVER = "1 = 1"
_WORDS_OPEN = "invitations: one that is open is never deleted"
_WORDS_NEVER = "invitations: a row is never deleted"


def upgrade() -> None:
    """Go forward."""
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("spent >= 0", name=op.f("ck_allowances_spent")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
    )
    _guard_invitations(_IS_OPEN, _WORDS_OPEN)


def downgrade() -> None:
    """Go back."""
    _guard_invitations(_NEVER, _WORDS_NEVER)
    op.drop_table("allowances")
    for table in reversed(VERSIONED):
        op.drop_column(table, "version")


def _guard_invitations(condition: str, words: str) -> None:
    """Refuse to delete the invitations for which *condition* holds."""
    words = words.replace(":", "\\:")  # SQLAlchemy would read a name of a value
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                f"CREATE OR REPLACE FUNCTION {_GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {condition} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END IF;"
                " RETURN OLD; END $$"
            )
        )
        return
    op.execute(sa.text(f"DROP TRIGGER {_GUARD}"))
    op.execute(
        sa.text(
            f"CREATE TRIGGER {_GUARD} BEFORE DELETE ON invitations WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    )
