"""What was to go when it was wanted again: whether it is there is looked at until it is known."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from hearth.bus import Accepted
from hearth.sandbox import Fault, Times
from hearth.sandbox.faults import Rule
from hearth.stack import ResourceRecord, Status
from hearth.store import resources
from tests.lifecycle.test_engine_half_made import hurry
from tests.support.house import House, house
from tests.support.virtual import run

BESIDE = """
heat_template_version: 2018-08-31
resources:
  beside: {type: "OS::Neutron::Net"}
"""
SERVER = f"""{BESIDE}
  it: {{type: "OS::Nova::Server", properties: {{flavor: m1.small, image: cirros}}}}
"""
DOOMED = Rule(Fault(error=True), "compute", "POST", "/servers$", times=-1)


async def half_gone(home: House, **given: Any) -> Accepted:
    """A stack of which a server is on its way out when its template wants it again."""
    made = await home.create("tale", SERVER)
    await home.settled(made)
    await home.update(made, BESIDE)
    await home.clock.sleep(0.5)
    await home.update(made, SERVER, **given)
    return made


def unfounded(home: House, rows: Iterable[ResourceRecord]) -> list[str]:
    """Of the servers' rows those that say that all is well, and whose object is not there."""
    home.objects()  # with everything settled that is due
    there = {one["id"] for one in home.sandbox.world.store.tables["compute.servers"]}
    whole = [r for r in rows if r.name == "it" and r.state.status is Status.COMPLETE]
    return [f"{row.state} {row.physical_id}" for row in whole if row.physical_id not in there]


@pytest.mark.parametrize("rollback", [True, False])
def test_what_is_gone_is_made_even_when_its_replacement_failed_before(
    tmp_path: Path, *, rollback: bool
):
    """Seed 5486 of the simulation."""

    async def story():
        async with house(tmp_path, times=Times(server_delete=2.0)) as home:
            await hurry(home)
            empty = home.objects()
            made = await half_gone(home, disable_rollback=not rollback)
            home.sandbox.script.rules = [DOOMED]
            failed = await home.settled(made)
            after = unfounded(home, await home.store.read(resources.of, made.stack_id))
            home.sandbox.script.rules = []
            await home.update(made, SERVER)
            mended = await home.settled(made)
            rows = await home.store.read(resources.of, made.stack_id)
            at_last = unfounded(home, rows)
            servers = home.objects()["compute"]["servers"]
            await home.delete(made)
            await home.settled(made)
            return failed, after, mended, at_last, servers, home.objects() == empty

    failed, after, mended, at_last, servers, clean = run(story())

    assert str(failed.state) == ("ROLLBACK_FAILED" if rollback else "UPDATE_FAILED")
    assert after == []
    assert str(mended.state) == "UPDATE_COMPLETE", mended.reason
    assert at_last == []
    assert len(servers) == 1
    assert clean


@pytest.mark.parametrize("after_s", [0.1, 1.0, 2.1])
def test_a_look_that_is_cut_short_is_taken_again(tmp_path: Path, after_s: float):
    async def story():
        async with house(tmp_path, times=Times(server_delete=4.0)) as home:
            await hurry(home)
            empty = home.objects()
            made = await half_gone(home)
            await home.clock.sleep(after_s)
            await home.update(made, SERVER)
            mended = await home.settled(made)
            await home.clock.sleep(10)
            rows = await home.store.read(resources.of, made.stack_id)
            at_last = unfounded(home, rows)
            servers = home.objects()["compute"]["servers"]
            await home.delete(made)
            await home.settled(made)
            return mended, at_last, servers, home.objects() == empty

    mended, at_last, servers, clean = run(story())

    assert str(mended.state) == "UPDATE_COMPLETE", mended.reason
    assert at_last == []
    assert len(servers) == 1
    assert clean


def test_what_goes_only_after_a_long_time_is_made_anew_then(tmp_path: Path):
    """By then nobody knows any more whether there is such an image; it is asked again."""

    async def story():
        async with house(tmp_path, times=Times(server_delete=300.0)) as home:
            await hurry(home)
            made = await half_gone(home)
            mended = await home.settled(made)
            rows = await home.store.read(resources.of, made.stack_id)
            return mended, unfounded(home, rows), home.objects()["compute"]["servers"]

    mended, at_last, servers = run(story())

    assert str(mended.state) == "UPDATE_COMPLETE", mended.reason
    assert at_last == []
    assert len(servers) == 1
