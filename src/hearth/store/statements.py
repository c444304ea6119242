"""Statements of the hot path, compiled once and given to the driver with rows as they are.

Compiling is SQLAlchemy's, so that every dialect gets its own; what is saved is the work on each
row, which is most of what a batch costs otherwise. Rows hold only what drivers take as it is:
text, numbers, booleans, bytes and None.

PostgreSQL takes many rows in one statement, as one document that it takes apart itself: row by
row, driver and server spend most of their time on each row's statement (arrays, one for each
column, are no better: the driver writes them in Python). Rows that several workers change stay
row by row, for one statement locks in an order of its own, and two might wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    Double,
    Integer,
    LargeBinary,
    Select,
    Table,
    bindparam,
)
from sqlalchemy.sql.dml import UpdateBase

from hearth.store import tables
from hearth.store.rows import Row

_MANY = 8
_SHARED = {tables.stacks, tables.leases, tables.event_counters, tables.deployments}
_BINARY = {
    table
    for table in tables.metadata.tables.values()
    if any(isinstance(column.type, LargeBinary) for column in table.columns)
}
_ROW_BY_ROW = frozenset(_SHARED | _BINARY)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A dialect, known by what it makes of a statement: many stores may speak the same."""

    name: str
    paramstyle: str
    dialect: Dialect = field(compare=False)

    @classmethod
    def of(cls, sql: Connection) -> Self:
        """The one that a connection speaks."""
        return cls(sql.dialect.name, sql.dialect.paramstyle, sql.dialect)


class Compiled:
    """A statement as the driver wants it: with names, or with places."""

    __slots__ = ("_places", "_text")

    def __init__(
        self, statement: UpdateBase | Select[Any], dialect: Dialect, names: list[str]
    ) -> None:
        made = statement.compile(dialect=dialect, column_keys=names or None)
        self._text = str(made)
        self._places: list[str] | None = getattr(made, "positiontup", None)

    def run(self, sql: Connection, rows: Sequence[Row]) -> Any:
        """Execute it for each row; the result, whose `rowcount` counts all of them."""
        places = self._places
        if places is None:
            return sql.exec_driver_sql(self._text, list(rows))
        if len(rows) == 1:
            row = rows[0]
            return sql.exec_driver_sql(self._text, tuple([row[name] for name in places]))
        return sql.exec_driver_sql(
            self._text, [tuple([row[name] for name in places]) for row in rows]
        )


class Together:
    """A statement of PostgreSQL that takes all rows at once, as one JSON document."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def run(self, sql: Connection, rows: Sequence[Row]) -> Any:
        """Execute it once; the result, whose `rowcount` counts all rows."""
        return sql.exec_driver_sql(self._text, (msgspec.json.encode(rows).decode(),))


def insert(sql: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns."""
    if rows:
        make = _insert_all if _at_once(sql, table, rows) else _insert
        make(Tongue.of(sql), table, tuple(rows[0])).run(sql, rows)


def update(sql: Connection, table: Table, names: frozenset[str], rows: Sequence[Row]) -> int:
    """Update rows by their keys (`key_0` …): the columns of these names; how many there were.

    A column `version` is added to, by the row's `bump`.
    """
    make = _update_all if _at_once(sql, table, rows) else _update
    return int(make(Tongue.of(sql), table, names).run(sql, rows).rowcount)


def _at_once(sql: Connection, table: Table, rows: Sequence[Row]) -> bool:
    return len(rows) >= _MANY and sql.dialect.name == "postgresql" and table not in _ROW_BY_ROW


def compiled(sql: Connection, statement: UpdateBase | Select[Any]) -> Compiled:
    """A statement of the writer's own; hold on to it, for it is known by its identity."""
    return _compiled(Tongue.of(sql), statement)


@lru_cache(maxsize=256)
def _compiled(tongue: Tongue, statement: UpdateBase | Select[Any]) -> Compiled:
    return Compiled(statement, tongue.dialect, [])


@lru_cache(maxsize=256)
def _insert(tongue: Tongue, table: Table, names: tuple[str, ...]) -> Compiled:
    return Compiled(table.insert(), tongue.dialect, list(names))


@lru_cache(maxsize=1024)
def _update(tongue: Tongue, table: Table, names: frozenset[str]) -> Compiled:
    statement = table.update()
    for place, column in enumerate(table.primary_key.columns):
        statement = statement.where(column == bindparam(f"key_{place}"))
    values: dict[str, Any] = {name: bindparam(f"set_{name}") for name in sorted(names)}
    if "version" in names:
        values["version"] = table.c.version + bindparam("set_version")
    return Compiled(statement.values(values), tongue.dialect, [])


@lru_cache(maxsize=256)
def _insert_all(_tongue: Tongue, table: Table, names: tuple[str, ...]) -> Together:
    listed = ", ".join(f'"{name}"' for name in names)
    given = _given({name: table.c[name] for name in names})
    text = f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM {given}'  # noqa: S608 (own)
    return Together(text)


@lru_cache(maxsize=1024)
def _update_all(_tongue: Tongue, table: Table, names: frozenset[str]) -> Together:
    keys = {f"key_{place}": column for place, column in enumerate(table.primary_key.columns)}
    given = _given(keys | {f"set_{name}": table.c[name] for name in names})
    sets = ", ".join(f'"{name}" = given."set_{name}"' for name in sorted(names))
    same = " AND ".join(f'old."{column.name}" = given."{key}"' for key, column in keys.items())
    text = f'UPDATE "{table.name}" AS old SET {sets} FROM {given} WHERE {same}'  # noqa: S608 (ours)
    return Together(text)


def _given(columns: dict[str, Column[Any]]) -> str:
    """The rows of the document, as a table of these columns."""
    typed = ", ".join(f'"{name}" {_type(column)}' for name, column in columns.items())
    return f"json_to_recordset(%s::json) AS given({typed})"


def _type(column: Column[Any]) -> str:
    """A column's type; a text is of any length, so that nothing is cut but the column refuses."""
    match column.type:
        case Boolean():
            return "boolean"
        case Double():
            return "double precision"
        case Integer():
            return "bigint"
        case _:
            return "text"
