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
from functools import cache, lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    Double,
    Insert,
    Integer,
    LargeBinary,
    Select,
    Table,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

from hearth.store import tables
from hearth.store.rows import Row

MANY = 8
_MADE = (Boolean, LargeBinary)
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

    @staticmethod
    def of(sql: Connection) -> "Tongue":
        """The one that a connection speaks."""
        return _tongue(sql.dialect)


@lru_cache(maxsize=16)
def _tongue(dialect: Dialect) -> Tongue:
    return Tongue(dialect.name, dialect.paramstyle, dialect)


class Compiled:
    """A statement as the driver wants it: with names, or with places.

    What it finds is made of what the driver gives, where that is not yet of the column's type.
    """

    __slots__ = ("_fixed", "_made", "_names", "_places", "_read", "_text")

    def __init__(
        self, statement: UpdateBase | Select[Any], dialect: Dialect, names: list[str]
    ) -> None:
        made = statement.compile(dialect=dialect, column_keys=names or None)
        self._text = str(made)
        self._places: list[str] | None = getattr(made, "positiontup", None)
        own = {name: bind for bind, name in made.bind_names.items() if not bind.required}
        self._read = {name: bind.callable for name, bind in own.items() if bind.callable}
        self._fixed = {name: one.value for name, one in own.items() if name not in self._read}
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._names = tuple(str(column.key) for column in columns)
        # Numbers and text are given by every driver as they are wanted.
        kinds = [(at, one.type) for at, one in enumerate(columns) if isinstance(one.type, _MADE)]
        makers = [
            (at, one.dialect_impl(dialect).result_processor(dialect, None)) for at, one in kinds
        ]
        self._made = [(at, make) for at, make in makers if make is not None]

    def run(self, sql: Connection, rows: Sequence[Row]) -> Any:
        """Execute it for each row; the cursor, whose `rowcount` counts all of them."""
        if self._fixed or self._read:
            read = {name: value() for name, value in self._read.items()}
            rows = [{**self._fixed, **read, **row} for row in rows]
        places = self._places
        given = rows if places is None else [tuple([row[name] for name in places]) for row in rows]
        return _driven(sql, self._text, given)

    def found(self, sql: Connection, values: Row) -> list[Row]:
        """The rows that it selects, by column name."""
        cursor = self.run(sql, (values,))
        rows = []
        for row in cursor.fetchall():
            found = dict(zip(self._names, row, strict=True))
            for at, make in self._made:
                found[self._names[at]] = make(row[at])
            rows.append(found)
        cursor.close()
        return rows


class Together:
    """A statement of PostgreSQL that takes all rows at once, as one JSON document."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def run(self, sql: Connection, rows: Sequence[Row]) -> Any:
        """Execute it once; the result, whose `rowcount` counts all rows."""
        return _driven(sql, self._text, [(msgspec.json.encode(rows).decode(),)])


def _driven(sql: Connection, text: str, given: Sequence[Any]) -> Any:
    """Have the driver itself execute a statement: for each of several rows, or once.

    `Connection.exec_driver_sql` takes eight times as long as SQLite does. What it would do about
    errors is done here: they become SQLAlchemy's, and who was cut off is told so.
    """
    held = sql.connection
    cursor = held.cursor()
    dialect = sql.dialect
    driver = dialect.loaded_dbapi
    try:
        if len(given) == 1:
            cursor.execute(text, given[0])
        else:
            cursor.executemany(text, given)
    except driver.Error as error:
        cut_off = dialect.is_disconnect(error, held.driver_connection, cursor)
        told = DBAPIError.instance(
            text, None, error, driver.Error,
            hide_parameters=True, connection_invalidated=cut_off, dialect=dialect,
        )  # fmt: skip
        if cut_off:
            sql.invalidate(error)
        raise told from error
    return cursor


def insert(sql: Connection, table: Table, rows: Sequence[Row], how: Insert | None = None) -> None:
    """Insert rows that have the same columns. how: a constant that says more than the table."""
    if not rows:
        return
    names = tuple(rows[0])
    if how is not None:
        _insert(Tongue.of(sql), how, names).run(sql, rows)
    elif _at_once(sql, table, rows):
        _insert_all(Tongue.of(sql), table, names).run(sql, rows)
    else:
        _insert(Tongue.of(sql), _into(table), names).run(sql, rows)


def delete(sql: Connection, table: Table, column: str, value: object) -> None:
    """Delete all rows with this value in this column."""
    _delete(Tongue.of(sql), table, column).run(sql, [{"value": value}])


def update(sql: Connection, table: Table, names: frozenset[str], rows: Sequence[Row]) -> int:
    """Update rows by their keys (`key_0` …): the columns of these names; how many there were.

    A column `version` is added to, by the row's `bump`.
    """
    make = _update_all if _at_once(sql, table, rows) else _update
    return int(make(Tongue.of(sql), table, names).run(sql, rows).rowcount)


def _at_once(sql: Connection, table: Table, rows: Sequence[Row]) -> bool:
    return len(rows) >= MANY and sql.dialect.name == "postgresql" and table not in _ROW_BY_ROW


def compiled(sql: Connection, statement: UpdateBase | Select[Any]) -> Compiled:
    """A statement that is a constant; hold on to it, for it is known by its identity.

    No parameter of it may be a list, for SQLAlchemy writes such a statement anew for each.
    """
    return _compiled(Tongue.of(sql), statement)


@lru_cache(maxsize=512)
def _compiled(tongue: Tongue, statement: UpdateBase | Select[Any]) -> Compiled:
    return Compiled(statement, tongue.dialect, [])


@cache
def _into(table: Table) -> Insert:
    return table.insert()


@lru_cache(maxsize=256)
def _insert(tongue: Tongue, how: Insert, names: tuple[str, ...]) -> Compiled:
    return Compiled(how, tongue.dialect, list(names))


@lru_cache(maxsize=256)
def _delete(tongue: Tongue, table: Table, column: str) -> Compiled:
    own = table.c[column] == bindparam("value")
    return Compiled(table.delete().where(own), tongue.dialect, [])


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
