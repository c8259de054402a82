"""Organisations: what kind of person each is, its keepers, its factories, and who is invited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("factories", "invitations")


def changed(*columns: str) -> str:
    """Return the condition that any of *columns* changes."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def changed_once_set(*columns: str) -> str:
    """Return the condition that any of *columns* changes after it was filled in."""
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column})" for column in columns
    )


#: Table, event, name, condition, words: what the database refuses whoever asks, as in step 0002.
RULES = (
    *((table, "DELETE", "kept", "1 = 1", f"{table}: a row is never deleted") for table in TABLES),
    (
        "factories",
        "UPDATE",
        "past",
        changed("id", "organisation_id", "created_at") + " OR " + changed_once_set("closed_at"),
        "factories: whose a factory is stays, and it is closed once",
    ),
    (
        "invitations",
        "UPDATE",
        "past",
        changed("id", "organisation_id", "email", "token_sha256", "invited_by_id", "created_at", "expires_at")
        + " OR "
        + changed_once_set("accepted_at", "accepted_by_id", "withdrawn_at"),
        "invitations: an invitation is accepted or withdrawn once, and says what it said",
    ),
)
#: Column by column, in SQL: ``ADD COLUMN … CHECK`` is what both databases know.  A line ends after each
#: check, so that tools which read the table's text find where it ends.
_COLUMNS = (
    "form\n VARCHAR(30) DEFAULT 'juristic_person' NOT NULL\n CONSTRAINT ck_organisations_form"
    " CHECK (form IN ('juristic_person', 'natural_person', 'community_enterprise'))",
    "registration_number\n VARCHAR(40) DEFAULT '' NOT NULL",
    "telephone\n VARCHAR(30) DEFAULT '' NOT NULL",
    "name_source\n VARCHAR(10) DEFAULT 'by_hand' NOT NULL\n CONSTRAINT ck_organisations_name_source"
    " CHECK (name_source IN ('dbd', 'by_hand'))",
)


def upgrade() -> None:
    """Go forward."""
    _add_to_organisations()
    _add_keepers()
    _create_factories()
    _create_invitations()
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for rule in RULES:
        for statement in _on_postgres(*rule) if on_postgres else _on_sqlite(*rule):
            op.execute(sa.text(statement))
    for table in TABLES if on_postgres else ():
        for statement in _no_truncate(table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Go back."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it
    if on_postgres:
        for table, event, name, _, _ in RULES:
            op.execute(sa.text(f"DROP FUNCTION guard_{table}_{event.lower()}_{name}()"))
        for table in TABLES:
            op.execute(sa.text(f"DROP FUNCTION guard_{table}_truncate()"))
    op.drop_column("affiliations", "is_keeper")
    op.drop_column("organisations", "name_checked_at")
    for column in reversed(_COLUMNS):
        op.drop_column("organisations", column.split("\n")[0])


def _on_sqlite(table: str, event: str, name: str, condition: str, words: str) -> list[str]:
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER guard_{table}_{event.lower()}_{name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{_escaped(words)}'); END"
    ]


def _on_postgres(table: str, event: str, name: str, condition: str, words: str) -> list[str]:
    guard = f"guard_{table}_{event.lower()}_{name}"
    return [
        f"CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN"
        f" RAISE EXCEPTION '{_escaped(words)}' USING ERRCODE = 'restrict_violation'; END IF;"
        f" RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$",
        f"CREATE TRIGGER {guard} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()",
    ]


def _no_truncate(table: str) -> list[str]:
    guard = f"guard_{table}_truncate"
    return [
        f"CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{table} is never emptied' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {guard} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {guard}()",
    ]


def _escaped(words: str) -> str:
    """Return *words* with the colons that SQLAlchemy would read as names of values."""
    return words.replace(":", "\\:")


# --- accounts


def _add_to_organisations() -> None:
    """Whose number begins with 1 to 8 is a natural person; all names were typed until now."""
    for column in _COLUMNS:
        op.execute(sa.text(f"ALTER TABLE organisations ADD COLUMN {column}"))
    op.add_column("organisations", sa.Column("name_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        sa.text(
            "UPDATE organisations SET form = 'natural_person' WHERE substr(tax_number, 1, 1) BETWEEN '1' AND '8'"
        )
    )


def _add_keepers() -> None:
    """Whoever acts for an organisation longest is its keeper."""
    op.add_column(
        "affiliations", sa.Column("is_keeper", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(
        sa.text(
            "UPDATE affiliations SET is_keeper = true WHERE ended_at IS NULL AND NOT EXISTS ("
            "SELECT 1 FROM affiliations a WHERE a.organisation_id = affiliations.organisation_id"
            " AND a.ended_at IS NULL AND (a.began_at < affiliations.began_at"
            " OR (a.began_at = affiliations.began_at AND a.id < affiliations.id)))"
        )
    )


# --- organisations


def _create_factories() -> None:
    op.create_table(
        "factories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("registration_number", sa.String(length=30), nullable=False),
        sa.Column("name_th", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("address_th", sa.String(length=1000), nullable=False),
        sa.Column("address_en", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("registration_number <> ''", name=op.f("ck_factories_registration_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_factories_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factories")),
    )
    op.create_index(
        "ix_factories_open",
        "factories",
        ["organisation_id", "registration_number"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower")),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_invitations_token")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_invitations_span")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)", name=op.f("ck_invitations_accepted")
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitations_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_invitations_accepted_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_invitations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitations_token_sha256")),
    )
    op.create_index(
        "ix_invitations_open",
        "invitations",
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index("ix_invitations_email", "invitations", ["email"], unique=False)
