"""Queries about what users gave."""

import hashlib

from sqlalchemy import select

from hearth.stack import Inputs
from hearth.store import rows, tables
from hearth.store.database import Connection


def find(db: Connection, inputs_id: str) -> Inputs | None:
    """What was given, by its id."""
    row = db.one(select(tables.inputs).where(tables.inputs.c.id == inputs_id))
    return None if row is None else rows.INPUTS.read(db.codec, row)


def document_key(text_hash: str) -> str:
    """Under which the JSON object that a text in YAML stands for is kept beside it."""
    return hashlib.sha256(f"document:{text_hash}".encode()).hexdigest()


def document(db: Connection, text_hash: str) -> str | None:
    """The JSON object that a text is or stands for."""
    return text(db, document_key(text_hash)) or text(db, text_hash)


def text(db: Connection, text_hash: str) -> str | None:
    """A template, or a document of files, by its hash."""
    found = select(tables.texts.c.text).where(tables.texts.c.hash == text_hash)
    return db.sql.execute(found).scalar()
