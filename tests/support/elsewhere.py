"""A house whose cloud's catalogue leads to its own heat-api, over ASGI and in virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hearth.api import heat
from hearth.api.tokens import CachedTokens, DirectValidator
from hearth.cloud import AsgiTransport, Response, Transport, Undelivered
from hearth.policy import Policy
from hearth.serve.language import TemplateLanguage
from tests.support.hand import URL
from tests.support.house import Fuse, House


class Ways:
    """A transport to the cloud, and to heat-api while there is one."""

    def __init__(self, cloud: Transport) -> None:
        self.cloud = cloud
        self.heat: Transport | None = None

    async def request(self, method: str, url: str, *rest: Any) -> Response:
        if url.startswith(URL):
            return await self.cloud.request(method, url, *rest)
        if self.heat is None:
            raise Undelivered(f"nobody answers at {url}")
        return await self.heat.request(method, url, *rest)

    async def close(self) -> None:
        await self.cloud.close()


class ServedHouse(House):
    """A house with a door: stacks elsewhere are made in itself."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, **options)
        self.ways = Ways(self.transport)
        self.transport = self.ways
        self.fuse = Fuse(self.transport, self)

    async def start(self) -> None:
        await super().start()

        async def fetch(token: str) -> Any:
            headers = {"X-Auth-Token": token, "X-Subject-Token": token}
            url = f"{URL}/identity/v3/auth/tokens"
            reply = await self.ways.cloud.request("GET", url, headers, None, 30.0)
            return reply.json if reply.status == 200 else None

        parts = heat.Parts(
            self.bus, self.store, Policy(self.clock), self.registry, TemplateLanguage(),
            self.clock, self.ids, self.settings, heat.Offers(),
        )  # fmt: skip
        validator = CachedTokens(DirectValidator(fetch, self.clock), self.clock)
        self.ways.heat = AsgiTransport(heat.make_app(parts, validator))

    async def crash(self) -> None:
        self.ways.heat = None
        await super().crash()


@asynccontextmanager
async def served_house(path: Path, **options: Any) -> AsyncIterator[ServedHouse]:
    """A started house with a door."""
    made = ServedHouse(path, **options)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        made.evaluator.process.close()
