"""What handles of wait conditions have in common: what they hand out, and what they are told.

A handle keeps its signals by their ids, as users see them in its metadata.
"""

import json
from collections.abc import Mapping
from typing import Any

from hearth.base import Secret, Value, plain
from hearth.kit import (
    WAIT,
    Context,
    Near,
    Responder,
    Told,
    WrongSignal,
    beside,
    cfn_url,
    drop_object,
    drop_queue,
    heat_credentials,
    heat_url,
    own_token,
    posted_letters,
    put_letters,
    queue,
    remove,
    temp_url,
)
from hearth.stack import ResourceRecord

TRANSPORTS = (
    "CFN_SIGNAL",
    "TEMP_URL_SIGNAL",
    "HEAT_SIGNAL",
    "NO_SIGNAL",
    "ZAQAR_SIGNAL",
    "TOKEN_SIGNAL",
)
STATUSES = ("SUCCESS", "FAILURE")
FETCHED = {"TEMP_URL_SIGNAL": put_letters, "ZAQAR_SIGNAL": posted_letters}
"""Where a handle's signals lie until somebody fetches them."""


class Handle(Responder):
    """A handle; the words are the keys of a signal: status, reason, data, id."""

    words: tuple[str, str, str, str] = ("status", "reason", "data", "id")

    async def signal(self, ctx: Context, ident: str, details: Any) -> Told:
        """Keep it under its id; one of the same id takes its place."""
        given = self.complete(details, len(ctx.kept) + 1)
        status, reason, _data, unique = self.words
        if not isinstance(given, dict) or set(given) != set(self.words):
            raise WrongSignal("Metadata format invalid")
        if given[status] not in STATUSES:
            raise WrongSignal("Metadata format invalid")
        entry = {key: value for key, value in given.items() if key != unique}
        kept = {**ctx.kept, str(given[unique]): entry}
        return Told(f"status:{given[status]} reason:{given[reason]}", kept)

    def complete(self, details: Any, number: int) -> Any:
        """A signal with all its keys."""
        return details

    def told(self, record: ResourceRecord, kept: Mapping[str, Value]) -> dict[str, Value]:
        """The signals are its metadata."""
        return {**record.metadata, **kept}


async def hand_out(ctx: Context, transport: str) -> None:
    """Put into the data of a handle what its transport gives away."""
    match transport:
        case "TOKEN_SIGNAL":
            if "token" not in ctx.data:
                ctx.data |= {"token": await own_token(ctx), "endpoint": await heat_url(ctx)}
            shown: dict[str, Value] = {"alarm_url": ctx.data["endpoint"]}
        case "CFN_SIGNAL":
            shown = {"alarm_url": await cfn_url(ctx, WAIT)}
        case "HEAT_SIGNAL":
            shown = {**await heat_credentials(ctx), "alarm_url": await heat_url(ctx)}
        case "TEMP_URL_SIGNAL":
            shown = {"alarm_url": await temp_url(ctx, many=True)}
        case "ZAQAR_SIGNAL":
            shown = {**await heat_credentials(ctx), "queue_id": await queue(ctx)}
        case _:
            shown = {}
    ctx.data["signal"] = Secret(json.dumps(plain(shown)))


async def give_up(ctx: Context, transport: str, user_id: str | None) -> None:
    """Have gone what the transport needed beside the user."""
    if transport == "TEMP_URL_SIGNAL":
        await drop_object(ctx)
    elif transport == "ZAQAR_SIGNAL" and user_id is not None:
        await drop_queue(ctx, user_id)


async def fetch(ctx: Context, near: Near, transport: str | None = None) -> bool:
    """Have a handle take the signals that were left for it; whether it may be left some.

    transport: by which it is signalled, if it does not say so itself.
    """
    said = near.record.properties.get("signal_transport")
    fetched = FETCHED.get(transport or str(said))
    if fetched is None:
        return False
    other = beside(ctx, near)
    letters = await fetched(other)
    for letter in letters:
        await ctx.tell(near.record.id, letter.details, letter.name)
    await remove(other, letters)
    return True
