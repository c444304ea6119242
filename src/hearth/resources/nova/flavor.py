"""OS::Nova::Flavor."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import Context, ResourceType, Rest
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord

_MAKING = (
    "id", "name", "ram", "vcpus", "disk", "swap", "rxtx_factor", "OS-FLV-EXT-DATA:ephemeral",
    "os-flavor-access:is_public",
)  # fmt: skip
"""What a flavor is made with."""


class Flavor(ResourceType):
    """A size that servers may have; for administrators."""

    name = "OS::Nova::Flavor"
    support = since("2014.2")
    rest = Rest("compute", "/flavors", wraps="flavor", detail="/detail", batched=False)
    fenced = True

    class Properties(Record):
        disk: int = prop("The size of the root disk in GiB.", default=0)
        ephemeral: int = prop(
            "The size of a second disk in GiB.", default=0, wire="OS-FLV-EXT-DATA:ephemeral"
        )
        extra_specs: dict[str, Any] | None = prop(
            "More that the scheduler and hypervisor are told.", update=True, wire=None
        )
        flavorid: str | None = prop("Its id; by default one is made.", since="7.0.0", wire="id")
        is_public: bool = prop(
            "Whether all projects may use it.",
            default=True,
            since="6.0.0",
            wire="os-flavor-access:is_public",
        )
        name: str | None = prop("Its name.", since="7.0.0")
        ram: int = prop("The memory in MiB.")
        rxtx_factor: float = prop("The share of the network, beside other servers.", default=1.0)
        swap: int = prop("The size of swap in MiB.", default=0)
        tenants: list[str] = prop(
            "The projects that may use it, by name or id.",
            default=[],
            update=True,
            since="8.0.0",
            wire=None,
            item=prop("", ref="keystone.project"),
        )
        vcpus: int = prop("The number of processors.")

    class Attributes(Record):
        extra_specs: dict[str, Any] = attr(
            "More that the scheduler and hypervisor are told.", since="7.0.0"
        )
        is_public: bool = attr("Whether all projects may use it.", since="6.0.0")

    def problems(self, props: Any) -> Iterable[str]:
        if props.is_public is True and props.tenants:
            yield "tenants goes with is_public: false."

    async def find(self, ctx: Context, props: Any) -> str | None:
        """By name, which no two flavors share, and size."""
        wanted = self.body(ctx, props)
        asked = {"is_public": "None"}
        listed = (await ctx.cloud["compute"].get("/flavors/detail", asked))["flavors"]
        same = ("name", "ram", "vcpus", "disk")
        found = [str(f["id"]) for f in listed if all(f[key] == wanted[key] for key in same)]
        taken = await ctx.taken(found)
        return next((ident for ident in found if ident not in taken), None)

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        await self.tell(ctx, ident, props.extra_specs)
        if not props.is_public:
            await self.admit(ctx, ident, set(props.tenants))

    async def tell(self, ctx: Context, ident: str, wanted: Mapping[str, Any] | None) -> None:
        """Have these extra specs and no others."""
        compute, path = ctx.cloud["compute"], f"/flavors/{ident}/os-extra_specs"
        specs = {key: str(value) for key, value in (wanted or {}).items()}
        now = (await compute.get(path))["extra_specs"]
        for key in now.keys() - specs.keys():
            await compute.delete(f"{path}/{key}")
        if any(now.get(key) != value for key, value in specs.items()):
            await compute.post(path, {"extra_specs": specs})

    async def admit(self, ctx: Context, ident: str, wanted: set[str]) -> None:
        """Let these projects use it and no others."""
        compute, path = ctx.cloud["compute"], f"/flavors/{ident}"
        listed = (await compute.get(f"{path}/os-flavor-access"))["flavor_access"]
        now = {str(one["tenant_id"]) for one in listed}
        for project in sorted(wanted - now):
            await compute.post(f"{path}/action", {"addTenantAccess": {"tenant": project}})
        for project in sorted(now - wanted):
            await compute.post(f"{path}/action", {"removeTenantAccess": {"tenant": project}})

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """What can change is brought in line by `configure`."""

    async def release(self, ctx: Context, ident: str) -> None:
        """Make room for another flavor of the same name or id; servers that have it keep it."""
        await self.delete(ctx, ident)

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """All that it is, if the other is to have its name or id."""
        compute, path = ctx.cloud["compute"], f"/flavors/{ident}"
        try:
            shown = (await compute.get(path))["flavor"]
            specs = (await compute.get(f"{path}/os-extra_specs"))["extra_specs"]
        except NotFound:
            return None
        other = ctx.record.properties
        if shown["name"] != other.get("name") and ident != other.get("flavorid"):
            return None
        tenants: list[str] = []
        if not shown["os-flavor-access:is_public"]:
            listed = (await compute.get(f"{path}/os-flavor-access"))["flavor_access"]
            tenants = [str(one["tenant_id"]) for one in listed]
        body = {key: shown[key] for key in _MAKING if shown.get(key) not in (None, "")}
        return {"flavor": body, "extra_specs": specs, "tenants": tenants}

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Make it again under its id."""
        compute = ctx.cloud["compute"]
        try:
            shown = (await compute.get(f"/flavors/{ident}"))["flavor"]
        except NotFound:
            await compute.post("/flavors", {"flavor": held["flavor"]})
        else:
            if any(shown.get(key) != value for key, value in held["flavor"].items()):
                await self.delete(ctx, ident)
                await compute.post("/flavors", {"flavor": held["flavor"]})
        await self.tell(ctx, ident, held["extra_specs"])
        if not held["flavor"]["os-flavor-access:is_public"]:
            await self.admit(ctx, ident, set(held["tenants"]))

    async def gather(self, ctx: Context, ident: str, shown: dict[str, Any]) -> dict[str, Any]:
        specs = await ctx.cloud["compute"].get(f"/flavors/{ident}/os-extra_specs")
        return shown | {"extra_specs": specs["extra_specs"]}

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {
            "extra_specs": shown.get("extra_specs", {}),
            "is_public": shown.get("os-flavor-access:is_public"),
        }
