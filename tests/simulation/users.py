"""A user: has a stack made, changes it, does to it what can be done, and perhaps deletes it."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulation.client import Client, Refusal
from tests.simulation.deeds import DEEDS
from tests.simulation.designs import SECRET, Design, Draftsman
from tests.simulation.scenario import Scenario

HOOKS = ("pre-create", "post-create", "pre-update", "post-update", "pre-delete", "post-delete")


@dataclass(slots=True)
class User:
    """One stack's owner. whim: what decides on all beyond creating, changing and deleting."""

    client: Client
    plan: Scenario
    number: int
    counts: Counter[str]
    problems: list[str]
    ident: str = ""
    design: Design = field(default_factory=Design)

    def __post_init__(self) -> None:
        self.chance = Random(f"user {self.plan.seed} {self.number}")
        self.whim = Random(f"whim {self.plan.seed} {self.number}")
        self.draftsman = Draftsman(self.chance, self.plan.kinds)

    chance: Random = field(init=False)
    whim: Random = field(init=False)
    draftsman: Draftsman = field(init=False)

    @property
    def name(self) -> str:
        """The stack's name."""
        return f"stack{self.number}"

    @property
    def path(self) -> str:
        """Where the stack is."""
        return f"/stacks/{self.name}/{self.ident}"

    async def live(self) -> None:
        """All that the user does."""
        self.design = self.draftsman.drawn()
        try:
            self.ident = await self.client.create(self.name, self.body())
            await self.pause()
            await self.act()
            for _ in range(self.plan.changes):
                self.design = self.draftsman.changed(self.design)
                await self.cancel()
                await self.change()
                await self.act()
            if self.chance.random() < 0.3:
                await self.client.insist("DELETE", self.path)
        except Refusal as refusal:
            if refusal.status in (401, 403, 404) or refusal.status >= 500:
                self.problems.append(f"{self.name} was refused: {refusal.body}")
            self.counts[f"refused {refusal.status} {refusal.kind}"] += 1

    async def change(self) -> None:
        """Have the stack be as the design is."""
        await self.client.insist("PUT", self.path, self.body())
        await self.pause()

    async def cancel(self) -> None:
        """Stop, perhaps, what is under way."""
        if not self.plan.patient and self.chance.random() < 0.2:
            action = self.chance.choice(("cancel_update", "cancel_without_rollback", "check"))
            await self.tried(self.client.insist("POST", f"{self.path}/actions", {action: None}))

    async def act(self) -> None:
        """Do something else to the stack, perhaps."""
        if self.plan.lively and self.whim.random() < 0.6:
            deed = self.whim.choice(DEEDS)
            await self.tried(deed(self), deed.__name__)

    async def tried(self, deed: Any, what: str = "an action") -> None:
        """Do what may be refused."""
        try:
            await deed
        except Refusal as refusal:
            if refusal.status in (401, 403) or refusal.status >= 500:
                raise
            self.counts[f"refused {what}"] += 1

    async def pause(self) -> None:
        """Wait until it is done, or for a while."""
        if self.plan.patient or self.chance.random() < 0.3:
            self.counts[f"told {await self.client.settled(self.name)}"] += 1
        else:
            await asyncio.sleep(self.chance.random() * 8.0)

    def body(self) -> dict[str, Any]:
        """What is sent to have the stack be as the design is."""
        template = self.design.template()
        if self.plan.hurried:
            wait = {
                "type": "OS::Heat::TestResource",
                "properties": {"action_wait_secs": {"create": 300}},
            }
            template["resources"][f"slow_{self.design.number}"] = wait
        return {
            "template": template,
            "files": self.design.files(),
            "parameters": {"password": SECRET},
            "environment": self._environment(),
            "disable_rollback": not self.plan.rollback,
            "timeout_mins": 1 if self.plan.hurried else 60,
        }

    def _environment(self) -> dict[str, Any]:
        """Hooks at some resources; the same for the same design."""
        chance = Random(f"hooks {self.plan.seed} {self.number} {self.design.number}")
        if not self.plan.lively or chance.random() < 0.7:
            return {}
        found: dict[str, Any] = {}
        for name in chance.sample(sorted(self.design.parts), min(2, len(self.design.parts))):
            hooks = {"hooks": chance.sample(HOOKS, chance.randint(1, 3))}
            inner = self.design.parts[name].kind in ("group", "nets") and chance.random() < 0.5
            found[name] = {"*": hooks} if inner else hooks
        return {"resource_registry": {"resources": found}}
