"""Mails: one row for each letter; nothing of what fills it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("doubtful >= 0 AND attempts >= doubtful", name=op.f("ck_mails_attempts")),
        sa.CheckConstraint(
            "began_at IS NULL OR (sent_at IS NULL AND given_up_at IS NULL)", name=op.f("ck_mails_began")
        ),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_mails_end")),
        sa.CheckConstraint("language IN ('th', 'en')", name=op.f("ck_mails_language")),
        sa.CheckConstraint("(sent_at IS NULL) = (text_sha256 IS NULL)", name=op.f("ck_mails_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_mails_key")),
    )
    op.create_index("ix_mails_queued_at", "mails", ["queued_at", "id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("mails")
