"""Times in which Keystone accepts no trust, as if all who gave one had lost their roles."""

import asyncio
from random import Random
from typing import Any

from tests.simulation.world import World


async def mistrust(world: World, chance: Random, every_s: float, until_s: float) -> None:
    """Now and then no trust that was made before is accepted, for a while."""
    while every_s and world.loop.time() < until_s:
        await asyncio.sleep(chance.expovariate(1 / every_s))
        roles = _suspended(world)
        world.weather.counts["mistrust"] += bool(roles)
        try:
            await asyncio.sleep(2.0 + chance.random() * 60.0)
        finally:
            _restored(world, roles)


def _suspended(world: World) -> dict[str, Any]:
    """Have all trusts ask for a role that nobody has, and end their tokens; what they asked for."""
    world.cloud.objects()  # what is due is settled first
    tables = world.cloud.world.store.tables
    trusts, tokens = tables["identity.trusts"], tables["identity.tokens"]
    roles = {one["id"]: one["role_ids"] for one in trusts}
    for ident in roles:
        for token in tokens.where("trust_id", ident):
            tokens.remove(token["id"])
        trusts.change(ident, role_ids=["nobodys"])
    return roles


def _restored(world: World, roles: dict[str, Any]) -> None:
    trusts = world.cloud.world.store.tables["identity.trusts"]
    for ident, asked in roles.items():
        if trusts.get(ident) is not None:
            trusts.change(ident, role_ids=asked)
