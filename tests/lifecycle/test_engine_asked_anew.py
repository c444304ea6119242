"""What is asked for again was asked for: whoever comes next looks for it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.cloud import Response, Transport
from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from hearth.stack import StackRecord
from tests.support.house import Fuse, House, house
from tests.support.virtual import run

HEAD = "heat_template_version: 2018-08-31\nresources:\n"
NETWORK = f"{HEAD}  it: {{type: OS::Neutron::Net}}\n"


async def unheard(home: House) -> None:
    """A refused creation is asked for again by the next engine, which dies of its success."""
    await home.clock.sleep(1.0)
    await home.crash()
    home.fuse.arm(1)
    await home.start()
    await home.fuse.blown.wait()
    await home.crash()
    await home.start()


@pytest.mark.parametrize("ends", ["made", "deleted"])
def test_what_is_asked_for_after_a_refusal_is_found_again(tmp_path: Path, ends: str) -> None:
    """Seed 4424 of the simulation: the row still told of the refusal, and a second was made."""

    async def story() -> tuple[Any, Any, StackRecord, Any]:
        async with house(tmp_path, list_delay_s=3.0) as home:
            before = home.objects()
            refused = Rule(Fault(refuse=409), "network", "POST", "/networks$", times=1)
            home.sandbox.script.rules = [refused]
            made = await home.create("tale", NETWORK)
            await unheard(home)
            if ends == "made":
                await home.settled(made)
            held = home.objects()
            await home.delete(made)
            return before, held, await home.settled(made), home.objects()

    before, held, deleted, after = run(story())

    assert len(held["network"]["networks"]) == len(before["network"]["networks"]) + 1
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


IMAGE = f"""{HEAD}
  it:
    type: OS::Glance::WebImage
    properties:
      location: http://images.example/cirros.img
      disk_format: qcow2
      container_format: bare
"""


@pytest.mark.parametrize("status", [409, 429, 503])
def test_what_was_half_made_is_looked_for_before_it_is_asked_for_again(
    tmp_path: Path, status: int
) -> None:
    """The image was there, and its service would not begin to fetch it."""

    async def story() -> tuple[Any, StackRecord, Any]:
        async with house(tmp_path) as home:
            before = home.objects()
            refused = Rule(Fault(refuse=status), "image", "POST", "/import$", times=1)
            home.sandbox.script.rules = [refused]
            made = await home.create("tale", IMAGE)
            created = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return before, created, home.objects()

    before, created, after = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert after == before


class Onwards:
    """A way to a cloud that carries out what it was sent, whether or not its sender lives on."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def request(self, *asked: Any) -> Response:
        return await asyncio.shield(asyncio.ensure_future(self._inner.request(*asked)))

    async def close(self) -> None:
        await self._inner.close()


def test_a_deletion_waits_for_what_may_still_be_under_way(tmp_path: Path) -> None:
    """Its engine died of it, and the next one had only to stop what it found begun."""

    async def story() -> tuple[Any, StackRecord, Any]:
        async with house(tmp_path, list_delay_s=4.0) as home:
            before = home.objects()
            home.fuse = Fuse(Onwards(home.transport), home)
            await home.crash()
            await home.start()
            slow = Rule(Fault(delay=3.0), "network", "POST", "/networks$", times=1)
            home.sandbox.script.rules = [slow]
            made = await home.create("tale", NETWORK)
            await home.clock.sleep(0.2)
            await home.crash()
            await home.start()
            await home.delete(made)
            deleted = await home.settled(made)
            await home.clock.sleep(10.0)
            return before, deleted, home.objects()

    before, deleted, after = run(story())

    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before
