"""Queries about the trusts that stacks work on, and those that no stack has."""

from sqlalchemy import bindparam, select

from hearth.stack import Credentials, SpareTrust
from hearth.store import rows, tables
from hearth.store.database import Connection

_FIND = select(tables.credentials).where(tables.credentials.c.id == bindparam("id"))


def find(db: Connection, credentials_id: str) -> Credentials | None:
    """Credentials by their id."""
    found = db.known(_FIND, id=credentials_id)
    return rows.CREDENTIALS.read(db.codec, found[0]) if found else None


def spare(db: Connection, before: float, limit: int = 100) -> list[SpareTrust]:
    """Trusts that have been without a stack since before that time, the oldest first."""
    trust = tables.spare_trusts.c
    found = select(tables.spare_trusts).where(trust.at < before).order_by(trust.at, trust.id)
    return [rows.SPARE_TRUST.read(db.codec, row) for row in db.all(found.limit(limit))]
