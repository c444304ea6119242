"""Queries about what users gave."""

from sqlalchemy import select

from hearth.stack import Inputs
from hearth.store import rows, tables
from hearth.store.database import Connection


def find(db: Connection, inputs_id: str) -> Inputs | None:
    """What was given, by its id."""
    row = db.one(select(tables.inputs).where(tables.inputs.c.id == inputs_id))
    return None if row is None else rows.INPUTS.read(db.codec, row)


def text(db: Connection, text_hash: str) -> str | None:
    """A template, or a document of files, by its hash."""
    found = select(tables.texts.c.text).where(tables.texts.c.hash == text_hash)
    return db.sql.execute(found).scalar()
