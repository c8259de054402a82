"""What was typed for an application and is not good enough yet, and the files that back it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _create_draft_sections()
    _create_evidence()


def downgrade() -> None:
    """Go back."""
    op.drop_table("evidence")
    op.drop_table("draft_sections")


def _create_draft_sections() -> None:
    op.create_table(
        "draft_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "section IN ('factory', 'product', 'sheet', 'declaration')",
            name=op.f("ck_draft_sections_section"),
        ),
        sa.CheckConstraint(
            "product BETWEEN 0 AND 99999 AND (product > 0) = (section IN ('product', 'sheet'))",
            name=op.f("ck_draft_sections_product"),
        ),
        sa.CheckConstraint("version >= 1 AND fault_count >= 0", name=op.f("ck_draft_sections_counts")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_draft_sections_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["users.id"], name=op.f("fk_draft_sections_saved_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_sections")),
        sa.UniqueConstraint(
            "application_id",
            "section",
            "product",
            name=op.f("uq_draft_sections_application_id_section_product"),
        ),
    )


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('origin', 'purchase', 'customs', 'process', 'factory', 'price', 'other')",
            name=op.f("ck_evidence_kind"),
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 1000", name=op.f("ck_evidence_number")),
        sa.CheckConstraint("product BETWEEN 0 AND 99999", name=op.f("ck_evidence_product")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_evidence_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["documents.sha256"], name=op.f("fk_evidence_sha256_documents")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_evidence_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_evidence_application_id_number")),
    )
