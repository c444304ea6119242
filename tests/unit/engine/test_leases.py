"""A request that changes the cloud leaves only while the lease surely outlasts it."""

import asyncio

import pytest

from hearth.engine.leases import LeaseShort, guard
from hearth.store import Fence, Leases, Store
from tests.support.hand import Hand
from tests.unit.store.made import KEY

PATH = "/v2.0/networks"
NET = {"network": {"name": "late"}}


@pytest.mark.parametrize(
    ("fence", "passed_s"),
    [(1, 5.9), (2, 0.0)],
    ids=["the lease ends before the request may", "another has the run"],
)
def test_nothing_is_changed_under_a_lease_that_is_too_short(fence, passed_s):
    async def story():
        hand, store = Hand(), Store("sqlite://", KEY)
        leases = Leases(store, "me", lambda: passed_s)
        leases.hold("run", 1, asked_at=0.0)
        held = (await hand.session()).guarded(guard(leases, Fence("run", fence)))
        before = hand.sandbox.objects()
        network = (await hand.cloud())["network"]
        guarded = type(await hand.cloud())(held)["network"]
        await guarded.get(PATH)  # looking changes nothing, and may always be done

        with pytest.raises(LeaseShort):
            await guarded.post(PATH, NET)

        assert hand.sandbox.objects() == before
        await network.post(PATH, NET)
        assert hand.sandbox.objects() != before

    asyncio.run(story())


def test_a_lease_that_is_long_enough_lets_a_change_through():
    async def story():
        hand, store = Hand(), Store("sqlite://", KEY)
        leases = Leases(store, "me", lambda: 0.0)
        leases.hold("run", 1, asked_at=0.0)
        asked = []

        def held(method: str, url: str, _seconds: float) -> None:
            asked.append(method)
            guard(leases, Fence("run", 1))(method, url, 6.0)

        session = (await hand.session()).guarded(held)
        made = await type(await hand.cloud())(session)["network"].post(PATH, NET)

        assert made["network"]["name"] == "late"
        assert asked == ["POST"]

    asyncio.run(story())
