"""Rows of many keys in one statement with one parameter, however many there are.

``IN`` with a parameter for each key costs both sides more than finding the rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, String, any_, func, literal, select

from mit.store.db import db


def among(column: ColumnElement[str], keys: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that *column* is one of *keys*, as the present database takes it."""
    if db.engine.dialect.name == "postgresql":
        return column == any_(literal(list(keys), ARRAY(String)))
    every = func.json_each(json.dumps(list(keys))).table_valued("value")
    return column.in_(select(every.c.value))
