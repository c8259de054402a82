"""The chain: the salt of each certified cost sheet, and which product leans on which certificate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


#: What the database refuses on the new table, and in which words.
REFUSED = {
    "UPDATE": "leanings: a row is never changed",
    "DELETE": "leanings: a row is never deleted",
    "TRUNCATE": "leanings is never emptied",
}


def upgrade() -> None:
    """Go forward."""
    op.add_column("certificate_products", sa.Column("commitment_salt", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_certificate_products_hs_code"), "certificate_products", ["hs_code"])
    _create_leanings()
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for event, words in REFUSED.items():
        for statement in _on_postgres(event, words) if on_postgres else _on_sqlite(event, words):
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Go back."""
    op.drop_table("leanings")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        for event in REFUSED:
            op.execute(sa.text(f"DROP FUNCTION {_name(event)}()"))
    op.drop_index(op.f("ix_certificate_products_hs_code"), table_name="certificate_products")
    op.drop_column("certificate_products", "commitment_salt")


def _create_leanings() -> None:
    op.create_table(
        "leanings",
        sa.Column("application_product_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=False),
        sa.Column("covers", sa.String(length=10), nullable=False),
        sa.CheckConstraint("line >= 1", name=op.f("ck_leanings_line")),
        sa.CheckConstraint("covers IN ('yes', 'unclear')", name=op.f("ck_leanings_covers")),
        sa.ForeignKeyConstraint(
            ["application_product_id"],
            ["application_products.id"],
            name=op.f("fk_leanings_application_product_id_application_products"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_number"],
            ["certificates.number"],
            name=op.f("fk_leanings_certificate_number_certificates"),
        ),
        sa.PrimaryKeyConstraint("application_product_id", "line", "leaned_at", name=op.f("pk_leanings")),
    )
    op.create_index(op.f("ix_leanings_certificate_number"), "leanings", ["certificate_number"])


def _name(event: str) -> str:
    return f"guard_leanings_{event.lower()}"


def _on_sqlite(event: str, words: str) -> list[str]:
    if event == "TRUNCATE":
        return []
    return [
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON leanings BEGIN SELECT RAISE(ABORT, '{words}'); END"
    ]


def _on_postgres(event: str, words: str) -> list[str]:
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return [
        f"CREATE FUNCTION {_name(event)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON leanings"
        f" FOR EACH {each} EXECUTE FUNCTION {_name(event)}()",
    ]
