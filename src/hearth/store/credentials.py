"""Queries about the trusts that stacks work on."""

from sqlalchemy import select

from hearth.stack import Credentials
from hearth.store import rows, tables
from hearth.store.database import Connection


def find(db: Connection, credentials_id: str) -> Credentials | None:
    """Credentials by their id."""
    row = db.one(select(tables.credentials).where(tables.credentials.c.id == credentials_id))
    return None if row is None else rows.CREDENTIALS.read(db.codec, row)
