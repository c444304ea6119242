"""The guests in servers: they signal every handle that they come to know, until it is taken.

A signal has an id, so that one that is sent again, or comes twice, counts once.
"""

import asyncio

import msgspec

from hearth.cloud import Lost, Undelivered
from tests.simulation.client import Client, Refusal
from tests.simulation.world import World

LOOK_S = 1.5
SIGNALS = ("first", "second")

HANDLES = (
    "SELECT s.name, s.id, r.name, h.kept FROM resources r JOIN stacks s ON s.id = r.stack_id"
    " LEFT JOIN heard h ON h.resource_id = r.id"
    " WHERE r.type = 'OS::Heat::WaitConditionHandle' AND r.action NOT IN ('DELETE', 'INIT')"
    " AND r.status = 'COMPLETE' AND s.deleted_at IS NULL ORDER BY r.created_at, r.id"
)


class Guest:
    """Signals as long as it is let."""

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client

    async def signals(self) -> None:
        """Look for handles, and signal each."""
        while True:
            for name, ident, handle, kept in self._world.database.execute(HANDLES).fetchall():
                path = f"/stacks/{name}/{ident}/resources/{handle}/signal"
                known = msgspec.json.decode(kept or "{}")
                for one in SIGNALS:
                    if one not in known:
                        await self._send(path, one)
            await asyncio.sleep(LOOK_S)

    async def _send(self, path: str, one: str) -> None:
        """Send a signal; whether it was taken shows at the next look."""
        try:
            await self._client.ask("POST", path, {"id": one, "data": one, "reason": one})
        except (Lost, Undelivered):
            return
        except Refusal as refusal:
            # Another incarnation stands under the name, or is being deleted: look again.
            if refusal.status >= 500:
                raise
            return
        self._world.weather.counts["signals"] += 1
