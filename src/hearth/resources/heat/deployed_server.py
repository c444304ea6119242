"""OS::Heat::DeployedServer."""

from typing import Any

from hearth.base import Value
from hearth.kit import (
    OCC,
    Context,
    Observation,
    Phase,
    ResourceType,
    SwiftData,
    contactable,
    silence,
)
from hearth.schema import Record, attr, fading, prop
from hearth.stack import Action, ResourceRecord


class DeployedServer(ResourceType):
    """A machine that somebody else has set up, whose agent takes software deployments."""

    name = "OS::Heat::DeployedServer"
    name_limit = 53
    fenced = True

    class Properties(Record):
        deployment_swift_data: SwiftData = prop(
            "Where software deployments keep their data, for the transport by temporary URL.",
            default={},
            update=True,
            since="9.0.0",
        )
        metadata: dict[str, Any] | None = prop(
            "Labels of the machine; kept for old templates, without effect.",
            update=True,
            support=fading("8.0.0", deprecated="9.0.0"),
        )
        name: str | None = prop("The name to go by.", update=True)
        software_config_transport: str = prop(
            "How the machine gets the data of its software deployments.",
            default="POLL_SERVER_CFN",
            update=True,
            allowed=("POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE"),
        )

    class Attributes(Record):
        name: str = attr("Its name.")
        os_collect_config: dict[str, Any] = attr(
            "What the agent inside needs to know.", since="9.0.0", cached=False
        )

    async def create(self, ctx: Context, props: Any) -> str:
        ctx.data["name"] = ctx.physical_name
        await contactable(ctx, props)
        return ctx.row

    async def find(self, ctx: Context, props: Any) -> str | None:
        """Making it again is harmless: what was made is found."""
        return None

    async def observe(self, ctx: Context, ident: str) -> Observation:
        gone = ctx.record.state.action is Action.DELETE
        return Observation(Phase.GONE if gone else Phase.READY)

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        await contactable(ctx, props, changed)

    async def delete(self, ctx: Context, ident: str) -> None:
        await silence(ctx)

    async def sweep(self, ctx: Context) -> None:
        await silence(ctx)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {
            "name": props.name or record.data.get("name"),
            "os_collect_config": record.data.get(OCC),
        }
