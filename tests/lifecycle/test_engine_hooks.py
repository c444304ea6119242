"""A step stops at a hook that the environment names, until somebody tells it to go on."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import Refused
from hearth.bus import Accepted, SignalResource, StackRef
from hearth.stack import EventRecord
from tests.support.house import House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
parameters:
  name: {type: string, default: one}
resources:
  first:
    type: OS::Neutron::Net
    properties: {name: {get_param: name}}
  second:
    type: OS::Heat::RandomString
    depends_on: first
"""
NESTING = """
heat_template_version: 2018-08-31
resources:
  inside: {type: inner.yaml}
"""


def hooks(**named: Any) -> dict[str, Any]:
    return {"resource_registry": {"resources": {n: {"hooks": h} for n, h in named.items()}}}


async def unset(home: House, made: Accepted, resource: str, hook: str) -> None:
    ref = StackRef(made.name, made.stack_id)
    details = {"unset_hook": hook}
    command = SignalResource(**home.command(), stack=ref, resource=resource, details=details)
    await home.bus.call(command)


async def stopped(home: House, made: Accepted, reason: str) -> EventRecord:
    """The event by which a step says that it stands, once it has come."""
    for _ in range(600):
        found = [one for one in await home.events(made) if one.reason == reason]
        if found:
            return found[-1]
        await home.clock.sleep(0.1)
    raise AssertionError(f"nobody says {reason!r}")


def standing(action: str, hook: str) -> str:
    return f"{action} paused until Hook {hook} is cleared"


@pytest.mark.parametrize("crash", [False, True])
def test_a_creation_stops_before_and_after_its_work(tmp_path: Path, *, crash: bool):
    async def story() -> Any:
        async with house(tmp_path) as home:
            environment = hooks(first=["pre-create", "post-create"])
            made = await home.create("tale", STACK, environment=environment)
            before = await stopped(home, made, standing("CREATE", "pre-create"))
            rows, nets = await home.rows(made), home.objects()["network"]["networks"]
            if crash:
                await home.crash()
                await home.start()
            await unset(home, made, "first", "pre-create")
            after = await stopped(home, made, standing("CREATE", "post-create"))
            if crash:
                await home.crash()
                await home.clock.sleep(30)
                await home.start()
            midway = (await home.rows(made)).keys()
            await unset(home, made, "first", "post-create")
            stack = await home.settled(made)
            return before, rows, nets, after, midway, stack, await home.events(made)

    before, rows, nets, after, midway, stack, events = run(story())

    assert str(before.state) == "INIT_COMPLETE"
    assert {name: str(row.state) for name, row in rows.items()} == {"first": "INIT_COMPLETE"}
    assert "one" not in {net["name"] for net in nets}
    assert str(after.state) == "CREATE_COMPLETE"
    assert midway == {"first"}
    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert [(str(e.state), e.reason) for e in events if e.resource_name == "first"] == [
        ("INIT_COMPLETE", standing("CREATE", "pre-create")),
        ("INIT_COMPLETE", "Hook pre-create is cleared"),
        ("CREATE_IN_PROGRESS", "state changed"),
        ("CREATE_COMPLETE", "state changed"),
        ("CREATE_COMPLETE", standing("CREATE", "post-create")),
        ("CREATE_COMPLETE", "Hook post-create is cleared"),
    ]


@pytest.mark.parametrize("crash", [False, True])
def test_an_update_stops_and_so_does_one_that_changes_nothing(tmp_path: Path, *, crash: bool):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            environment = hooks(first=["pre-update", "post-update"], second="pre-update")
            given = {"parameters": {"name": "two"}, "environment": environment}
            await home.update(made, STACK, **given)
            await stopped(home, made, standing("UPDATE", "pre-update"))
            name = (await home.rows(made))["first"].attributes["name"]
            if crash:
                await home.crash()
                await home.start()
            await unset(home, made, "first", "pre-update")
            await stopped(home, made, standing("UPDATE", "post-update"))
            await unset(home, made, "first", "post-update")
            if crash:
                await home.crash()
                await home.start()
            for _ in range(100):
                events = await home.events(made)
                if [e for e in events if e.resource_name == "second"][-1].reason != "state changed":
                    break
                await home.clock.sleep(0.1)
            await unset(home, made, "second", "pre-update")
            return name, await home.settled(made), await home.rows(made), await home.events(made)

    name, stack, rows, events = run(story())

    assert name == "one"
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert rows["first"].attributes["name"] == "two"
    told = [(e.resource_name, str(e.state)) for e in events]
    assert ("second", "UPDATE_IN_PROGRESS") not in told
    assert str(rows["second"].state) == "CREATE_COMPLETE"


@pytest.mark.parametrize("crash", [False, True])
def test_a_deletion_stops_and_its_row_stays_until_it_may_go(tmp_path: Path, *, crash: bool):
    async def story() -> Any:
        async with house(tmp_path) as home:
            environment = hooks(second=["pre-delete", "post-delete"])
            made = await home.create("tale", STACK, environment=environment)
            await home.settled(made)
            await home.delete(made)
            before = await stopped(home, made, standing("DELETE", "pre-delete"))
            await unset(home, made, "second", "pre-delete")
            after = await stopped(home, made, standing("DELETE", "post-delete"))
            if crash:
                await home.crash()
                await home.start()
            rows = await home.rows(made)
            await unset(home, made, "second", "post-delete")
            return before, after, rows, await home.settled(made)

    before, after, rows, stack = run(story())

    assert str(before.state) == "CREATE_COMPLETE"
    assert str(after.state) == "DELETE_COMPLETE"
    assert {name: str(row.state) for name, row in rows.items()} == {
        "first": "CREATE_COMPLETE",
        "second": "DELETE_COMPLETE",
    }
    assert str(stack.state) == "DELETE_COMPLETE"


def test_what_stands_at_a_hook_can_be_cancelled_and_deleted(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, environment=hooks(second="pre-create"))
            await stopped(home, made, standing("CREATE", "pre-create"))
            await home.act(made, "cancel_without_rollback")
            cancelled = await home.settled(made)
            with pytest.raises(Refused) as refused:
                await unset(home, made, "second", "pre-create")
            rows, events = await home.rows(made), await home.events(made)
            await home.update(made, STACK)
            updated = await home.settled(made)
            await home.delete(made)
            return cancelled, refused.value, rows, events, updated, await home.settled(made)

    cancelled, refused, rows, events, updated, deleted = run(story())

    assert str(cancelled.state) == "CREATE_FAILED"
    assert cancelled.reason == "Stack CREATE cancelled"
    assert refused.kind == "InvalidBreakPointHook"
    assert str(rows["second"].state) == "INIT_COMPLETE"
    assert [e.reason for e in events if e.resource_name == "second"] == [
        standing("CREATE", "pre-create"),
        "Failure occurred while waiting.",
    ]
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert str(deleted.state) == "DELETE_COMPLETE"


def test_a_newer_update_does_not_wait_for_what_stands_at_a_hook(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            await home.update(made, STACK, environment=hooks(first="pre-update"))
            await stopped(home, made, standing("UPDATE", "pre-update"))
            began = home.clock.now()
            await home.update(made, STACK, parameters={"name": "two"})
            stack = await home.settled(made)
            return stack, home.clock.now() - began, await home.rows(made)

    stack, seconds, rows = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert rows["first"].attributes["name"] == "two"
    assert seconds < 5


def test_a_failure_beside_it_sends_away_what_stands_at_a_hook(tmp_path: Path):
    failing = "  third: {type: OS::Heat::TestResource, properties: {fail: true}, depends_on: slow}"
    slow = "  slow: {type: OS::Heat::TestResource, properties: {wait_secs: 5}}"

    async def story() -> Any:
        async with house(tmp_path) as home:
            template = f"{STACK}{slow}\n{failing}\n"
            made = await home.create("tale", template, environment=hooks(second="pre-create"))
            began = home.clock.now()
            stack = await home.settled(made)
            return stack, home.clock.now() - began, await home.rows(made)

    stack, seconds, rows = run(story())

    assert stack.reason.endswith("ValueError: resources.third: Test Resource failed third")
    assert str(rows["second"].state) == "INIT_COMPLETE"
    assert seconds < 30


def test_time_runs_out_for_what_stands_at_a_hook(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            environment = hooks(first="post-create")
            given = {"environment": environment, "timeout_mins": 1}
            made = await home.create("tale", STACK, **given, disable_rollback=False)
            return await home.settled(made), await home.told(made)

    stack, told = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE"
    assert "tale CREATE_FAILED" in told


def test_hooks_reach_into_nested_stacks_by_patterns(tmp_path: Path):
    environment = {"resource_registry": {"resources": {"in*": {"f*": {"hooks": "pre-create"}}}}}

    async def story() -> Any:
        async with house(tmp_path) as home:
            files = {"inner.yaml": STACK}
            made = await home.create("tale", NESTING, files=files, environment=environment)
            while not (rows := await home.rows(made)) or rows["inside"].nested_id is None:
                await home.clock.sleep(0.1)
            nested_id = rows["inside"].nested_id
            inside = Accepted(nested_id, (await home.stack(Accepted(nested_id, ""))).name)
            await stopped(home, inside, standing("CREATE", "pre-create"))
            await unset(home, inside, "first", "pre-create")
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
