"""Workbooks: the cells of a file while something is wrong in it, and what headings mean to an organisation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "sheet_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("product BETWEEN 1 AND 99999", name=op.f("ck_sheet_files_product")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_sheet_files_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_sheet_files_sent_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_files")),
        sa.UniqueConstraint("application_id", "product", name=op.f("uq_sheet_files_application_id_product")),
    )
    op.create_table(
        "heading_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("place IN ('column', 'field')", name=op.f("ck_heading_choices_place")),
        sa.CheckConstraint("heading <> ''", name=op.f("ck_heading_choices_heading")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_heading_choices_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["users.id"], name=op.f("fk_heading_choices_chosen_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_choices")),
        sa.UniqueConstraint(
            "organisation_id", "place", "heading", name=op.f("uq_heading_choices_organisation_id_place_heading")
        ),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("heading_choices")
    op.drop_table("sheet_files")
