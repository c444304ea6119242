"""An update that converges looks at the cloud first, and puts right what has strayed."""

from pathlib import Path
from typing import Any

import pytest

from hearth.bus import Accepted, PreviewUpdate, Source, StackRef
from hearth.config import Settings
from hearth.plan import DRIFT
from tests.support.house import House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: mine}
  same: {type: OS::Neutron::Net}
  gone: {type: OS::Neutron::SecurityGroup}
  inside: {type: inner.yaml}
  volume: {type: OS::Cinder::Volume, properties: {size: 1, metadata: {a: b}}}
"""
INNER = """
heat_template_version: 2018-08-31
resources:
  port:
    type: OS::Neutron::Port
    properties: {network: private, admin_state_up: true}
"""
FILES: dict[str, Any] = {"files": {"inner.yaml": INNER}}


async def stray(home: House, made: Accepted) -> None:
    """Somebody else is at work in the cloud."""
    rows = await home.rows(made)
    inside = await home.rows(Accepted(rows["inside"].nested_id or "", ""))
    tables = home.sandbox.world.store.tables
    tables["network.networks"].change(str(rows["net"].physical_id), name="theirs")
    tables["network.ports"].change(str(inside["port"].physical_id), admin_state_up=False)
    tables["network.security_groups"].remove(str(rows["gone"].physical_id))
    tables["volume.volumes"].change(str(rows["volume"].physical_id), metadata={"a": "c"})


def shown(home: House) -> tuple[Any, ...]:
    home.objects()  # with everything settled that is due
    tables = home.sandbox.world.store.tables
    names = {one["name"] for one in tables["network.networks"]}
    ports = [one["admin_state_up"] for one in tables["network.ports"]]
    labels = [one["metadata"].get("a") for one in tables["volume.volumes"]]
    return "mine" in names, all(ports), labels


@pytest.mark.parametrize("way", ["asked", "always", "crash"])
def test_what_has_strayed_is_put_right_and_what_is_gone_made_again(tmp_path: Path, way: str):
    async def story() -> Any:
        async with house(tmp_path) as home:
            if way == "always":
                home.settings = Settings(observe_on_update=True)
                await home.crash()
                await home.start()
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            first = await home.rows(made)
            await stray(home, made)
            home.fuse.arm(1 if way == "crash" else 0)
            await home.update(made, STACK, converge=way != "always", **FILES)
            if way == "crash":
                await home.fuse.blown.wait()
                await home.crash()
                await home.start()
            stack = await home.settled(made)
            return stack, first, await home.rows(made), shown(home), await home.told(made)

    stack, first, last, seen, told = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert seen == (True, True, ["b"])
    assert last["net"].physical_id == first["net"].physical_id
    assert last["gone"].physical_id != first["gone"].physical_id
    assert "same UPDATE_IN_PROGRESS" not in told
    assert not [row for row in last.values() if DRIFT in row.data]


def test_without_being_asked_nobody_looks(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            await stray(home, made)
            await home.update(made, STACK, **FILES)
            return await home.settled(made), shown(home)

    stack, seen = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE"
    assert seen == (False, False, ["c"])


def test_a_preview_tells_of_what_has_strayed(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            await stray(home, made)
            ref, source = StackRef(made.name, made.stack_id), Source(template=STACK, **FILES)
            command = PreviewUpdate(**home.command(), stack=ref, source=source, converge=True)
            told = (await home.bus.call(command)).body
            return {key: {one["resource_name"] for one in told[key]} for key in told}

    groups = run(story())

    assert groups["updated"] >= {"net", "volume"}
    assert groups["replaced"] == {"gone"}
    assert "same" in groups["unchanged"]
