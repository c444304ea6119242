"""OS::Heat::WaitConditionHandle."""

from typing import Any

from hearth.base import Secret, Value
from hearth.kit import Context, find_user
from hearth.resources.heat.handles import TRANSPORTS, Handle, give_up, hand_out
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord


class WaitConditionHandle(Handle):
    """Something that a wait condition waits upon, and that guests are given to signal."""

    name = "OS::Heat::WaitConditionHandle"
    support = since("2014.2")

    class Properties(Record):
        signal_transport: str = prop(
            "How a guest signals it.", default="TOKEN_SIGNAL", allowed=TRANSPORTS, since="6.0.0"
        )

    class Attributes(Record):
        curl_cli: str = attr(
            "A command that signals it; add --data-binary and what is to be said.",
            cached=False,
            secret=True,
        )
        endpoint: str = attr("Where signals are sent.", cached=False)
        signal: str = attr("All that the transport hands out, as JSON.", cached=False, secret=True)
        token: str = attr("A token to send signals with.", cached=False, secret=True)

    async def hand_out(self, ctx: Context, props: Any) -> None:
        await hand_out(ctx, props.signal_transport)

    async def delete(self, ctx: Context, ident: str) -> None:
        await give_up(ctx, str(ctx.record.properties.get("signal_transport")), ident)
        await super().delete(ctx, ident)

    async def sweep(self, ctx: Context) -> None:
        user_id = await find_user(ctx)
        await give_up(ctx, str(ctx.record.properties.get("signal_transport")), user_id)
        await super().sweep(ctx)

    def complete(self, details: Any, number: int) -> Any:
        if details is not None and not isinstance(details, dict):
            return None
        reason = f"Signal {number} received"
        given = {"status": "SUCCESS", "reason": reason, "data": None, "id": number}
        return given | (details or {})

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        data = record.data
        token, endpoint = data.get("token"), data.get("endpoint")
        return {
            "token": token,
            "endpoint": endpoint,
            "signal": data.get("signal"),
            "curl_cli": curl(token, str(endpoint)) if isinstance(token, Secret) else None,
        }


def curl(token: Secret, endpoint: str) -> Secret:
    """A command of the shell that posts a signal."""
    headers = (
        f"X-Auth-Token: {token.value}",
        "Content-Type: application/json",
        "Accept: application/json",
    )
    given = " ".join(f"-H '{header}'" for header in headers)
    return Secret(f"curl -i -X POST {given} {endpoint}")
