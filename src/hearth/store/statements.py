"""Statements of the hot path, compiled once and given to the driver with rows as they are.

Compiling is SQLAlchemy's, so that every dialect gets its own; what is saved is the work on each
row, which is most of what a batch costs otherwise. Rows hold only what drivers take as it is:
text, numbers, booleans, bytes and None.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import Connection, Dialect, Select, Table, bindparam
from sqlalchemy.sql.dml import UpdateBase

from hearth.store.rows import Row


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


def insert(sql: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns."""
    if rows:
        _insert(Tongue.of(sql), table, tuple(rows[0])).run(sql, rows)


def update(sql: Connection, table: Table, names: frozenset[str], rows: Sequence[Row]) -> int:
    """Update rows by their keys (`key_0` …): the columns of these names; how many there were.

    A column `version` is added to, by the row's `bump`.
    """
    return int(_update(Tongue.of(sql), table, names).run(sql, rows).rowcount)


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
