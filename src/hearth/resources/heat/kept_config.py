"""What the types have in common that are software configs."""

from typing import Any, ClassVar

from hearth.base import Value
from hearth.kit import Context
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, attr, prop
from hearth.stack import IO_TYPES, ConfigRecord, ResourceRecord, as_input, as_output


class Input(Record):
    """Something that the configuration is given."""

    default: Any | None = prop("Its value where none is given.")
    description: str | None = prop("What it is for.")
    name: str = prop("Its name.")
    replace_on_change: bool = prop("Whether a new value replaces the deployment.", default=False)
    type: str = prop("Its type.", default="String", allowed=IO_TYPES)


class ConfigOutput(Record):
    """Something that the configuration gives back."""

    description: str | None = prop("What it means.")
    error_output: bool = prop(
        "Whether giving it means that the deployment has failed.", default=False
    )
    name: str = prop("Its name.")
    type: str = prop("Its type.", default="String", allowed=IO_TYPES)


class KeptConfig(Kept):
    """A config in hearth's own database, whose id is that of the resource's row.

    Its row and the config's become durable together, and go together.
    """

    group: ClassVar[str] = "Heat::Ungrouped"

    class Attributes(Record):
        config: str = attr("The configuration as it is kept.")

    async def content(self, ctx: Context, props: Any) -> Value:
        """What is kept; by default, what the property of that name says."""
        del ctx
        return props.config or ""

    async def create(self, ctx: Context, props: Any) -> str:
        config = await self.content(ctx, props)
        given = props.values()
        await ctx.software.put(
            ConfigRecord(
                id=ctx.row,
                project_id=ctx.stack.project_id,
                name=ctx.physical_name,
                created_at=ctx.clock.now(),
                group=given.get("group") or self.group,
                config=config,
                inputs=tuple(as_input(one) for one in given.get("inputs") or ()),
                outputs=tuple(as_output(one) for one in given.get("outputs") or ()),
                options=given.get("options") or {},
            )
        )
        ctx.seen = {"config": config}
        return ctx.row

    async def delete(self, ctx: Context, ident: str) -> None:
        ctx.software.forget_config(ident)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {"config": shown.get("config", record.attributes.get("config"))}
