"""Reports: what anyone reported about a certificate; it stays as written, only the contact is forgotten."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse *event* on the table when *condition* holds, saying *words*; without one, always."""

    event: str
    name: str
    condition: str | None
    words: str


_WRITTEN = ("seq", "suspicion", "shown_number", "words", "consented", "language", "reported_at")
_ONCE = ("looked_by_id", "looked_at", "closed_by_id", "closed_at")
_CHANGED = [f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _WRITTEN]
_CHANGED += [f"(OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column})" for column in _ONCE]
_CHANGED += ["(OLD.note <> '' AND OLD.note <> NEW.note)"]
RULES = (
    Rule("DELETE", "kept", None, "reports: a row is never deleted"),
    Rule(
        "UPDATE", "past", " OR ".join(_CHANGED), "reports: what was reported stays, and it is closed once"
    ),
    Rule(
        "UPDATE",
        "contact",
        "OLD.contact <> NEW.contact AND (NEW.contact <> '' OR NEW.closed_at IS NULL)",
        "reports: a contact is only forgotten, and not before the report is closed",
    ),
    Rule(
        "INSERT",
        "new",
        "NEW.looked_at IS NOT NULL OR NEW.closed_at IS NOT NULL",
        "reports: nothing is dealt with before it was reported",
    ),
)


def upgrade() -> None:
    """Go forward."""
    _create_reports()
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for rule in RULES:
        for statement in _on_postgres(rule) if on_postgres else _on_sqlite(rule):
            op.execute(sa.text(statement.replace(":", "\\:")))
    for statement in _no_truncate() if on_postgres else ():
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Go back."""
    op.drop_table("reports")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        for rule in RULES:
            op.execute(sa.text(f"DROP FUNCTION {_name(rule)}()"))
        op.execute(sa.text("DROP FUNCTION guard_reports_truncate()"))


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("suspicion", sa.String(length=20), nullable=False),
        sa.Column("shown_number", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_by_id", sa.Uuid(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "suspicion IN ('forged_paper', 'wrong_product', 'look_alike_site', 'other')",
            name=op.f("ck_reports_suspicion"),
        ),
        sa.CheckConstraint("language IN ('th', 'en')", name=op.f("ck_reports_language")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_reports_words")),
        sa.CheckConstraint("contact = '' OR consented", name=op.f("ck_reports_consent")),
        sa.CheckConstraint("(looked_by_id IS NULL) = (looked_at IS NULL)", name=op.f("ck_reports_looked")),
        sa.CheckConstraint("(closed_by_id IS NULL) = (closed_at IS NULL)", name=op.f("ck_reports_closed")),
        sa.CheckConstraint("(closed_at IS NULL) = (note = '')", name=op.f("ck_reports_note")),
        *(
            sa.ForeignKeyConstraint([f"{who}_by_id"], ["users.id"], name=op.f(f"fk_reports_{who}_by_id_users"))
            for who in ("looked", "closed")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_closed_at", "reports", ["closed_at"])


def _name(rule: Rule) -> str:
    return f"guard_reports_{rule.event.lower()}_{rule.name}"


def _on_sqlite(rule: Rule) -> list[str]:
    condition = (rule.condition or "1 = 1").replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {_name(rule)} BEFORE {rule.event} ON reports WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{rule.words}'); END"
    ]


def _on_postgres(rule: Rule) -> list[str]:
    row = "OLD" if rule.event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {_name(rule)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {rule.condition or 'true'} THEN"
        f" RAISE EXCEPTION '{rule.words}' USING ERRCODE = 'restrict_violation'; END IF;"
        f" RETURN {row}; END $$",
        f"CREATE TRIGGER {_name(rule)} BEFORE {rule.event} ON reports"
        f" FOR EACH ROW EXECUTE FUNCTION {_name(rule)}()",
    ]


def _no_truncate() -> list[str]:
    return [
        "CREATE FUNCTION guard_reports_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'reports is never emptied' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER guard_reports_truncate BEFORE TRUNCATE ON reports"
        " FOR EACH STATEMENT EXECUTE FUNCTION guard_reports_truncate()",
    ]
