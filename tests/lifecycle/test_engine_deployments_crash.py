"""Wherever an engine dies, every action is deployed once, and the server's answer is heard once."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import HearthError
from hearth.bus import Accepted
from hearth.store import configs, deployments
from tests.lifecycle.test_engine_deployments import ALL
from tests.lifecycle.test_engine_deployments import outputs as of
from tests.support.guests import guests
from tests.support.house import House, house
from tests.support.virtual import run

DEPLOYED = ALL.replace("signal_transport: HEAT_SIGNAL", "signal_transport: CFN_SIGNAL")


async def disturbed(home: House, made: Accepted, moments: list[float]) -> Any:
    """Kill the engine at each moment (seconds from now), and start another."""
    for seconds in moments:
        await home.clock.sleep(seconds)
        await home.crash()
        await home.start()
    return await home.settled(made)


ONCE = ["CREATE", "UPDATE", "SUSPEND", "RESUME", "DELETE"]


@pytest.mark.parametrize("seed", range(6))
def test_a_life_with_crashes_applies_every_action_once(tmp_path: Path, seed: int):
    moments = [0.02 + 0.41 * seed, 0.13 * (seed + 1) % 1.7, 1.0 + seed % 3]

    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", DEPLOYED)
            async with guests(home) as one:
                stacks = [await disturbed(home, made, [5.0 + moments[0], *moments[1:]])]
                await home.update(made, DEPLOYED, parameters={"word": "two"})
                stacks.append(await disturbed(home, made, moments))
                for action in ("suspend", "resume"):
                    await home.act(made, action)
                    stacks.append(await disturbed(home, made, moments))
                await home.delete(made)
                stacks.append(await disturbed(home, made, moments))
            left = [
                await home.store.read(deployments.listed, None),
                await home.store.read(configs.listed, None),
            ]
            return stacks, one.applied, left, before, home.objects()

    stacks, applied, left, before, after = run(story())

    states = [str(one.state) for one in stacks]
    assert states == [f"{action}_COMPLETE" for action in ONCE], [one.reason for one in stacks]
    assert [action for action, _config in applied] == ONCE
    assert of(stacks[1])["result"] == "run 2"
    assert left == [[], []]
    assert after == before


@pytest.mark.parametrize("change", range(1, 11))
def test_a_change_that_nobody_lived_to_hear_of_deploys_nothing_twice(tmp_path: Path, change: int):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", DEPLOYED)
            async with guests(home) as one:
                home.fuse.arm(change)
                settled = asyncio.create_task(_ended(home, made))
                blown = asyncio.create_task(home.fuse.blown.wait())
                await asyncio.wait((settled, blown), return_when=asyncio.FIRST_COMPLETED)
                settled.cancel()
                home.fuse.arm(0)
                if blown.done():
                    await home.crash()
                    await home.start()
                blown.cancel()
                created = await home.settled(made)
                held = home.objects()
                await home.delete(made)
                deleted = await home.settled(made)
            return created, deleted, one.applied, held, before, home.objects()

    created, deleted, applied, held, before, after = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert [action for action, _config in applied] == ["CREATE", "DELETE"]
    assert len(held["compute"]["servers"]) == len(before["compute"]["servers"]) + 1
    assert len(held["identity"]["users"]) == len(before["identity"]["users"]) + 2
    assert after == before


async def _ended(home: House, made: Accepted) -> None:
    with suppress(HearthError):
        await home.settled(made)


@pytest.mark.parametrize("change", range(1, 9))
def test_what_was_undone_before_a_crash_is_not_undone_again(tmp_path: Path, change: int):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", DEPLOYED)
            async with guests(home) as one:
                await home.settled(made)
                await home.delete(made)
                home.fuse.arm(change)
                settled = asyncio.create_task(_ended(home, made))
                blown = asyncio.create_task(home.fuse.blown.wait())
                await asyncio.wait((settled, blown), return_when=asyncio.FIRST_COMPLETED)
                settled.cancel()
                home.fuse.arm(0)
                if blown.done():
                    await home.crash()
                    if "DELETE" in [action for action, _config in one.applied]:
                        one.forget()
                    await home.start()
                blown.cancel()
                deleted = await home.settled(made)
            return deleted, one.applied, before, home.objects()

    deleted, applied, before, after = run(story())

    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert [action for action, _config in applied] == ["CREATE", "DELETE"]
    assert after == before


@pytest.mark.parametrize("change", range(1, 11))
def test_what_was_begun_and_never_ended_is_undone_whole(tmp_path: Path, change: int):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", DEPLOYED)
            async with guests(home):
                home.fuse.arm(change)
                settled = asyncio.create_task(_ended(home, made))
                blown = asyncio.create_task(home.fuse.blown.wait())
                await asyncio.wait((settled, blown), return_when=asyncio.FIRST_COMPLETED)
                settled.cancel()
                home.fuse.arm(0)
                if blown.done():
                    await home.crash()
                    await home.start()
                blown.cancel()
                await home.delete(made)
                deleted = await home.settled(made)
            left = [
                await home.store.read(deployments.listed, None),
                await home.store.read(configs.listed, None),
            ]
            return deleted, left, before, home.objects()

    deleted, left, before, after = run(story())

    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert left == [[], []]
    assert after == before
