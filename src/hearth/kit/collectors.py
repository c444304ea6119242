"""What the agent in a server is told: where it finds its metadata, and what is deployed to it.

The keys are an interface: os-collect-config and the agents around it know them. The address of
the metadata and what it takes to read it are kept in the row's data before the server is asked
for, so that an attempt which was cut short has made no server that nobody could talk to.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from hearth.base import Value, plain
from hearth.cloud import NoService
from hearth.kit.context import Context
from hearth.kit.places import by_object, by_queue
from hearth.kit.responder import heat_credentials
from hearth.kit.stack_users import ACCESS, KEY, able, user
from hearth.stack import ConfigRecord

OCC = "os-collect-config"
"""Under which a row's data, and the metadata, tell where the metadata is found."""

POLL_CFN, POLL_HEAT, POLL_TEMP_URL, ZAQAR_MESSAGE = (
    "POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE",
)  # fmt: skip

_KINDS = {
    POLL_HEAT: "heat", ZAQAR_MESSAGE: "zaqar", POLL_CFN: "cfn", POLL_TEMP_URL: "request",
}  # fmt: skip
"""What the agent calls each transport."""


async def collecting(
    ctx: Context, transport: str, first: Iterable[str] = (), where: tuple[str, str] = ("", "")
) -> dict[str, Value]:
    """What tells the agent where its metadata is found.

    first: collectors that come before. where: container and object, if the user names them. What
    an earlier transport said is taken back, key by key: agents merge what they are told.
    """
    before = plain(ctx.data.get(OCC) or {})
    told: dict[str, Value] = {
        kind: dict.fromkeys(before[kind]) for kind in _KINDS.values() if kind in before
    }
    await able(ctx, await user(ctx), keys=transport == POLL_CFN)
    kind = _KINDS[transport]
    told[kind] = await _where(ctx, kind, where)
    return {"collectors": [*first, kind, "local"], **told}


async def _where(ctx: Context, kind: str, where: tuple[str, str]) -> dict[str, Value]:
    match kind:
        case "heat":
            return await _by_heat(ctx)
        case "request":
            container, name = where
            return await by_object(ctx, container or ctx.physical_name, name or ctx.row)
        case "zaqar":
            return await by_queue(ctx, await _credentials(ctx))
        case _:
            return await _by_cfn(ctx)


async def _by_cfn(ctx: Context) -> dict[str, Value]:
    return {
        "metadata_url": await cfn_metadata_url(ctx),
        "access_key_id": ctx.data[ACCESS],
        "secret_access_key": ctx.data[KEY],
        "stack_name": ctx.stack.name,
        "path": f"{ctx.name}.Metadata",
    }


async def _by_heat(ctx: Context) -> dict[str, Value]:
    return {
        **await _credentials(ctx),
        "stack_id": f"{ctx.stack.name}/{ctx.stack.id}",
        "resource_name": ctx.name,
    }


async def _credentials(ctx: Context) -> dict[str, Value]:
    known = await heat_credentials(ctx)
    return {name: known[name] for name in _CREDENTIALS}


_CREDENTIALS = ("user_id", "password", "auth_url", "project_id", "region_name")


async def cfn_metadata_url(ctx: Context) -> str:
    """Where tools in servers ask the CloudFormation API; empty where there is none."""
    url = str(ctx.settings.get("heat_metadata_server_url") or "")
    if not url:
        try:
            url = await ctx.cloud.session.endpoint("cloudformation")
        except NoService:
            return ""
    if "/v1" not in url:
        url = f"{url.rstrip('/')}/v1"
    return f"{url.rstrip('/')}/"


def guest_metadata(
    told: Value, metadata: Mapping[str, Value], configs: Iterable[ConfigRecord]
) -> dict[str, Any]:
    """The metadata of a server that takes deployments, as the agent in it reads it.

    told: what the row's data has under `OCC`.
    """
    found = {**metadata, OCC: told, "deployments": deployed(configs)}
    return dict(plain(found))


def deployed(configs: Iterable[ConfigRecord]) -> list[dict[str, Any]]:
    """What is deployed to a server, in the order in which it is to be applied."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "group": one.group,
            "creation_time": _time(one.created_at),
            "config": plain(one.config),
            "inputs": plain(list(one.inputs)),
            "outputs": plain(list(one.outputs)),
            "options": plain(one.options),
        }
        for one in configs
    ]


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
