"""A user with a REST client, who tries again when no answer comes, and looks before doing so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from hearth.cloud import Lost, Response, Undelivered
from tests.simulation.world import HEAT, URL, World

TIMEOUT_S = 90.0
ROUNDS = 60
PATIENCE = 600
"""So often somebody asks anew who is told that something else is under way."""
LATE_S = 75.0
"""So long after it was asked for nothing comes of a command any more."""
ENDS = ("_COMPLETE", "_FAILED")
BUSY = ("ActionInProgress", "ActionNotComplete")


class Stuck(AssertionError):
    """What was begun does not come to an end."""


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """heat-api said no."""

    status: int
    body: Any

    @property
    def kind(self) -> str:
        """The name of the error."""
        return str(self.body.get("error", {}).get("type", ""))


class Client:
    """One user of one project."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.token = ""
        self.project = ""

    async def login(self) -> None:
        """Get a token from Keystone."""
        domain = {"name": "Default"}
        person = {"name": "demo", "password": "secret", "domain": domain}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": person}},
            "scope": {"project": {"name": "demo", "domain": domain}},
        }
        url = f"{URL}/identity/v3/auth/tokens"
        headers = {"Content-Type": "application/json"}
        body = msgspec.json.encode({"auth": auth})
        for _ in range(ROUNDS):
            try:
                reply = await self.world.to_cloud().request("POST", url, headers, body, 30.0)
            except (Lost, Undelivered):
                continue
            if reply.status == 201:
                self.token = reply.headers["x-subject-token"]
                self.project = reply.json["token"]["project"]["id"]
                return
        raise Stuck("nobody can log in")

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request. Lost when no answer came, Refusal when it was no."""
        headers = {"X-Auth-Token": self.token, "Content-Type": "application/json"}
        url = f"{HEAT}/v1/{self.project}{path}"
        data = None if body is None else msgspec.json.encode(body)
        reply: Response = await self.world.to_api().request(method, url, headers, data, TIMEOUT_S)
        if reply.status in (502, 503, 504):
            raise Lost(f"{method} {path}: {reply.status}")
        if reply.status >= 400:
            raise Refusal(reply.status, reply.json)
        return reply.json

    async def get(self, path: str) -> Any:
        """Look, until there is an answer."""
        for _ in range(ROUNDS):
            try:
                return await self.ask("GET", path)
            except (Lost, Undelivered):
                await asyncio.sleep(1.0)
        raise Stuck(f"GET {path} is not answered")

    async def show(self, name: str) -> Any | None:
        """The stack's document, None if there is none of this name."""
        path = f"/stacks?name={name}"
        listed = (await self.get(path))["stacks"]
        return listed[0] if listed else None

    async def create(self, name: str, body: Any) -> str:
        """Have a stack created, once; its id."""
        self.world.weather.counts["asked create"] += 1
        for _ in range(ROUNDS):
            try:
                made = await self.ask("POST", "/stacks", {"stack_name": name, **body})
                return str(made["stack"]["id"])
            except (Lost, Undelivered):
                await asyncio.sleep(2.0)
                found = await self.show(name)
                if found is not None:
                    return str(found["id"])
            except Refusal as refusal:
                if refusal.status != 409:
                    raise
                found = await self.show(name)
                if found is not None:
                    return str(found["id"])
        raise Stuck(f"the creation of {name} is not answered")

    async def insist(self, method: str, path: str, body: Any = None) -> None:
        """Have something done that may be done twice."""
        self.world.weather.counts[f"asked {asked(method, path, body)}"] += 1
        for _ in range(PATIENCE):
            try:
                await self.ask(method, path, body)
            except (Lost, Undelivered):
                await asyncio.sleep(2.0)
            except Refusal as refusal:
                if method == "DELETE" and refusal.status == 404:
                    return  # an earlier request has done it
                if refusal.kind not in BUSY:
                    raise
                await asyncio.sleep(5.0)
            else:
                return
        raise Stuck(f"{method} {path} is not answered")

    async def keep(self, path: str, name: str) -> str:
        """Have a snapshot made, once; its id."""
        self.world.weather.counts["asked snapshot"] += 1
        for _ in range(PATIENCE):
            try:
                return str((await self.ask("POST", f"{path}/snapshots", {"name": name}))["id"])
            except (Lost, Undelivered):
                await asyncio.sleep(LATE_S)
            except Refusal as refusal:
                if refusal.kind not in BUSY:
                    raise
                await asyncio.sleep(5.0)
            for one in (await self.get(f"{path}/snapshots"))["snapshots"]:
                if one["name"] == name:
                    return str(one["id"])
        raise Stuck(f"the snapshot {name} is not answered")

    async def done(self, snapshot: str) -> None:
        """Wait until nothing is done to a snapshot any more."""
        for _ in range(PATIENCE):
            if (await self.get(snapshot))["snapshot"]["status"] != "IN_PROGRESS":
                return
            await asyncio.sleep(5.0)
        raise Stuck(f"{snapshot} does not come to its end")

    async def leave(self, name: str, path: str) -> Any:
        """Let go of a stack; the document by which another takes its objects over."""
        self.world.weather.counts["asked abandon"] += 1
        document = await self.get(f"{path}/export")
        for _ in range(PATIENCE):
            try:
                document = await self.ask("DELETE", f"{path}/abandon")
            except (Lost, Undelivered):
                await asyncio.sleep(LATE_S)
            except Refusal as refusal:
                if refusal.kind not in BUSY and refusal.status != 404:
                    raise
                await asyncio.sleep(5.0)
            if not await self.settled(name):
                return document
        raise Stuck(f"nobody lets go of {name}")

    async def group_settled(self, parent: str) -> None:
        """Wait until nothing is done to the stacks inside a stack."""
        for _ in range(PATIENCE):
            listed = (await self.get("/stacks?show_nested=true"))["stacks"]
            if all(ended(one) for one in listed if one["parent"] == parent):
                return
            await asyncio.sleep(5.0)
        raise Stuck(f"what is inside {parent} does not come to its end")

    async def until(
        self, name: str, done: Callable[[Any | None], bool], limit_s: float = 7200.0
    ) -> Any | None:
        """The stack's document once it is as wished."""
        clock = self.world.clock
        began = clock.monotonic()
        wait_s = 0.5
        while True:
            found = await self.show(name)
            if done(found):
                return found
            if clock.monotonic() - began > limit_s:
                status = found["stack_status"] if found else "gone"
                raise Stuck(f"after {limit_s:g} s {name} is {status}")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2.0, 20.0)

    async def settled(self, name: str) -> str:
        """Its status once nothing is under way; "" when it is gone."""
        found = await self.until(name, lambda one: one is None or ended(one))
        return str(found["stack_status"]) if found else ""


def ended(stack: Any) -> bool:
    """Whether nothing is under way."""
    return str(stack["stack_status"]).endswith(ENDS)


def asked(method: str, path: str, body: Any) -> str:
    """What is asked for, in a word."""
    place = path.rstrip("/").split("/")
    if place[-1] == "actions":
        return str(next(iter(body)))
    if "snapshots" in place:
        return "restore" if place[-1] == "restore" else "delete snapshot"
    if "resources" in place:
        return "signal" if place[-1] == "signal" else "mark"
    return {"PUT": "update", "PATCH": "update as it is", "DELETE": "delete"}[method]
