"""OS::Neutron::RouterInterface."""

from collections.abc import Iterable
from typing import Any

from hearth.cloud import NotFound
from hearth.kit import Context, Observation, Phase
from hearth.resources.neutron.base import NeutronType
from hearth.schema import Record, fading, prop


class RouterInterface(NeutronType):
    """A subnet or port that a router serves."""

    name = "OS::Neutron::RouterInterface"
    fenced = True

    class Properties(Record):
        port: str | None = prop(
            "The port that becomes the interface, by name or id.",
            ref="neutron.port",
            since="2015.1",
        )
        port_id: str | None = prop(
            "The port; use port instead.",
            ref="neutron.port",
            support=fading("2014.1", deprecated="2015.1", hidden="6.0.0"),
            becomes="port",
        )
        router: str = prop("The router, by name or id.", ref="neutron.router")
        router_id: str | None = prop(
            "The router; use router instead.",
            ref="neutron.router",
            support=fading("2013.1", deprecated="2015.1", hidden="6.0.0"),
            becomes="router",
        )
        subnet: str | None = prop(
            "The subnet that the router shall serve, by name or id.", ref="neutron.subnet"
        )
        subnet_id: str | None = prop(
            "The subnet; use subnet instead.",
            ref="neutron.subnet",
            support=fading(deprecated="2014.2", hidden="5.0.0"),
            becomes="subnet",
        )

    class Attributes(Record):
        """None beside `show`."""

    def problems(self, props: Any) -> Iterable[str]:
        if (props.subnet is None) == (props.port is None):
            yield "Exactly one of subnet and port must be given."

    async def create(self, ctx: Context, props: Any) -> str:
        key, value = _served(props)
        path = f"/v2.0/routers/{props.router}/add_router_interface"
        await ctx.cloud["network"].put(path, {key: value})
        return f"{props.router}:{key}={value}"

    async def observe(self, ctx: Context, ident: str) -> Observation:
        router, key, value = _parts(ident)
        reply = await ctx.cloud["network"].get("/v2.0/ports", {"device_id": router})
        for port in reply["ports"]:
            subnets = [ip["subnet_id"] for ip in port["fixed_ips"]]
            if value == port["id"] if key == "port_id" else value in subnets:
                return Observation(Phase.READY, port)
        return Observation(Phase.GONE)

    async def find(self, ctx: Context, props: Any) -> str | None:
        key, value = _served(props)
        ident = f"{props.router}:{key}={value}"
        gone = (await self.observe(ctx, ident)).phase is Phase.GONE
        return None if gone or await ctx.taken([ident]) else ident

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Nothing of it can change in place."""

    async def release(self, ctx: Context, ident: str) -> None:
        """Make room for the interface of another router to the same subnet."""
        await self.delete(ctx, ident)

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """What it serves, if the other is to serve that too: a subnet has one gateway."""
        other = ctx.record.properties
        router, key, value = _parts(ident)
        if value not in (other.get("subnet"), other.get("port")):
            return None
        if (await self.observe(ctx, ident)).phase is Phase.GONE:
            return None
        return {"router": router, key: value}

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Serve it again."""
        if (await self.observe(ctx, ident)).phase is Phase.GONE:
            path = f"/v2.0/routers/{held['router']}/add_router_interface"
            served = {key: value for key, value in held.items() if key != "router"}
            await ctx.cloud["network"].put(path, served)

    async def delete(self, ctx: Context, ident: str) -> None:
        router, key, value = _parts(ident)
        try:
            path = f"/v2.0/routers/{router}/remove_router_interface"
            await ctx.cloud["network"].put(path, {key: value})
        except NotFound:
            return


def _served(props: Any) -> tuple[str, str]:
    return ("subnet_id", props.subnet) if props.subnet else ("port_id", props.port)


def _parts(ident: str) -> tuple[str, str, str]:
    """Router, key and value of `<router>:<key>=<value>`; an older form has the subnet alone."""
    router, _, served = ident.partition(":")
    key, _, value = served.rpartition("=")
    return router, key or "subnet_id", value
