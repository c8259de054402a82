"""Dealers' letters: what makers issue, what the worker signs, what makers end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WRITTEN = (
    "number", "certificate_number", "dealer_juristic_number", "dealer_name_th", "dealer_name_en", "named_by",
    "places", "from_on", "until_on", "tender", "tbs", "tbs_sha256", "kid", "issued_at", "issued_by_id",
)  # fmt: skip
_ONCE = ("token", "signed_at", "ended_at", "ended_by_id")
_CHANGED = " OR ".join(
    [f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _WRITTEN]
    + [f"(OLD.{name} IS NOT NULL AND OLD.{name} IS DISTINCT FROM NEW.{name})" for name in _ONCE]
)
#: What the database refuses on the new table, when, and in which words.
REFUSED = {
    "UPDATE": (_CHANGED, "dealer_letters: signature and end are filled in once, the rest stays"),
    "DELETE": ("", "dealer_letters: a row is never deleted"),
    "TRUNCATE": ("", "dealer_letters is never emptied"),
}


def upgrade() -> None:
    """Go forward."""
    _create_table()
    op.create_index(
        "ix_dealer_letters_certificate_dealer",
        "dealer_letters",
        ["certificate_number", "dealer_juristic_number"],
    )
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for event, (condition, words) in REFUSED.items():
        statements = _on_postgres(event, condition, words) if on_postgres else _on_sqlite(event, condition, words)
        for statement in statements:
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Go back."""
    op.drop_table("dealer_letters")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        for event in REFUSED:
            op.execute(sa.text(f"DROP FUNCTION {_name(event)}()"))


def _create_table() -> None:
    op.create_table(
        "dealer_letters",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=False),
        sa.Column("dealer_juristic_number", sa.String(length=13), nullable=False),
        sa.Column("dealer_name_th", sa.String(length=300), nullable=False),
        sa.Column("dealer_name_en", sa.String(length=300), nullable=False),
        sa.Column("named_by", sa.String(length=20), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("tender", sa.String(length=200), nullable=False),
        sa.Column("tbs", sa.LargeBinary(), nullable=False),
        sa.Column("tbs_sha256", sa.String(length=64), nullable=False),
        sa.Column("kid", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        *_checks(),
        *_links(),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dealer_letters")),
        sa.UniqueConstraint("tbs_sha256", name=op.f("uq_dealer_letters_tbs_sha256")),
    )


def _checks() -> list[sa.CheckConstraint]:
    conditions = {
        "no_citizen_number": "length(dealer_juristic_number) = 13"
        " AND dealer_juristic_number NOT BETWEEN '1' AND '8999999999999'",
        "named_by": "named_by IN ('company_register', 'maker')",
        "days": "until_on >= from_on",
        "hash": "length(tbs_sha256) = 64",
        "signed": "(token IS NULL) = (signed_at IS NULL)",
        "ended": "(ended_at IS NULL) = (ended_by_id IS NULL)",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_dealer_letters_{name}"))
        for name, condition in conditions.items()
    ]


def _links() -> list[sa.ForeignKeyConstraint]:
    targets = {
        "certificate_number": "certificates.number",
        "kid": "signing_keys.kid",
        "issued_by_id": "users.id",
        "ended_by_id": "users.id",
    }
    return [
        sa.ForeignKeyConstraint(
            [name], [target], name=op.f(f"fk_dealer_letters_{name}_{target.partition('.')[0]}")
        )
        for name, target in targets.items()
    ]


def _name(event: str) -> str:
    return f"guard_dealer_letters_{event.lower()}"


def _on_sqlite(event: str, condition: str, words: str) -> list[str]:
    if event == "TRUNCATE":
        return []
    when = f" WHEN {condition.replace('IS DISTINCT FROM', 'IS NOT')}" if condition else ""
    return [
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON dealer_letters{when}"
        f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
    ]


def _on_postgres(event: str, condition: str, words: str) -> list[str]:
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    when = f" WHEN ({condition})" if condition else ""
    return [
        f"CREATE FUNCTION {_name(event)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON dealer_letters"
        f" FOR EACH {each}{when} EXECUTE FUNCTION {_name(event)}()",
    ]
