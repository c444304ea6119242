"""What waits for its credentials goes on when the action is asked for again, and is told of."""

from pathlib import Path
from typing import Any

import pytest

from hearth.bus import (
    Accepted,
    DeleteSnapshot,
    RestoreSnapshot,
    SignalResource,
    SnapshotStack,
    StackRef,
)
from hearth.stack import SnapshotRecord
from hearth.store import parking, resources, runs, snapshots, stacks
from tests.support.house import House, house
from tests.support.trusting import paused, take_trust_away, trusts
from tests.support.virtual import run

SERVER = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  volume: {type: OS::Cinder::Volume, properties: {size: 1}}
"""

SCALING = """
heat_template_version: 2018-08-31
resources:
  group:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 1
      max_size: 9
      resource: {type: OS::Nova::Server, properties: {flavor: m1.small, image: cirros}}
  more:
    type: OS::Heat::ScalingPolicy
    properties:
      adjustment_type: change_in_capacity
      scaling_adjustment: 1
      auto_scaling_group_id: {get_resource: group}
outputs:
  size: {value: {get_attr: [group, current_size]}}
"""


async def signal(home: House, made: Accepted, **given: Any) -> None:
    ref = StackRef(made.name, made.stack_id)
    command = SignalResource(**{**home.command(), **given}, stack=ref, resource="more")
    await home.bus.call(command)


async def snapshot(home: House, made: Accepted) -> str:
    ref = StackRef(made.name, made.stack_id)
    told = await home.bus.call(SnapshotStack(**home.command(), stack=ref, name="one"))
    return str(told.body["id"])


async def forget(home: House, made: Accepted, ident: str) -> None:
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(DeleteSnapshot(**home.command(), stack=ref, snapshot_id=ident))


async def known(home: House, ident: str) -> SnapshotRecord | None:
    return await home.store.read(snapshots.find, ident)


async def whole(home: House, **given: Any) -> Accepted:
    made = await home.create("demo", SERVER, **given)
    assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
    return made


@pytest.mark.parametrize("crashed", [False, True], ids=["alive", "crashed"])
@pytest.mark.parametrize("action", ["suspend", "resume", "check"])
def test_an_action_that_waits_goes_on_when_it_is_repeated(
    action: str, tmp_path: Path, *, crashed: bool
):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home)
            if action == "resume":
                await home.act(made, "suspend")
                await home.settled(made)
            await home.act(made, action)
            await take_trust_away(home)
            reason = await paused(home, made)
            if crashed:
                await home.crash()
                await home.start()
            await home.act(made, action)
            stack = await home.settled(made, 30.0)
            begun = f"Stack {action.upper()} started"
            told = [one.reason for one in await home.events(made)].count(begun)
            left = await home.store.read(parking.of_tree, made.stack_id)
            return reason, str(stack.state), told, left, len(await trusts(home))

    reason, state, told, left, given = run(life())

    assert "repeats the action" in reason
    assert state == f"{action.upper()}_COMPLETE"
    assert (told, left, given) == (1, [], 1)


def test_an_action_that_does_not_wait_is_not_begun_twice(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home)
            await home.act(made, "suspend")
            with pytest.raises(Exception, match=r"already has an action \(SUSPEND\) in progress"):
                await home.act(made, "suspend")
            return str((await home.settled(made)).state)

    assert run(life()) == "SUSPEND_COMPLETE"


def test_a_snapshot_that_waits_goes_on_when_it_is_asked_for_again(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home)
            first = await snapshot(home, made)
            await take_trust_away(home)
            await paused(home, made)
            again = await snapshot(home, made)
            stack = await home.settled(made, 30.0)
            kept = await home.store.read(snapshots.of, made.stack_id)
            return first, again, str(stack.state), [one.status.value for one in kept]

    first, again, state, kept = run(life())

    assert first == again
    assert (state, kept) == ("SNAPSHOT_COMPLETE", ["COMPLETE"])


@pytest.mark.parametrize("what", ["suspend", "check", "snapshot", "restore", "forget", "update"])
def test_whoever_begins_something_gives_a_stack_another_trust_first(what: str, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home)
            kept = await snapshot(home, made)
            await home.settled(made)
            await take_trust_away(home)
            if what == "snapshot":
                await snapshot(home, made)
            elif what == "forget":
                await forget(home, made, kept)
            elif what == "restore":
                ref = StackRef(made.name, made.stack_id)
                command = RestoreSnapshot(**home.command(), stack=ref, snapshot_id=kept)
                await home.bus.call(command)
            elif what == "update":
                await home.update(made, SERVER.replace("size: 1", "size: 2"))
            else:
                await home.act(made, what)
            await home.clock.sleep(20.0)
            stack = await home.settled(made, 600.0)
            reasons = [one.reason for one in await home.events(made)]
            return stack, reasons, await known(home, kept)

    stack, reasons, left = run(life())

    assert str(stack.state).endswith("_COMPLETE"), stack.reason
    assert not any("is paused" in reason for reason in reasons)
    assert (left is None) == (what == "forget")


def test_a_user_whose_signal_scales_gives_a_stack_another_trust_first(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", SCALING)
            await home.settled(made)
            await take_trust_away(home)
            await signal(home, made)
            await home.clock.sleep(60.0)
            nested = (await home.rows(made))["group"].nested_id or ""
            row = await home.store.read(stacks.find, nested)
            return row, len(await trusts(home)), len(await home.store.read(resources.of, nested))

    row, given, members = run(life())

    assert str(row.state) == "UPDATE_COMPLETE", row.reason
    assert (given, members) == (1, 2)


@pytest.mark.parametrize("crashed", ["never", "before", "while it waits"])
@pytest.mark.parametrize("action", ["suspend", "check", "snapshot", "delete"])
def test_what_waits_has_failed_when_its_time_is_up(action: str, crashed: str, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home, timeout_mins=2)
            begin = {"snapshot": snapshot, "delete": House.delete}
            if action in begin:
                await begin[action](home, made)
            else:
                await home.act(made, action)
            if crashed == "before":
                await home.crash()
                await take_trust_away(home)
                await home.start()
            await take_trust_away(home)
            await paused(home, made)
            if crashed == "while it waits":
                await home.crash()
                await home.start()
            began = home.clock.now()
            stack = await home.settled(made, 130.0)
            lasted = home.clock.now() - began
            left = await home.store.read(parking.of_tree, made.stack_id)
            await home.delete(made)
            return stack, lasted, left, str((await home.settled(made)).state)

    stack, lasted, left, gone = run(life())

    assert str(stack.state) == f"{action.upper()}_FAILED"
    assert stack.reason.startswith("Timed out: it was paused to the end")
    assert lasted > 60.0
    assert (left, gone) == ([], "DELETE_COMPLETE")


def test_what_goes_on_has_the_time_back_that_it_waited(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home, timeout_mins=2)
            await home.act(made, "suspend")
            before = await home.store.read(runs.of_stack, made.stack_id)
            await take_trust_away(home)
            await paused(home, made)
            await home.clock.sleep(60.0)
            await home.act(made, "suspend")
            await home.settled(made)
            after = await home.store.read(runs.of_stack, made.stack_id)
            return after[0].deadline_at - before[0].deadline_at

    assert run(life()) > 59.0


def test_a_snapshot_whose_deletion_waits_says_who_must_act(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await whole(home)
            kept = await snapshot(home, made)
            await home.settled(made)
            await forget(home, made, kept)
            await take_trust_away(home)
            await home.clock.sleep(20.0)
            waits = await known(home, kept)
            told = [one.reason for one in await home.events(made)]
            state = str((await home.stack(made)).state)
            await forget(home, made, kept)
            await home.clock.sleep(60.0)
            return kept, waits, told, state, await known(home, kept)

    kept, waits, told, state, left = run(life())

    assert waits is not None
    assert waits.reason.startswith(f"Deletion of snapshot {kept} is paused: the trust of user demo")
    assert "repeats the action" in waits.reason
    assert waits.reason in told
    assert (state, left) == ("SNAPSHOT_COMPLETE", None)


def test_the_root_tells_of_what_waits_deep_below(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", SCALING)
            await home.settled(made)
            await signal(home, made)
            await take_trust_away(home)
            await home.clock.sleep(40.0)
            waiting = [one.reason for one in await home.events(made)]
            states = [str((await home.stack(made)).state)]
            await home.update(made, SCALING)
            states.append(str((await home.settled(made)).state))
            return waiting, states, await home.events(made)

    waiting, states, told = run(life())

    assert sum(one.startswith("Stack UPDATE is paused: the trust") for one in waiting) == 1
    assert states == ["CREATE_COMPLETE", "UPDATE_COMPLETE"]
    assert {one.resource_name for one in told if "is paused" in one.reason} == {"group"}


def test_a_root_under_way_says_that_something_below_waits(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", SCALING)
            await home.clock.sleep(0.5)
            await take_trust_away(home)
            reason = await paused(home, made)
            await home.update(made, SCALING)
            return reason, await home.settled(made)

    reason, stack = run(life())

    assert reason.startswith("Stack CREATE is paused: the trust of user demo is gone")
    assert str(stack.state) == "UPDATE_COMPLETE"
    assert stack.reason == "Stack UPDATE completed successfully"
