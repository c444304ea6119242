"""The guests in servers: they signal every handle that they come to know, until it is taken.

And somebody looks after hooks: each that something stands at is cleared. What is deployed to a
machine is answered as soon as it is seen: by REST, or by what is left in Swift where the machine
was told to leave it.

Two signals have ids: whichever is sent again, or comes twice, counts once. A third has none, so
that each time that it is taken shows.
"""

import asyncio
from collections import Counter
from contextlib import suppress

import msgspec

from hearth.base import plain
from hearth.cloud import Lost, Undelivered
from hearth.store.codec import Codec
from tests.simulation.client import Client, Refusal
from tests.simulation.world import KEY, World

LOOK_S = 1.5
LEFT_S = 30.0
SIGNALS = ("first", "second")
ANSWER = {"deploy_stdout": "said", "deploy_status_code": "0"}
CODEC = Codec(KEY)

HANDLES = (
    "SELECT s.name, s.id, r.name, h.kept FROM resources r JOIN stacks s ON s.id = r.stack_id"
    " LEFT JOIN heard h ON h.resource_id = r.id"
    " WHERE r.type = 'OS::Heat::WaitConditionHandle' AND r.action NOT IN ('DELETE', 'INIT')"
    " AND r.status = 'COMPLETE' AND s.deleted_at IS NULL ORDER BY r.created_at, r.id"
)

DEPLOYED = (
    "SELECT s.name, s.id, r.name, c.inputs, d.id FROM software_deployments d"
    " JOIN resources r ON r.id = d.id JOIN stacks s ON s.id = r.stack_id"
    " JOIN software_configs c ON c.id = d.config_id WHERE d.status = 'IN_PROGRESS'"
    " AND s.deleted_at IS NULL ORDER BY r.created_at, r.id"
)

STANDING = (
    "SELECT s.name, s.id, r.name, h.hook FROM hooks h JOIN resources r ON r.id = h.resource_id"
    " JOIN stacks s ON s.id = r.stack_id WHERE NOT h.cleared ORDER BY h.at, h.hook, r.id"
)


class Guest:
    """Signals as long as it is let. problems: what it saw that must not be."""

    def __init__(self, world: World, client: Client) -> None:
        self.problems: list[str] = []
        self._world = world
        self._client = client
        self._nameless: Counter[str] = Counter()

    async def signals(self) -> None:
        """Look for handles, and signal each."""
        while True:
            for name, ident, handle, kept in self._world.database.execute(HANDLES).fetchall():
                path = f"/stacks/{name}/{ident}/resources/{handle}/signal"
                known = msgspec.json.decode(kept or "{}")
                self._count(path, known)
                await asyncio.gather(
                    *(self._send(path, one) for one in SIGNALS if one not in known),
                    *([self._send(path, "")] if self._nameless[path] < 2 else []),
                )
            for name, ident, resource, hook in self._world.database.execute(STANDING).fetchall():
                path = f"/stacks/{name}/{ident}/resources/{resource}/signal"
                await self._post(path, {"unset_hook": hook})
            await self._answers()
            await asyncio.sleep(LOOK_S)

    async def _answers(self) -> None:
        """Answer what is deployed; of several of one name each answer says which it is for."""
        found = self._world.database.execute(DEPLOYED).fetchall()
        named = Counter((stack, resource) for _name, stack, resource, _inputs, _id in found)
        for name, stack, resource, inputs, ident in found:
            path = f"/stacks/{name}/{stack}/resources/{resource}/signal"
            said = {"id": ident} if named[stack, resource] > 1 else {}
            await self._answer(path, plain(CODEC.value(inputs)), ANSWER | said)

    def _count(self, path: str, known: dict[str, object]) -> None:
        taken = sum(one.isdecimal() for one in known)
        if taken > self._nameless[path]:
            sent = self._nameless[path]
            self.problems.append(f"{path}: {sent} signals without an id count as {taken}")

    async def _send(self, path: str, one: str) -> None:
        """Send a signal; whether it was taken shows at the next look."""
        self._nameless[path] += not one
        await self._post(path, {"data": one, "reason": one} | ({"id": one} if one else {}))

    async def _answer(
        self, path: str, inputs: list[dict[str, str]], answer: dict[str, str]
    ) -> None:
        """Answer a deployment; whether it was taken shows at the next look."""
        told = {one["name"]: one.get("value") for one in inputs}
        if told["deploy_signal_transport"] != "TEMP_URL_SIGNAL":
            await self._post(path, answer)
            return
        # No object without its container: what comes too late is refused.
        with suppress(Lost, Undelivered):
            url, body = str(told["deploy_signal_id"]), msgspec.json.encode(answer)
            reply = await self._world.to_cloud().request("PUT", url, {}, body, LEFT_S)
            self._world.weather.counts["answers left"] += reply.status < 300

    async def _post(self, path: str, body: dict[str, str]) -> None:
        try:
            await self._client.ask("POST", path, body)
        except (Lost, Undelivered):
            return
        except Refusal as refusal:
            # Another incarnation stands under the name, or is being deleted: look again.
            if refusal.status >= 500:
                raise
            return
        what = "hooks" if "unset_hook" in body else "signals"
        self._world.weather.counts["answers" if "deploy_stdout" in body else what] += 1
