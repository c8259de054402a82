"""Comparing: what other applications hold of the same file or heading is found without reading them all."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"])
    op.create_index(op.f("ix_application_products_hs_code"), "application_products", ["hs_code"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_application_products_hs_code"), table_name="application_products")
    op.drop_index(op.f("ix_evidence_sha256"), table_name="evidence")
