"""A house with both APIs in it, and guests in its servers: all over HTTP, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hearth.api import cfn, heat
from hearth.api.ec2 import KeystoneSignatures
from hearth.api.tokens import CachedTokens, DirectValidator
from hearth.cloud import AsgiTransport, DirectTokens, ServiceUser, Sessions
from hearth.sandbox.guests import Guests, Reply
from hearth.serve.language import TemplateLanguage
from tests.support.hand import PASSWORD, URL
from tests.support.house import House

HEAT, CFN = "http://127.0.0.1:8004", "http://127.0.0.1:8000"
"""Where the cloud's catalogue says that the APIs are, unless it is told otherwise."""


class Served(House):
    """A house whose APIs live and die with its engine, as in one process."""

    sent: list[tuple[str, str, int | None]]
    """What guests have sent, and the status of what came back."""

    async def start(self) -> None:
        await super().start()
        self.apps = {
            URL: self.transport,
            HEAT: AsgiTransport(self._heat()),
            CFN: AsgiTransport(self._cfn()),
        }

    async def crash(self) -> None:
        self.apps = {URL: self.transport}
        await super().crash()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | None:
        """What a guest is answered: nothing, where nobody is."""
        place = next((one for one in self.apps if url.startswith(one)), None)
        reply = None
        if place is not None:
            given = {**headers, "Content-Length": str(len(body))}
            try:
                found = await self.apps[place].request(method, url, given, body, 30.0)
                reply = Reply(found.status, found.headers, found.body)
            except OSError:
                reply = None
        self.sent.append((method, url.partition("?")[0], reply.status if reply else None))
        return reply

    def _heat(self) -> Any:
        async def fetch(token: str) -> Any:
            headers = {"X-Auth-Token": token, "X-Subject-Token": token}
            url = f"{URL}/identity/v3/auth/tokens"
            reply = await self.transport.request("GET", url, headers, None, 10.0)
            return reply.json if reply.status == 200 else None

        parts = heat.Parts(
            bus=self.bus,
            store=self.store,
            policy=self.engine.desk.policy,
            registry=self.registry,
            language=TemplateLanguage(),
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            offers=heat.Offers(),
        )
        validator = DirectValidator(fetch, self.clock, f'Keystone uri="{URL}/identity/v3"')
        return heat.make_app(parts, CachedTokens(validator, self.clock))

    def _cfn(self) -> Any:
        user = ServiceUser(f"{URL}/identity/v3", "heat", PASSWORD)
        tokens = DirectTokens(self.transport, user, self.clock)
        sessions = Sessions(self.transport, tokens, self.clock, self.ids.random)
        parts = cfn.Parts(
            bus=self.bus,
            store=self.store,
            policy=self.engine.desk.policy,
            registry=self.registry,
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            signatures=KeystoneSignatures(sessions),
        )
        return cfn.make_app(parts)


@asynccontextmanager
async def served(path: Path, **options: Any) -> AsyncIterator[Served]:
    """A started house with APIs and guests."""
    made = Served(path, **options)
    made.sent = []
    await made.start()
    task = asyncio.create_task(Guests(made.sandbox, made).run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait([task])
        await made.stop()
        made.evaluator.process.close()
