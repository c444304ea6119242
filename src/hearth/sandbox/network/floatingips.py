"""Floating IPs: addresses of an external network that lead to ports, and port forwardings."""

from ipaddress import ip_address
from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Charge, Collection
from hearth.sandbox.network.fields import ABSENT, READ_ONLY, Field
from hearth.sandbox.network.ports import Ports
from hearth.sandbox.network.routers import Routers
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

_OWNER = "network:floatingip"
_KEY = Field(f.nullable(f.identifier), ABSENT)


class FloatingIps(Collection):
    """Addresses that can be pointed at ports."""

    singular = "floatingip"
    plural = "floatingips"
    missing = "FloatingIPNotFound"
    quota = "floatingip"
    indexed = ("port_id",)
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "floating_network_id": Field(f.identifier, put=False),
        "floating_ip_address": Field(f.nullable(f.address), None, put=False, admin=True),
        "subnet_id": Field(f.nullable(f.identifier), ABSENT, put=False),
        "port_id": _KEY,
        "fixed_ip_address": Field(f.nullable(f.address), ABSENT),
        "dns_name": Field(f.text(255), "", put=False),
        "dns_domain": Field(f.text(255), "", put=False),
        "qos_policy_id": Field(f.nullable(f.identifier), None),
        "status": READ_ONLY,
        "router_id": READ_ONLY,
        "port_details": READ_ONLY,
        "port_forwardings": READ_ONLY,
    }

    def __init__(
        self, shelf: Shelf, table: Table, charge: Charge, ports: Ports, routers: Routers
    ) -> None:
        super().__init__(shelf, table, charge)
        self.ports = ports
        self.routers = routers

    def make(self, call: Call, values: Document) -> Document:
        network = self.ports.networks.find(call, values["floating_network_id"])
        if not (
            network["router:external"]
            or self.shelf.granted(call, network["id"], "access_as_external")
        ):
            raise _bad(f"Network {network['id']} is not a valid external network")
        address, subnet = values.pop("floating_ip_address"), values.pop("subnet_id", None)
        port_id, fixed = values.pop("port_id", None), values.pop("fixed_ip_address", None)
        target = self._target(call, values["floating_network_id"], port_id, fixed, None)
        key = self.shelf.world.ids.uuid()
        asked = {"ip_address": address, "subnet_id": subnet}
        extra = {"fixed_ips": [asked]} if address or subnet else {}
        outer = self.ports.for_service(network, _OWNER, key, **extra)
        self.shelf.ports.change(outer["id"], status="N/A")
        if not outer["fixed_ips"]:
            raise Refusal(
                409,
                f"No more IP addresses available on network {network['id']}.",
                "IpAddressGenerationFailure",
            )
        return self.add(
            {
                **values,
                "id": key,
                "floating_port_id": outer["id"],
                "floating_ip_address": outer["fixed_ips"][0]["ip_address"],
                **target,
            }
        )

    def alter(self, call: Call, row: Document, values: Document) -> None:
        if "port_id" in values or "fixed_ip_address" in values:
            port_id = values.get("port_id", row["port_id"])
            fixed = values.pop("fixed_ip_address", None)
            if self.shelf.forwardings.where("floatingip_id", row["id"]) and port_id:
                message = f"Floating IP {row['id']} is used by port forwardings."
                raise Refusal(409, message, "FipInUseByPortForwarding")
            values |= self._target(call, row["floating_network_id"], port_id, fixed, row["id"])
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        for forwarding in self.shelf.forwardings.where("floatingip_id", row["id"]):
            self.shelf.forwardings.remove(forwarding["id"])
        self.ports.unplug(row["floating_port_id"])

    def show(self, call: Call, row: Document) -> Document:
        shown = super().show(call, row)
        del shown["floating_port_id"]
        port = self.shelf.ports.get(row["port_id"] or "")
        names = (
            "name",
            "network_id",
            "mac_address",
            "admin_state_up",
            "status",
            "device_id",
            "device_owner",
        )
        shown["port_details"] = {name: port[name] for name in names} if port is not None else None
        shown["port_forwardings"] = [
            _forwarded(one) for one in self.shelf.forwardings.where("floatingip_id", row["id"])
        ]
        return shown

    def _target(
        self, call: Call, network_id: str, port_id: str | None, fixed: str | None, own: str | None
    ) -> dict[str, Any]:
        """Where the address leads to: nowhere, or to a port through a router."""
        if port_id is None:
            if fixed is not None:
                raise _bad("fixed_ip_address cannot be specified without a port_id")
            return {"port_id": None, "fixed_ip_address": None, "router_id": None, "status": "DOWN"}
        port = self.ports.find(call, port_id)
        pair = _inner(port, fixed)
        for other in self.table.where("port_id", port_id):
            if other["id"] != own and other["fixed_ip_address"] == pair["ip_address"]:
                message = (
                    f"Cannot associate floating IP with port {port_id} using fixed IP "
                    f"{pair['ip_address']}, as that fixed IP already has a floating IP."
                )
                raise Refusal(409, message, "FloatingIPPortAlreadyAssociated")
        return {
            "port_id": port_id,
            "fixed_ip_address": pair["ip_address"],
            "status": "ACTIVE",
            "router_id": self.route(pair["subnet_id"], network_id, port_id),
        }

    def route(self, subnet_id: str, network_id: str, port_id: str) -> str:
        """The router between a subnet and an external network."""
        subnet = self.shelf.subnets.get(subnet_id) or {}
        found: list[str] = []
        for router in self.routers.table:
            gateway = router["external_gateway_info"]
            if gateway is None or gateway["network_id"] != network_id:
                continue
            for port in self.routers.interfaces(router["id"]):
                for one in port["fixed_ips"]:
                    if one["subnet_id"] == subnet_id:
                        first = one["ip_address"] == subnet.get("gateway_ip")
                        found.insert(0 if first else len(found), router["id"])
        if not found:
            message = (
                f"External network {network_id} is not reachable from subnet {subnet_id}. "
                f"Therefore, cannot associate Port {port_id} with a Floating IP."
            )
            raise Refusal(404, message, "ExternalGatewayForFloatingIPNotFound")
        return found[0]


_FORWARDED = (
    "protocol",
    "internal_ip_address",
    "internal_port",
    "internal_port_range",
    "external_port",
    "external_port_range",
    "internal_port_id",
    "description",
)
_PORT = Field(f.number(1, 65535))


class Forwardings(Collection):
    """Single ports of a floating IP that lead to ports of different servers."""

    singular = "port_forwarding"
    plural = "port_forwardings"
    missing = "PortForwardingNotFound"
    fields: ClassVar[dict[str, Field]] = {
        "id": READ_ONLY,
        "internal_port_id": Field(f.identifier),
        "internal_ip_address": Field(f.nullable(f.address), None),
        "internal_port": _PORT,
        "external_port": _PORT,
        "protocol": Field(f.one_of("tcp", "udp", "icmp", "icmp6", "sctp", "dccp")),
        "description": f.DESCRIPTION,
    }
    floating: FloatingIps

    def begin(self, call: Call, floating_id: str, sent: dict[str, Any]) -> Document:
        """Make one below its floating IP."""
        floating = self.floating.own(call, floating_id)
        values = f.read_new(self.fields, sent, call)
        if floating["port_id"] is not None:
            message = f"Floating IP {floating_id} is associated with port {floating['port_id']}."
            raise Refusal(409, message, "PortHasPortForwarding")
        pair = self._place(call, floating, values)
        self._check_free(floating_id, values, None)
        row = self.add(
            {
                **values,
                "floatingip_id": floating_id,
                "internal_ip_address": pair["ip_address"],
                "project_id": floating["project_id"],
            }
        )
        router = self.floating.route(
            pair["subnet_id"], floating["floating_network_id"], row["internal_port_id"]
        )
        self.floating.set(floating_id, router_id=router, status="ACTIVE")
        return row

    def within(self, call: Call, floating_id: str) -> list[Document]:
        """The forwardings of a floating IP."""
        self.floating.find(call, floating_id)
        return self.table.where("floatingip_id", floating_id)

    def alter(self, call: Call, row: Document, values: Document) -> None:
        floating = self.floating.own(call, row["floatingip_id"])
        merged = {**row, **values}
        if "internal_port_id" in values and "internal_ip_address" not in values:
            merged["internal_ip_address"] = None
        values["internal_ip_address"] = self._place(call, floating, merged)["ip_address"]
        self._check_free(floating["id"], merged, row["id"])
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        if len(self.table.where("floatingip_id", row["floatingip_id"])) == 1:
            self.floating.set(row["floatingip_id"], router_id=None, status="DOWN")

    def show(self, call: Call, row: Document) -> Document:
        return _forwarded(row)

    def _place(self, call: Call, floating: Document, values: Document) -> dict[str, str]:
        port = self.floating.ports.find(call, values["internal_port_id"])
        pair = _inner(port, values["internal_ip_address"])
        self.floating.route(pair["subnet_id"], floating["floating_network_id"], port["id"])
        return pair

    def _check_free(self, floating_id: str, values: Document, own: str | None) -> None:
        for other in self.table.where("floatingip_id", floating_id):
            if other["id"] != own and (other["external_port"], other["protocol"]) == (
                values["external_port"],
                values["protocol"],
            ):
                message = f"External port {values['external_port']} is forwarded already."
                raise _bad(message)


def _forwarded(row: Document) -> Document:
    """A forwarding as it is shown, by itself and inside its floating IP."""
    shown = {
        **row,
        "internal_port_range": f"{row['internal_port']}:{row['internal_port']}",
        "external_port_range": f"{row['external_port']}:{row['external_port']}",
    }
    return {name: shown[name] for name in ("id", *_FORWARDED)}


def _inner(port: Document, fixed: str | None) -> dict[str, str]:
    """The address of a port that is meant."""
    four = [one for one in port["fixed_ips"] if ip_address(one["ip_address"]).version == 4]
    for one in four:
        if fixed is None or one["ip_address"] == fixed:
            if fixed is None and len(four) > 1:
                raise _bad(
                    f"Port {port['id']} has multiple fixed IPv4 addresses. Must provide a "
                    "specific IPv4 address when assigning a floating IP"
                )
            return dict(one)
    if fixed is not None:
        raise _bad(f"Port {port['id']} does not have fixed ip {fixed}")
    raise _bad(f"Cannot add floating IP to port {port['id']} that has no fixed IPv4 addresses")


def _bad(sentence: str) -> Refusal:
    return Refusal(400, f"Bad floatingip request: {sentence}.", "BadRequest")
