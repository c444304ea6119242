"""What agents in servers do, done by a test: each config is applied once, and answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from hearth.base.errors import HearthError
from hearth.bus import SignalResource, StackRef
from hearth.stack import DeploymentRecord
from hearth.store import deployments, resources, stacks
from tests.support.house import House

GOOD = {"deploy_stdout": "said", "deploy_stderr": "", "deploy_status_code": 0, "result": "done"}

Answer = Callable[[DeploymentRecord, int], dict[str, Any]]
"""What a server says of a deployment, which is the n-th that any has applied."""


def well(_one: DeploymentRecord, number: int) -> dict[str, Any]:
    """All went well."""
    return GOOD | {"result": f"run {number}"}


@dataclass
class Guests:
    """The agents in all servers of a house.

    applied: what they have applied, by action and config, in order.
    """

    home: House
    answer: Answer = well
    thinking_s: float = 1.3
    applied: list[tuple[str, str]] = field(default_factory=list)
    _answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def work(self) -> None:
        while True:
            with suppress(HearthError):  # the engine is away, and so is its database
                await self._look()
            await self.home.clock.sleep(0.2)

    def forget(self) -> None:
        """What agents do with what they are no longer told of: told again, they do it again."""
        self._answers.clear()

    async def _look(self) -> None:
        for one in await self.home.store.read(deployments.listed, None):
            done = self._answers.get(one.config_id)
            if done is None:
                self.applied.append((one.action or "", one.config_id))
                await self.home.clock.sleep(self.thinking_s)
                done = self._answers[one.config_id] = self.answer(one, len(self.applied))
            if one.status == "IN_PROGRESS":
                await tell(self.home, one, done)


async def tell(home: House, one: DeploymentRecord, details: Any) -> None:
    """Answer a deployment as its server would, by the resource that it is."""
    row = await home.store.read(resources.find, one.id)
    stack = await home.store.read(stacks.find, row.stack_id) if row is not None else None
    if row is None or stack is None:
        return
    command = SignalResource(
        **home.command(), stack=StackRef(stack.name, stack.id), resource=row.name, details=details
    )
    await home.bus.call(command)


@asynccontextmanager
async def guests(home: House, answer: Answer = well) -> AsyncIterator[Guests]:
    """The agents at work."""
    made = Guests(home, answer)
    task = asyncio.create_task(made.work())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait([task])
