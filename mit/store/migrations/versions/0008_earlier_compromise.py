"""Signing keys: the instant of a compromise may move earlier, when more comes to light; never later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_GUARD = "guard_signing_keys_update_identity"
_WORDS = "signing_keys: a key stays the key it was"
_IDENTITY = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in (
        "kid", "purpose", "algorithm", "thumbprint", "public_jwk", "certificate_chain", "demo", "created_at",
    )
)
_ONCE_SET = "OLD.compromised_from_at IS DISTINCT FROM NEW.compromised_from_at"
_LATER = "NEW.compromised_from_at IS NULL OR NEW.compromised_from_at > OLD.compromised_from_at"


def upgrade() -> None:
    """Go forward."""
    _guard_anew(_LATER)


def downgrade() -> None:
    """Go back."""
    _guard_anew(_ONCE_SET)


def _guard_anew(moved: str) -> None:
    condition = f"{_IDENTITY} OR (OLD.compromised_from_at IS NOT NULL AND ({moved}))"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(
            f"CREATE OR REPLACE FUNCTION {_GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN"
            f" RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'restrict_violation'; END IF;"
            " RETURN NEW; END $$".replace(":", "\\:")
        ))
        return
    op.execute(sa.text(f"DROP TRIGGER {_GUARD}"))
    op.execute(sa.text(
        f"CREATE TRIGGER {_GUARD} BEFORE UPDATE ON signing_keys"
        f" WHEN {condition.replace('IS DISTINCT FROM', 'IS NOT')}"
        f" BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END".replace(":", "\\:")
    ))
