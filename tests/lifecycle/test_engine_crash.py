"""Wherever an engine dies, the next one ends what it began, as if nobody had disturbed it."""

import asyncio
from pathlib import Path

import pytest

from tests.support.house import house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
parameters:
  name: {type: string}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {get_param: name}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.3.0.0/24}
  port:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, fixed_ips: [{subnet: {get_resource: subnet}}]}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{port: {get_resource: port}}]
  inner:
    type: inner.yaml
    properties: {name: {get_param: name}}
outputs:
  word: {value: {get_attr: [inner, word]}}
"""
INNER = """
heat_template_version: 2018-08-31
parameters:
  name: {type: string}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {get_param: name}}
  word:
    type: OS::Heat::RandomString
    depends_on: net
outputs:
  word: {value: {get_attr: [word, value]}}
"""
FILES = {"inner.yaml": INNER}


async def disturbed(home, made, moments):
    """Kill the engine at each moment (seconds from now), and start another."""
    for seconds in moments:
        await home.clock.sleep(seconds)
        await home.crash()
        await home.start()
    return await home.settled(made)


@pytest.mark.parametrize("seed", range(12))
def test_a_life_with_crashes_ends_like_one_without(tmp_path: Path, seed: int):
    moments = [0.01 + 0.37 * seed, 0.11 * (seed + 1) % 1.3, 5.0 + seed % 3]

    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK, files=FILES, parameters={"name": "a"})
            created = await disturbed(home, made, moments)
            during = home.objects()
            await home.update(made, STACK, files=FILES, parameters={"name": "b"})
            updated = await disturbed(home, made, moments)
            await home.delete(made)
            deleted = await disturbed(home, made, moments)
            return before, created, during, updated, deleted, home.objects()

    before, created, during, updated, deleted, after = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert len(during["compute"]["servers"]) == len(before["compute"]["servers"]) + 1
    assert len(during["network"]["networks"]) == len(before["network"]["networks"]) + 2
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


@pytest.mark.parametrize("change", range(1, 6))
def test_a_change_that_nobody_lived_to_hear_of_is_found_again(tmp_path: Path, change: int):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK, files=FILES, parameters={"name": "a"})
            home.fuse.arm(change)
            async with asyncio.timeout(60):
                await home.fuse.blown.wait()
            await home.crash()
            await home.start()
            created, held = await home.settled(made), home.objects()
            await home.delete(made)
            return before, created, held, await home.settled(made), home.objects()

    before, created, held, deleted, after = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    for service, kind, more in (("network", "networks", 2), ("network", "subnets", 1)):
        assert len(held[service][kind]) == len(before[service][kind]) + more
    assert len(held["compute"]["servers"]) == len(before["compute"]["servers"]) + 1
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before
