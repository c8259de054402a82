"""Cases: who works on one, notes, questions, and what was seen when somebody recommended or approved."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse *event* on *table* when *condition* holds, saying *words*; without one, always."""

    table: str
    event: str
    name: str
    condition: str | None
    words: str


def changed(*columns: str) -> str:
    """Return the condition that any of *columns* changes."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def changed_once_set(*columns: str) -> str:
    """Return the condition that any of *columns* changes after it was filled in."""
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column})" for column in columns
    )


_SAME_SHEET = "ix_application_products_cost_sheet_sha256"
TABLES = ("case_holds", "case_notes", "case_questions", "approval_contents")
RULES = (
    *(Rule(table, "DELETE", "kept", None, f"{table}: a row is never deleted") for table in TABLES),
    *(Rule(table, "UPDATE", "written_once", None, f"{table}: a row is never changed")
      for table in ("case_notes", "approval_contents")),
    Rule("case_holds", "UPDATE", "past",
         changed("id", "application_id", "person_id", "taken_at") + " OR " + changed_once_set("released_at"),
         "case_holds: only the end of a span is filled in, once"),
    Rule("case_questions", "UPDATE", "past",
         changed("id", "application_id", "round", "product_position", "place", "words", "asked_by_id",
                 "asked_at")
         + " OR " + changed_once_set("sent_at", "dropped_at", "answer", "answered_by_id", "answered_at"),
         "case_questions: a question is sent, dropped and answered once, and its words stay"),
)


def upgrade() -> None:
    """Go forward."""
    _create_holds()
    _create_notes()
    _create_questions()
    _create_contents()
    op.create_index(_SAME_SHEET, "application_products", ["cost_sheet_sha256"])
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for rule in RULES:
        for statement in _on_postgres(rule) if on_postgres else _on_sqlite(rule):
            op.execute(sa.text(statement.replace(":", "\\:")))
    for table in TABLES if on_postgres else ():
        for statement in _no_truncate(table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Go back."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    op.drop_index(_SAME_SHEET, table_name="application_products")
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it
    if on_postgres:
        for rule in RULES:
            op.execute(sa.text(f"DROP FUNCTION {_name(rule)}()"))
        for table in TABLES:
            op.execute(sa.text(f"DROP FUNCTION guard_{table}_truncate()"))


def _create_holds() -> None:
    op.create_table(
        "case_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("released_at IS NULL OR released_at >= taken_at", name=op.f("ck_case_holds_span")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_case_holds_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_case_holds_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_holds")),
    )
    op.create_index(op.f("ix_case_holds_application_id"), "case_holds", ["application_id"])
    op.create_index(op.f("ix_case_holds_person_id"), "case_holds", ["person_id"])
    live = sa.text("released_at IS NULL")
    op.create_index(
        "ix_case_holds_live",
        "case_holds",
        ["application_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _create_notes() -> None:
    op.create_table(
        "case_notes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("product_position", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_case_notes_words")),
        sa.CheckConstraint("product_position BETWEEN 1 AND 200", name=op.f("ck_case_notes_position")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_case_notes_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_case_notes_author_id_users")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_application_id"), "case_notes", ["application_id"])


def _create_questions() -> None:
    op.create_table(
        "case_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("product_position", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("round >= 1", name=op.f("ck_case_questions_round")),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_case_questions_words")),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_case_questions_place")),
        sa.CheckConstraint("product_position BETWEEN 1 AND 200", name=op.f("ck_case_questions_position")),
        sa.CheckConstraint(
            "sent_at IS NULL OR dropped_at IS NULL", name=op.f("ck_case_questions_sent_or_dropped")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_case_questions_answered"),
        ),
        sa.CheckConstraint(
            "answer IS NULL OR sent_at IS NOT NULL", name=op.f("ck_case_questions_answer_after_sending")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_case_questions_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_case_questions_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_case_questions_answered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_questions")),
    )
    op.create_index("ix_case_questions_application", "case_questions", ["application_id", "asked_at"])


def _create_contents() -> None:
    op.create_table(
        "approval_contents",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approval_contents_approval_id_approvals")
        ),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_approval_contents")),
    )


def _name(rule: Rule) -> str:
    return f"guard_{rule.table}_{rule.event.lower()}_{rule.name}"


def _on_sqlite(rule: Rule) -> list[str]:
    condition = (rule.condition or "1 = 1").replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {_name(rule)} BEFORE {rule.event} ON {rule.table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{rule.words}'); END"
    ]


def _on_postgres(rule: Rule) -> list[str]:
    row = "OLD" if rule.event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {_name(rule)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {rule.condition or 'true'} THEN"
        f" RAISE EXCEPTION '{rule.words}' USING ERRCODE = 'restrict_violation'; END IF;"
        f" RETURN {row}; END $$",
        f"CREATE TRIGGER {_name(rule)} BEFORE {rule.event} ON {rule.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {_name(rule)}()",
    ]


def _no_truncate(table: str) -> list[str]:
    return [
        f"CREATE FUNCTION guard_{table}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{table} is never emptied' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}_truncate()",
    ]
