"""Waiting that cannot begin any more leaves nothing behind."""

import asyncio
import gc
import warnings
from contextlib import suppress

import pytest

from hearth.engine.poll import Poller, ready
from hearth.resources.neutron import Net
from tests.support.hand import Hand


def test_who_comes_to_wait_while_the_engine_ends_ends_as_well_and_nothing_is_left():
    async def story():
        hand, kind = Hand(), Net()
        poller, running = Poller(hand.clock), asyncio.Event()
        serving = asyncio.create_task(poller.run(running))
        await running.wait()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving

        with pytest.raises(asyncio.CancelledError):
            await poller.until(kind, await hand.context(kind), "any", ready)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(story())
        gc.collect()
