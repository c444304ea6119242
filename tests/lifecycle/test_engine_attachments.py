"""A volume that only one server may have goes from an attachment to the one in its place."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth.bus import MarkResource, StackRef
from hearth.stack import StackRecord
from tests.support.house import House, house
from tests.support.virtual import run

TEMPLATE = """
heat_template_version: 2018-08-31
resources:
  volume: {type: "OS::Cinder::Volume", properties: {size: 1}}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      networks: [{network: private}]
      user_data_format: RAW
      user_data: USER_DATA
  it:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
"""
ALARM = """
  alarm:
    type: OS::Heat::TestResource
    depends_on: [volume, server]
    properties: {fail: true, action_wait_secs: {create: 0.5}}
"""
FAILS = """
  fails:
    type: OS::Heat::TestResource
    depends_on: it
    properties: {fail: true}
"""


def having(data: str, *more: str) -> str:
    return TEMPLATE.replace("USER_DATA", data) + "".join(more)


def attached(home: House) -> list[tuple[str, str]]:
    """Which server has which volume."""
    rows = home.sandbox.world.store.tables["compute.volume_attachments"]
    return sorted((one["server_id"], one["volume_id"]) for one in rows)


@pytest.mark.parametrize("data", ["first", "second"])
def test_one_that_was_cut_short_gives_way(tmp_path: Path, data: str) -> None:
    """Seed 931 of the simulation. The server is replaced too, or stays."""

    async def story() -> tuple[StackRecord, StackRecord, Any, bool]:
        async with house(tmp_path) as home:
            empty = home.objects()
            home.settings = replace(home.settings, error_wait_time=0)  # cut short at once
            await home.crash()
            await home.start()
            made = await home.create("tale", having("first", ALARM))
            first = await home.settled(made)
            await home.update(made, having(data))
            stack, now = await home.settled(made), attached(home)
            await home.delete(made)
            await home.settled(made)
            return first, stack, now, home.objects() == empty

    first, stack, now, clean = run(story())

    assert str(first.state) == "CREATE_FAILED"
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert len(now) == 1
    assert clean


@pytest.mark.parametrize("fails", [False, True])
def test_one_that_is_marked_gives_way_and_has_it_again_if_that_is_undone(
    tmp_path: Path, *, fails: bool
) -> None:
    async def story() -> tuple[StackRecord, Any, Any, bool]:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", having("first"))
            await home.settled(made)
            before = attached(home)
            ref = StackRef("tale", made.stack_id)
            mark = MarkResource(**home.command(), stack=ref, resource="it", unhealthy=True)
            await home.bus.call(mark)
            more = (FAILS,) if fails else ()
            await home.update(made, having("first", *more), disable_rollback=False)
            stack, now = await home.settled(made), attached(home)
            await home.delete(made)
            await home.settled(made)
            return stack, before, now, home.objects() == empty

    stack, before, now, clean = run(story())

    assert str(stack.state) == f"{'ROLLBACK' if fails else 'UPDATE'}_COMPLETE", stack.reason
    assert now == before
    assert clean
