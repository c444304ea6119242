"""Bringing a database up to date with Alembic. Known only to who needs it: it loads slowly."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from hearth.base.errors import Unavailable
from hearth.store.dialects import lock_schema, shown


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply the migrations that a database lacks, in one transaction."""
    try:
        with engine.begin() as sql:
            lock_schema(sql)
            command.upgrade(config(sql), revision)
    except CommandError as error:
        raise Unavailable(
            f"The database {shown(engine.url)} was made by another version of hearth: {error}; use"
            " that one, or a copy from before."
        ) from error


def config(sql: Connection | None = None) -> Config:
    """Alembic's configuration: where the migrations are, and the connection they are applied on."""
    made = Config(attributes={"connection": sql})
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made
