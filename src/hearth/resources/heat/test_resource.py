"""OS::Heat::TestResource."""

from typing import Any

from hearth.base import Value
from hearth.base.errors import HearthError
from hearth.kit import Context, NeedsReplacing, Observation, Phases, ResourceType
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord


class ActionWaits(Record):
    """How long each action takes, in seconds."""

    create: float | None = prop("How long creating takes.", update=True)
    delete: float | None = prop("How long deleting takes.", update=True)
    update: float | None = prop("How long updating takes.", update=True)


class TestResource(ResourceType):
    """Something that takes its time or fails, for trying out how stacks behave."""

    name = "OS::Heat::TestResource"
    support = since("5.0.0")
    phases = Phases("status", ready=("COMPLETE",), gone=("GONE",))
    fenced = True

    class Properties(Record):
        action_wait_secs: ActionWaits | None = prop(
            "How long each action takes; by default as wait_secs says.", update=True
        )
        attr_wait_secs: float = prop(
            "How long reading the attribute takes, in seconds.",
            default=0,
            update=True,
            since="6.0.0",
        )
        client_name: str = prop(
            "The client to ask while waiting; kept for old templates, without effect.",
            default="",
            update=True,
        )
        constraint_prop_secs: float = prop(
            "How long checking this value takes, in seconds.",
            default=0,
            update=True,
            check="test_constr",
            since="6.0.0",
        )
        entity_name: str = prop(
            "What to ask the client for; kept for old templates, without effect.",
            default="",
            update=True,
        )
        fail: bool = prop("Whether creating and updating fail.", default=False, update=True)
        update_replace: bool = prop(
            "Whether a change of value replaces it.",
            default=False,
            update=True,
        )
        update_replace_value: str | None = prop("A value whose change replaces it.", since="7.0.0")
        value: str = prop("What the attribute gives.", default="test_string", update=True)
        wait_secs: float = prop("How long an action takes, in seconds.", default=0, update=True)

    class Attributes(Record):
        output: Any = attr("The value.", cached=False)

    async def create(self, ctx: Context, props: Any) -> str:
        begin(ctx, props, "create")
        return ctx.physical_name

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """Under way until its time is up."""
        left = ctx.clock.now() < ctx.data.get("done_at", 0.0)
        end = "GONE" if ctx.data.get("deleting") else "COMPLETE"
        return self.seen({"status": "WAITING" if left else end})

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        if "value" in changed and props.value and props.update_replace:
            raise NeedsReplacing
        begin(ctx, props, "update")

    async def delete(self, ctx: Context, ident: str) -> None:
        if not ctx.data.get("deleting"):
            begin(ctx, self.Properties.of(ctx.record.properties), "delete")
            ctx.data["deleting"] = True

    async def find(self, ctx: Context, props: Any) -> str | None:
        return None

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        """No service knows it, so there is nothing to show."""
        return None

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {"output": props.value}


def begin(ctx: Context, props: Any, action: str) -> None:
    """Begin an action: it ends after its time, or fails at once."""
    if props.fail and action != "delete":
        raise HearthError(f"Test Resource failed {ctx.name}", kind="ValueError")
    waits = props.action_wait_secs
    wait_s = getattr(waits, action) if waits is not None else None
    ctx.data["done_at"] = ctx.clock.now() + (props.wait_secs if wait_s is None else wait_s)
