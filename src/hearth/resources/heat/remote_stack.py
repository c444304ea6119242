"""OS::Heat::Stack."""

from typing import Any

from hearth.base import Unknown, Value, plain, unknown_in
from hearth.cloud import Conflict, NotFound, Service
from hearth.kit import Context, Observation, Phase, Phases, ResourceType
from hearth.plan import ATTEMPTED
from hearth.resources.heat.elsewhere import Elsewhere, orchestration
from hearth.resources.heat.remote_snapshot import RemoteSnapshot
from hearth.schema import Record, attr, prop
from hearth.stack import ResourceRecord

DONE, FAILED, GONE = "_COMPLETE", "_FAILED", "DELETE_COMPLETE"
EXPECTS = "expects"
"""Under which a row's data keeps the action that the stack is to come to the end of."""


class RemoteStack(ResourceType):
    """A stack of its own, here, in another region, or in another cloud.

    Its name is this resource's alone, and the service refuses a second one: so it is made once,
    and found again by its name.
    """

    name = "OS::Heat::Stack"
    phases = Phases(
        "stack_status", gone=(GONE,), reason="stack_status_reason", stuck=("DELETE_FAILED",)
    )
    fenced = True
    visible_s = 65.0  # so long the service there may take until an engine has begun with it
    revisited = True
    delegates = True
    copy = RemoteSnapshot

    class Properties(Record):
        context: Elsewhere | None = prop("Where the stack is, if it is not here.", update=True)
        parameters: dict[str, Any] = prop("The stack's parameters.", default={}, update=True)
        template: str = prop("The stack's template.", update=True)
        timeout: int | None = prop("How long it may take, in minutes.", update=True)

    class Attributes(Record):
        outputs: dict[str, Any] = attr("The stack's outputs by name.")
        stack_name: str = attr("The stack's name.")

    async def objections(self, ctx: Context, props: Any) -> tuple[str, ...]:
        """Whether the service there takes the template for one."""
        there, parameters = props.context, props.parameters
        where = [getattr(there, name) for name in Elsewhere.fields] if there is not None else []
        if any(unknown_in(one) for one in (props.template, *where)):
            return ()
        given_to = {} if isinstance(parameters, Unknown) else dict(parameters)
        known = {name: value for name, value in given_to.items() if not unknown_in(value)}
        service = await orchestration(ctx, there)
        await service.post("/validate", _source(ctx, props.template, known))
        return ()

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """Another region means another stack."""
        return _region(before) != _region(after)

    @property
    def mends(self) -> bool:
        return True

    async def create(self, ctx: Context, props: Any) -> str:
        ctx.data[EXPECTS] = "CREATE"
        asked = {"stack_name": ctx.physical_name, "disable_rollback": True, **given(ctx, props)}
        service = await orchestration(ctx, props.context)
        try:
            made = await service.post("/stacks", asked)
        except Conflict:
            # Perhaps it is an earlier attempt's, which was made though its answer got lost.
            found = await self.find(ctx, props)
            if found is None:
                raise
            return found
        return str(made["stack"]["id"])

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """Under way until the action that was asked for has come to its end."""
        service = await self._service(ctx)
        try:
            shown = (await service.get(_path(ctx, ident)))["stack"]
        except NotFound:
            return Observation(Phase.GONE)
        return Observation(
            _phase(shown, ctx.data.get(EXPECTS)), shown, shown["stack_status"],
            str(shown.get("stack_status_reason", "")),
        )  # fmt: skip

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Bring it in line; so it is at each update of the stack around it."""
        ctx.data[EXPECTS] = "UPDATE"
        service = await orchestration(ctx, props.context)
        await service.put(_path(ctx, ident), {"disable_rollback": True, **given(ctx, props)})

    async def delete(self, ctx: Context, ident: str) -> None:
        ctx.data[EXPECTS] = "DELETE"
        service = await self._service(ctx)
        try:
            await service.delete(_path(ctx, ident))
        except NotFound:
            return

    async def find(self, ctx: Context, props: Any) -> str | None:
        service = await orchestration(ctx, props.context)
        listed = (await service.get("/stacks", {"name": ctx.physical_name}))["stacks"]
        return next((str(one["id"]) for one in listed), None)

    async def suspend(self, ctx: Context, ident: str) -> None:
        """Suspend all of it."""
        await self._act(ctx, ident, "SUSPEND")
        await ctx.until(self, ident, f"SUSPEND{DONE}")

    async def resume(self, ctx: Context, ident: str) -> None:
        """Resume all of it."""
        await self._act(ctx, ident, "RESUME")

    async def examine(self, ctx: Context, ident: str) -> None:
        """Have all of it looked at."""
        await self._act(ctx, ident, "CHECK")

    async def _act(self, ctx: Context, ident: str, action: str) -> None:
        ctx.data[EXPECTS] = action
        status = (await self.observe(ctx, ident)).status
        if status == f"{action}_IN_PROGRESS" or (action != "CHECK" and status == action + DONE):
            return  # an earlier attempt asked for it
        service = await self._service(ctx)
        await service.post(f"{_path(ctx, ident)}/actions", {action.lower(): None})

    def restore(self, properties: dict[str, Any], _copy: str) -> dict[str, Any]:
        """What it was made from then comes back with the template around it."""
        return properties

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        outputs = {one["output_key"]: one.get("output_value") for one in shown.get("outputs", ())}
        return {"outputs": outputs, "stack_name": shown.get("stack_name")}

    async def _service(self, ctx: Context) -> Service:
        """The service that it is in: by what is in force, or by what was tried last."""
        row = ctx.record
        props = self.Properties.of(row.properties | row.data.get(ATTEMPTED, {}))
        return await orchestration(ctx, props.context)


def given(ctx: Context, props: Any) -> dict[str, Any]:
    """What the stack is made from."""
    found = _source(ctx, props.template, dict(props.parameters))
    return found if props.timeout is None else {**found, "timeout_mins": props.timeout}


def _source(ctx: Context, template: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Its files are those of the stack around it."""
    return {
        "template": template,
        "parameters": parameters,
        "files": dict(ctx.files),
        "environment": plain(ctx.below()),
    }


def _path(ctx: Context, ident: str) -> str:
    return f"/stacks/{ctx.physical_name}/{ident}"


def _region(props: Any) -> str | None:
    return props.context.region_name if props.context is not None else None


def _phase(shown: dict[str, Any], expects: Value) -> Phase:
    """Where the stack stands on the way to the end of what was asked for."""
    status = str(shown["stack_status"])
    if status == GONE:
        return Phase.GONE
    if expects is not None and not status.startswith(f"{expects}_"):
        return Phase.WORKING
    if status.endswith(FAILED):
        return Phase.FAILED
    return Phase.READY if status.endswith(DONE) else Phase.WORKING
