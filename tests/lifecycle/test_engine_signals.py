"""Signals: what they change, who may send them, and who is woken."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import Denied, Refused
from hearth.bus import Accepted, SignalResource, StackRef
from hearth.identity import Caller
from hearth.kit import (
    ALARM,
    Context,
    Observation,
    Phase,
    Phases,
    ResourceType,
    Responder,
    Told,
    WrongSignal,
    cfn_url,
    heat_url,
)
from hearth.schema import Record, attr, prop
from hearth.store import hearing
from tests.support.house import TYPES, House, house
from tests.support.virtual import run


class Doorkeeper(Responder):
    """Counts who knocks, and hands out where to."""

    name = "Test::Doorkeeper"

    class Properties(Record):
        pass

    class Attributes(Record):
        url: str = attr("Where to knock.", secret=True)

    async def hand_out(self, ctx: Context, props: Any) -> None:
        ctx.data["url"] = await cfn_url(ctx, ALARM)
        ctx.data["native"] = await heat_url(ctx)

    async def signal(self, ctx: Context, ident: str, details: Any) -> Told:
        if details == "nonsense":
            raise WrongSignal("That is no way to knock")
        knocks = [*ctx.kept.get("knocks", ()), details]
        return Told("" if details is None else f"knock {len(knocks)}", {"knocks": knocks})

    def attributes(self, shown: dict[str, Any], props: Any, record: Any) -> dict[str, Any]:
        return {"url": record.data.get("url")}


class Guest(ResourceType):
    """Waits until somebody has knocked often enough."""

    name = "Test::Guest"
    phases = Phases("status", ready=("IN",))
    hears = True
    fenced = True

    class Properties(Record):
        door: str = prop("Whose knocks count.")
        count: int = prop("How many.", default=1, update=True)

    class Attributes(Record):
        pass

    async def create(self, ctx: Context, props: Any) -> str:
        return ctx.physical_name

    async def find(self, ctx: Context, props: Any) -> str | None:
        return None

    async def observe(self, ctx: Context, ident: str) -> Observation:
        near = await ctx.near(plain(ctx.record.properties["door"]))
        if near is None or len(near.kept.get("knocks", ())) < ctx.record.properties["count"]:
            return Observation(Phase.WORKING)
        return Observation(Phase.READY)

    async def delete(self, ctx: Context, ident: str) -> None:
        pass


MINE = (*TYPES, Doorkeeper, Guest)

DOOR = """
heat_template_version: 2018-08-31
resources:
  door:
    type: Test::Doorkeeper
"""
WAITING = """
heat_template_version: 2018-08-31
resources:
  door:
    type: Test::Doorkeeper
  guest:
    type: Test::Guest
    properties:
      door: { get_resource: door }
      count: 3
"""


async def knock(home: House, made: Accepted, details: Any, **given: Any) -> None:
    ref = StackRef(made.name, made.stack_id)
    asked = {**home.command(), **given}
    await home.bus.call(SignalResource(**asked, stack=ref, resource="door", details=details))


async def knocks(home: House, made: Accepted) -> Any:
    row = (await home.rows(made))["door"]
    return (await home.store.read(hearing.find, row)).kept.get("knocks")


def test_a_signal_is_kept_and_told_of(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", DOOR)
            await home.settled(made)

            await knock(home, made, {"who": "me"})
            await knock(home, made, None)

            told = [e for e in await home.events(made) if e.status_text]
            return await knocks(home, made), [(e.status_text, e.reason) for e in told]

    kept, told = run(life())

    assert kept == [{"who": "me"}, None]
    assert told == [
        ("SIGNAL_COMPLETE", "Signal: knock 1"),
        ("SIGNAL_COMPLETE", "No signal details provided"),
    ]


def test_a_signal_that_comes_twice_under_one_id_is_taken_once(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", DOOR)
            await home.settled(made)
            one = home.command()

            await asyncio.gather(*(knock(home, made, "a", id=one["id"]) for _ in range(4)))

            return await knocks(home, made)

    assert run(life()) == ["a"]


def test_of_many_signals_at_once_none_is_lost(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", DOOR)
            await home.settled(made)

            await asyncio.gather(*(knock(home, made, n) for n in range(40)))

            return await knocks(home, made)

    assert sorted(run(life())) == list(range(40))


def test_what_is_not_understood_is_taken_as_upstream_does_and_told_of(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", DOOR)
            await home.settled(made)

            await knock(home, made, "nonsense")
            with pytest.raises(Refused, match="no way to knock"):
                await knock(home, made, "nonsense", strict=True)

            event = (await home.events(made))[-1]
            return await knocks(home, made), event.status_text, event.reason

    assert run(life()) == (None, "SIGNAL_FAILED", "Signal: That is no way to knock")


def test_a_type_without_ears_refuses(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            template = DOOR.replace("Test::Doorkeeper", "OS::Heat::RandomString")
            made = await home.create("demo", template)
            await home.settled(made)

            with pytest.raises(Refused) as refused:
                await knock(home, made, None)

            return refused.value.kind

    assert run(life()) == "ResourceActionNotSupported"


def test_who_waits_for_signals_goes_on_when_they_have_come(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", WAITING)
            await home.clock.sleep(100.0)
            before = str((await home.stack(made)).state)
            for n in range(3):
                await knock(home, made, n)
            at = home.clock.now()

            after = await home.settled(made)

            return before, str(after.state), home.clock.now() - at

    before, after, seconds = run(life())

    assert before == "CREATE_IN_PROGRESS"
    assert after == "CREATE_COMPLETE"
    assert seconds < 1.0


def test_who_waits_goes_on_after_a_crash_in_which_the_bell_was_lost(monkeypatch, tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", WAITING)
            await home.clock.sleep(10.0)
            for n in range(3):
                monkeypatch.setattr(home.bus, "ring", lambda _topic, _key: None)
                await knock(home, made, n)
            await home.crash()
            await home.start()

            after = await home.settled(made)

            return str(after.state), len(await knocks(home, made))

    assert run(life()) == ("CREATE_COMPLETE", 3)


def test_the_users_of_a_stack_come_and_go_with_it(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            before = home.objects()
            made = await home.create("demo", DOOR)
            stack = await home.settled(made)
            during = home.objects()
            await home.delete(made)
            gone = await home.settled(made)
            return before, str(stack.state), stack, during, str(gone.state), home.objects()

    before, state, stack, during, gone, after = run(life())

    assert state == "CREATE_COMPLETE", stack.reason
    assert stack.stack_user_project_id
    assert during != before
    assert gone == "DELETE_COMPLETE"
    assert after == before


def test_a_user_of_the_stack_may_signal_its_own_resource_and_no_other(tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            made = await home.create("demo", WAITING)
            await home.clock.sleep(10.0)
            stack = await home.stack(made)
            row = (await home.rows(made))["door"]
            role = frozenset({"heat_stack_user"})
            own = Caller(row.data["user_id"], stack.stack_user_project_id or "", role)
            other = Caller("somebody", stack.stack_user_project_id or "", role)

            await knock(home, made, 1, caller=own)
            with pytest.raises(Denied):
                await knock(home, made, 2, caller=other)

            return await knocks(home, made)

    assert run(life()) == [1]


async def cut(home: House, waiting: asyncio.Future[Any]) -> None:
    """Lose the engine when the fuse blows, and start another."""
    blown = asyncio.ensure_future(home.fuse.blown.wait())
    await asyncio.wait((waiting, blown), return_when=asyncio.FIRST_COMPLETED)
    assert home.fuse.blown.is_set()
    waiting.cancel()
    await home.crash()
    await home.start()


@pytest.mark.parametrize("changes", range(2, 7))
def test_an_engine_that_dies_while_it_makes_a_user_leaves_nothing_behind(changes, tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            before = home.objects()
            home.fuse.arm(changes)  # the first is the trust
            made = await home.create("demo", DOOR)
            await cut(home, asyncio.ensure_future(home.settled(made)))
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return str(stack.state), before, home.objects()

    state, before, after = run(life())

    assert state == "CREATE_COMPLETE"
    assert after == before


@pytest.mark.parametrize("changes", range(2, 7))
def test_a_stack_deleted_after_such_a_death_leaves_nothing_behind(changes, tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            before = home.objects()
            home.fuse.arm(changes)
            made = await home.create("demo", DOOR)
            await cut(home, asyncio.ensure_future(home.settled(made)))
            await home.delete(made)
            stack = await home.settled(made)
            return str(stack.state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


@pytest.mark.parametrize("changes", range(1, 4))
def test_an_engine_that_dies_while_it_lets_a_user_go_leaves_nothing_behind(changes, tmp_path: Path):
    async def life():
        async with house(tmp_path, types=MINE) as home:
            before = home.objects()
            made = await home.create("demo", DOOR)
            await home.settled(made)
            home.fuse.arm(changes)
            await home.delete(made)
            await cut(home, asyncio.ensure_future(home.settled(made)))
            stack = await home.settled(made)
            return str(stack.state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before
