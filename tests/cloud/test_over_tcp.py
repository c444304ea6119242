"""The real transport and the real tokens, against the sandbox behind a real port."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from hearth.base import Secret
from hearth.cloud import (
    CallerAuth,
    Cloud,
    Lost,
    ServiceAuth,
    ServiceUser,
    Sessions,
    TrustAuth,
    TrustGone,
    Unauthorized,
    Unavailable,
    Undelivered,
    Wish,
    create_trust,
    delete_trust,
    ending,
)
from hearth.cloud.keystone import KeystoneTokens
from hearth.cloud.tcp import AiohttpTransport
from hearth.identity import Caller
from hearth.sandbox import Settings, build
from tests.support.clock import JumpingClock
from tests.support.hand import PASSWORD, SeededIds, login


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The sandbox behind a port of the system's choice; gives its address."""
    door = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    cloud = build(Settings(url=url), JumpingClock(), SeededIds())
    config = uvicorn.Config(cloud.app, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve([door]))
    try:
        yield url
    finally:
        server.should_exit = True
        await serving
        cloud.close()


def test_trusts_and_tokens_are_had_through_keystoneauth():
    async def story() -> None:
        async with served() as url:
            transport = AiohttpTransport()
            clock = JumpingClock()
            user = ServiceUser(f"{url}/identity/v3", "heat", PASSWORD)
            tokens = KeystoneTokens(user, clock)
            sessions = Sessions(transport, tokens, clock, SeededIds().random)
            token, project = await login(transport, "demo", "demo", url)
            known = await tokens.token(CallerAuth(token, project))
            demo = Caller(known.user_id, project, frozenset({"member"}), token=token)

            trust = await create_trust(sessions, demo, Wish.of(demo, (), ending("0" * 32)))
            auth = TrustAuth(trust.id, project)
            listed = await Cloud(sessions.session(auth))["network"].get("/v2.0/networks")
            service = await tokens.token(ServiceAuth())
            again = await tokens.token(auth)
            await delete_trust(sessions, trust.id, project)

            assert listed["networks"]
            assert service.user_id != known.user_id
            assert again.user_id == known.user_id
            with pytest.raises(TrustGone):
                await tokens.token(auth, stale=again.id)
            with pytest.raises(Unauthorized):
                await tokens.token(CallerAuth(Secret("nonsense"), project))
            await tokens.close()
            await transport.close()

    asyncio.run(story())


def test_what_cannot_be_reached_was_surely_not_delivered():
    async def story() -> None:
        door = socket.create_server(("127.0.0.1", 0))
        port = door.getsockname()[1]
        transport = AiohttpTransport()
        with pytest.raises(Lost):  # it is let in, and nobody answers
            await transport.request("GET", f"http://127.0.0.1:{port}/", {}, None, 0.2)
        door.close()

        with pytest.raises(Undelivered):
            await transport.request("POST", f"http://127.0.0.1:{port}/", {}, b"{}", 5.0)
        tokens = KeystoneTokens(
            ServiceUser(f"http://127.0.0.1:{port}/identity", "heat", PASSWORD), JumpingClock()
        )
        with pytest.raises(Unavailable):
            await tokens.token(ServiceAuth())
        await tokens.close()
        await transport.close()

    asyncio.run(story())
