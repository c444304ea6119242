"""The played guests of a simulated cloud, with the network as their outside."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from hearth.cloud import Lost, Transport, Undelivered
from hearth.cloud.tcp import AiohttpTransport
from hearth.sandbox import Cloud
from hearth.sandbox.guests import Guests, Reply

ANSWERED_WITHIN_S = 30.0


class OverHttp:
    """The outside of guests, by a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | None:
        """What is answered; None if nothing is."""
        try:
            reply = await self._transport.request(
                method, url, headers, body or None, ANSWERED_WITHIN_S
            )
        except (Lost, Undelivered):
            return None
        return Reply(reply.status, reply.headers, reply.body)


@asynccontextmanager
async def played(cloud: Cloud) -> AsyncIterator[None]:
    """Guests in all servers of a cloud while the context is open."""
    transport = AiohttpTransport()
    task = asyncio.get_running_loop().create_task(Guests(cloud, OverHttp(transport)).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await transport.close()
