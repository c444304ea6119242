"""One project's thousands of resources do not delay another's single stack."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearth.base import Secret
from hearth.engine.aside import LARGE, Beside, Here
from hearth.identity import Caller
from hearth.sandbox.faults import Fault, Rule
from hearth.stack import Action, State, Status
from tests.support.hand import URL, login
from tests.support.house import House, house
from tests.support.virtual import run

CREATED = State(Action.CREATE, Status.COMPLETE)


def many(count: int, kind: str) -> dict[str, Any]:
    """Resources that have nothing to do with one another."""
    resources = {f"r{at}": {"type": kind} for at in range(count)}
    return {"heat_template_version": "2018-08-31", "resources": resources}


async def somebody_else(home: House) -> Caller:
    """A user of another project."""
    token, project = await login(home.transport, "alt_demo", "alt_demo")
    shown = await home.transport.request(
        "GET", f"{URL}/identity/v3/auth/tokens",
        {"X-Auth-Token": token.value, "X-Subject-Token": token.value}, None, 10.0,
    )  # fmt: skip
    roles = frozenset(role["name"] for role in shown.json["token"]["roles"])
    user = shown.json["token"]["user"]["id"]
    return Caller(user, project, roles, user_name="alt_demo", token=Secret(token.value))


async def done(home: House, made: Any) -> int:
    """How many resources of a stack are there."""
    return sum(row.state == CREATED for row in (await home.rows(made)).values())


def test_what_costs_only_computing_gives_way_after_a_few_steps(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            other = await somebody_else(home)
            large = await home.create("large", many(900, "OS::Heat::RandomString"))
            home.caller = other
            small = await home.create("small", many(1, "OS::Heat::RandomString"))
            await until(lambda: finished(home, small))
            return await done(home, large), str((await home.stack(small)).state)

    of_large, small = run(story())

    assert small == "CREATE_COMPLETE"
    assert of_large <= 400


async def finished(home: House, made: Any) -> bool:
    return (await home.stack(made)).state.status is not Status.IN_PROGRESS


async def until(holds: Callable[[], Any]) -> None:
    """Look as often as the loop goes round: no time passes."""
    while not await holds():
        await asyncio.sleep(0)


def test_requests_of_another_project_do_not_stand_behind_thousands(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            slow = Rule(Fault(delay=1.0), "network", "POST", "/networks", times=-1)
            home.sandbox.script.rules = [slow]
            other = await somebody_else(home)
            large = await home.create("large", many(400, "OS::Neutron::Net"))
            await home.clock.sleep(3.0)
            home.caller = other
            begun = home.clock.now()
            small = await home.create("small", many(1, "OS::Neutron::Net"))
            stack = await home.settled(small)
            took = home.clock.now() - begun
            before = await done(home, large)
            rest = await home.settled(large)
            return str(stack.state), took, before, str(rest.state), home.clock.now() - begun

    small, took, before, large, whole = run(story())

    assert (small, large) == ("CREATE_COMPLETE", "CREATE_COMPLETE")
    assert took < 3.0
    assert whole > 8.0
    assert before < 250


def test_long_thoughts_leave_the_loop_its_turns():
    async def story(aside: Here | Beside) -> bool:
        ticks: list[None] = []

        def long() -> bool:
            return any(len(ticks) >= 5 for _ in range(20_000_000 if beside else 1000))

        async def tick() -> None:
            while True:
                ticks.append(None)
                await asyncio.sleep(0)

        beside = isinstance(aside, Beside)
        ticking = asyncio.create_task(tick())
        try:
            return await aside.think(LARGE, long)
        finally:
            ticking.cancel()
            aside.close()

    assert asyncio.run(story(Beside()))
    assert not asyncio.run(story(Here()))


def test_short_thoughts_stay_on_the_loop():
    async def story() -> str:
        aside = Beside()
        try:
            return await aside.think(LARGE - 1, lambda: threading.current_thread().name)
        finally:
            aside.close()

    assert asyncio.run(story()) == "MainThread"
