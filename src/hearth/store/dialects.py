"""All that differs from database to database: types, the clock, inserting what may be there."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Double,
    Insert,
    LargeBinary,
    Text,
    bindparam,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from hearth.base.errors import HearthError
from hearth.store.errors import Away, Rejected, Spoilt

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}

SqlClock = Callable[[], ColumnElement[float]]
"""What the time is, as an SQL expression: seconds since the epoch."""


class LongText(Text):
    """Text of any length; MySQL's plain TEXT ends at 64 KiB."""


class LongBinary(LargeBinary):
    """Bytes of any length."""


class Epoch(FunctionElement[float]):
    """The database's own clock, at the moment when the statement runs."""

    type = Double()
    inherit_cache = True
    name = "epoch"


class InsertNew(Insert):
    """An insert that leaves a row alone which is there already."""

    inherit_cache = True


def database_clock() -> ColumnElement[float]:
    """The time by the database's clock; what leases go by, save in the simulation."""
    return Epoch()


def bound_clock(read: Callable[[], float]) -> SqlClock:
    """The time by a clock of the caller's: the simulation's virtual one."""
    return lambda: bindparam(None, type_=Double(), callable_=read)


def driver_for(url: str) -> URL:
    """The URL with the driver that we use, whichever of a heat.conf's it names."""
    try:
        found = make_url(url)
    except ArgumentError as error:
        words = "it is no URL of a database, as sqlite:////var/lib/heat.sqlite is one"
        raise Rejected(words) from error
    driver = _DRIVERS.get(found.get_backend_name())
    if driver is None:
        known = ", ".join(sorted(_DRIVERS))
        words = f"{found.get_backend_name()} is no database that is known here; known are {known}"
        raise Rejected(words)
    return found.set(drivername=driver)


def transient(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is tried again.

    Deadlocks and failed serialisation by SQLSTATE (PostgreSQL) or number (MariaDB); a lock that
    SQLite waited for too long; a connection that was lost.
    """
    if error.connection_invalidated:
        return True
    cause: Any = error.orig
    if getattr(cause, "sqlstate", None) in {"40001", "40P01", "55P03"}:
        return True
    if getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return True
    return bool(cause is not None and cause.args and cause.args[0] in {1205, 1213})


def full(error: DBAPIError) -> bool:
    """Whether there is no room for what is to be written: nobody's guilt, and it may pass."""
    cause: Any = error.orig
    if getattr(cause, "sqlstate", None) == "53100":
        return True
    # SQLite tells of a full disk as an error of input and output too, where a sync meets it.
    if getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return True
    return bool(cause is not None and cause.args and cause.args[0] in {1021, 1114})


def unopened(url: str, error: DBAPIError) -> HearthError:
    """What to say of a database that cannot be opened: which one, and what can be done."""
    cause: Any = error.orig
    # Drivers of servers tell a number first, and what they tried in further lines.
    said = str(cause.args[-1] if cause.args else cause).strip().partition("\n")[0]
    words = f"The database {shown(driver_for(url))} cannot be opened: {said.removesuffix('.')}."
    kind = getattr(cause, "sqlite_errorname", "").split("_")[1:2]
    if set(kind) & _SPOILT:
        return Spoilt(f"{words} Put it back from a copy, or use another (--state-dir, connection).")
    advice = next((f" {one}." for kinds, one in _ADVICE.items() if set(kind) & kinds), "")
    return Away(words + advice)


def shown(place: URL) -> str:
    """A database as people call it: its file, or its URL without a password."""
    file = place.get_backend_name() == "sqlite" and place.database
    return file or place.set(query={}).render_as_string(hide_password=True)


_SPOILT = {"NOTADB", "CORRUPT", "ERROR"}
"""What SQLite calls an error of a file that is none of ours; ERROR, as another's tables are in it.
"""

_ADVICE = {
    frozenset({"FULL", "IOERR"}): "Make room on its disk",
    frozenset({"CANTOPEN", "READONLY", "PERM"}): "See that it is a file that hearth may write",
    frozenset({"BUSY", "LOCKED"}): "Another process is using it",
}
"""By what SQLite calls an error."""


def lock_schema(sql: Connection) -> None:
    """Let one process at a time make or change the tables, until its transaction ends."""
    if sql.dialect.name == "postgresql":
        sql.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))


_SCHEMA_LOCK = 0x6865617274680001  # "hearth", 1


@compiles(LongText, "mysql", "mariadb")
def _long_text(_type: LongText, _compiler: Any, **_kwargs: Any) -> str:
    return "LONGTEXT"


@compiles(LongBinary, "mysql", "mariadb")
def _long_binary(_type: LongBinary, _compiler: Any, **_kwargs: Any) -> str:
    return "LONGBLOB"


@compiles(Epoch)
def _epoch(_element: Epoch, _compiler: Any, **_kwargs: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


@compiles(Epoch, "sqlite")
def _epoch_sqlite(_element: Epoch, _compiler: Any, **_kwargs: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(Epoch, "mysql", "mariadb")
def _epoch_mysql(_element: Epoch, _compiler: Any, **_kwargs: Any) -> str:
    # Unlike NOW(), SYSDATE() is read when it is reached, after any wait for a lock.
    return "CAST(UNIX_TIMESTAMP(SYSDATE(6)) AS DOUBLE)"


@compiles(InsertNew)
def _insert_new(element: InsertNew, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.visit_insert(element, **kwargs)) + " ON CONFLICT DO NOTHING"


@compiles(InsertNew, "mysql", "mariadb")
def _insert_new_mysql(element: InsertNew, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.visit_insert(element, **kwargs)).replace("INSERT", "INSERT IGNORE", 1)
