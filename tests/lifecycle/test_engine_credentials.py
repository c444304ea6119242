"""Trusts that are gone, users that are disabled: nothing fails, and all goes on by itself."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearth.bus import Accepted
from hearth.cloud import Lost
from hearth.config import Settings
from hearth.engine.housekeeping import Chore, purge, turn
from hearth.engine.strays import tell_of_strays
from hearth.engine.sweeping import SPARE_S, sweep
from hearth.store import commands, credentials, parking, runs
from tests.support.hand import URL
from tests.support.house import House, house
from tests.support.trusting import enable, paused, take_trust_away, trusts
from tests.support.virtual import run

NETS = """
heat_template_version: 2018-08-31
resources:
  first:
    type: OS::Neutron::Net
  waits:
    type: OS::Heat::TestResource
    depends_on: first
    properties:
      wait_secs: 60
  second:
    type: OS::Neutron::Net
    depends_on: waits
"""


async def waiting(home: House, **given: Any) -> Accepted:
    """A stack in the midst of its creation."""
    made = await home.create("demo", NETS, **given)
    await home.clock.sleep(20.0)
    assert "waits CREATE_IN_PROGRESS" in await home.told(made)
    return made


def test_a_run_whose_trust_is_gone_waits_and_an_update_gives_it_another(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home)
            await take_trust_away(home)
            reason = await paused(home, made)
            told = [e.reason for e in await home.events(made)]
            await home.update(made, NETS)
            stack = await home.settled(made)
            rows = {name: str(row.state) for name, row in (await home.rows(made)).items()}
            await home.delete(made)
            await home.settled(made)
            await home.clock.sleep(SPARE_S + 1.0)
            await sweep(home.engine.desk)
            return reason, told, str(stack.state), rows, before, home.objects()

    reason, told, state, rows, before, after = run(life())

    assert "the trust of user demo is gone" in reason
    assert reason in told
    assert state == "UPDATE_COMPLETE"
    assert set(rows) == {"first", "second", "waits"}
    assert after == before


def test_a_disabled_user_comes_back_and_the_run_goes_on_by_itself(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await enable(home, enabled=False)
            await paused(home, made)
            await home.clock.sleep(3500.0)  # nearly all of the stack's own time
            still = str((await home.stack(made)).state)
            held = await home.store.read(runs.owners)
            await enable(home, enabled=True)
            stack = await home.settled(made)
            told = [e.reason for e in await home.events(made)]
            return still, held, stack, told

    still, held, stack, told = run(life())

    assert still == "CREATE_IN_PROGRESS"
    assert held == {}
    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert told.count("Stack CREATE goes on") == 1
    assert sum("is paused" in reason for reason in told) == 1


def test_what_waits_for_its_credentials_asks_seldom(monkeypatch, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, timeout_mins=120)
            await enable(home, enabled=False)
            await paused(home, made)
            counted: list[str] = []
            inner = home.transport.request

            async def request(method: str, *rest: Any) -> Any:
                counted.append(method)
                return await inner(method, *rest)

            monkeypatch.setattr(home.transport, "request", request)
            await home.clock.sleep(3600.0)
            return len(counted)

    assert run(life()) < 40


def test_a_stack_whose_trust_is_gone_is_deleted_all_the_same(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home)
            await take_trust_away(home)
            await paused(home, made)
            await home.delete(made)
            stack = await home.settled(made)
            await home.clock.sleep(SPARE_S + 1.0)
            await sweep(home.engine.desk)
            return str(stack.state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


def test_a_parked_run_is_found_by_the_next_engine(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await enable(home, enabled=False)
            await paused(home, made)
            await home.crash()
            await home.start()
            await home.clock.sleep(120.0)
            looks = (await home.store.read(parking.of_tree, made.stack_id))[0].looks
            await enable(home, enabled=True)
            stack = await home.settled(made)
            return looks, str(stack.state), await home.store.read(parking.of_tree, made.stack_id)

    looks, state, left = run(life())

    assert looks >= 1
    assert (state, left) == ("CREATE_COMPLETE", [])


def test_an_action_can_be_cancelled_while_it_waits(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await take_trust_away(home)
            await paused(home, made)
            await home.act(made, "cancel_without_rollback")
            return str((await home.settled(made)).state)

    assert run(life()) == "CREATE_FAILED"


SLOW = """
heat_template_version: 2018-08-31
resources:
  slow: {type: OS::Heat::TestResource, properties: {action_wait_secs: {delete: 30}}}
"""


def test_a_trust_that_is_given_while_a_stack_goes_goes_with_it(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", SLOW)
            await home.settled(made)
            await home.delete(made)
            await home.clock.sleep(5.0)
            await take_trust_away(home)
            await home.crash()  # and with it go the tokens that it had
            await home.start()
            await home.clock.sleep(1.0)  # the run is taken up, and has read which trust it has
            await home.delete(made)
            again = len(await trusts(home))
            stack = await home.settled(made)
            await home.clock.sleep(SPARE_S + 1.0)
            await sweep(home.engine.desk)
            return again, str(stack.state), await trusts(home)

    assert run(life()) == (1, "DELETE_COMPLETE", [])


def test_an_engine_lives_on_where_a_pause_cannot_be_recorded(monkeypatch, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await take_trust_away(home)
            inner, refused = home.fuse.request, asyncio.Event()

            async def noting(method: str, *rest: Any) -> Any:
                reply = await inner(method, *rest)
                if reply.status == 401 and not refused.is_set():
                    refused.set()
                    home.away = True
                return reply

            monkeypatch.setattr(home.fuse, "request", noting)
            await refused.wait()
            await home.clock.sleep(20.0)
            home.away = False
            return await paused(home, made)

    assert "the trust of user demo is gone" in run(life())


def test_a_trust_whose_making_was_not_answered_is_taken_for_what_it_is(monkeypatch, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            inner = home.fuse.request

            async def losing(method: str, *rest: Any) -> Any:
                reply = await inner(method, *rest)
                if method == "POST" and rest[0].endswith("/OS-TRUST/trusts"):
                    raise Lost("no answer, as asked for")
                return reply

            monkeypatch.setattr(home.fuse, "request", losing)
            made = await home.create("demo", NETS)
            stack = await home.settled(made)
            return str(stack.state), len(await trusts(home))

    assert run(life()) == ("CREATE_COMPLETE", 1)


def test_the_trust_of_a_creation_that_nobody_finished_is_swept_away(monkeypatch, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            inner, asked = home.fuse.request, asyncio.Event()

            async def dying(method: str, *rest: Any) -> Any:
                reply = await inner(method, *rest)
                if method == "POST" and rest[0].endswith("/OS-TRUST/trusts"):
                    asked.set()
                    await asyncio.get_running_loop().create_future()
                return reply

            monkeypatch.setattr(home.fuse, "request", dying)
            lost = asyncio.ensure_future(home.create("demo", NETS))
            await asked.wait()
            await home.crash()
            lost.cancel()
            monkeypatch.undo()
            await home.start()
            there = len(await trusts(home))
            await sweep(home.engine.desk)
            too_early = len(await trusts(home))
            await home.clock.sleep(SPARE_S + 1.0)
            await sweep(home.engine.desk)
            now = home.clock.now()
            return (
                there,
                too_early,
                before,
                home.objects(),
                await home.store.read(credentials.spare, now),
            )

    there, too_early, before, after, spare = run(life())

    assert (there, too_early) == (1, 1)
    assert after == before
    assert spare == []


def test_an_object_of_ours_without_a_row_is_told_of_and_left_alone(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", NETS)
            await home.settled(made)
            token = home.caller.token
            assert token is not None
            mark = "hearth:" + "0" * 12 + "4000" + "8" + "0" * 15
            body = {"network": {"name": "stray", "description": mark}}
            headers = {"X-Auth-Token": token.value, "Content-Type": "application/json"}
            await home.transport.request(
                "POST", f"{URL}/network/v2.0/networks", headers, msgspec.json.encode(body), 10.0
            )
            before = home.objects()
            found = await tell_of_strays(home.engine.desk)
            return [(one.name, one.rest.wraps) for one in found], before == home.objects()

    assert run(life()) == ([("stray", "network")], True)


def test_old_answers_and_old_runs_are_forgotten(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", NETS)
            await home.settled(made)
            for _ in range(3):
                await home.update(made, NETS)
                await home.settled(made)
            many = len(await home.store.read(runs.of_stack, made.stack_id))
            await home.clock.sleep(400.0)
            await purge(
                replace(home.engine.desk, settings=Settings(runs_kept=300, answers_kept=300))
            )
            few = len(await home.store.read(runs.of_stack, made.stack_id))
            return many, few, await home.store.transact(commands.purge, home.clock.now())

    many, few, answers = run(life())

    assert many == 4
    assert few <= 1
    assert answers == 0


def test_a_chore_is_done_by_one_engine_at_a_time_and_not_too_often(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            done = []

            async def work(desk: Any) -> None:
                done.append(desk.worker)
                assert not await turn(desk, chore)

            chore = Chore("dusting", 100.0, work)
            desk = home.engine.desk
            first = await turn(desk, chore)
            at_once = await turn(desk, chore)
            await home.clock.sleep(101.0)
            return first, at_once, await turn(desk, chore), len(done)

    assert run(life()) == (True, False, True, 2)


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_dies_at_a_chore_does_not_keep_it(when: str, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:

            async def die(_desk: Any) -> None:
                await asyncio.get_running_loop().create_future()

            dying = asyncio.ensure_future(turn(home.engine.desk, Chore("dusting", 10.0, die)))
            await home.clock.sleep(1.0)
            dying.cancel()
            await home.crash()
            await home.start()
            await home.clock.sleep(30.0 if when == "before" else 700.0)

            async def work(_desk: Any) -> None:
                return

            return await turn(home.engine.desk, Chore("dusting", 10.0, work))

    assert run(life()) is (when == "after")
