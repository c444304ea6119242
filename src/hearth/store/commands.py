"""Answers to commands: a second delivery gets the first answer."""

from sqlalchemy import bindparam, delete, select

from hearth.stack import CommandRecord
from hearth.store import rows, tables
from hearth.store.database import Connection

_ANSWER = select(tables.answers).where(tables.answers.c.id == bindparam("id"))


def answer(db: Connection, command_id: str) -> CommandRecord | None:
    """The answer that a command has been given."""
    found = db.known(_ANSWER, id=command_id)
    return rows.ANSWER.read(db.codec, found[0]) if found else None


def purge(db: Connection, before: float) -> int:
    """Forget answers given before that time; how many. Wants a transaction that writes."""
    return db.sql.execute(delete(tables.answers).where(tables.answers.c.at < before)).rowcount
