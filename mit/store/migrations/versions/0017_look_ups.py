"""How many look-ups there were: by day, door and answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "look_ups",
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("door", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times >= 0", name=op.f("ck_look_ups_times")),
        sa.PrimaryKeyConstraint("asked_on", "door", "answer", name=op.f("pk_look_ups")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("look_ups")
