"""What the types have in common that deploy a config to a server.

Each action derives another config from the one that is deployed, in a row whose id is the
step's own: so an attempt that was cut short is known by it, and nothing is deployed twice. The
derived config, the deployment and what the server needs in order to answer become durable
together, before the server can see them; then the step waits until the server has answered, or
until its run's time is up.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value, plain
from hearth.base.errors import HearthError
from hearth.kit import (
    CFN,
    COMPLETE,
    FAILED,
    HEAT,
    IN_PROGRESS,
    NO,
    TEMP_URL,
    ZAQAR,
    Context,
    Observation,
    Phase,
    Phases,
    Place,
    ResourceType,
    Told,
    drop_user,
    judged,
    named,
    said,
    tell,
)
from hearth.resources.heat.deploying import LEFT, deploy, fetch, silence, there
from hearth.schema import Record, attr
from hearth.stack import Action, ConfigRecord, ResourceRecord

FETCH_S = 2.0
"""How often an answer is looked for where it may have been left."""

UNDONE = "undone"
"""In a row's data: the server has undone what there was, and is not asked to do so again."""

ACTIONS = ("CREATE", "UPDATE", "DELETE", "SUSPEND", "RESUME")
TRANSPORTS = (CFN, TEMP_URL, HEAT, NO, ZAQAR)


class Deployment(ResourceType):
    """Deploys a config; it is a deployment, whose id is that of the resource's row."""

    phases = Phases("status", ready=(COMPLETE,), working=(IN_PROGRESS,), reason="status_reason")
    hears = True
    fenced = True
    deaf = frozenset()
    any_attribute = True

    class Attributes(Record):
        deploy_status_code: str = attr("With what code the configuration has ended.")
        deploy_stderr: str = attr("What the configuration has said of its troubles.")
        deploy_stdout: str = attr("What the configuration has said.")

    async def create(self, ctx: Context, props: Any) -> str:
        await deploy(ctx, self.content, props, Action.CREATE)
        return ctx.row

    async def find(self, ctx: Context, props: Any) -> str | None:
        """Creating again is harmless: it finds what was deployed, and deploys nothing twice."""
        return None

    async def observe(self, ctx: Context, ident: str) -> Observation:
        await ctx.near(ctx.row)  # whose signals wake who waits here
        found = await ctx.software.deployment(ident)
        again_at = None
        transport = str(ctx.record.properties.get("signal_transport"))
        if transport in LEFT and found is not None and found.status == IN_PROGRESS:
            await fetch(ctx, transport, found.config_id)
            found = await ctx.software.deployment(ident)
            again_at = ctx.clock.now() + FETCH_S
        deleting = ctx.record.state.action is Action.DELETE
        if found is None:
            return Observation(Phase.GONE if deleting else Phase.READY)
        status = found.status or ""
        shown = {"status": status, "output_values": found.output_values or {}}
        if found.config_id != ctx.deed:  # nothing that this step has asked for
            return Observation(Phase.READY, shown, status)
        if status == FAILED:
            raise HearthError(f"Deployment to server failed: {found.reason}", kind="Error")
        if status == IN_PROGRESS:
            return Observation(Phase.WORKING, shown, status, again_at=again_at)
        return Observation(Phase.GONE if deleting else Phase.READY, shown, status)

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        await deploy(ctx, self.content, props, Action.UPDATE)

    async def suspend(self, ctx: Context, ident: str) -> None:
        """Have the server do what it is to do before it sleeps."""
        await deploy(ctx, self.content, self._recorded(ctx), Action.SUSPEND)

    async def resume(self, ctx: Context, ident: str) -> None:
        """Have the server do what it is to do when it is awake again."""
        await deploy(ctx, self.content, self._recorded(ctx), Action.RESUME)

    async def delete(self, ctx: Context, ident: str) -> None:
        """Have the server undo what it did, if it is there to do so; then forget it all."""
        props = self._recorded(ctx)
        able = UNDONE not in ctx.data and await there(ctx, props.server)
        if able and await deploy(ctx, self.content, props, Action.DELETE):
            assert ctx.waiting is not None, "verbs wait only when the engine calls them"
            await ctx.waiting.gone(ident)
        ctx.data[UNDONE] = True
        await self.sweep(ctx)

    async def sweep(self, ctx: Context) -> None:
        found = await ctx.software.deployment(ctx.row)
        if found is not None:
            ctx.software.forget_deployment(found.id)
            ctx.software.forget_config(found.config_id)
        await ctx.keep()
        await tell(ctx, str(ctx.record.properties.get("server")))
        await silence(ctx, str(ctx.record.properties.get("signal_transport")))
        await drop_user(ctx)

    async def cancel(self, ctx: Context, ident: str) -> None:
        """Nobody waits for the server any more."""
        found = await ctx.software.deployment(ident)
        if found is not None and found.status == IN_PROGRESS:
            fields = {"status": FAILED, "reason": "Deployment cancelled."}
            ctx.software.change(ident, fields | {"updated_at": ctx.clock.now()})

    async def signal(self, ctx: Context, ident: str, details: Any) -> Told:
        """The server's answer; one that nobody waits for changes nothing."""
        found = await ctx.software.deployment(ident)
        if found is None or found.status != IN_PROGRESS:
            return Told()
        verdict = judged(found, await ctx.software.config(found.config_id), details)
        ctx.software.change(ident, verdict.fields(ctx.clock.now()), found.version)
        return Told(verdict.event, {})

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return dict(shown.get("output_values") or {})

    def content(
        self, source: ConfigRecord | None, props: Any, inputs: Mapping[str, Value]
    ) -> Value:
        """What the server is to apply, from the config that is deployed and the inputs' values."""
        return source.config if source is not None else ""

    def misplaced(self, props: Any, place: Place) -> Iterable[str]:
        """The server must be one that takes deployments."""
        own = place.resources[place.name]
        server = place.resources.get(named(said(own).get("server")) or "")
        if server is None or server.type != "OS::Nova::Server":
            return
        form = said(server).get("user_data_format", "")
        if isinstance(form, str) and form != "SOFTWARE_CONFIG":
            yield (
                f"Resource {server.name}'s property user_data_format should be set to"
                " SOFTWARE_CONFIG since there are software deployments on it."
            )

    def _recorded(self, ctx: Context) -> Any:
        return self.Properties.of(plain(dict(ctx.record.properties)))
