"""What goes by a name of its own is replaced, and its old row's end does not take the new one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.cloud import CallerAuth, Cloud
from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from tests.lifecycle.test_engine_reclaim import changed
from tests.support.house import House, house
from tests.support.virtual import run

HOT = "heat_template_version: 2018-08-31\nresources:\n"
BOX = f"""{HOT}
  it:
    type: OS::Swift::Container
    properties: {{name: keepme, X-Container-Meta: {{a: b, old: o}}, X-Container-Read: '.r:*'}}
"""
FLAVOR = f"""{HOT}
  it:
    type: OS::Nova::Flavor
    properties: {{name: ff, flavorid: ffid, ram: 100, vcpus: 1, disk: 1, extra_specs: {{a: b}}}}
"""
NAMED = FLAVOR.replace("flavorid: ffid, ", "")
NETS = f"""{HOT}
  net: {{type: "OS::Neutron::Net"}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {{network: {{get_resource: net}}, cidr: 10.3.0.0/24}}
"""
INTERFACE = f"""{NETS}
  one: {{type: "OS::Neutron::Router"}}
  two: {{type: "OS::Neutron::Router"}}
  it:
    type: OS::Neutron::RouterInterface
    properties: {{router: {{get_resource: one}}, subnet: {{get_resource: subnet}}}}
"""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "container": (BOX, {"X-Container-Meta": {"a": "c"}, "X-Container-Read": ".r:example.org"}),
    "flavor of an id": (FLAVOR, {"ram": 200}),
    "flavor of a name": (NAMED, {"ram": 200, "extra_specs": {"c": "d"}}),
    "interface": (INTERFACE, {"router": {"get_resource": "two"}}),
}


def found(home: House) -> Any:
    """What of the cloud the cases are about."""
    home.objects()
    tables = home.sandbox.world.store.tables
    flavors = [
        (f["name"], f["ram"], f["extra_specs"], f["public"]) for f in tables["compute.flavors"]
    ]
    boxes = [(one["name"], one["headers"]) for one in tables["object-store.containers"]]
    owners = ("network:router_interface",)
    ports = [p["device_id"] for p in tables["network.ports"] if p["device_owner"] in owners]
    return sorted(flavors, key=str), boxes, sorted(ports)


async def put(home: House, path: str, data: bytes) -> None:
    """An object of the user's own."""
    assert home.caller.token is not None
    auth = CallerAuth(home.caller.token, home.caller.project_id)
    session = home.engine.desk.sessions.session(auth)
    await Cloud(session)["object-store"].request("PUT", path, data)


@pytest.mark.parametrize("case", CASES)
def test_it_changes_and_a_rollback_restores_what_was(tmp_path: Path, case: str):
    template, change = CASES[case]

    async def story() -> Any:
        async with house(tmp_path) as home:
            home.caller = await home.log_in("admin", "admin")
            empty = home.objects()
            made = await home.create("tale", template, disable_rollback=False)
            created = await home.settled(made)
            assert str(created.state) == "CREATE_COMPLETE", created.reason
            before = found(home)
            await home.update(made, changed(template, change, fail=True))
            undone, back = await home.settled(made), found(home)
            began = home.clock.now()
            await home.update(made, changed(template, change, fail=False))
            done, after, took_s = await home.settled(made), found(home), home.clock.now() - began
            await home.act(made, "check")
            checked = await home.settled(made)
            await home.delete(made)
            gone = await home.settled(made)
            return undone, before, back, done, after, took_s, checked, gone, empty, home.objects()

    undone, before, back, done, after, took_s, checked, gone, empty, left = run(story())

    assert str(undone.state) == "ROLLBACK_COMPLETE", undone.reason
    assert back == before
    assert str(done.state) == "UPDATE_COMPLETE", done.reason
    assert after != before
    assert took_s < 30
    assert str(checked.state) == "CHECK_COMPLETE", checked.reason
    assert str(gone.state) == "DELETE_COMPLETE", gone.reason
    assert left == empty


@pytest.mark.parametrize("case", ["container", "flavor of an id", "interface"])
@pytest.mark.parametrize("change", [1, 2, 3])
@pytest.mark.parametrize("fail", [True, False])
def test_a_crash_at_any_change_of_it_changes_nothing_of_its_end(
    tmp_path: Path, case: str, change: int, *, fail: bool
):
    template, given = CASES[case]

    async def story() -> Any:
        async with house(tmp_path) as home:
            home.caller = await home.log_in("admin", "admin")
            empty = home.objects()
            made = await home.create("tale", template, disable_rollback=False)
            await home.settled(made)
            before = found(home)
            home.fuse.arm(change)
            await home.update(made, changed(template, given, fail=fail))
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=60)
            watch.cancel()
            home.fuse.arm(0)
            await home.crash()
            await home.start()
            ended, after = await home.settled(made), found(home)
            await home.delete(made)
            await home.settled(made)
            return ended, before, after, home.objects() == empty

    ended, before, after, clean = run(story())

    assert str(ended.state) == ("ROLLBACK_COMPLETE" if fail else "UPDATE_COMPLETE"), ended.reason
    assert (after == before) is fail
    assert clean


def test_what_a_user_keeps_in_a_container_outlives_its_changes(tmp_path: Path):
    template, change = CASES["container"]

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            await put(home, "/keepme/precious", b"data")
            await home.update(made, changed(template, change, fail=False))
            return await home.settled(made), found(home), home.objects()

    done, (_flavors, boxes, _ports), held = run(story())

    assert str(done.state) == "UPDATE_COMPLETE", done.reason
    ((name, headers),) = boxes
    assert name == "keepme"
    assert headers["x-container-meta-a"] == "c"
    assert "x-container-meta-old" not in headers
    assert len(held["object-store"]["objects"]) == 1


SUBNET = f"""{NETS}
  port:
    type: OS::Neutron::Port
    depends_on: subnet
    properties: {{network: {{get_resource: net}}}}
"""


def test_a_subnet_that_could_not_go_is_taken_back_by_the_rollback(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", SUBNET, disable_rollback=False)
            await home.settled(made)
            first = (await home.rows(made))["subnet"].physical_id
            await home.update(made, SUBNET.replace("10.3.0.0", "10.4.0.0"))
            undone = await home.settled(made)
            rows = await home.rows(made)
            await home.update(made, SUBNET)
            again = await home.settled(made)
            subnets = [str(one) for one in home.objects()["network"]["subnets"]]
            await home.delete(made)
            return undone, first, rows, again, subnets, await home.settled(made)

    undone, first, rows, again, subnets, gone = run(story())

    assert str(undone.state) == "ROLLBACK_COMPLETE", undone.reason
    assert rows["subnet"].physical_id == first
    assert not any("10.4.0.0" in one for one in subnets)
    assert str(again.state) == "UPDATE_COMPLETE"
    assert str(gone.state) == "DELETE_COMPLETE"


def test_what_was_never_made_and_could_not_go_is_made_by_the_next_update(tmp_path: Path):
    """Seed 2044 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            refuses = Rule(Fault(refuse=500), "network", "POST", "/ports", times=-1)
            home.sandbox.script.rules = [refuses]
            made = await home.create("tale", SUBNET)
            first = await home.settled(made)
            hides = Rule(Fault(refuse=403), "network", "GET", "/ports", times=-1)
            home.sandbox.script.rules = [hides]
            await home.update(made, NETS)
            left = await home.settled(made)
            home.sandbox.script.rules = []
            await home.update(made, SUBNET)
            return first, left, await home.settled(made)

    first, left, last = run(story())

    assert str(first.state) == "CREATE_FAILED"
    assert str(left.state) == "UPDATE_FAILED"
    assert str(last.state) == "UPDATE_COMPLETE", last.reason
