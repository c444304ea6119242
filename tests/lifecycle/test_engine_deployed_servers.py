"""Machines that somebody else has set up take deployments, once their agents know where to ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hearth.base import plain
from hearth.sandbox.guests.answering import answered
from hearth.sandbox.guests.collecting import collected
from hearth.sandbox.guests.deploying import applied, inputs_of
from hearth.sandbox.guests.login import Logins
from tests.lifecycle.test_guests import survived
from tests.support.scripts import ECHO, WAYS, deployed_to, outputs
from tests.support.served import Served, served
from tests.support.virtual import run

TEMPLATE = (
    deployed_to(
        "machine",
        """
    type: OS::Heat::DeployedServer
    metadata: {said: {get_param: word}}
    properties:
      software_config_transport: {get_param: transport}
""",
    )
    + """
  name: {value: {get_attr: [machine, name]}}
  told: {value: {get_attr: [machine, os_collect_config]}}
"""
)
CLIENT = str(UUID(int=7))


class Machine:
    """The agent in it, once somebody has told it where its metadata is found."""

    def __init__(self, home: Served) -> None:
        self.home = home
        self.logins = Logins(home)
        self.metadata: dict[str, Any] = {}
        self.applied: dict[str, Any] = {}

    async def work(self, made: Any) -> None:
        """Ask, apply and answer, until cancelled."""
        while not self.metadata:
            row = (await self.home.rows(made)).get("machine")
            if row is not None and row.attributes.get("os_collect_config"):
                told = plain(row.attributes["os_collect_config"])
                self.metadata = {"os-collect-config": told}
            await self.home.clock.sleep(0.5)
        while True:
            told, now = self.metadata["os-collect-config"], self.home.clock.now()
            found = await collected(self.logins, told, now, CLIENT)
            if found is not None:
                self.metadata = found
            for one in self.metadata.get("deployments", ()):
                if one["id"] not in self.applied:
                    outcome = applied(one, {"hostname": "machine", "date": ""})
                    assert outcome is not None
                    self.applied[one["id"]] = False, inputs_of(one), outcome.answer
            for ident, (done, inputs, answer) in self.applied.items():
                if not done and await answered(self.logins, inputs, answer, CLIENT):
                    self.applied[ident] = True, inputs, answer
            await self.home.clock.sleep(1)


@asynccontextmanager
async def machine(home: Served, made: Any) -> AsyncIterator[Machine]:
    agent = Machine(home)
    task = asyncio.create_task(agent.work(made))
    try:
        yield agent
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize(("transport", "signal"), WAYS)
def test_a_machine_applies_what_it_is_told_and_answers(tmp_path: Path, transport: str, signal: str):
    given = {"text": ECHO, "transport": transport, "signal": signal}

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", TEMPLATE, parameters=given)
            async with machine(home, made) as agent:
                stacks = [await home.settled(made)]
                await home.update(made, TEMPLATE, parameters=given | {"word": "two"})
                stacks.append(await home.settled(made))
                await home.clock.sleep(5)
                said = agent.metadata["said"]
                await home.delete(made)
                stacks.append(await home.settled(made))
            await home.clock.sleep(10)
            actions = [inputs["deploy_action"] for _, inputs, _ in agent.applied.values()]
            return stacks, said, actions, before, home.objects()

    stacks, said, actions, before, after = run(life())

    states = [str(one.state) for one in stacks]
    assert states == ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"], stacks
    shown = outputs(stacks[0])
    assert (shown["result"], shown["stdout"]) == ("one", "CREATE one\n")
    assert shown["name"].startswith("demo-machine-")
    assert plain(shown["told"])["collectors"][-1] == "local"
    assert outputs(stacks[1])["result"] == "two"
    assert said == "two"
    assert actions == ["CREATE", "UPDATE", "DELETE"]
    assert after == before


@pytest.mark.parametrize("change", range(1, 14))
@pytest.mark.parametrize(("transport", "signal"), WAYS[1:4])
def test_a_death_at_any_change_leaves_nothing_behind(
    tmp_path: Path, transport: str, signal: str, change: int
):
    """Dead after the n-th request that changed the cloud: in the creation, or in the deletion."""
    given = {"text": ECHO, "transport": transport, "signal": signal}

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", TEMPLATE, parameters=given)
            async with machine(home, made):
                home.fuse.arm(change)
                created = await survived(home, made)
                home.fuse.arm(change)
                await home.delete(made)
                deleted = await survived(home, made)
            await home.clock.sleep(10)
            return created, deleted, before, home.objects()

    created, deleted, before, after = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert outputs(created)["stdout"] == "CREATE one\n"
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before
