"""What only the carrier inside one process promises; tests/wire/test_carriers.py has the rest."""

import asyncio

from hearth.bus import LocalBus
from tests.support.clock import JumpingClock


def test_a_bell_without_listeners_is_lost():
    async def main():
        bus = LocalBus(JumpingClock())
        async with bus.listen("runs"):
            pass
        bus.ring("runs", "a")
        async with bus.listen("runs") as heard:
            bus.ring("runs", "b")
            return await anext(heard)

    assert asyncio.run(main()) == "b"
