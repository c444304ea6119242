"""Times in which Keystone accepts no trust, as if all who gave one had been disabled."""

import asyncio
from random import Random
from typing import Any

from tests.simulation.world import World


async def mistrust(world: World, chance: Random, every_s: float, until_s: float) -> None:
    """Now and then no trust that was made before is accepted, for a while."""
    while every_s and world.loop.time() < until_s:
        await asyncio.sleep(chance.expovariate(1 / every_s))
        ends = _suspended(world)
        world.weather.counts["mistrust"] += bool(ends)
        try:
            await asyncio.sleep(2.0 + chance.random() * 60.0)
        finally:
            _restored(world, ends)


def _suspended(world: World) -> dict[str, Any]:
    """End all trusts, and with them their tokens; when each was to end."""
    world.cloud.objects()  # what is due is settled first
    tables = world.cloud.world.store.tables
    trusts, tokens = tables["identity.trusts"], tables["identity.tokens"]
    ends = {one["id"]: one["expires_at"] for one in trusts}
    for ident in ends:
        for token in tokens.where("trust_id", ident):
            tokens.remove(token["id"])
        trusts.change(ident, expires_at=world.clock.now())
    return ends


def _restored(world: World, ends: dict[str, Any]) -> None:
    trusts = world.cloud.world.store.tables["identity.trusts"]
    for ident, end in ends.items():
        if trusts.get(ident) is not None:
            trusts.change(ident, expires_at=end)
