"""The simulation's token validator says what keystonemiddleware says."""

import asyncio
import time
from contextlib import closing

import msgspec

from hearth.api.keystone import KeystoneTokens
from hearth.api.tokens import Asked, DirectValidator, TokenValidator
from hearth.base.errors import HearthError
from hearth.cloud.tcp import AiohttpTransport
from hearth.sandbox import Settings, build
from hearth.serve.http import address, bound, port_of, serving
from hearth.serve.seams import SystemClock, SystemIds

PLAIN = {"Content-Type": "application/json"}


def test_both_validators_give_the_same_answers():
    said = asyncio.run(story())

    assert said["direct"] == said["middleware"]
    assert "member" in said["direct"]["demo"][2]
    assert said["direct"]["nonsense"] == "Unauthenticated"
    assert said["direct"]["unscoped"] == "Unauthenticated"
    assert said["direct"]["revoked"] == "Unauthenticated"


async def story():
    """What each of the two says of each of several tokens."""
    with bound("127.0.0.1", 0) as listening:
        url = address("127.0.0.1", port_of(listening))
        with closing(build(Settings(url=url), SystemClock(), SystemIds())) as cloud:
            async with serving(cloud.app, listening):
                return await compared(url)


async def compared(url):
    transport = AiohttpTransport()
    tokens = {
        "demo": await login(transport, url, "demo", "demo"),
        "admin": await login(transport, url, "admin", "admin"),
        "unscoped": await login(transport, url, "demo", None),
        "revoked": await login(transport, url, "demo", "demo"),
        "nonsense": "nonsense",
    }
    gone = {"X-Auth-Token": tokens["admin"], "X-Subject-Token": tokens["revoked"]}
    await transport.request("DELETE", f"{url}/identity/v3/auth/tokens", gone, None, 10.0)

    async def fetch(token):
        headers = {"X-Auth-Token": token, "X-Subject-Token": token}
        where = f"{url}/identity/v3/auth/tokens"
        reply = await transport.request("GET", where, headers, None, 10.0)
        return reply.json if reply.status == 200 else None

    options = {
        "auth_type": "password",
        "auth_url": f"{url}/identity/v3",
        "username": "heat",
        "password": "secret",
        "user_domain_name": "Default",
        "project_name": "service",
        "project_domain_name": "Default",
    }
    with closing(KeystoneTokens((), options)) as middleware:
        direct = DirectValidator(fetch, SystemClock())
        said = {
            "direct": {name: await answer(direct, token) for name, token in tokens.items()},
            "middleware": {name: await answer(middleware, token) for name, token in tokens.items()},
        }
    await transport.close()
    return said


async def answer(validator: TokenValidator, token: str):
    """Who the token is for, or how it is refused."""
    try:
        checked = await validator.check(Asked(token, "GET", "/v1/x/stacks"))
    except HearthError as error:
        return type(error).__name__
    caller = checked.caller
    assert checked.expires_at > time.time()
    return caller.user_id, caller.project_id, set(caller.roles), caller.user_name, caller.trust_id


async def login(transport, url, user, project):
    domain = {"name": "Default"}
    person = {"name": user, "password": "secret", "domain": domain}
    identity = {"methods": ["password"], "password": {"user": person}}
    auth: dict[str, object] = {"identity": identity}
    if project is not None:
        auth["scope"] = {"project": {"name": project, "domain": domain}}
    else:
        auth["scope"] = "unscoped"
    body = msgspec.json.encode({"auth": auth})
    reply = await transport.request("POST", f"{url}/identity/v3/auth/tokens", PLAIN, body, 10.0)
    assert reply.status == 201, reply.body
    return reply.headers["x-subject-token"]
