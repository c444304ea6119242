"""Queries about what users gave."""

import hashlib

from sqlalchemy import bindparam, select

from hearth.stack import Inputs
from hearth.store import rows, tables
from hearth.store.database import Connection

_FIND = select(tables.inputs).where(tables.inputs.c.id == bindparam("id"))
_TEXT = select(tables.texts.c.text).where(tables.texts.c.hash == bindparam("hash"))


def find(db: Connection, inputs_id: str) -> Inputs | None:
    """What was given, by its id."""
    found = db.known(_FIND, id=inputs_id)
    return rows.INPUTS.read(db.codec, found[0]) if found else None


def document_key(text_hash: str) -> str:
    """Under which the JSON object that a text in YAML stands for is kept beside it."""
    return hashlib.sha256(f"document:{text_hash}".encode()).hexdigest()


def document(db: Connection, text_hash: str) -> str | None:
    """The JSON object that a text is or stands for."""
    return text(db, document_key(text_hash)) or text(db, text_hash)


def text(db: Connection, text_hash: str) -> str | None:
    """A template, or a document of files, by its hash."""
    found = db.known(_TEXT, hash=text_hash)
    return str(found[0]["text"]) if found else None
