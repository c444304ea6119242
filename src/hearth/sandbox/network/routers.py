"""Routers: their gateway to an external network, and static routes."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Charge, Collection
from hearth.sandbox.network.fields import READ_ONLY, Field
from hearth.sandbox.network.ports import Ports
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

INTERFACE = "network:router_interface"
GATEWAY = "network:router_gateway"

_EXTERNAL = f.record({"subnet_id": f.nullable(f.identifier), "ip_address": f.nullable(f.address)})
_GATEWAY = f.record(
    {
        "network_id": f.nullable(f.identifier),
        "enable_snat": f.boolean,
        "external_fixed_ips": f.list_of(_EXTERNAL),
        "qos_policy_id": f.nullable(f.identifier),
    }
)
_ROUTE = f.record({"destination": f.prefix, "nexthop": f.address}, needs=("destination", "nexthop"))
_MOST_ROUTES = 30


class Routers(Collection):
    """What joins subnets, and leads out of them."""

    singular = "router"
    plural = "routers"
    missing = "RouterNotFound"
    quota = "router"
    hidden = frozenset({"ha", "distributed"})
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": f.NAME,
        "admin_state_up": f.UP,
        "external_gateway_info": Field(f.nullable(_GATEWAY), None),
        "routes": Field(f.list_of(_ROUTE, unique=True), list),
        "ha": Field(f.nullable(f.boolean), False, admin=True),
        "distributed": Field(f.nullable(f.boolean), False, admin=True),
        "flavor_id": Field(f.nullable(f.identifier), None, put=False),
        "availability_zone_hints": Field(f.list_of(f.text(255)), list, put=False),
        "enable_ndp_proxy": Field(f.nullable(f.boolean), False),
        "status": READ_ONLY,
        "availability_zones": READ_ONLY,
    }

    def __init__(self, shelf: Shelf, table: Table, charge: Charge, ports: Ports) -> None:
        super().__init__(shelf, table, charge)
        self.ports = ports

    def make(self, call: Call, values: Document) -> Document:
        gateway = values.pop("external_gateway_info")
        routes = values.pop("routes")
        values = {**values, "ha": bool(values["ha"]), "distributed": bool(values["distributed"])}
        router = self.add(
            {
                **values,
                "status": "ACTIVE",
                "external_gateway_info": None,
                "gateway_port_id": None,
                "routes": [],
            }
        )
        if gateway and gateway.get("network_id"):
            router = self.set_gateway(call, router, gateway)
        if routes:
            self.check_routes(router, routes)
            router = self.table.change(router["id"], routes=routes)
        return router

    def alter(self, call: Call, row: Document, values: Document) -> None:
        if "external_gateway_info" in values:
            gateway = values.pop("external_gateway_info")
            if gateway and gateway.get("network_id"):
                row = self.set_gateway(call, row, gateway)
            else:
                row = self.clear_gateway(row)
        if "routes" in values:
            self.check_routes(row, values["routes"])
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        if any(self.interfaces(row["id"])):
            raise Refusal(409, f"Router {row['id']} still has ports", "RouterInUse")
        self.clear_gateway(row)

    def show(self, call: Call, row: Document) -> Document:
        shown = super().show(call, row)
        del shown["gateway_port_id"]
        shown["availability_zones"] = ["nova"] if row["external_gateway_info"] else []
        return shown

    def interfaces(self, router_id: str) -> list[Document]:
        """The ports by which subnets are joined to the router."""
        ports = self.shelf.ports.where("device_id", router_id)
        return [port for port in ports if port["device_owner"] == INTERFACE]

    def subnets(self, router_id: str) -> list[Document]:
        """The subnets that the router joins."""
        keys = [
            one["subnet_id"] for port in self.interfaces(router_id) for one in port["fixed_ips"]
        ]
        return [subnet for key in keys if (subnet := self.shelf.subnets.get(key)) is not None]

    def set_gateway(self, call: Call, row: Document, wanted: dict[str, Any]) -> Document:
        """Lead the router to an external network."""
        self._check_rights(call, wanted)
        network = self.ports.networks.find(call, wanted["network_id"])
        if not (
            network["router:external"]
            or self.shelf.granted(call, network["id"], "access_as_external")
        ):
            raise _bad(f"Network {network['id']} is not an external network")
        current = row["external_gateway_info"]
        same = current is not None and current["network_id"] == network["id"]
        asked = wanted.get("external_fixed_ips")
        if same:
            port = self._moved(row, asked)
        else:
            row = self.clear_gateway(row)
            port = self._gateway_port(row, network, asked)
        self._check_overlap(row, port)
        before = current if same else None
        return self.set(
            row["id"],
            gateway_port_id=port["id"],
            external_gateway_info={
                "network_id": network["id"],
                "enable_snat": wanted.get("enable_snat", before["enable_snat"] if before else True),
                "external_fixed_ips": port["fixed_ips"],
                **({"qos_policy_id": wanted["qos_policy_id"]} if "qos_policy_id" in wanted else {}),
            },
        )

    def clear_gateway(self, row: Document) -> Document:
        """Take the router off its external network."""
        gateway = row["external_gateway_info"]
        if gateway is None:
            return row
        for floating in self.shelf.floatingips.where("router_id", row["id"]):
            message = (
                f"Gateway cannot be updated for router {row['id']}, since a gateway to "
                f"external network {gateway['network_id']} is required by one or more "
                f"floating IPs ({floating['id']})."
            )
            raise Refusal(409, message, "RouterExternalGatewayInUseByFloatingIp")
        nexthops = {route["nexthop"] for route in row["routes"]}
        if any(
            self._reaches([one["subnet_id"] for one in gateway["external_fixed_ips"]], hop)
            and not self._reaches([s["id"] for s in self.subnets(row["id"])], hop)
            for hop in nexthops
        ):
            message = f"Router {row['id']} has routes through its gateway."
            raise Refusal(409, message, "RouterInterfaceInUseByRoute")
        self.ports.unplug(row["gateway_port_id"])
        return self.set(row["id"], external_gateway_info=None, gateway_port_id=None)

    def check_routes(self, row: Document, routes: Iterable[dict[str, str]]) -> None:
        """Refuse routes whose next hop the router cannot reach."""
        routes = list(routes)
        if len(routes) > _MOST_ROUTES:
            message = f"The number of routes exceeds the maximum {_MOST_ROUTES}."
            raise Refusal(400, message, "RoutesExhausted")
        keys = [subnet["id"] for subnet in self.subnets(row["id"])]
        own = {ip["ip_address"] for port in self.interfaces(row["id"]) for ip in port["fixed_ips"]}
        gateway = row["external_gateway_info"]
        if gateway is not None:
            keys += [one["subnet_id"] for one in gateway["external_fixed_ips"]]
            own |= {one["ip_address"] for one in gateway["external_fixed_ips"]}
        for route in routes:
            hop = route["nexthop"]
            if not self._reaches(keys, hop):
                raise _routes(routes, "the nexthop is not connected with router")
            if hop in own:
                raise _routes(routes, "the nexthop is used by router")

    def _reaches(self, keys: Iterable[str], hop: str) -> bool:
        subnets = [subnet for key in keys if (subnet := self.shelf.subnets.get(key)) is not None]
        return any(ip_address(hop) in ip_network(subnet["cidr"]) for subnet in subnets)

    def _check_rights(self, call: Call, wanted: dict[str, Any]) -> None:
        for name in ("enable_snat", "external_fixed_ips"):
            if name in wanted and not (name == "enable_snat" and wanted[name] is True):
                f.only_admin(call, f"external_gateway_info:{name}")

    def _gateway_port(self, row: Document, network: Document, asked: Any) -> Document:
        if not self.shelf.subnets.where("network_id", network["id"]):
            raise _bad(f"Network {network['id']} has no subnet to take a gateway address from")
        extra = {"fixed_ips": asked} if asked else {}
        port = self.ports.for_service(network, GATEWAY, row["id"], **extra)
        return self.ports.table.change(port["id"], status="ACTIVE")

    def _moved(self, row: Document, asked: Any) -> Document:
        """The gateway's port, with the addresses that are asked for."""
        port = self.shelf.ports.get(row["gateway_port_id"])
        if port is None:
            raise _bad(f"Router {row['id']} has lost its gateway port")
        if not asked:
            return port
        fixed = self.ports.readdress({**port, "device_owner": ""}, asked)
        return self.ports.table.change(port["id"], fixed_ips=fixed)

    def _check_overlap(self, row: Document, port: Document) -> None:
        for one in port["fixed_ips"]:
            outer = self.shelf.subnets.get(one["subnet_id"])
            for inner in self.subnets(row["id"]):
                if outer is not None and ip_network(outer["cidr"]).overlaps(
                    ip_network(inner["cidr"])
                ):
                    raise overlap(inner, outer)


def overlap(one: Document, other: Document) -> Refusal:
    """Two subnets of one router share addresses."""
    return _bad(
        f"Cidr {one['cidr']} of subnet {one['id']} overlaps with cidr {other['cidr']} "
        f"of subnet {other['id']}"
    )


def _routes(routes: list[dict[str, str]], reason: str) -> Refusal:
    return Refusal(400, f"Invalid format for routes: {routes}, {reason}", "InvalidRoutes")


def _bad(sentence: str) -> Refusal:
    return Refusal(400, f"Bad router request: {sentence}.", "BadRequest")
