"""What is deployed by hand to a server of a stack, as `openstack software deployment` does it."""

import asyncio
import hmac
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hearth.bus import (
    Accepted,
    CreateConfig,
    CreateDeployment,
    FetchAnswer,
)
from hearth.stack import DeploymentRecord
from hearth.store import deployments
from tests.support.hand import URL
from tests.support.scripts import ECHO, SCRIPT, WAYS
from tests.support.served import Served, served
from tests.support.virtual import run

LATE = 2_000_000_000
KEY = "X-Account-Meta-Temp-Url-Key"


async def answering(home: Served) -> str:
    """A URL of an object of the user's own, to which anybody may put an answer."""
    token = home.caller.token
    assert token is not None
    place = f"/v1/AUTH_{home.caller.project_id}"
    account = f"{URL}/object-store{place}"
    headers = {"X-Auth-Token": token.value}
    known = await home.transport.request("HEAD", account, headers, b"", 10.0)
    key = known.headers.get(KEY.lower())
    if key is None:
        key = "k"
        await home.transport.request("POST", account, headers | {KEY: key}, b"", 10.0)
    await home.transport.request("PUT", f"{account}/own", headers, b"", 10.0)
    text = f"PUT\n{LATE}\n{place}/own/answer"
    signature = hmac.new(key.encode(), text.encode(), sha256).hexdigest()
    return f"{account}/own/answer?temp_url_sig={signature}&temp_url_expires={LATE}"


async def config(home: Served, word: str, inputs: dict[str, Any]) -> str:
    """The id of a config that says a word."""
    given = {
        "name": "by hand",
        "group": "script",
        "config": ECHO,
        "inputs": [{"name": k, "value": v} for k, v in {"word": word, **inputs}.items()],
        "outputs": [{"name": "result"}],
        "options": {},
    }
    made = await home.bus.call(CreateConfig(**home.command(), config=given))
    return str(made.body["id"])


async def found(home: Served, ident: str) -> DeploymentRecord | None:
    return await home.store.read(deployments.find, home.caller.project_id, ident)


async def deployment(home: Served, made: Accepted) -> CreateDeployment:
    """The command that deploys something to the server of a stack."""
    inputs = {
        "deploy_signal_transport": "TEMP_URL_SIGNAL",
        "deploy_signal_id": await answering(home),
        "deploy_signal_verb": "PUT",
        "deploy_action": "UPDATE",
    }
    fields = {
        "config_id": await config(home, "hand", inputs),
        "server_id": (await home.rows(made))["server"].physical_id,
        "action": "UPDATE",
        "status": "IN_PROGRESS",
    }
    return CreateDeployment(**home.command(), deployment=fields)


@pytest.mark.parametrize("transport", [way[0] for way in WAYS[:4]])
def test_it_reaches_the_guest_whose_answer_is_fetched(tmp_path: Path, transport: str):
    async def life():
        async with served(tmp_path) as home:
            given = {"text": ECHO, "transport": transport}
            made = await home.create("demo", SCRIPT, parameters=given)
            await home.settled(made)
            ident = (await home.bus.call(await deployment(home, made))).body["id"]
            await home.bus.call(FetchAnswer(**home.command(), deployment_id=ident))
            early = await found(home, ident)
            await home.clock.sleep(20)
            await home.bus.call(FetchAnswer(**home.command(), deployment_id=ident))
            return early, await found(home, ident)

    early, late = run(life())

    assert early is not None
    assert early.status == "IN_PROGRESS"
    assert late is not None
    assert late.status == "COMPLETE"
    assert late.output_values["deploy_stdout"] == "UPDATE hand\n"
    assert late.output_values["result"] == "hand"


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("transport", ["POLL_TEMP_URL", "ZAQAR_MESSAGE"])
def test_it_is_brought_though_whoever_took_the_command_died(
    tmp_path: Path, transport: str, *, again: bool
):
    """The change is durable and its server was never told: until the command comes again."""

    async def life():
        async with served(tmp_path) as home:
            given = {"text": ECHO, "transport": transport}
            made = await home.create("demo", SCRIPT, parameters=given)
            await home.settled(made)
            command = await deployment(home, made)
            home.fuse.arm(1, before=True)
            call = asyncio.create_task(home.bus.call(command))
            await home.fuse.blown.wait()
            call.cancel()
            await home.crash()
            await home.start()
            if again:
                await home.bus.call(command)
            await home.clock.sleep(30)
            known = await home.store.read(deployments.listed, None)
            ident = next(one.id for one in known if one.action == "UPDATE")
            await home.bus.call(FetchAnswer(**home.command(), deployment_id=ident))
            return await found(home, ident)

    record = run(life())

    assert record is not None
    assert record.status == ("COMPLETE" if again else "IN_PROGRESS")
