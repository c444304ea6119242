"""What many ask at the same time is asked of the service together."""

import asyncio
from typing import Any

from hearth.cloud import Service, Unavailable, among
from tests.cloud.test_service import Recorder, recorded
from tests.support.hand import Hand


async def networks(hand: Hand, count: int) -> tuple[Service, Recorder, list[str]]:
    """So many networks, and who notes what is asked about them."""
    network = (await hand.cloud())["network"]
    made = [await network.post("/v2.0/networks", {"network": {}}) for _ in range(count)]
    return network, recorded(hand), [one["network"]["id"] for one in made]


def asked(network: Service, ident: str) -> Any:
    return among(network, "/v2.0/networks", "networks", "id", ident)


def test_what_gathers_while_one_question_is_under_way_is_one_request():
    async def story() -> None:
        hand = Hand()
        network, recorder, idents = await networks(hand, 8)

        found = await asyncio.gather(*(asked(network, ident) for ident in idents))

        assert [[one["id"] for one in some] for some in found] == [[ident] for ident in idents]
        assert len(recorder.seen) <= 2
        assert hand.sessions.bundles == {}

    asyncio.run(story())


def test_the_same_question_of_many_is_asked_once_and_what_is_not_there_is_nothing():
    async def story() -> None:
        hand = Hand()
        network, recorder, (ident, *_others) = await networks(hand, 2)

        found = await asyncio.gather(
            *(asked(network, ident) for _ in range(9)), asked(network, "x")
        )

        assert [len(some) for some in found] == [1] * 9 + [0]
        assert len(recorder.seen) <= 2

    asyncio.run(story())


def test_whoever_asks_after_another_was_stopped_is_answered_all_the_same():
    async def story() -> None:
        hand = Hand()
        network, _recorder, (first, second) = await networks(hand, 2)
        leading = asyncio.ensure_future(asked(network, first))
        behind = asyncio.ensure_future(asked(network, second))
        same = asyncio.ensure_future(asked(network, first))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        leading.cancel()

        assert [one["id"] for one in await behind] == [second]
        assert [one["id"] for one in await same] == [first]
        assert hand.sessions.bundles == {}

    asyncio.run(story())


def test_a_refusal_is_told_to_all_whom_it_concerns_and_the_next_is_asked_anew():
    async def story() -> None:
        hand = Hand()
        network, _recorder, idents = await networks(hand, 3)
        hand.sandbox.script.replace([{"refuse": 503, "service": "network", "times": -1}])

        told = await asyncio.gather(*(asked(network, i) for i in idents), return_exceptions=True)
        hand.sandbox.script.replace([])

        assert [type(one) for one in told] == [Unavailable] * 3
        assert len(await asked(network, idents[0])) == 1

    asyncio.run(story())
