"""OS::Neutron::FloatingIPAssociation."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.cloud import NotFound
from hearth.kit import Context, Observation, Phase
from hearth.resources.neutron import implicit as needs
from hearth.resources.neutron.base import (
    NeutronType,
)
from hearth.schema import Record, prop


class FloatingIPAssociation(NeutronType):
    """That a floating address leads to a port."""

    name = "OS::Neutron::FloatingIPAssociation"
    fenced = True

    class Properties(Record):
        fixed_ip_address: str | None = prop(
            "Which of the port's addresses it leads to, if it has several.",
            update=True,
            check="ip_addr",
        )
        floatingip_id: str = prop("The id of the floating address.", update=True)
        port_id: str = prop(
            "The port that it shall lead to, by name or id.", update=True, ref="neutron.port"
        )

    class Attributes(Record):
        """None beside `show`."""

    async def create(self, ctx: Context, props: Any) -> str:
        await self.point(ctx, props)
        return ctx.row

    async def point(self, ctx: Context, props: Any) -> None:
        """Have the address lead to the port."""
        wanted = {"port_id": props.port_id}
        if props.fixed_ip_address is not None:
            wanted["fixed_ip_address"] = props.fixed_ip_address
        path = f"/v2.0/floatingips/{props.floatingip_id}"
        await ctx.cloud["network"].put(path, {"floatingip": wanted})
        ctx.data |= {"floatingip": props.floatingip_id, "port": props.port_id}

    async def observe(self, ctx: Context, ident: str) -> Observation:
        floatingip = ctx.data.get("floatingip") or ctx.record.properties["floatingip_id"]
        port = ctx.data.get("port") or ctx.record.properties["port_id"]
        try:
            reply = await ctx.cloud["network"].get(f"/v2.0/floatingips/{floatingip}")
        except NotFound:
            return Observation(Phase.GONE)
        shown = reply["floatingip"]
        return Observation(Phase.READY if shown["port_id"] == port else Phase.GONE, shown)

    async def find(self, ctx: Context, props: Any) -> str | None:
        """Pointing it there once more changes nothing, so nothing needs to be found."""
        return None

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        if ctx.data.get("floatingip") != props.floatingip_id:
            await self.delete(ctx, ident)
        await self.point(ctx, props)

    async def delete(self, ctx: Context, ident: str) -> None:
        seen = await self.observe(ctx, ident)
        if seen.phase is Phase.READY:
            path = f"/v2.0/floatingips/{seen.shown['id']}"
            await ctx.cloud["network"].put(path, {"floatingip": {"port_id": None}})

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        return needs.interfaces(needs.port_of(definition), others)
