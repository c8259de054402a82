"""What a certificate commits to, and what it leans on: the salt of each product's cost sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("certificate_products", sa.Column("commitment_salt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("certificate_products", "commitment_salt")
