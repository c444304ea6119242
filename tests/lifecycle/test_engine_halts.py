"""Something newer comes, somebody cancels, or time runs out, while work is under way."""

from pathlib import Path

import pytest

from hearth.base.errors import Clash, Refused
from hearth.engine.halting import STOP
from hearth.engine.handlers.runs import begin_run, run_of
from hearth.sandbox import Times
from hearth.stack import Action
from hearth.store import Batch, SetRun
from tests.support.house import house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
parameters:
  length: {type: number, default: 6}
  more: {type: boolean, default: false}
conditions:
  more: {get_param: more}
resources:
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  after:
    type: OS::Heat::RandomString
    depends_on: server
    properties: {length: {get_param: length}}
  second:
    type: OS::Nova::Server
    condition: more
    depends_on: after
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
"""

NET = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
"""


VOLUME = """
heat_template_version: 2018-08-31
resources:
  disk: {type: OS::Cinder::Volume, properties: {size: 1}}
"""


def test_what_is_still_being_made_goes_once_it_is_made(tmp_path: Path):
    """Seed 8474 of the simulation: Cinder deletes no volume that it is creating."""

    async def story():
        times = Times(volume_create=90.0)
        async with house(tmp_path, times=times) as home:
            before = home.objects()
            made = await home.create("tale", VOLUME)
            await home.clock.sleep(1.0)
            await home.delete(made)
            return before, await home.settled(made), home.objects()

    before, stack, after = run(story())

    assert str(stack.state) == "DELETE_COMPLETE", stack.reason
    assert after == before


def test_a_delete_overtakes_a_creation(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK)
            await home.clock.sleep(0.5)
            await home.delete(made)
            return before, await home.settled(made), home.objects(), await home.told(made)

    before, stack, after, told = run(story())

    assert str(stack.state) == "DELETE_COMPLETE", stack.reason
    assert after == before
    assert "after CREATE_IN_PROGRESS" not in told


def test_what_is_stopped_before_it_has_begun_has_done_nothing(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", NET)
            stack = await home.settled(made)
            held = home.objects()
            going = run_of(home.engine.desk, stack, Action.DELETE, "req-1", None)
            stop = SetRun(going.id, {"superseded_by": STOP})
            await home.store.write(Batch((*begin_run(stack, going, {}), stop)))
            await home.crash()
            await home.start()
            ended = await home.settled(made)
            return ended, held, home.objects(), await home.rows(made)

    ended, held, objects, rows = run(story())

    assert str(ended.state) == "DELETE_FAILED"
    assert objects == held
    assert set(rows) == {"net"}


def test_a_newer_update_overtakes_a_creation(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.clock.sleep(0.5)
            await home.update(made, STACK, parameters={"length": 9})
            return await home.settled(made), await home.rows(made), await home.told(made)

    stack, rows, told = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert rows["after"].properties["length"] == 9
    assert told.count("server CREATE_COMPLETE") == 1


def test_updates_that_overtake_one_another_end_in_the_last(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            for length in (7, 8, 9, 10):
                await home.clock.sleep(0.3)
                await home.update(made, STACK, parameters={"length": length})
            return await home.settled(made), await home.rows(made)

    stack, rows = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert rows["after"].properties["length"] == 10


def test_an_update_that_is_cancelled_goes_back(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            first = await home.rows(made)
            await home.update(made, STACK, parameters={"more": True})
            await home.clock.sleep(0.5)
            await home.act(made, "cancel_update")
            await home.clock.sleep(3.0)
            stack = await home.settled(made)
            return first, stack, await home.rows(made), await home.told(made)

    first, stack, last, told = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert last.keys() == first.keys()
    assert last["server"].physical_id == first["server"].physical_id
    assert "tale UPDATE_FAILED" not in told


def test_a_creation_that_is_stopped_stays_as_it_is(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, disable_rollback=False)
            await home.clock.sleep(0.5)
            await home.act(made, "cancel_without_rollback")
            stack = await home.settled(made)
            with pytest.raises(Refused) as refused:
                await home.act(made, "cancel_update")
            return stack, refused.value

    stack, refused = run(story())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason == "Stack CREATE cancelled"
    assert refused.kind == "NotSupported"


def test_time_runs_out_even_across_a_restart(tmp_path: Path):
    async def story():
        async with house(tmp_path, times=Times(server_build=500.0)) as home:
            made = await home.create("tale", STACK, timeout_mins=1)
            await home.clock.sleep(30)
            await home.crash()
            await home.clock.sleep(20)
            await home.start()
            stack = await home.settled(made)
            return stack, home.clock.now() - stack.created_at

    stack, seconds = run(story())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason == "Timed out"
    assert 60 <= seconds < 63


def test_two_stacks_of_one_name_cannot_be(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            await home.create("tale", STACK)
            with pytest.raises(Clash) as clash:
                await home.create("tale", STACK)
            return clash.value

    assert run(story()).kind == "StackExists"


@pytest.mark.parametrize("nested", [True, False])
def test_a_check_says_when_not_all_could_be_looked_at(tmp_path: Path, *, nested: bool):
    inner = "heat_template_version: 2018-08-31\nresources: {r: {type: OS::Heat::RandomString}}"
    outer = "heat_template_version: 2018-08-31\nresources: {n: {type: i.yaml}}"

    async def story():
        async with house(tmp_path) as home:
            template, files = (outer, {"i.yaml": inner}) if nested else (inner, {})
            made = await home.create("tale", template, files=files)
            await home.settled(made)
            await home.act(made, "check")
            return await home.settled(made), await home.rows(made)

    stack, rows = run(story())

    suffix = "'CHECK' not fully supported (see resources)"
    assert stack.reason == f"Stack CHECK completed successfully. {suffix}"
    reason = "state changed" if nested else "CHECK not supported for OS::Heat::RandomString"
    assert [row.reason for row in rows.values()] == [reason]


def test_only_what_is_suspended_can_be_resumed(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            await home.act(made, "resume")
            failed = await home.settled(made)
            rows = await home.rows(made)
            await home.update(made, STACK)
            return failed, rows, await home.settled(made), await home.told(made)

    failed, rows, updated, told = run(story())

    assert str(failed.state) == "RESUME_FAILED"
    words = "State ('CREATE', 'COMPLETE') invalid for resume"
    assert failed.reason == f"Resource RESUME failed: Error: resources.server: {words}"
    assert {str(row.state) for row in rows.values()} == {"CREATE_COMPLETE"}
    assert not [line for line in told if line.startswith("server RESUME")]
    assert str(updated.state) == "UPDATE_COMPLETE"


def test_suspend_check_and_resume(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            seen = []
            for action in ("suspend", "resume", "check"):
                await home.act(made, action)
                stack = await home.settled(made)
                seen.append((str(stack.state), stack.reason))
            return seen, await home.told(made)

    seen, told = run(story())

    assert [state for state, _ in seen] == [
        "SUSPEND_COMPLETE",
        "RESUME_COMPLETE",
        "CHECK_COMPLETE",
    ], seen
    assert told.index("after SUSPEND_COMPLETE") < told.index("server SUSPEND_IN_PROGRESS")
    assert told.index("server RESUME_COMPLETE") < told.index("after RESUME_IN_PROGRESS")
