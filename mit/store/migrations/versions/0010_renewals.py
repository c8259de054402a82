"""Renewals: which application renews which certificate, written once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: What the database refuses on the new table, and in which words.
REFUSED = {
    "UPDATE": "renewals: a row is never changed",
    "DELETE": "renewals: a row is never deleted",
    "TRUNCATE": "renewals is never emptied",
}


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "renewals",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_renewals_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_number"],
            ["certificates.number"],
            name=op.f("fk_renewals_certificate_number_certificates"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_renewals")),
    )
    op.create_index(op.f("ix_renewals_certificate_number"), "renewals", ["certificate_number"])
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for event, words in REFUSED.items():
        for statement in _on_postgres(event, words) if on_postgres else _on_sqlite(event, words):
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Go back."""
    op.drop_table("renewals")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        for event in REFUSED:
            op.execute(sa.text(f"DROP FUNCTION {_name(event)}()"))


def _name(event: str) -> str:
    return f"guard_renewals_{event.lower()}"


def _on_sqlite(event: str, words: str) -> list[str]:
    if event == "TRUNCATE":
        return []
    return [
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON renewals BEGIN SELECT RAISE(ABORT, '{words}'); END"
    ]


def _on_postgres(event: str, words: str) -> list[str]:
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return [
        f"CREATE FUNCTION {_name(event)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON renewals"
        f" FOR EACH {each} EXECUTE FUNCTION {_name(event)}()",
    ]
