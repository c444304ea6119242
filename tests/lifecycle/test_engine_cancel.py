"""Who cancels an update is taken back at once, and what is under way comes to its own end."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth.store import EventQuery, causes, events, runs
from tests.support.house import House, house
from tests.support.virtual import run

SLOW = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: a}
  more: {type: boolean, default: false}
  fail: {type: boolean, default: false}
conditions:
  more: {get_param: more}
resources:
  slow:
    type: OS::Heat::TestResource
    properties: {value: {get_param: word}, action_wait_secs: {update: 30}}
  after:
    type: OS::Heat::TestResource
    depends_on: slow
    properties: {value: {get_param: word}}
  fresh:
    type: OS::Heat::TestResource
    condition: more
    properties: {action_wait_secs: {create: 40, delete: 1}}
  later:
    type: OS::Heat::TestResource
    condition: more
    depends_on: slow
"""
GROUP = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: a}
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 1
      resource_def:
        type: inner.yaml
        properties: {word: {get_param: word}}
"""
FILES = {"inner.yaml": SLOW}
CHANGED = {"word": "b", "more": True}


async def cancelled(home: House, how: str, template: str = SLOW, **given: Any) -> Any:
    """A stack whose update was cancelled ten seconds after it began, and its rows before."""
    made = await home.create("tale", template, **given)
    await home.settled(made)
    before = await home.rows(made)
    home.caller = replace(home.caller, request_id="req-update")
    changed = {"word": "b"} if given else CHANGED
    await home.update(made, template, parameters=changed, **given)
    await home.clock.sleep(10)
    home.caller = replace(home.caller, request_id="req-cancel")
    await home.act(made, how)
    return made, before


async def whole_story(home: House, made: Any) -> list[str]:
    """All that was told of the stack since it was made."""
    told = await home.told(made)
    return told[told.index("tale CREATE_COMPLETE") + 1 :]


def test_a_cancelled_update_goes_back_without_having_failed(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made, before = await cancelled(home, "cancel_update")
            at_once = await home.stack(made)
            stack = await home.settled(made)
            return at_once, stack, before, await home.rows(made), await whole_story(home, made)

    at_once, stack, before, after, told = run(story())

    assert (str(at_once.state), at_once.reason) == (
        "ROLLBACK_IN_PROGRESS",
        "Stack ROLLBACK started",
    )
    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert told == [
        "tale UPDATE_IN_PROGRESS",
        "slow UPDATE_IN_PROGRESS",
        "fresh CREATE_IN_PROGRESS",
        "tale ROLLBACK_IN_PROGRESS",
        "slow UPDATE_COMPLETE",
        "fresh CREATE_COMPLETE",
        "slow UPDATE_IN_PROGRESS",
        "slow UPDATE_COMPLETE",
        "fresh DELETE_IN_PROGRESS",
        "fresh DELETE_COMPLETE",
        "tale ROLLBACK_COMPLETE",
    ]
    assert {name: row.physical_id for name, row in after.items()} == {
        name: row.physical_id for name, row in before.items()
    }
    assert {str(row.state) for row in after.values()} == {"UPDATE_COMPLETE", "CREATE_COMPLETE"}
    assert {row.properties["value"] for row in after.values()} == {"a"}


def test_why_it_went_back_is_known(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made, _before = await cancelled(home, "cancel_update")
            await home.settled(made)
            operation = await home.store.read(runs.last_operation, made.stack_id)
            return await home.store.read(causes.of_operation, made.stack_id, operation or "")

    (cause,) = run(story())

    assert (cause.error, cause.message) == ("Cancelled", "UPDATE was cancelled")


@pytest.mark.parametrize("after_s", [0.0, 5.0])
def test_a_cancel_is_remembered_through_a_crash(tmp_path: Path, after_s: float):
    async def story():
        async with house(tmp_path) as home:
            made, before = await cancelled(home, "cancel_update")
            await home.clock.sleep(after_s)
            await home.crash()
            await home.start()
            stack = await home.settled(made)
            return stack, before, await home.rows(made), await whole_story(home, made)

    stack, before, after, told = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert "tale UPDATE_FAILED" not in told
    assert {row.physical_id for row in after.values()} == {
        row.physical_id for row in before.values()
    }


def test_nothing_new_begins_in_nested_stacks_either(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made, _before = await cancelled(home, "cancel_update", GROUP, files=FILES)
            stack = await home.settled(made)
            query = EventQuery(made.stack_id, nested_depth=5)
            told = await home.store.read(events.listed, query)
            return stack, [f"{one.resource_name} {one.state}" for one in told]

    stack, told = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert "after UPDATE_IN_PROGRESS" not in told
    assert [line for line in told if line.startswith("slow UPDATE")] == [
        "slow UPDATE_IN_PROGRESS",
        "slow UPDATE_COMPLETE",
        "slow UPDATE_IN_PROGRESS",
        "slow UPDATE_COMPLETE",
    ]


def test_a_deletion_does_not_wait_for_what_a_cancelled_update_had_begun(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made, _before = await cancelled(home, "cancel_update")
            began = home.clock.now()
            await home.delete(made)
            stack = await home.settled(made)
            return stack, home.clock.now() - began

    stack, seconds = run(story())

    assert str(stack.state) == "DELETE_COMPLETE", stack.reason
    assert seconds < 10
