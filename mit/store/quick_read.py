"""One prepared SELECT by one key, straight through the driver: a third of what the usual way costs.

For the few reads that every verification asks for.  The usual way (``reading()`` and
``connection.execute``) stays in the tests as its oracle: same rows, same types.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from mit.store.db import readers

#: What turns the driver's value of one column into ours; None where it is ours already.
_Convert = Callable[[Any], Any] | None


class QuickRead:
    """A SELECT whose only parameter is ``bindparam("key")``."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._prepared: WeakKeyDictionary[Engine, _Prepared] = WeakKeyDictionary()

    def rows(self, key: str | int) -> list[tuple[Any, ...]]:
        """Return every row for *key*, as plain tuples.

        Raises:
            OperationalError: the database cannot answer; a connection that was cut is replaced first.
        """
        engine = readers().quick
        prepared = self._prepared.get(engine)
        if prepared is None:
            prepared = self._prepared[engine] = _Prepared(self._statement, engine)
        try:
            return prepared.run(key)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
            return prepared.run(key)

    def first(self, key: str | int) -> tuple[Any, ...] | None:
        """Return the first row for *key*; None where there is none."""
        rows = self.rows(key)
        return rows[0] if rows else None


class _Prepared:
    """The SELECT as one driver takes it."""

    def __init__(self, statement: Select[Any], engine: Engine) -> None:
        dialect = engine.dialect
        self._engine = engine
        self._driver_error = dialect.loaded_dbapi.Error
        self._sql = str(statement.compile(dialect=dialect))
        self._by_position = bool(dialect.positional)
        converts: Sequence[_Convert] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in statement.selected_columns
        ]
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert]

    def run(self, key: str | int) -> list[tuple[Any, ...]]:
        """Return the converted rows for *key*."""
        parameters = (key,) if self._by_position else {"key": key}
        connection = None
        try:
            connection = self._engine.raw_connection()
            cursor = connection.cursor()
            for listener in self._engine.dispatch.before_cursor_execute:  # who counts, counts these too
                listener(connection, cursor, self._sql, parameters, None, False)  # noqa: FBT003
            cursor.execute(self._sql, parameters)
            found = cursor.fetchall()
            cursor.close()
        except self._driver_error as error:
            raise self._failure(error, connection) from error
        finally:
            if connection is not None:
                connection.close()
        return [self._converted(row) for row in found]

    def _converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return tuple(values)

    def _failure(self, error: Exception, connection: PoolProxiedConnection | None) -> OperationalError:
        raw = connection.dbapi_connection if connection else None
        was_cut = raw is not None and self._engine.dialect.is_disconnect(error, raw, None)  # type: ignore[arg-type]
        if was_cut and connection is not None:
            connection.invalidate(error)
            self._engine.dispose()  # the others were cut with it
        return OperationalError(self._sql, None, error, connection_invalidated=was_cut)
