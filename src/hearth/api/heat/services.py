"""The engines, and whether they live."""

from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import time_of
from hearth.api.heat.parts import Parts, Reply
from hearth.store import ServiceRecord, services


async def index(parts: Parts, _ask: Ask) -> Reply:
    """GET /services: the engines, and when each was last heard."""
    found = await parts.store.read(services.listed)
    now = parts.clock.now()
    return Reply({"services": [_document(one, now) for one in found]})


def _document(record: ServiceRecord, now: float) -> dict[str, Any]:
    """An engine is up if it was heard of within two of its intervals."""
    heard_at = record.updated_at or record.created_at
    up = record.deleted_at is None and now - heard_at < 2 * record.report_interval_s
    return {
        "id": record.id,
        "engine_id": record.engine_id,
        "host": record.host,
        "hostname": record.hostname,
        "binary": record.binary,
        "topic": record.topic,
        "report_interval": record.report_interval_s,
        "created_at": time_of(record.created_at),
        "updated_at": time_of(record.updated_at),
        "deleted_at": time_of(record.deleted_at),
        "status": "up" if up else "down",
    }
