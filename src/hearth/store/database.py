"""Opening a database: connections, transactions that read or write, and its tables."""

import importlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection as SqlConnection,
)
from sqlalchemy import (
    Dialect,
    Engine,
    QueuePool,
    Select,
    create_engine,
    event,
    inspect,
    select,
)

from hearth.store import statements, tables
from hearth.store.codec import Codec
from hearth.store.dialects import SqlClock, driver_for, lock_schema
from hearth.store.rows import Row

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-16000",
)


@dataclass(frozen=True, slots=True)
class Connection:
    """What a query is given: an open transaction, the codec, and the clock."""

    sql: SqlConnection
    codec: Codec
    now: SqlClock

    def all(self, statement: Select[Any]) -> list[Row]:
        """All rows, by column name."""
        found = self.sql.execute(statement)
        names = tuple(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found]

    def one(self, statement: Select[Any]) -> Row | None:
        """The first row, by column name; None if there is none."""
        found = self.sql.execute(statement)
        row = found.first()
        return None if row is None else dict(zip(found.keys(), row, strict=True))

    def known(self, statement: Select[Any], **values: Any) -> list[Row]:
        """All rows that a constant statement finds with these values for its parameters.

        For what is asked often: to build a statement, and to find out that it has been compiled
        before, costs ten times as much as the question itself.
        """
        return statements.compiled(self.sql, statement).found(self.sql, values)


@dataclass(frozen=True, slots=True)
class Database:
    """Two views of one pool of connections: transactions that only read, and that write."""

    reading: Engine
    writing: Engine

    def close(self) -> None:
        """Close all connections that nobody uses; what was not committed is undone."""
        self.reading.dispose()


def opened(url: str, connect_args: Mapping[str, Any], connections: int) -> Database:
    """The database at a URL, READ COMMITTED; SQLite in WAL mode, durable at each commit."""
    # What is written may be nobody's business: errors name statements, and not values.
    options: dict[str, Any] = {"connect_args": dict(connect_args), "hide_parameters": True}
    driven = driver_for(url)
    sqlite = driven.get_backend_name() == "sqlite"
    if sqlite:
        options["connect_args"].setdefault("check_same_thread", False)
    else:
        options |= {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}
    engine = create_engine(
        driven, poolclass=QueuePool, pool_size=connections, max_overflow=0, **options
    )
    writing = engine.execution_options()
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        # Who begins by reading and then writes may be refused; a writer says so first.
        writing.dialect = _beginning(copy(engine.dialect), "BEGIN IMMEDIATE")
        engine.dialect = _beginning(engine.dialect, "BEGIN")
    return Database(engine, writing)


def prepare(database: Database) -> None:
    """Make the tables if there are none; bring older ones up to date.

    Alembic is not touched where there is nothing to bring up to date: it costs start-up time.
    """
    with database.writing.begin() as sql:
        lock_schema(sql)
        if not inspect(sql).has_table(tables.revision.name):
            tables.metadata.create_all(sql, checkfirst=False)
            tables.revision.create(sql)
            sql.execute(tables.revision.insert().values(version_num=tables.REVISION))
            return
        found = sql.execute(select(tables.revision.c.version_num)).scalar()
    if found != tables.REVISION:
        importlib.import_module("hearth.store.migrate").upgrade(database.writing)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions at moments of its own choosing.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _beginning(dialect: Dialect, words: str) -> Dialect:
    """The dialect, in which transactions begin so.

    This is not done on the event "begin": who listens to one has all of them looked for, at each
    statement, which costs as much as the statement.
    """

    def begin(connection: Any) -> None:
        connection.driver_connection.execute(words)

    dialect.do_begin = begin  # type: ignore[method-assign, assignment]
    return dialect
