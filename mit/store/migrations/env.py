"""What Alembic runs for every command: the connection comes from ``mit.store.schema``."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from mit.store.db import UtcInstant
from mit.store.tables import metadata


def spell_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own column type as the plain one below it: a migration imports nothing of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcInstant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    compare_type=True,
    render_item=spell_type,
)
with context.begin_transaction():
    context.run_migrations()
