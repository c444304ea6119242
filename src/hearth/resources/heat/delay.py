"""OS::Heat::Delay."""

from collections.abc import Iterable
from typing import Any

from hearth.kit import Context, Observation, Phases, Place, ResourceType
from hearth.schema import Record, prop, since


class Delay(ResourceType):
    """Some time that passes, always as long or by chance, when the stack is worked on.

    Until when it lasts is recorded as soon as it begins: it goes on after a crash, not anew.
    """

    name = "OS::Heat::Delay"
    support = since("11.0.0")
    phases = Phases("status", ready=("OVER",), gone=("GONE",))
    fenced = True

    class Properties(Record):
        actions: list[Any] = prop(
            "The actions in which time passes.",
            default=["CREATE"],
            update=True,
            allowed=("CREATE", "DELETE", "SUSPEND", "RESUME"),
        )
        jitter_multiplier: float = prop(
            "How many seconds one unit of max_jitter is.",
            default=1.0,
            update=True,
            range=(0, None),
        )
        max_jitter: float = prop(
            "How much longer it may be, by chance.", default=0, update=True, range=(0, None)
        )
        min_wait: float = prop(
            "How long it is at least, in seconds.", default=0, update=True, range=(0, None)
        )

    class Attributes(Record):
        """None but what is shown of it."""

    def misplaced(self, props: Any, place: Place) -> Iterable[str]:
        longest_s = props.min_wait + props.max_jitter * props.jitter_multiplier
        if longest_s > place.timeout_s:
            yield (
                f"{self.name} maximum delay {longest_s:g}s exceeds stack timeout "
                f"{place.timeout_s:g}s."
            )

    async def create(self, ctx: Context, props: Any) -> str:
        begin(ctx, props, "CREATE")
        ctx.seen = self._look(ctx)
        return ctx.physical_name

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """Under way until its time is over."""
        return self.seen(self._look(ctx))

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """No time passes for it."""

    async def delete(self, ctx: Context, ident: str) -> None:
        begin(ctx, self.Properties.of(ctx.record.properties), "DELETE")

    async def suspend(self, ctx: Context, ident: str) -> None:
        """Let the time pass."""
        await self._pass(ctx, ident, "SUSPEND")

    async def resume(self, ctx: Context, ident: str) -> None:
        """Let the time pass."""
        await self._pass(ctx, ident, "RESUME")

    async def find(self, ctx: Context, props: Any) -> str | None:
        return None

    async def _pass(self, ctx: Context, ident: str, action: str) -> None:
        begin(ctx, self.Properties.of(ctx.record.properties), action)
        await ctx.keep()
        if self._look(ctx)["status"] != "OVER":
            await ctx.until(self, ident, "OVER")

    def _look(self, ctx: Context) -> dict[str, Any]:
        if ctx.clock.now() < ctx.data.get("until", 0.0):
            return {"status": "PASSING"}
        return {"status": "GONE" if ctx.data.get("action") == "DELETE" else "OVER"}


def begin(ctx: Context, props: Any, action: str) -> None:
    """Say until when it lasts, once for each time that the action is carried out."""
    if ctx.data.get("action") == action:
        return
    wait_s = 0.0
    if action in props.actions:
        wait_s = props.min_wait + props.max_jitter * props.jitter_multiplier * ctx.ids.random()
    ctx.data["action"] = action
    ctx.data["until"] = ctx.clock.now() + wait_s
