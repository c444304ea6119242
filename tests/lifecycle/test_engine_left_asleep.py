"""A server that somebody has stopped or put to sleep is changed where it is, and stays so."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.house import House, house
from tests.support.virtual import run

FIRST: dict[str, Any] = {
    "flavor": "m1.small",
    "image": "cirros",
    "networks": [{"network": "private"}],
}
CHANGES: dict[str, dict[str, Any]] = {
    "name": {"name": "other"},
    "metadata": {"metadata": {"a": "b"}},
    "flavor": {"flavor": "m1.medium"},
    "image": {"image": "ubuntu", "image_update_policy": "REBUILD"},
}
SLEEPS = {
    "os-stop": "SHUTOFF",
    "suspend": "SUSPENDED",
    "pause": "PAUSED",
    "shelve": "SHELVED_OFFLOADED",
}


def template(properties: dict[str, Any]) -> dict[str, Any]:
    server = {"type": "OS::Nova::Server", "properties": properties}
    return {"heat_template_version": "2018-08-31", "resources": {"it": server}}


async def put_to_sleep(home: House, ident: str | None, action: str) -> None:
    table = home.sandbox.world.store.tables["compute.servers"]
    vm = {"SHUTOFF": "stopped", "SHELVED_OFFLOADED": "shelved_offloaded"}
    status = SLEEPS[action]
    table.change(str(ident), status=status, vm_state=vm.get(status, status.lower()))
    home.sandbox.world.store.commit()


@pytest.mark.parametrize(
    ("action", "change"),
    [
        *((action, change) for action in SLEEPS for change in ("name", "metadata")),
        ("os-stop", "flavor"),
        ("os-stop", "image"),
    ],
)
def test_what_sleeps_is_changed_and_stays_asleep(tmp_path: Path, action: str, change: str):
    """Seed 16651 of the simulation: an update waited for it to wake, until its time was over."""

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template(FIRST))
            await home.settled(made)
            before = (await home.rows(made))["it"]
            await put_to_sleep(home, before.physical_id, action)
            began = home.clock.now()
            await home.update(made, template(FIRST | CHANGES[change]))
            stack, took_s = await home.settled(made), home.clock.now() - began
            after = (await home.rows(made))["it"]
            home.objects()
            table = home.sandbox.world.store.tables["compute.servers"]
            server = table.get(str(after.physical_id))
            return before, stack, after, took_s, server["status"] if server else "gone"

    before, stack, after, took_s, status = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert after.physical_id == before.physical_id
    assert took_s < 60
    assert status == SLEEPS[action]
