"""What Neutron's types have in common."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value
from hearth.cloud import Service
from hearth.kit import REFS, Context, Phases, ResourceType, carried, chosen
from hearth.schema import prop
from hearth.stack import ResourceRecord

TAGS = prop("The tags to put on it.", update=True, since="9.0.0", wire=None, item=prop(""))
VALUE_SPECS = prop("More fields, as Neutron takes them.", default={}, update=True, wire=None)
STATUS = Phases("status", ready=("ACTIVE", "DOWN"), failed=("ERROR", "DEGRADED"))

RESERVED = frozenset({"shared", "tenant_id"})


class NeutronType(ResourceType):
    """A Neutron object: `value_specs` add fields, tags are put on it afterwards.

    Its description carries the marker, unless the user gave one.
    """

    def problems(self, props: Any) -> Iterable[str]:
        specs = getattr(props, "value_specs", None) or {}
        known = specs if isinstance(specs, dict) else {}
        if wrong := [key for key in known if key in RESERVED or key in self.Properties.fields]:
            yield f"{', '.join(wrong)} cannot be specified in value_specs"

    def sent(self, props: Any) -> dict[str, Any]:
        """What the properties are on the wire; for types that say some of it otherwise."""
        wire: dict[str, Any] = props.wire()
        return wire

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        sent = {"name": ctx.physical_name} if "name" in self.Properties.fields else {}
        sent |= self.sent(props) | (getattr(props, "value_specs", None) or {})
        return carried(sent, self.at.marker, ctx.marker)

    def change(self, ctx: Context, props: Any, changed: frozenset[str]) -> dict[str, Any]:
        """What an update sends: what changed, null for what was taken away."""
        fields = self.Properties.fields
        keys = {fields[name].wire or name for name in changed if fields[name].wire is not None}
        taken: dict[str, Any] = dict.fromkeys(sorted(keys))
        sent = taken | {key: value for key, value in self.sent(props).items() if key in keys}
        if "name" in sent and sent["name"] is None:
            sent["name"] = ctx.physical_name
        return sent | (props.value_specs if "value_specs" in changed else {})

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        path = f"{self.at.path}/{ident}"
        if body := self.change(ctx, props, changed):
            await ctx.cloud["network"].put(path, {self.at.wraps: body})
        if "tags" in changed and props.tags is None:
            await ctx.cloud["network"].put(f"{path}/tags", {"tags": []})

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        if getattr(props, "tags", None) is not None:
            path = f"{self.at.path}/{ident}/tags"
            await ctx.cloud["network"].put(path, {"tags": props.tags})

    def reference(self, record: ResourceRecord) -> Value:
        return record.physical_id


async def serve_by(
    network: Service, ident: str, wanted: Iterable[str] | None, of: str, agents: str
) -> None:
    """Have a network or router (`of`) served by these agents and no others.

    agents: what the agents call it, `dhcp-networks` or `l3-routers`.
    """
    if wanted is None:
        return
    plural, kind, key = of, agents.split("-", 1)[0], f"{of.removesuffix('s')}_id"
    hosting = await network.get(f"/v2.0/{plural}/{ident}/{kind}-agents")
    now = {str(agent["id"]) for agent in hosting["agents"]}
    for agent in sorted(set(wanted) - now):
        await network.post(f"/v2.0/agents/{agent}/{agents}", {key: ident})
    for agent in sorted(now - set(wanted)):
        await network.delete(f"/v2.0/agents/{agent}/{agents}/{ident}")


async def group_ids(network: Service, names: Iterable[str]) -> list[str]:
    """The ids of security groups, from names or ids."""
    ref = REFS["neutron.security_group"]
    wanted = list(names)
    listed = (await network.get(ref.path))[ref.key] if wanted else []
    return [chosen(ref, listed, str(name)) for name in wanted]
