"""Guards: what the database refuses, whoever asks.

One rule each, in words; SQLite and PostgreSQL get the same.  A condition that holds refuses the
change; ``None`` refuses always.  Nothing may be emptied by TRUNCATE on PostgreSQL.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse *event* on *table* when *condition* holds, saying *words*."""

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


#: Rows of these are written once and stay.
WRITTEN_ONCE = (
    "audit_events", "certificate_events", "certificate_products", "assessments", "documents", "status_slots",
)
#: Rows of these change in a few columns only, and stay.
NEVER_DELETED = (
    "affiliations", "applications", "approvals", "audit_head", "certificates", "counters", "log_leaves",
    "organisations", "role_grants", "signing_keys", "users",
)

RULES = (
    *(Rule(table, "UPDATE", "written_once", None, f"{table}: a row is never changed") for table in WRITTEN_ONCE),
    *(Rule(table, "DELETE", "kept", None, f"{table}: a row is never deleted")
      for table in WRITTEN_ONCE + NEVER_DELETED),
    Rule("counters", "UPDATE", "step", "NEW.name <> OLD.name OR NEW.value <> OLD.value + 1",
         "counters: a counter goes up by one"),
    Rule("counters", "INSERT", "start", "NEW.value <> 1", "counters: a counter begins at one"),
    Rule("audit_head", "UPDATE", "step", "NEW.seq <> OLD.seq + 1", "audit_head: one event at a time"),
    Rule("affiliations", "UPDATE", "past",
         changed("id", "user_id", "organisation_id", "began_at") + " OR " + changed_once_set("ended_at"),
         "affiliations: only the end of a span is filled in, once"),
    Rule("role_grants", "UPDATE", "past",
         changed("id", "user_id", "role", "granted_by_id", "granted_at") + " OR "
         + changed_once_set("revoked_at"),
         "role_grants: only the end of a grant is filled in, once"),
    Rule("applications", "UPDATE", "identity",
         changed("id", "number", "organisation_id", "author_id", "created_at"),
         "applications: number, applicant and author stay"),
    Rule("applications", "UPDATE", "final",
         "OLD.state IN ('approved', 'refused', 'withdrawn') AND ("
         + changed("state", "version", "content_digest", "profile_version", "rule_set_id", "rule_set_sha256",
                   "site_th", "site_en", "factory_number", "supersedes", "reviewer_id", "approver_id",
                   "refused_by_id", "decided_at") + ")",
         "applications: what was decided stays"),
    Rule("application_products", "UPDATE", "final",
         "(" + changed("application_id", "position", "name_th", "name_en", "hs_code", "price_ex_works_satang",
                       "cost_sheet", "cost_sheet_sha256", "coverage", "removed_at")
         + ") AND EXISTS (SELECT 1 FROM applications a WHERE a.id = OLD.application_id"
         " AND a.state IN ('approved', 'refused', 'withdrawn'))",
         "application_products: the application is decided"),
    Rule("application_products", "DELETE", "final",
         "EXISTS (SELECT 1 FROM applications a WHERE a.id = OLD.application_id"
         " AND a.state IN ('approved', 'refused', 'withdrawn'))",
         "application_products: the application is decided"),
    Rule("approvals", "UPDATE", "past",
         changed("id", "application_id", "kind", "person_id", "content_digest", "application_version",
                 "decisions", "note", "given_at") + " OR " + changed_once_set("voided_at", "voided_reason"),
         "approvals: a row can only be voided, once"),
    Rule("approvals", "INSERT", "stranger",
         "EXISTS (SELECT 1 FROM applications a JOIN affiliations f ON f.organisation_id = a.organisation_id"
         " WHERE a.id = NEW.application_id AND f.user_id = NEW.person_id)"
         " OR EXISTS (SELECT 1 FROM applications a WHERE a.id = NEW.application_id"
         " AND a.author_id = NEW.person_id)",
         "approvals: this person acted for the applicant"),
    Rule("approvals", "INSERT", "content",
         "NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = NEW.application_id"
         " AND a.content_digest = NEW.content_digest)",
         "approvals: this is not the content of the application"),
    Rule("approvals", "INSERT", "order",
         "NEW.kind = 'approval' AND NOT EXISTS (SELECT 1 FROM approvals r"
         " WHERE r.application_id = NEW.application_id AND r.kind = 'recommendation' AND r.voided_at IS NULL"
         " AND r.content_digest = NEW.content_digest AND r.person_id <> NEW.person_id)",
         "approvals: nobody else recommended this content"),
    Rule("certificates", "INSERT", "two_persons",
         "2 <> (SELECT count(DISTINCT p.person_id) FROM approvals p JOIN applications a"
         " ON a.id = p.application_id WHERE a.id = NEW.application_id AND a.state = 'approved'"
         " AND a.organisation_id = NEW.organisation_id AND a.content_digest = NEW.content_digest"
         " AND p.content_digest = NEW.content_digest AND p.voided_at IS NULL)",
         "certificates: two persons have not approved this content"),
    Rule("certificates", "UPDATE", "bytes",
         changed("number", "application_id", "organisation_id", "year_be", "running", "content_digest",
                 "profile_version", "claims", "tbs", "tbs_sha256", "kid", "sample", "list_number",
                 "slot_index", "holder_name_th", "holder_name_en", "holder_juristic_number", "issued_on",
                 "expires_on", "supersedes", "prepared_at"),
         "certificates: what was written down in prepare is never changed"),
    Rule("certificates", "UPDATE", "once",
         changed_once_set("qr_tbs", "credential", "credential_sha256", "qr_text", "signed_at", "pdf_sha256",
                          "issued_at", "superseded_by"),
         "certificates: what was filled in is never changed"),
    Rule("certificates", "UPDATE", "final",
         "OLD.status IN ('revoked', 'superseded', 'withdrawn') AND ("
         + changed("status", "status_since_on") + ")",
         "certificates: no way leads back from this status"),
    Rule("certificates", "UPDATE", "back", "OLD.state = 'active' AND NEW.state <> 'active'",
         "certificates: what was issued stays issued"),
    Rule("log_leaves", "UPDATE", "bytes",
         changed("seq", "certificate_number", "event", "entry", "salt", "leaf_hash", "profile_version",
                 "written_at") + " OR " + changed_once_set("log_index"),
         "log_leaves: only the index is filled in, once"),
    Rule("signing_keys", "UPDATE", "identity",
         changed("kid", "purpose", "algorithm", "thumbprint", "public_jwk", "certificate_chain", "demo",
                 "created_at") + " OR " + changed_once_set("compromised_from_at"),
         "signing_keys: a key stays the key it was"),
)


def upgrade() -> None:
    """Go forward."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for rule in RULES:
        for statement in _on_postgres(rule) if on_postgres else _on_sqlite(rule):
            op.execute(sa.text(statement.replace(":", "\\:")))
    if on_postgres:
        for table in WRITTEN_ONCE + NEVER_DELETED + ("application_products",):
            for statement in _no_truncate(table):
                op.execute(sa.text(statement))
    head = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
    op.execute(head.insert().values(id=1, seq=0, hash="0" * 64))


def downgrade() -> None:
    """Go back."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for rule in RULES:
        name = _name(rule)
        op.execute(sa.text(f"DROP TRIGGER {name}" + (f" ON {rule.table}" if on_postgres else "")))
        if on_postgres:
            op.execute(sa.text(f"DROP FUNCTION {name}()"))
    if on_postgres:
        for table in WRITTEN_ONCE + NEVER_DELETED + ("application_products",):
            op.execute(sa.text(f"DROP TRIGGER guard_{table}_truncate ON {table}"))
            op.execute(sa.text(f"DROP FUNCTION guard_{table}_truncate()"))
    op.execute(sa.text("DELETE FROM audit_head"))


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
