"""Answers to commands: a second delivery gets the first answer."""

from sqlalchemy import delete, select

from hearth.stack import CommandRecord
from hearth.store import rows, tables
from hearth.store.database import Connection


def answer(db: Connection, command_id: str) -> CommandRecord | None:
    """The answer that a command has been given."""
    row = db.one(select(tables.answers).where(tables.answers.c.id == command_id))
    return None if row is None else rows.ANSWER.read(db.codec, row)


def purge(db: Connection, before: float) -> int:
    """Forget answers given before that time; how many. Wants a transaction that writes."""
    return db.sql.execute(delete(tables.answers).where(tables.answers.c.at < before)).rowcount
