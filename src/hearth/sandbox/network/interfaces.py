"""Joining subnets to routers and parting them, and the extra routes of a router."""

from ipaddress import ip_network
from typing import Any

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.ports import Ports
from hearth.sandbox.network.routers import INTERFACE, Routers, overlap
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_ROUTES = {
    "routes": f.Field(
        f.list_of(
            f.record(
                {"destination": f.prefix, "nexthop": f.address}, needs=("destination", "nexthop")
            )
        )
    )
}


class Interfaces:
    """The ports by which routers are joined to subnets."""

    def __init__(self, shelf: Shelf, routers: Routers, ports: Ports) -> None:
        self.shelf = shelf
        self.routers = routers
        self.ports = ports

    def add(self, call: Call, router_id: str, sent: dict[str, Any]) -> Document:
        """Join a subnet, by its id or through a port that exists."""
        router = self.routers.own(call, router_id)
        port_id, subnet_id = sent.get("port_id"), sent.get("subnet_id")
        if port_id and subnet_id:
            raise _bad("Cannot specify both subnet-id and port-id")
        if port_id:
            port = self._given(call, router, port_id)
        elif subnet_id:
            port = self._made(call, router, subnet_id)
        else:
            raise _bad("Either subnet_id or port_id must be specified")
        self._charge_revision(router)
        return _info(router, port)

    def remove(self, call: Call, router_id: str, sent: dict[str, Any]) -> Document:
        """Part a subnet from the router; its port is deleted."""
        router = self.routers.own(call, router_id)
        port_id, subnet_id = sent.get("port_id"), sent.get("subnet_id")
        if not port_id and not subnet_id:
            raise _bad("Either subnet_id or port_id must be specified")
        port = self._joined(router, port_id, subnet_id)
        keys = [one["subnet_id"] for one in port["fixed_ips"]]
        self._check_floating(router, keys)
        self._check_routes(router, port)
        self.ports.unplug(port["id"])
        self._charge_revision(router)
        return _info(router, port)

    def add_routes(self, call: Call, router_id: str, sent: dict[str, Any]) -> Document:
        """Add routes, those that are there already left as they are."""
        router = self.routers.own(call, router_id)
        wanted = f.read_new(_ROUTES, sent, call)["routes"]
        routes = router["routes"] + [one for one in wanted if one not in router["routes"]]
        self.routers.check_routes(router, routes)
        return self.routers.set(router_id, routes=routes)

    def remove_routes(self, call: Call, router_id: str, sent: dict[str, Any]) -> Document:
        """Remove routes; those that are not there are no error."""
        router = self.routers.own(call, router_id)
        unwanted = f.read_new(_ROUTES, sent, call)["routes"]
        routes = [one for one in router["routes"] if one not in unwanted]
        return self.routers.set(router_id, routes=routes)

    def _given(self, call: Call, router: Document, port_id: str) -> Document:
        port = self.ports.own(call, port_id)
        if port["device_id"] == router["id"] and port["device_owner"] == INTERFACE:
            return port
        if port["device_id"]:
            message = (
                f"Unable to complete operation on port {port_id} for network "
                f"{port['network_id']}. Port already has an attached device "
                f"{port['device_id']}."
            )
            raise Refusal(409, message, "PortInUse")
        if not port["fixed_ips"]:
            raise _bad("Router port must have at least one fixed IP")
        for one in port["fixed_ips"]:
            self._check_free(router, one["subnet_id"])
        return self.ports.set(
            port_id, device_id=router["id"], device_owner=INTERFACE, status="ACTIVE", due=None
        )

    def _made(self, call: Call, router: Document, subnet_id: str) -> Document:
        subnet = self.shelf.subnets.get(subnet_id)
        network = self.shelf.networks.get(subnet["network_id"]) if subnet is not None else None
        if subnet is None or network is None or not self.ports.networks.sees(call, network):
            raise Refusal(404, f"Subnet {subnet_id} could not be found.", "SubnetNotFound")
        if subnet["gateway_ip"] is None:
            raise _bad("Subnet for router interface must have a gateway IP")
        self._check_free(router, subnet_id)
        fixed = [{"subnet_id": subnet_id, "ip_address": subnet["gateway_ip"]}]
        port = self.ports.for_service(
            network, INTERFACE, router["id"], fixed_ips=fixed, project_id=router["project_id"]
        )
        return self.ports.table.change(port["id"], status="ACTIVE")

    def _check_free(self, router: Document, subnet_id: str) -> None:
        """The subnet is not joined yet, and shares no addresses with one that is."""
        wanted = self.shelf.subnets.get(subnet_id)
        joined = self.routers.subnets(router["id"])
        gateway = router["external_gateway_info"]
        for one in gateway["external_fixed_ips"] if gateway is not None else ():
            outer = self.shelf.subnets.get(one["subnet_id"])
            joined += [outer] if outer is not None else []
        for subnet in joined:
            if subnet["id"] == subnet_id:
                raise _bad(f"Router already has a port on subnet {subnet_id}")
            if (
                wanted is not None
                and wanted["ip_version"] == subnet["ip_version"]
                and ip_network(wanted["cidr"]).overlaps(ip_network(subnet["cidr"]))
            ):
                raise overlap(wanted, subnet)

    def _joined(self, router: Document, port_id: str | None, subnet_id: str | None) -> Document:
        for port in self.routers.interfaces(router["id"]):
            keys = [one["subnet_id"] for one in port["fixed_ips"]]
            if port_id is not None and port["id"] != port_id:
                continue
            if subnet_id is None or subnet_id in keys:
                return port
            message = f"Subnet {subnet_id} is not on port {port_id} of router {router['id']}"
            raise Refusal(409, message, "SubnetMismatchForPort")
        if port_id is not None:
            message = f"Router {router['id']} does not have an interface with id {port_id}"
            raise Refusal(404, message, "RouterInterfaceNotFound")
        if self.shelf.subnets.get(subnet_id or "") is None:
            raise Refusal(404, f"Subnet {subnet_id} could not be found.", "SubnetNotFound")
        message = f"Router {router['id']} has no interface on subnet {subnet_id}"
        raise Refusal(404, message, "RouterInterfaceNotFoundForSubnet")

    def _check_floating(self, router: Document, keys: list[str]) -> None:
        for floating in self.shelf.floatingips.where("router_id", router["id"]):
            port = self.shelf.ports.get(floating["port_id"] or "")
            fixed = port["fixed_ips"] if port is not None else []
            if any(
                one["subnet_id"] in keys and one["ip_address"] == floating["fixed_ip_address"]
                for one in fixed
            ):
                message = (
                    f"Router interface for subnet {keys[0]} on router {router['id']} cannot "
                    "be deleted, as it is required by one or more floating IPs."
                )
                raise Refusal(409, message, "RouterInterfaceInUseByFloatingIP")

    def _check_routes(self, router: Document, port: Document) -> None:
        nets = [
            ip_network(subnet["cidr"])
            for one in port["fixed_ips"]
            if (subnet := self.shelf.subnets.get(one["subnet_id"])) is not None
        ]
        hops = [ip_network(route["nexthop"]) for route in router["routes"]]
        if any(hop.version == net.version and hop.overlaps(net) for hop in hops for net in nets):
            message = (
                f"Router interface for subnet {port['fixed_ips'][0]['subnet_id']} on router "
                f"{router['id']} cannot be deleted, as it is required by one or more routes."
            )
            raise Refusal(409, message, "RouterInterfaceInUseByRoute")

    def _charge_revision(self, router: Document) -> None:
        self.routers.set(router["id"])


def _info(router: Document, port: Document) -> Document:
    keys = [one["subnet_id"] for one in port["fixed_ips"]]
    return {
        "id": router["id"],
        "tenant_id": router["project_id"],
        "project_id": router["project_id"],
        "port_id": port["id"],
        "network_id": port["network_id"],
        "subnet_id": keys[0],
        "subnet_ids": keys,
        "tags": router["tags"],
    }


def _bad(sentence: str) -> Refusal:
    return Refusal(400, f"Bad router request: {sentence}.", "BadRequest")
