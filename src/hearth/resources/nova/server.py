"""OS::Nova::Server."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import (
    OCC,
    Context,
    Marker,
    Phases,
    ResourceType,
    Rest,
    SwiftData,
    marked,
    said,
    silence,
    unmarked,
)
from hearth.resources.nova.addresses import detailed, first, plain
from hearth.resources.nova.block_devices import BlockDevice, LegacyDevice
from hearth.resources.nova.block_devices import problems as disk_problems
from hearth.resources.nova.changes import (
    act,
    rebuild,
    relabel,
    resize,
    resume,
    strayed,
    suspend,
)
from hearth.resources.nova.creation import (
    SOFTWARE_CONFIG,
    reachable,
    rebuilding,
    scheduling,
    server,
    user_data,
)
from hearth.resources.nova.networks import Network, networks_of, nics, subnets_of
from hearth.resources.nova.networks import problems as network_problems
from hearth.resources.nova.ports import drop_ports
from hearth.resources.nova.rewiring import rewire
from hearth.resources.nova.server_image import ServerImage, from_image
from hearth.resources.nova.surroundings import AROUND, console, with_surroundings
from hearth.resources.nova.wiring import (
    PORTED,
    float_addresses,
    free,
    own_ports,
    plugged,
    ported,
    ports_for,
    replug,
    sweep,
)
from hearth.schema import Record, Support, attr, fading, prop
from hearth.stack import ResourceRecord

RESTING = ("PAUSED", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SUSPENDED")
"""As what a server is left by its users; a stack may be changed for all that."""

TASK = "OS-EXT-STS:task_state"

WORKING = (
    *RESTING,
    "BUILD",
    "HARD_REBOOT",
    "MIGRATING",
    "PASSWORD",
    "REBOOT",
    "REBUILD",
    "RESCUE",
    "RESIZE",
    "REVERT_RESIZE",
    "VERIFY_RESIZE",
)


class Server(ResourceType):
    """A virtual machine."""

    name = "OS::Nova::Server"
    rest = Rest("compute", "/servers", wraps="server", marker=Marker.METADATA, detail="/detail")
    phases = Phases(
        "status", ready=("ACTIVE",), working=WORKING, resting=RESTING, task=TASK, reason="fault"
    )
    name_limit = 53
    strews = PORTED
    suspend = suspend
    resume = resume
    copy = ServerImage
    restore = from_image
    drift = strayed

    class Properties(Record):
        admin_pass: str | None = prop(
            "The password of the administrator inside it.", update=True, wire="adminPass"
        )
        admin_user: str | None = prop(
            "The name of a user inside it; kept for old templates, without effect.",
            support=fading("2013.2", deprecated="2014.1", hidden="5.0.0"),
            wire=None,
        )
        availability_zone: str | None = prop("The zone to run in.")
        block_device_mapping: list[LegacyDevice] | None = prop(
            "Its volumes, in the older way of saying it.", wire=None
        )
        block_device_mapping_v2: list[BlockDevice] | None = prop(
            "Its disks.", since="2015.1", wire=None
        )
        config_drive: bool | None = prop("Whether its data comes on a drive of its own.")
        deployment_swift_data: SwiftData = prop(
            "Where software deployments keep their data, for the transport by temporary URL.",
            default={},
            update=True,
            since="9.0.0",
            wire=None,
        )
        diskConfig: str | None = prop(
            "How its disk is partitioned.", allowed=("AUTO", "MANUAL"), wire="OS-DCF:diskConfig"
        )
        flavor: str = prop(
            "Its size, by the flavor's name or id.",
            update=True,
            ref="nova.flavor",
            wire="flavorRef",
        )
        flavor_update_policy: str = prop(
            "How a new flavor is applied.",
            default="RESIZE",
            update=True,
            allowed=("RESIZE", "REPLACE"),
            wire=None,
        )
        image: str | None = prop(
            "The image that it boots from, by name or id.",
            update=True,
            ref="glance.image",
            wire="imageRef",
        )
        image_update_policy: str = prop(
            "How a new image is applied.",
            default="REBUILD",
            update=True,
            allowed=("REBUILD", "REPLACE", "REBUILD_PRESERVE_EPHEMERAL"),
            wire=None,
        )
        key_name: str | None = prop("The key pair to let in.", ref="nova.keypair")
        metadata: dict[str, Any] = prop(
            "Labels that the server carries, kept by Nova; not the resource's metadata.",
            default={},
            update=True,
            wire=None,
        )
        name: str | None = prop("The name to go by.", update=True)
        networks: list[Network] | None = prop(
            "What it is plugged into, in order.", update=True, wire=None
        )
        personality: dict[str, Any] = prop(
            "Files to put into it: paths, and what they hold.",
            default={},
            support=fading(deprecated="12.0.0"),
            wire=None,
        )
        reservation_id: str | None = prop("A reservation to belong to.")
        scheduler_hints: dict[str, Any] | None = prop("What to tell the scheduler.", wire=None)
        security_groups: list[Any] = prop(
            "The security groups of the ports that are made for it, by name or id.",
            default=[],
            wire=None,
        )
        software_config_transport: str = prop(
            "How the server gets the data of its software deployments.",
            default="POLL_SERVER_CFN",
            update=True,
            allowed=("POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE"),
            wire=None,
        )
        tags: list[str] | None = prop("Its tags.", update=True, since="8.0.0", wire=None)
        user_data: str = prop(
            "What it runs when it first boots.", default="", update=True, wire=None
        )
        user_data_format: str = prop(
            "How user data is wrapped.",
            default="HEAT_CFNTOOLS",
            allowed=("HEAT_CFNTOOLS", "RAW", "SOFTWARE_CONFIG"),
            wire=None,
        )
        user_data_update_policy: str = prop(
            "How new user data is applied.",
            default="REPLACE",
            update=True,
            allowed=("REPLACE", "IGNORE", "REBUILD"),
            since="6.0.0",
            wire=None,
        )

    class Attributes(Record):
        accessIPv4: str = attr(
            "The IPv4 address to reach it by.", support=fading("2015.1", deprecated="14.0.0")
        )
        accessIPv6: str = attr(
            "The IPv6 address to reach it by.", support=fading("2015.1", deprecated="14.0.0")
        )
        addresses: dict[str, Any] = attr(
            "Its addresses by network name and by network id, with port, network and subnets.",
            support=Support("SUPPORTED", "11.0.0", previous=Support("SUPPORTED")),
        )
        console_urls: dict[str, Any] = attr(
            "The addresses of its consoles, by kind.", since="2015.1", live=True
        )
        first_address: Any = attr(
            "Its first address.", support=fading("2013.2", deprecated="2014.2", hidden="5.0.0")
        )
        instance_name: str = attr("What the hypervisor calls it.")
        name: str = attr("Its name.")
        networks: dict[str, Any] = attr("Its addresses, plain, by network name and by network id.")
        os_collect_config: dict[str, Any] = attr(
            "What the agent inside needs to know.", since="9.0.0", cached=False
        )
        tags: list[Any] = attr("Its tags.", since="8.0.0")

    def problems(self, props: Any) -> Iterable[str]:
        yield from network_problems(props.networks)
        if props.block_device_mapping is None:
            yield from disk_problems(props.block_device_mapping_v2, props.image)

    async def create(self, ctx: Context, props: Any) -> str:
        compute = ctx.cloud["compute"]
        await reachable(ctx, props)
        ports = await ports_for(ctx, props.networks, props.security_groups)
        body = server(ctx, props, await user_data(ctx, props))
        version = None
        if (networks := nics(props.networks, ports)) is not None:
            body["networks"] = networks
        elif await compute.supports("2.37"):
            version = "2.36"  # the last that chooses a network where none is named
        if any(disk.get("volume_type") for disk in body.get("block_device_mapping_v2", ())):
            version = "2.67"
            body.setdefault("networks", "auto")
        document = {"server": body}
        if hints := scheduling(ctx, props.scheduler_hints):
            document["os:scheduler_hints"] = hints
        made = await compute.post("/servers", document, microversion=version)
        return str(made["server"]["id"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        name = props.name or ctx.physical_name
        listed = await ctx.cloud["compute"].get("/servers/detail", {"name": f"^{re.escape(name)}$"})
        found = [server for server in listed["servers"] if marked(server, ctx.marker)]
        return str(found[0]["id"]) if found else None

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        if props.tags is not None:
            await ctx.cloud["compute"].put(f"/servers/{ident}/tags", {"tags": props.tags})
        await float_addresses(ctx, ident, props.networks or ())

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        now = (await ctx.cloud["compute"].get(f"/servers/{ident}"))["server"]
        if "name" in changed:
            name = props.name or ctx.physical_name
            await ctx.cloud["compute"].put(f"/servers/{ident}", {"server": {"name": name}})
        if "metadata" in changed:
            await relabel(ctx, ident, props.metadata)
        if "tags" in changed and props.tags is None:
            await ctx.cloud["compute"].delete(f"/servers/{ident}/tags")
        # First what is waited for by being called again: a rebuild must not be begun twice.
        if "networks" in changed and props.networks is not None:
            await rewire(ctx, ident, props.networks, props.security_groups)
        if "flavor" in changed:
            await resize(self, ctx, ident, now, props.flavor)
        if asked := await rebuilding(ctx, props, changed, now):
            await rebuild(self, ctx, ident, asked)
        elif "admin_pass" in changed and props.admin_pass:
            await act(ctx, ident, "changePassword", {"adminPass": props.admin_pass})
        await reachable(ctx, props, changed)

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """What may be done in place, unless the user said otherwise."""
        if "image" in changed and (
            after.image_update_policy == "REPLACE" or None in (before.image, after.image)
        ):
            return True
        return (
            ("flavor" in changed and after.flavor_update_policy == "REPLACE")
            or ("user_data" in changed and after.user_data_update_policy == "REPLACE")
            or super().replaces(before, after, changed)
        )

    async def release(self, ctx: Context, ident: str) -> None:
        """Hand over ports and addresses that the replacement, whose context it is, shall have."""
        await free(ctx, ident, networks_of(ctx.record))

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """What it is plugged into."""
        return {"interfaces": await plugged(ctx, ident)}

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Plug it in again as it was."""
        await replug(ctx, ident, held["interfaces"])

    async def delete(self, ctx: Context, ident: str) -> None:
        """Ask it to go, for good; the ports that were made for it go after it."""
        compute = ctx.cloud["compute"]
        ports = await own_ports(ctx, ident)
        try:
            shown = (await compute.get(f"/servers/{ident}"))["server"]
            if shown["status"] == "SOFT_DELETED":
                await act(ctx, ident, "forceDelete")
            elif shown["status"] != "DELETED":
                await compute.delete(f"/servers/{ident}")
        except NotFound:
            await self.sweep(ctx)
            return
        if ported(ctx) and ctx.waiting is not None:
            await ctx.waiting.gone(ident)
            await drop_ports(ctx.cloud["network"], ports)
            await self.sweep(ctx)
        elif OCC in ctx.data:
            await silence(ctx)

    async def sweep(self, ctx: Context) -> None:
        """The ports that were made for it, and the user of the agent in it."""
        await sweep(ctx)
        if ctx.record.properties.get("user_data_format") == SOFTWARE_CONFIG:
            await silence(ctx)

    gather = with_surroundings

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        told = {"os_collect_config": record.data.get(OCC, {})}
        return super().attributes(unmarked(shown), props, record) | derived(shown) | told

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        if attribute == "console_urls":
            return await console(ctx, ident, tuple(str(step) for step in path[:1]))
        return await super().live(ctx, ident, attribute, path)

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        """The subnets of its networks: without them it has no address."""
        return subnets_of(said(definition).get("networks"), others)


def derived(shown: dict[str, Any]) -> dict[str, Value]:
    """The attributes that Nova's document has under no name of its own."""
    around = shown.get(AROUND, {})
    ports, addresses = around.get("ports", []), shown.get("addresses") or {}
    networks, subnets = around.get("networks", {}), around.get("subnets", {})
    return {
        "networks": plain(addresses, ports),
        "addresses": detailed(addresses, ports, networks, subnets),
        "instance_name": shown.get("OS-EXT-SRV-ATTR:instance_name"),
        "first_address": first(addresses),
    }
