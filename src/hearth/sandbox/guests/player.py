"""Playing all guests: a pulse at which each looks for what there is to do, as its agent would.

A guest's state is a document in the cloud's own tables: what it has still to send, the metadata
that it read last, and what it has applied. Each step of it is kept before the next: a config is
applied once, and its answer is sent until it has arrived, whatever is started again meanwhile.
"""

import logging
from asyncio import Semaphore, TaskGroup
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from hearth.sandbox.cloud import Cloud
from hearth.sandbox.guests.answering import answered
from hearth.sandbox.guests.boot import booted
from hearth.sandbox.guests.collecting import collected
from hearth.sandbox.guests.deploying import applied, inputs_of
from hearth.sandbox.guests.login import Logins
from hearth.sandbox.guests.outside import Outside
from hearth.sandbox.store import Document
from hearth.sandbox.web import Json

log = logging.getLogger(__name__)

OCC = "os-collect-config"
AT_ONCE = 16
"""So many guests talk to the world at a time."""
SHORTEST_S = 0.05
"""A pulse is never shorter: where nothing takes any time, time would stand still."""
TRIES = 10
"""So often a script's own request is sent before the script goes on without an answer."""


class Guests:
    """The guests of one cloud. Nothing is played unless somebody runs it."""

    def __init__(self, cloud: Cloud, outside: Outside) -> None:
        self._world = cloud.world
        self._outside = outside
        nova: Any = cloud.services["compute"]
        self._servers = nova.servers
        self._states = self._world.store.table("guests.states", listed=False)
        self._logins = Logins(outside)

    async def run(self) -> None:
        """Play until cancelled."""
        while True:
            await self.look()
            await self._world.clock.sleep(max(SHORTEST_S, self._world.times.guest_pulse))

    async def look(self) -> None:
        """One pulse of all guests."""
        now = self._world.clock.now()
        self._world.store.settle(now, self._world.at)
        for state in self._states:
            if self._servers.get(state["id"]) is None:
                self._states.remove(state["id"])
        self._world.store.commit()
        room = Semaphore(AT_ONCE)
        async with TaskGroup() as turns:
            for server in self._servers:
                if server["status"] == "ACTIVE" and server["metadata"].get("guest") != "none":
                    turns.create_task(self._turn(server, room))

    async def _turn(self, server: Document, room: Semaphore) -> None:
        """One guest's; what it trips over is nobody else's trouble."""
        async with room:
            try:
                await self._do(server, self._state(server))
            except Exception:  # the top of a guest
                log.exception("the guest of server %s stumbles", server["id"])

    async def _do(self, server: Document, state: Document) -> None:
        """The next thing that there is to do."""
        if state["requests"]:
            await self._send(state)
        elif state["waiting"]:
            await self._answer(state)
        elif OCC in state["metadata"]:
            await self._collect(server, state)

    def _state(self, server: Document) -> Document:
        """What the guest knows; it begins anew when its user data is another."""
        digest = sha256((server["user_data"] or "").encode()).hexdigest()
        state = self._states.get(server["id"])
        if state is not None and state["booted"] == digest:
            return state
        boot = booted(server["user_data"], self._facts(server))
        fresh = {
            "id": server["id"],
            "booted": digest,
            "requests": [asdict(one) for one in boot.requests],
            "tries": 0,
            "metadata": boot.metadata,
            "applied": [],
            "waiting": [],
        }
        if state is None:
            self._states.add(fresh)
            self._world.store.commit()
            return fresh
        return self._keep(state, **fresh)

    async def _send(self, state: Document) -> None:
        """The next request of the user's script; one that nobody answers is given up in time."""
        first, *others = state["requests"]
        reply = await self._outside.send(
            first["method"], first["url"], first["headers"], first["body"]
        )
        tries = state["tries"] + 1
        if (reply is not None and reply.status < 500) or tries >= TRIES:
            self._keep(state, requests=others, tries=0)
        else:
            self._keep(state, tries=tries)

    async def _answer(self, state: Document) -> None:
        """Send what was found when its time has come, until it has arrived."""
        first, *others = state["waiting"]
        if first["at"] > self._world.clock.now():
            return
        if await answered(self._logins, first["inputs"], first["answer"], state["id"]):
            self._keep(state, waiting=others)

    async def _collect(self, server: Document, state: Document) -> None:
        """Read the metadata anew, and apply what is new in it."""
        now, told = self._world.clock.now(), state["metadata"][OCC]
        found = await collected(self._logins, told, now, state["id"])
        metadata = found if found is not None and OCC in found else state["metadata"]
        deployments = metadata.get("deployments") or []
        one = next((one for one in deployments if one["id"] not in state["applied"]), None)
        if one is None:
            if metadata != state["metadata"]:
                self._keep(state, metadata=metadata)
            return
        self._apply(server, self._keep(state, metadata=metadata), one)

    def _apply(self, server: Document, state: Document, config: Mapping[str, Json]) -> None:
        outcome = applied(config, self._facts(server))
        done = {"applied": [*state["applied"], config["id"]]}
        if outcome is None or outcome.takes_s is None:
            self._keep(state, **done)
            return
        waiting = {
            "at": self._world.clock.now() + outcome.takes_s,
            "inputs": inputs_of(config),
            "answer": outcome.answer,
        }
        self._keep(
            state,
            **done,
            requests=[asdict(one) for one in outcome.requests],
            waiting=[*state["waiting"], waiting],
        )

    def _keep(self, state: Document, **fields: Json) -> Document:
        """The state with these fields, committed; what was removed meanwhile stays so."""
        if self._states.get(state["id"]) is None:
            return {**state, **fields}
        kept = self._states.change(state["id"], **fields)
        self._world.store.commit()
        return kept

    def _facts(self, server: Document) -> dict[str, str]:
        now = datetime.fromtimestamp(self._world.clock.now(), UTC)
        return {"hostname": server["hostname"], "date": now.strftime("%a %b %d %H:%M:%S UTC %Y")}
