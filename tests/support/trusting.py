"""Taking the credentials of stacks away in a house, and giving them back."""

import asyncio
from typing import Any

import msgspec

from hearth.bus import Accepted
from tests.support.hand import URL, login
from tests.support.house import House


async def ask(home: House, method: str, path: str, token: str, body: Any = None) -> Any:
    data = None if body is None else msgspec.json.encode(body)
    headers = {"X-Auth-Token": token, "Content-Type": "application/json"}
    reply = await home.transport.request(method, f"{URL}/identity/v3{path}", headers, data, 10.0)
    assert reply.status < 300, (reply.status, reply.body)
    return reply.json if reply.body else None


async def trusts(home: House) -> list[str]:
    token, _ = await login(home.transport, "admin", "admin")
    listed = await ask(home, "GET", "/OS-TRUST/trusts", token.value)
    return [one["id"] for one in listed["trusts"]]


async def take_trust_away(home: House) -> None:
    token, _ = await login(home.transport, "admin", "admin")
    for ident in await trusts(home):
        await ask(home, "DELETE", f"/OS-TRUST/trusts/{ident}", token.value)


async def enable(home: House, *, enabled: bool) -> None:
    token, _ = await login(home.transport, "admin", "admin")
    path = f"/users/{home.caller.user_id}"
    await ask(home, "PATCH", path, token.value, {"user": {"enabled": enabled}})
    if enabled:
        home.caller = await home.log_in("demo", "demo")


async def paused(home: House, made: Accepted) -> str:
    async with asyncio.timeout(600.0):
        while "is paused" not in (await home.stack(made)).reason:
            await home.clock.sleep(1.0)
    stack = await home.stack(made)
    assert str(stack.state).endswith("IN_PROGRESS")
    return stack.reason
