"""Status requests: what one person asks to be done to certificates, and that another has to confirm it.

The database then refuses to revoke, reinstate or withdraw a certificate without such a row.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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


TABLES = ("status_requests", "status_request_certificates")
#: Triggers of ours on a table that an earlier step made.
_ON_OTHERS = ("certificate_events",)
_OPEN = "confirmed_at IS NULL AND dropped_at IS NULL"
RULES = (
    *(Rule(table, "DELETE", "kept", None, f"{table}: a row is never deleted") for table in TABLES),
    Rule("status_requests", "UPDATE", "past",
         changed("seq", "action", "certificate_number", "selection", "certificates", "reason", "note",
                 "effective_on", "asked_by_id", "asked_at")
         + " OR " + changed_once_set("confirmed_by_id", "confirmed_at", "dropped_by_id", "dropped_at",
                                     "finished_at"),
         "status_requests: what was asked for stays, and it is confirmed or dropped once"),
    Rule("status_requests", "INSERT", "open",
         "NEW.confirmed_at IS NOT NULL OR NEW.dropped_at IS NOT NULL OR NEW.finished_at IS NOT NULL",
         "status_requests: nothing is confirmed before it was asked for"),
    Rule("status_requests", "UPDATE", "stranger",
         "OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND EXISTS (SELECT 1"
         " FROM status_request_certificates t JOIN certificates c ON c.number = t.certificate_number"
         " JOIN affiliations f ON f.organisation_id = c.organisation_id"
         " WHERE t.request_seq = NEW.seq AND f.user_id = NEW.confirmed_by_id)",
         "status_requests: this person acted for the holder"),
    Rule("status_request_certificates", "UPDATE", "past",
         changed("request_seq", "certificate_number", "seen_seq") + " OR "
         + changed_once_set("outcome", "done_at"),
         "status_request_certificates: only what became of it is filled in, once"),
    Rule("status_request_certificates", "INSERT", "stranger",
         "EXISTS (SELECT 1 FROM status_requests r JOIN affiliations f ON f.user_id = r.asked_by_id"
         " JOIN certificates c ON c.organisation_id = f.organisation_id"
         " WHERE r.seq = NEW.request_seq AND r.action <> 'withdraw' AND c.number = NEW.certificate_number)",
         "status_request_certificates: this person acted for the holder"),
    Rule("status_request_certificates", "INSERT", "open",
         f"NOT EXISTS (SELECT 1 FROM status_requests r WHERE r.seq = NEW.request_seq AND {_OPEN})",
         "status_request_certificates: what is confirmed grows no more"),
    Rule("certificate_events", "INSERT", "two_persons",
         "NEW.event IN ('revoked', 'reinstated', 'withdrawn') AND NOT EXISTS (SELECT 1"
         " FROM status_request_certificates t JOIN status_requests r ON r.seq = t.request_seq"
         " WHERE t.certificate_number = NEW.certificate_number AND t.done_at IS NULL"
         " AND r.confirmed_at IS NOT NULL AND r.confirmed_by_id <> r.asked_by_id AND r.reason = NEW.reason"
         " AND r.action = CASE NEW.event WHEN 'revoked' THEN 'revoke' WHEN 'reinstated' THEN 'reinstate'"
         " ELSE 'withdraw' END)",
         "certificate_events: two persons have not asked for this"),
)


def upgrade() -> None:
    """Go forward."""
    _create_requests()
    _create_certificates()
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
    for rule in RULES:
        if rule.table in _ON_OTHERS:
            op.execute(sa.text(f"DROP TRIGGER {_name(rule)}" + (f" ON {rule.table}" if on_postgres else "")))
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it
    if on_postgres:
        for rule in RULES:
            op.execute(sa.text(f"DROP FUNCTION {_name(rule)}()"))
        for table in TABLES:
            op.execute(sa.text(f"DROP FUNCTION guard_{table}_truncate()"))


def _create_requests() -> None:
    op.create_table(
        "status_requests",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=True),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("certificates", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *_checks_of_requests(),
        *(
            sa.ForeignKeyConstraint(
                [f"{who}_by_id"], ["users.id"], name=op.f(f"fk_status_requests_{who}_by_id_users")
            )
            for who in ("asked", "confirmed", "dropped")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_number"],
            ["certificates.number"],
            name=op.f("fk_status_requests_certificate_number_certificates"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_status_requests")),
    )
    op.create_index(
        "ix_status_requests_open",
        "status_requests",
        ["certificate_number"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def _checks_of_requests() -> list[sa.CheckConstraint]:
    conditions = {
        "action": "action IN ('reinstate', 'revoke', 'withdraw', 'reissue')",
        "two_persons": "asked_by_id <> confirmed_by_id",
        "confirmed": "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
        "dropped": "(dropped_by_id IS NULL) = (dropped_at IS NULL)",
        "one_end": "confirmed_at IS NULL OR dropped_at IS NULL",
        "finished": "finished_at IS NULL OR confirmed_at IS NOT NULL",
        "certificates": "certificates >= 1",
        "selection": "(certificate_number IS NULL) = (selection <> '')",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_status_requests_{name}"))
        for name, condition in conditions.items()
    ]


def _create_certificates() -> None:
    table = "status_request_certificates"
    op.create_table(
        table,
        sa.Column("request_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=False),
        sa.Column("seen_seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name=op.f(f"ck_{table}_done")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('done', 'passed_over')", name=op.f(f"ck_{table}_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["request_seq"], ["status_requests.seq"], name=op.f(f"fk_{table}_request_seq_status_requests")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_number"],
            ["certificates.number"],
            name=op.f(f"fk_{table}_certificate_number_certificates"),
        ),
        sa.PrimaryKeyConstraint("request_seq", "certificate_number", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_certificate_number"), table, ["certificate_number"])


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
