"""A volume that is restored in place is its server's again, whatever gets lost on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from tests.lifecycle.test_engine_snapshots import restore, snapshot
from tests.support.house import House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  volume: {type: "OS::Cinder::Volume", properties: {size: 1}}
  attachment:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
"""
REQUESTS = {
    "to take it away": ("compute", "DELETE", "/os-volume_attachments/"),
    "to restore it": ("volume", "POST", "/restore$"),
    "to give it back": ("compute", "POST", "/os-volume_attachments$"),
}
FAULTS = {
    "refused": Fault(refuse=503),
    "fails": Fault(refuse=500),
    "is lost": Fault(lose=True),
    "finds the server busy": Fault(refuse=409),
}


def together(home: House) -> list[tuple[str, str]]:
    """Which volumes are in use, and by which servers."""
    home.objects()  # with everything settled that is due
    attached = home.sandbox.world.store.tables["compute.volume_attachments"]
    return [(one["volume_id"], one["server_id"]) for one in attached]


BUSY = [("finds the server busy", "to take it away"), ("finds the server busy", "to give it back")]
WRONG = [(fault, one) for fault in FAULTS if fault != BUSY[0][0] for one in REQUESTS]


@pytest.mark.parametrize(("fault", "request_"), WRONG + BUSY)
def test_its_server_has_it_again_when_a_request_went_wrong(
    tmp_path: Path, fault: str, request_: str
):
    """Seed 5907 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", STACK)
            await home.settled(made)
            before = together(home)
            ident = await snapshot(home, made)
            await home.settled(made)
            home.sandbox.script.rules = [Rule(FAULTS[fault], *REQUESTS[request_])]
            await restore(home, made, ident)
            back, after = await home.settled(made), together(home)
            await home.delete(made)
            await home.settled(made)
            return back, before, after, empty == home.objects()

    back, before, after, clean = run(story())

    assert str(back.state) == "RESTORE_COMPLETE", back.reason
    assert len(before) == 1
    assert after == before
    assert clean


@pytest.mark.parametrize("changes", range(1, 6))
def test_its_server_has_it_again_after_a_crash(tmp_path: Path, changes: int):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            before = together(home)
            ident = await snapshot(home, made)
            await home.settled(made)
            home.fuse.arm(changes)
            await restore(home, made, ident)
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=60)
            watch.cancel()
            home.fuse.arm(0)
            await home.crash()
            await home.start()
            return await home.settled(made), before, together(home)

    back, before, after = run(story())

    assert str(back.state) == "RESTORE_COMPLETE", back.reason
    assert after == before
