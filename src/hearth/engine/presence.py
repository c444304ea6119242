"""An engine shows that it lives, so that the list of services can tell."""

from dataclasses import replace

from hearth.base.errors import Unavailable
from hearth.engine.desk import Desk
from hearth.store import Batch, PutService, ServiceRecord, services

FORGOTTEN_AFTER = 3
"""So many intervals after it was last heard of, an engine is not listed any more."""


async def show_presence(desk: Desk) -> None:
    """Write the engine's row at every interval, until cancelled."""
    interval_s, host = desk.settings.periodic_interval, desk.settings.host or "localhost"
    record = ServiceRecord(
        id=desk.ids.uuid(),
        engine_id=desk.worker,
        host=host,
        hostname=host,
        binary="heat-engine",
        topic="engine",
        report_interval_s=interval_s,
        created_at=desk.clock.now(),
    )
    while True:
        now = desk.clock.now()
        try:
            await desk.store.write(Batch((PutService(replace(record, updated_at=now)),)))
            await desk.store.transact(services.forget, now - FORGOTTEN_AFTER * interval_s)
            desk.census.take(await desk.store.read(services.listed), now)
        except Unavailable:
            # The database is away: whoever reads the list sees that nothing is heard.
            pass
        await desk.clock.sleep(interval_s)
