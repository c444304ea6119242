"""Signals that are put to a temporary URL of Swift's, and what waits for them."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import Refused
from hearth.bus import Accepted, RefreshOutputs, SignalResource, StackRef
from hearth.store.errors import Away
from tests.lifecycle.test_guests import survived
from tests.support.served import Served, served
from tests.support.virtual import run

TEMPLATE = """
heat_template_version: 2018-08-31
parameters:
  count: {type: number, default: 2}
resources:
  handle: {type: OS::Heat::SwiftSignalHandle}
  other: {type: OS::Heat::SwiftSignalHandle}
  signal:
    type: OS::Heat::SwiftSignal
    properties: {handle: {get_resource: handle}, count: {get_param: count}, timeout: 300}
outputs:
  data: {value: {get_attr: [signal, data]}}
  url: {value: {get_resource: handle}}
  endpoint: {value: {get_attr: [handle, endpoint]}}
  curl: {value: {get_attr: [handle, curl_cli]}}
  token: {value: {get_attr: [handle, token]}}
"""


async def url(home: Served, made: Accepted, name: str = "handle") -> str:
    """The URL, as soon as there is one."""
    while True:
        with suppress(Away):
            row = (await home.rows(made)).get(name)
            if row is not None and row.attributes.get("endpoint"):
                return str(plain(row.attributes["endpoint"]))
        await home.clock.sleep(0.5)


async def put(home: Served, where: str, body: Any) -> int | None:
    given = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = await home.send("PUT", where, {}, given)
    return None if reply is None else reply.status


async def outputs(home: Served, made: Accepted) -> dict[str, Any]:
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
    return {one.key: plain(one.value) for one in (await home.stack(made)).outputs}


def test_signals_are_waited_for_and_shown(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", TEMPLATE)
            where = await url(home, made)
            elsewhere = await url(home, made, "other")
            await put(home, elsewhere, {"status": "FAILURE"})
            statuses = [await put(home, where, {"data": "first"})]
            await home.clock.sleep(20)
            early = str((await home.stack(made)).state)
            statuses.append(await put(home, where, b""))
            stack, found = await home.settled(made), await outputs(home, made)
            await home.delete(made)
            last = await home.settled(made)
            await home.clock.sleep(10)
            return where, statuses, early, stack, found, last, home.objects() == before

    where, statuses, early, stack, found, last, clean = run(life())

    assert statuses == [201, 201]
    assert early == "CREATE_IN_PROGRESS"
    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert json.loads(found["data"]) == {"1": "first", "2": None}
    assert found["url"] == found["endpoint"] == where
    assert "temp_url_sig=" in where
    assert found["curl"] == f"curl -i -X PUT '{where}'"
    assert found["token"] == ""
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    assert clean


@pytest.mark.parametrize(
    ("bodies", "reason"),
    [
        (
            ({"status": "FAILURE", "reason": "broken"},),
            "SwiftSignalFailure: resources.signal: broken",
        ),
        (
            ({"id": "a", "status": "FAILURE", "reason": "one"},),
            "SwiftSignalFailure: resources.signal: one",
        ),
        (({"status": "PERHAPS"},), "Unknown status: PERHAPS"),
        ((b"no document",), "Failed to parse JSON data: no document"),
        (
            ({"reason": "well"}, {"id": "1", "reason": "again"}),
            "SwiftSignalTimeout: resources.signal: 1 of 2 received - again",
        ),
        ((), "SwiftSignalTimeout: resources.signal: 0 of 2 received"),
    ],
)
def test_what_fails_says_why(tmp_path: Path, bodies: tuple[Any, ...], reason: str):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", TEMPLATE)
            where, began = await url(home, made), home.clock.now()
            for body in bodies:
                await put(home, where, body)
                await home.clock.sleep(0.1)  # Swift tells two by when they came
            return await home.settled(made), home.clock.now() - began

    stack, seconds = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason.endswith(reason)
    assert ("Timeout" in reason) == (seconds > 290)


def test_a_handle_takes_no_signal_but_from_swift(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", TEMPLATE)
            await url(home, made)
            ref = StackRef(made.name, made.stack_id)
            with pytest.raises(Refused, match="not supported for resource"):
                await home.bus.call(
                    SignalResource(**home.command(), stack=ref, resource="handle", details={})
                )

    run(life())


def test_a_handle_of_another_stack_is_none(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("one", TEMPLATE)
            where = await url(home, made)
            text = TEMPLATE.replace("handle: {get_resource: handle}", f"handle: '{where}'")
            return await home.settled(await home.create("two", text)), where

    stack, where = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert "is not a valid wait condition handle" in stack.reason
    assert where not in stack.reason


@pytest.mark.parametrize("change", range(1, 9))
def test_a_death_at_any_change_leaves_nothing_behind(tmp_path: Path, change: int):
    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", TEMPLATE, parameters={"count": 1})
            home.fuse.arm(change)
            guest = asyncio.create_task(said(home, made))
            created = await survived(home, made)
            await guest
            found = await outputs(home, made)
            home.fuse.arm(change)
            await home.delete(made)
            deleted = await survived(home, made)
            await home.clock.sleep(10)
            return created, found, deleted, home.objects() == before

    created, found, deleted, clean = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert json.loads(found["data"]) == {"1": "said"}
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert clean


async def said(home: Served, made: Accepted) -> None:
    """What a guest has to say, whoever dies meanwhile."""
    await put(home, await url(home, made), {"data": "said"})


def test_urls_that_are_made_at_once_are_all_valid(tmp_path: Path):
    """Seed 2987 of the simulation: an account had two keys, and one after the other."""
    count = 6
    names = [f"handle{number}" for number in range(count)]
    handles = "".join(f"  {name}: {{type: OS::Heat::SwiftSignalHandle}}\n" for name in names)

    async def life():
        async with served(tmp_path) as home:
            made = await home.create(
                "demo", f"heat_template_version: 2018-08-31\nresources:\n{handles}"
            )
            await home.settled(made)
            return [await put(home, await url(home, made, name), b"") for name in names]

    assert run(life()) == [201] * count
