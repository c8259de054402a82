"""What a dishonest administrator of the database could do: change rows past every guard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from mit.store.db import db, dispose_engines


def forge(statement: str, **params: object) -> int:
    """Execute a statement with every trigger, check and foreign key out of force; return its rows."""
    with db.engine.connect() as connection:
        change = _change_postgres if connection.dialect.name == "postgresql" else _change_sqlite
        return change(connection, statement, params)


def _change_postgres(connection: Connection, statement: str, params: dict[str, object]) -> int:
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    every = connection.execute(
        text(
            "SELECT conrelid::regclass::text AS place, conname AS name, pg_get_constraintdef(oid) AS body"
            " FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        )
    ).all()
    checks = [check for check in every if check.place in statement.split()]
    for check in checks:
        connection.execute(text(f"ALTER TABLE {check.place} DROP CONSTRAINT {check.name}"))
    count = connection.execute(text(statement), params).rowcount
    for check in checks:
        body = check.body.removesuffix(" NOT VALID")
        connection.execute(text(f"ALTER TABLE {check.place} ADD CONSTRAINT {check.name} {body} NOT VALID"))
    connection.commit()
    return count


def _change_sqlite(connection: Connection, statement: str, params: dict[str, object]) -> int:
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    connection.commit()
    for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
        connection.connection.driver_connection.execute(f"PRAGMA {pragma}")
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    count = connection.execute(text(statement), params).rowcount
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)
    connection.commit()
    connection.invalidate()
    return count


@contextmanager
def undone() -> Iterator[None]:
    """Put a SQLite database back, byte by byte, as it was before: for many forgeries of one world."""
    path = Path(str(db.engine.url.database))
    before = path.read_bytes()
    try:
        yield
    finally:
        dispose_engines()  # an open connection would go on with the pages that it remembers
        path.write_bytes(before)
