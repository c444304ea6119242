"""Opening a database: connections, transactions that read or write, and its tables."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection as SqlConnection,
)
from sqlalchemy import (
    Engine,
    QueuePool,
    RowMapping,
    Select,
    create_engine,
    event,
    inspect,
    select,
)

from hearth.store import tables
from hearth.store.codec import Codec
from hearth.store.dialects import SqlClock, driver_for, lock_schema

_WRITES = "hearth_writes"
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

    def all(self, statement: Select[Any]) -> list[RowMapping]:
        """All rows, by column name."""
        return list(self.sql.execute(statement).mappings())

    def one(self, statement: Select[Any]) -> RowMapping | None:
        """The first row, by column name; None if there is none."""
        return self.sql.execute(statement).mappings().first()


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
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, engine.execution_options(**{_WRITES: True}))


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


def _begin_sqlite(sql: SqlConnection) -> None:
    # A transaction that begins by reading and then writes may be refused; a writer says so first.
    writes = sql.get_execution_options().get(_WRITES)
    sql.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
