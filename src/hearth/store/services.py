"""Queries about engine processes."""

from sqlalchemy import delete, select

from hearth.store import rows, tables
from hearth.store.database import Connection
from hearth.store.nouns import ServiceRecord


def listed(db: Connection) -> list[ServiceRecord]:
    """All that have shown themselves, the oldest first."""
    service = tables.services.c
    found = select(tables.services).order_by(service.created_at, service.id)
    return [rows.SERVICE.read(db.codec, row) for row in db.all(found)]


def forget(db: Connection, before: float) -> int:
    """Remove those not heard of since; how many. Wants a transaction that writes."""
    service = tables.services.c
    gone = delete(tables.services).where(service.updated_at < before)
    return db.sql.execute(gone).rowcount
