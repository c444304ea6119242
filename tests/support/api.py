"""heat-api in this process, over ASGI: a real store on SQLite, tokens from the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from hearth.api import heat
from hearth.api.tokens import CachedTokens, DirectValidator
from hearth.bus import LocalBus
from hearth.cloud import AsgiTransport
from hearth.config import Settings
from hearth.policy import Policy
from hearth.sandbox import Settings as SandboxSettings
from hearth.sandbox import build
from hearth.serve.language import TemplateLanguage
from hearth.serve.registry import registry
from hearth.serve.seams import SystemClock, SystemIds
from hearth.store import Store

CLOUD = "http://cloud.test"
HEAT = "http://heat.test"
TIMEOUT_S = 30.0

REGISTRY = registry()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The document."""
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """What went wrong, after a look at the envelope around it."""
        told = self.json
        assert told["code"] == self.status
        assert told["title"]
        assert told["explanation"]
        error: dict[str, Any] = told["error"]
        assert error["traceback"] is None
        return error


@dataclass(frozen=True)
class Client:
    """One user of heat-api."""

    transport: AsgiTransport
    token: str
    project: str
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request; a path without a leading double slash is below the project."""
        url = f"{HEAT}{path[1:]}" if path.startswith("//") else f"{HEAT}/v1/{self.project}{path}"
        content = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        given = {"X-Auth-Token": self.token} | self.headers
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            given["Content-Length"] = str(len(content))
        reply = await self.transport.request(method, url, given, content, TIMEOUT_S)
        return Reply(reply.status, dict(reply.headers), reply.body)

    async def get(self, path: str) -> Any:
        """The document of a GET that must succeed."""
        reply = await self.ask("GET", path)
        assert reply.status == 200, (path, reply.status, reply.body)
        return reply.json


@dataclass(frozen=True)
class House:
    """What a test may reach: the store, the parts, and users."""

    parts: heat.Parts
    cloud: AsgiTransport
    heat: AsgiTransport

    async def client(self, user: str = "demo", project: str = "demo") -> Client:
        """A user who has logged in."""
        domain = {"name": "Default"}
        who = {"name": user, "domain": domain, "password": "secret"}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": who}},
            "scope": {"project": {"name": project, "domain": domain}},
        }
        url, body = f"{CLOUD}/identity/v3/auth/tokens", msgspec.json.encode({"auth": auth})
        reply = await self.cloud.request("POST", url, {}, body, TIMEOUT_S)
        assert reply.status == 201, reply.body
        project_id = msgspec.json.decode(reply.body)["token"]["project"]["id"]
        return Client(self.heat, reply.headers["x-subject-token"], project_id)


@asynccontextmanager
async def house(folder: Path, **settings: Any) -> AsyncIterator[House]:
    """The API without an engine: what is stored is what a test has stored."""
    clock, ids = SystemClock(), SystemIds()
    with closing(build(SandboxSettings(url=CLOUD), clock, ids)) as cloud:
        transport = AsgiTransport(cloud.app)

        async def fetch(token: str) -> Any:
            headers = {"X-Auth-Token": token, "X-Subject-Token": token}
            url = f"{CLOUD}/identity/v3/auth/tokens"
            reply = await transport.request("GET", url, headers, None, TIMEOUT_S)
            return msgspec.json.decode(reply.body) if reply.status == 200 else None

        validator = DirectValidator(fetch, clock, f'Keystone uri="{CLOUD}/identity/v3"')
        async with Store(f"sqlite:///{folder / 'heat.sqlite'}", "k" * 32) as store:
            parts = heat.Parts(
                bus=LocalBus(clock),
                store=store,
                policy=Policy(clock),
                registry=REGISTRY,
                language=TemplateLanguage(),
                clock=clock,
                ids=ids,
                settings=replace(Settings(), **settings),
                offers=heat.Offers(),
            )
            app = heat.make_app(parts, CachedTokens(validator, clock))
            yield House(parts, transport, AsgiTransport(app))
