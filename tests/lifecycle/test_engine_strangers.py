"""An object whose creation nobody lived to hear of is known by its mark, not by its name."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.hand import URL
from tests.support.house import House, house
from tests.support.virtual import run

NETWORK = f"{URL}/network/v2.0"
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "OS::Neutron::Net": (f"{NETWORK}/networks", "network", {}),
    "OS::Neutron::Router": (f"{NETWORK}/routers", "router", {}),
    "OS::Neutron::SecurityGroup": (f"{NETWORK}/security-groups", "security_group", {}),
    "OS::Cinder::Volume": (f"{URL}/volume/v3/{{project}}/volumes", "volume", {"size": 1}),
}

WORDS = {"description": "in the user's own words"}


async def asked(home: House, method: str, url: str, body: Any = None) -> Any:
    """What the user asks of the cloud with their own hands."""
    assert home.caller.token is not None
    headers = {"X-Auth-Token": home.caller.token.value, "Content-Type": "application/json"}
    place = url.format(project=home.caller.project_id)
    sent = msgspec.json.encode(body) if body is not None else None
    reply = await home.transport.request(method, place, headers, sent, 10.0)
    assert reply.status < 300, reply
    return reply.json


@pytest.mark.parametrize("kind", CASES)
def test_a_stranger_of_the_same_name_is_not_taken_for_what_was_lost(tmp_path: Path, kind: str):
    url, wraps, more = CASES[kind]
    lone = {"type": kind, "properties": {"name": "twin", **more}}
    stack = {"heat_template_version": "2018-08-31", "resources": {"it": lone}}

    async def story() -> Any:
        async with house(tmp_path) as home:
            body = {wraps: {"name": "twin", **more}}
            before = {one["id"] for one in (await asked(home, "GET", url))[f"{wraps}s"]}
            first = (await asked(home, "POST", url, body))[wraps]["id"]
            made = await home.create("tale", stack)
            home.fuse.arm(1)
            async with asyncio.timeout(60):
                await home.fuse.blown.wait()
            second = (await asked(home, "POST", url, body))[wraps]["id"]
            await home.crash()
            await home.start()
            created = await home.settled(made)
            ours = (await home.rows(made))["it"].physical_id
            listed = {one["id"] for one in (await asked(home, "GET", url))[f"{wraps}s"]}
            await home.delete(made)
            await home.settled(made)
            left = {one["id"] for one in (await asked(home, "GET", url))[f"{wraps}s"]}
            return {first, second}, created, ours, listed - before, left - before

    strangers, created, ours, listed, left = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert ours not in strangers
    assert listed == {ours, *strangers}
    assert left == strangers


def test_of_two_with_the_users_words_each_row_has_its_own(tmp_path: Path):
    same = {"type": "OS::Neutron::Net", "properties": {"name": "twin", "value_specs": WORDS}}
    both = {"a": same, "b": {**same, "depends_on": "a"}}
    stack = {"heat_template_version": "2018-08-31", "resources": both}

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", stack)
            home.fuse.arm(2)
            async with asyncio.timeout(60):
                await home.fuse.blown.wait()
            await home.crash()
            await home.start()
            created = await home.settled(made)
            listed = (await asked(home, "GET", f"{NETWORK}/networks"))["networks"]
            return created, await home.rows(made), [one for one in listed if one["name"] == "twin"]

    created, rows, listed = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert {row.physical_id for row in rows.values()} == {one["id"] for one in listed}
    assert len(listed) == 2
