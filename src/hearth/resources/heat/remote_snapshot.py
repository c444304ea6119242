"""The snapshot that a snapshot makes of a stack elsewhere."""

from typing import Any

from hearth.cloud import Conflict, NotFound
from hearth.kit import Context, Copy, Observation, Phase, Phases
from hearth.resources.heat.elsewhere import Elsewhere, orchestration
from hearth.schema import Record, prop
from hearth.stack import ResourceRecord


class RemoteSnapshot(Copy):
    """A snapshot of a stack elsewhere; it goes with that stack, if not before."""

    name = "OS::Heat::Stack/snapshot"
    key = "snapshot_id"
    phases = Phases(
        "status", ready=("COMPLETE",), failed=("FAILED",), gone=(), reason="status_reason"
    )
    outlives = False

    class Properties(Record):
        """What it is made of, and where that is."""

        context: Elsewhere | None = prop("Where the stack is, if it is not here.")
        source: str = prop("The id of the stack.")
        stack_name: str = prop("The name of the stack.")

    def made_of(self, row: ResourceRecord) -> dict[str, Any]:
        return {
            "context": row.properties.get("context"),
            "source": row.physical_id,
            "stack_name": row.attributes["stack_name"],
        }

    async def create(self, ctx: Context, props: Any) -> str:
        service = await orchestration(ctx, props.context)
        return str((await service.post(_path(props), {"name": ctx.marker}))["id"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        service = await orchestration(ctx, props.context)
        listed = (await service.get(_path(props)))["snapshots"]
        return next((str(one["id"]) for one in listed if one["name"] == ctx.marker), None)

    async def observe(self, ctx: Context, ident: str) -> Observation:
        props = self.Properties.of(ctx.record.properties)
        service = await orchestration(ctx, props.context)
        try:
            return self.seen((await service.get(_path(props, ident)))["snapshot"])
        except NotFound:
            return Observation(Phase.GONE)

    async def delete(self, ctx: Context, ident: str) -> None:
        """Ask it to go; where the stack is on its way, it goes with that."""
        props = self.Properties.of(ctx.record.properties)
        service = await orchestration(ctx, props.context)
        try:
            await service.delete(_path(props, ident))
        except NotFound:
            return
        except Conflict:
            shown = (await service.get(f"/stacks/{props.stack_name}/{props.source}"))["stack"]
            if not str(shown["stack_status"]).startswith("DELETE_"):
                raise


def _path(props: Any, ident: str = "") -> str:
    return f"/stacks/{props.stack_name}/{props.source}/snapshots/{ident}".rstrip("/")
