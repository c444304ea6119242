"""Neutron as Nova sees it."""

from collections.abc import Sequence

from hearth.sandbox.network.agents import HOST
from hearth.sandbox.network.service import Network
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.seams import Nic, Vif
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal, Token

_OWNER = "compute:nova"
_AUTO = "auto_allocated_network"
_AUTO_RANGE = "192.168.233.0/24"


class ForCompute:
    """What Nova asks for its servers."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.shelf = network.shelf

    def usable_networks(self, project_id: str) -> list[str]:
        """Networks that a server gets when it names none."""
        own = self.shelf.networks.where("project_id", project_id)
        shared = [one for one in self.shelf.networks if one["shared"]]
        rows = {one["id"]: one for one in (*own, *shared)}
        return [
            key
            for key, one in rows.items()
            if not one["router:external"] and _served(self.shelf, key)
        ]

    def auto_network(self, project_id: str) -> str:
        """The network that a project gets by itself, made when it is first asked for."""
        usable = self.usable_networks(project_id)
        if usable:
            return usable[0]
        call = self.network.internal(project_id)
        outside = [one for one in self.shelf.networks if one["router:external"]]
        outside.sort(key=lambda one: not one["is_default"])
        if not outside:
            message = "Deployment error: No default router:external network."
            raise Refusal(400, message, "AutoAllocationFailure")
        made = self.network.networks.create(call, {"name": _AUTO})
        subnet = self.network.subnets.create(
            call,
            {
                "name": "auto_allocated_subnet",
                "network_id": made["id"],
                "ip_version": 4,
                "cidr": _AUTO_RANGE,
            },
        )
        router = self.network.routers.create(
            call,
            {
                "name": "auto_allocated_router",
                "external_gateway_info": {"network_id": outside[0]["id"]},
            },
        )
        self.network.interfaces.add(call, router["id"], {"subnet_id": subnet["id"]})
        return str(made["id"])

    def check_nic(self, token: Token, nic: Nic) -> None:
        """Refuse what cannot be had."""
        call = self._call(token)
        if nic.port_id is not None:
            self._free_port(call, nic.port_id)
            return
        network = self.network.networks.find(call, nic.network_id or "")
        if network["router:external"] and not network["shared"] and not call.admin:
            message = (
                f"It is not allowed to create an interface on external network {network['id']}"
            )
            raise Refusal(403, message, "ExternalNetworkAttachForbidden")
        if not _served(self.shelf, network["id"]):
            message = f"Network {network['id']} requires a subnet in order to boot instances on."
            raise Refusal(400, message, "NetworkRequiresSubnet")
        if (
            nic.fixed_ip is not None
            and _holder(self.shelf, network["id"], nic.fixed_ip) is not None
        ):
            message = f"Fixed IP {nic.fixed_ip} is already in use."
            raise Refusal(400, message, "FixedIpAlreadyInUse")

    def attach(self, token: Token, nic: Nic, device_id: str, groups: Sequence[str]) -> str:
        """Give the nic's port to the server."""
        call = self._call(token)
        plug = {"device_id": device_id, "device_owner": _OWNER, "binding:host_id": HOST}
        if nic.port_id is not None:
            port = self._free_port(call, nic.port_id)
            self.network.ports.set(port["id"], **plug)
            self.network.ports.activate(port["id"])
            return nic.port_id
        asked: Document = {
            "network_id": nic.network_id,
            "device_id": device_id,
            "device_owner": _OWNER,
            "project_id": token.project_id,
        }
        if nic.fixed_ip is not None:
            asked["fixed_ips"] = [{"ip_address": nic.fixed_ip}]
        if groups:
            asked["security_groups"] = list(groups)
        port = self.network.ports.create(call, asked)
        self.shelf.ports.change(port["id"], **plug, made_for_server=True)
        self.network.ports.activate(port["id"])
        return str(port["id"])

    def detach(self, port_id: str) -> None:
        """Take the port from its server."""
        port = self.shelf.ports.get(port_id)
        if port is None:
            return
        if port["made_for_server"]:
            self.network.ports.unplug(port_id)
            return
        self.network.ports.set(
            port_id,
            **{
                "device_id": "",
                "device_owner": "",
                "binding:host_id": "",
                "status": "DOWN",
                "due": None,
            },
        )

    def release(self, device_id: str) -> None:
        """Take all ports from a server."""
        for port in self._ports(device_id):
            self.detach(port["id"])

    def vifs(self, device_id: str) -> list[Vif]:
        """The server's ports in order."""
        return [self._vif(port) for port in self._ports(device_id)]

    def group_id(self, project_id: str, name_or_id: str) -> str:
        """A security group of the project."""
        call = self.network.internal(project_id)
        found = self.shelf.groups.get(name_or_id)
        if found is not None and found["project_id"] == project_id:
            return name_or_id
        if name_or_id == "default":
            return str(self.network.groups.default(call.project_id)["id"])
        named = [
            one["id"]
            for one in self.shelf.groups.where("project_id", project_id)
            if one["name"] == name_or_id
        ]
        if len(named) > 1:
            message = (
                f"Multiple security_group matches found for name '{name_or_id}', "
                "use an ID to be more specific."
            )
            raise Refusal(409, message, "NoUniqueMatch")
        if not named:
            message = f"Security group {name_or_id} not found."
            raise Refusal(404, message, "SecurityGroupNotFound")
        return str(named[0])

    def groups(self, device_id: str) -> list[str]:
        """Names of the security groups on a server's ports."""
        keys = dict.fromkeys(
            key for port in self._ports(device_id) for key in port["security_groups"]
        )
        return [row["name"] for key in keys if (row := self.shelf.groups.get(key)) is not None]

    def set_group(self, device_id: str, group_id: str, *, present: bool) -> None:
        """Put a security group on all ports of a server, or take it off."""
        for port in self._ports(device_id):
            if not port["fixed_ips"] or not port["port_security_enabled"]:
                continue
            rest = [key for key in port["security_groups"] if key != group_id]
            self.network.ports.set(
                port["id"], security_groups=[*rest, group_id] if present else rest
            )

    def _call(self, token: Token) -> Call:
        return Call("", "", {}, {}, {}, b"", "", self.network.world.now, token)

    def _free_port(self, call: Call, port_id: str) -> Document:
        port = self.network.ports.find(call, port_id)
        if port["device_id"]:
            raise Refusal(409, f"Port {port_id} is still in use.", "PortInUse")
        return port

    def _ports(self, device_id: str) -> list[Document]:
        if not device_id:
            return []
        ports = self.shelf.ports.where("device_id", device_id)
        return [port for port in ports if port["device_owner"].startswith("compute:")]

    def _vif(self, port: Document) -> Vif:
        network = self.shelf.networks.get(port["network_id"])
        floating = self.shelf.floatingips.where("port_id", port["id"])
        return Vif(
            port_id=port["id"],
            network_id=port["network_id"],
            network_label=network["name"] if network is not None else "",
            mac=port["mac_address"],
            status=port["status"],
            fixed=tuple((one["ip_address"], one["subnet_id"]) for one in port["fixed_ips"]),
            floating=tuple(one["floating_ip_address"] for one in floating),
        )


def _served(shelf: Shelf, network_id: str) -> bool:
    return bool(shelf.subnets.where("network_id", network_id))


def _holder(shelf: Shelf, network_id: str, address: str) -> Document | None:
    for subnet in shelf.subnets.where("network_id", network_id):
        held = shelf.allocations.get(f"{subnet['id']}:{address}")
        if held is not None:
            return held
    return None
