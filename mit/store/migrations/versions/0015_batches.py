"""Batches: many presentations judged at once, for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total BETWEEN 1 AND 10000", name=op.f("ck_batches_total")),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_batches_done")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("address_sha256", name=op.f("uq_batches_address_sha256")),
    )
    op.create_index(op.f("ix_batches_sent_at"), "batches", ["sent_at"])
    op.create_table(
        "batch_portions",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("first >= 1 AND lines >= 1", name=op.f("ck_batch_portions_span")),
        sa.CheckConstraint("(asked IS NULL) = (told IS NOT NULL)", name=op.f("ck_batch_portions_told")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_batch_portions_batch_id_batches")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_portions")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("batch_portions")
    op.drop_index(op.f("ix_batches_sent_at"), table_name="batches")
    op.drop_table("batches")
