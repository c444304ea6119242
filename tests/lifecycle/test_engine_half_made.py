"""What a failed or overtaken replacement holds goes to the one that comes after it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from tests.lifecycle.test_engine_reclaim import CASES, PUBLIC, changed
from tests.support.house import House, house
from tests.support.virtual import run

DATA = {"user_data": "another", "user_data_format": "RAW"}
NEXT = {
    "key of the same name": {"public_key": PUBLIC.replace("me@here", "you@there")},
    "port": {"mac_address": "fa:16:3e:00:00:02"},
    "server on a port": DATA,
    "server on a subnet": DATA,
    "server on a network": DATA,
}


async def hurry(home: House) -> None:
    """From here on what is overtaken gets no time to come to its end."""
    home.settings = replace(home.settings, error_wait_time=0, action_retry_limit=0)
    await home.crash()
    await home.start()


@pytest.mark.parametrize("case", NEXT)
@pytest.mark.parametrize("after_s", [0.05, 1.5, 2.5])
def test_a_replacement_that_is_overtaken_gives_way_to_the_next(
    tmp_path: Path, case: str, after_s: float
):
    """Seed 15819 of the simulation."""
    template, change = CASES[case]

    async def story():
        async with house(tmp_path) as home:
            await hurry(home)
            empty = home.objects()
            made = await home.create("tale", template)
            await home.settled(made)
            await home.update(made, changed(template, change, fail=False))
            await home.clock.sleep(after_s)
            await home.update(made, changed(template, change | NEXT[case], fail=False))
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return stack, empty == home.objects()

    stack, clean = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert clean


@pytest.mark.parametrize("case", ["server on a port", "server on a subnet", "server on a network"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("rollback", [True, False])
def test_a_server_in_error_gives_way_to_the_next(
    tmp_path: Path, case: str, *, whole: bool, rollback: bool
):
    """The first one is made well (whole), or it is in error as well."""
    template, change = CASES[case]
    doomed = Rule(Fault(error=True), "compute", "POST", "/servers$", times=-1)

    async def story():
        async with house(tmp_path) as home:
            await hurry(home)
            empty = home.objects()
            home.sandbox.script.rules = [] if whole else [doomed]
            made = await home.create("tale", template)
            first = await home.settled(made)
            home.sandbox.script.rules = [doomed]
            other = changed(template, change, fail=False)
            await home.update(made, other, disable_rollback=not rollback)
            await home.settled(made)
            home.sandbox.script.rules = []
            await home.update(made, changed(template, change | NEXT[case], fail=False))
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return first, stack, empty == home.objects()

    first, stack, clean = run(story())

    assert str(first.state) == ("CREATE_COMPLETE" if whole else "CREATE_FAILED")
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert clean


@pytest.mark.parametrize("case", ["server on a port", "server on a subnet"])
@pytest.mark.parametrize("change", [1, 2, 3, 4, 5])
def test_a_crash_while_it_gives_way_loses_nothing(tmp_path: Path, case: str, change: int):
    template, first = CASES[case]

    async def story():
        async with house(tmp_path) as home:
            await hurry(home)
            empty = home.objects()
            made = await home.create("tale", template)
            await home.settled(made)
            await home.update(made, changed(template, first, fail=False))
            await home.clock.sleep(2.5)
            home.fuse.arm(change)
            await home.update(made, changed(template, first | NEXT[case], fail=False))
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=60)
            watch.cancel()
            home.fuse.arm(0)
            await home.crash()
            await home.start()
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return stack, empty == home.objects()

    stack, clean = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert clean


NAMED = ["key of the same name", "made key of the same name"]


@pytest.mark.parametrize("case", NAMED)
@pytest.mark.parametrize("back", [True, False])
def test_a_name_that_nobody_knows_to_be_taken_is_made_free(
    tmp_path: Path, case: str, *, back: bool
):
    """The replacement was made, its answer was lost, and looking for it was refused."""
    template, change = CASES[case]
    lost = Rule(Fault(lose=True), "compute", "POST", "/os-keypairs$", times=-1)
    hidden = Rule(Fault(refuse=403), "compute", "GET", "/os-keypairs/k1", skip=1, times=-1)

    async def story():
        async with house(tmp_path) as home:
            await hurry(home)
            empty = home.objects()
            made = await home.create("tale", template)
            await home.settled(made)
            home.sandbox.script.rules = [lost, hidden]
            await home.update(made, changed(template, change, fail=False))
            failed = await home.settled(made)
            home.sandbox.script.rules = []
            again = {} if back else change | NEXT["key of the same name"]
            await home.update(made, changed(template, again, fail=False))
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return failed, stack, empty == home.objects()

    failed, stack, clean = run(story())

    assert str(failed.state) == "UPDATE_FAILED"
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert clean


def test_a_subnet_that_nobody_knows_to_be_there_gives_way(tmp_path: Path):
    """Seed 1009 of the simulation: a network has no range of addresses twice."""
    whole = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  it:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
"""
    alarm = "  alarm: {type: OS::Heat::TestResource, depends_on: net, properties: {fail: true}}\n"

    async def story():
        async with house(tmp_path, list_delay_s=3.0) as home:
            await hurry(home)
            empty = home.objects()
            lost = Rule(Fault(lose=True), "network", "POST", "/subnets", times=1)
            home.sandbox.script.rules = [lost]
            made = await home.create("tale", whole + alarm)
            first = await home.settled(made)
            await home.update(made, whole)
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return first, stack, empty == home.objects()

    first, stack, clean = run(story())

    assert str(first.state) == "CREATE_FAILED"
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert clean
