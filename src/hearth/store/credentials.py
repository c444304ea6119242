"""Queries about the trusts that stacks work on."""

from sqlalchemy import bindparam, select

from hearth.stack import Credentials
from hearth.store import rows, tables
from hearth.store.database import Connection

_FIND = select(tables.credentials).where(tables.credentials.c.id == bindparam("id"))


def find(db: Connection, credentials_id: str) -> Credentials | None:
    """Credentials by their id."""
    found = db.known(_FIND, id=credentials_id)
    return rows.CREDENTIALS.read(db.codec, found[0]) if found else None
