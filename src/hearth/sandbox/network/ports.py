"""Ports: addresses, security groups, and what they are plugged into."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.allocation import Allocator, Fixed
from hearth.sandbox.network.collection import COMMON, Charge, Collection
from hearth.sandbox.network.fields import ABSENT, READ_ONLY, Field
from hearth.sandbox.network.groups import SecurityGroups
from hearth.sandbox.network.networks import Networks
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

_FIXED = f.record({"subnet_id": f.nullable(f.identifier), "ip_address": f.nullable(f.address)})
_PAIR = f.record({"ip_address": f.address_or_prefix, "mac_address": f.mac}, needs=("ip_address",))
_OPTION = f.record(
    {"opt_name": f.text(64), "opt_value": f.nullable(f.text(255)), "ip_version": f.number(4, 6)},
    needs=("opt_name",),
)
_VNIC_TYPES = (
    "normal",
    "direct",
    "macvtap",
    "direct-physical",
    "baremetal",
    "virtio-forwarder",
    "smart-nic",
    "accelerator-direct",
    "vdpa",
    "remote-managed",
)
_SERVICE_OWNERS = frozenset(
    {
        "network:router_interface",
        "network:router_gateway",
        "network:floatingip",
        "network:router_interface_distributed",
        "network:ha_router_replicated_interface",
    }
)
_VIF_DETAILS = {"port_filter": True, "connectivity": "l2", "bridge_name": "br-int"}
_DOMAIN = "openstacklocal."


class Ports(Collection):
    """Where something is plugged into a network."""

    singular = "port"
    plural = "ports"
    missing = "PortNotFound"
    quota = "port"
    indexed = ("device_id", "network_id")
    hidden = frozenset(
        {
            "binding:host_id",
            "binding:profile",
            "binding:vif_type",
            "binding:vif_details",
        }
    )
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": f.NAME,
        "network_id": Field(f.identifier, put=False),
        "admin_state_up": f.UP,
        "mac_address": Field(f.mac, ABSENT, admin=False),
        "fixed_ips": Field(f.list_of(_FIXED, unique=True), ABSENT),
        "device_id": Field(f.text(255), ""),
        "device_owner": Field(f.text(255), ""),
        "security_groups": Field(f.list_of(f.identifier), ABSENT),
        "port_security_enabled": Field(f.boolean, ABSENT),
        "allowed_address_pairs": Field(f.list_of(_PAIR, unique=True), list),
        "extra_dhcp_opts": Field(f.list_of(_OPTION), list),
        "binding:vnic_type": Field(f.one_of(*_VNIC_TYPES), "normal"),
        "binding:host_id": Field(f.nullable(f.text(255)), "", admin=True),
        "binding:profile": Field(f.mapping, dict, admin=True),
        "binding:vif_type": READ_ONLY,
        "binding:vif_details": READ_ONLY,
        "qos_policy_id": Field(f.nullable(f.identifier), None),
        "qos_network_policy_id": READ_ONLY,
        "dns_name": Field(f.text(63), ""),
        "dns_domain": Field(f.text(255), ""),
        "dns_assignment": READ_ONLY,
        "propagate_uplink_status": Field(f.boolean, True),
        "numa_affinity_policy": Field(f.nullable(f.text(32)), None),
        "device_profile": Field(f.nullable(f.text(255)), None, put=False),
        "data_plane_status": Field(f.nullable(f.one_of("ACTIVE", "DOWN")), None, post=False),
        "tags": Field(f.list_of(f.text(255), unique=True), list, put=False),
        "status": READ_ONLY,
        "ip_allocation": READ_ONLY,
        "resource_request": READ_ONLY,
    }

    def __init__(
        self, shelf: Shelf, table: Table, charge: Charge, networks: Networks, groups: SecurityGroups
    ) -> None:
        super().__init__(shelf, table, charge)
        self.networks = networks
        self.groups = groups
        self.addresses = Allocator(shelf)

    def make(self, call: Call, values: Document) -> Document:
        network = self.networks.find(call, values["network_id"])
        _check_owner(call, values)
        self._protect(call, network, values)
        _check_policy(self.shelf, values)
        return self.plug(network, values)

    def plug(self, network: Document, values: Document) -> Document:
        """Make a port from checked values: a MAC, addresses, a place in the book."""
        values.setdefault("mac_address", None)
        mac = str(values["mac_address"] or self.shelf.mac(network["id"]))
        if values["mac_address"] is None:
            values["mac_address"] = mac
        elif self.shelf.mac_taken(network["id"], mac):
            raise Refusal(
                409,
                f"Unable to complete operation for network {network['id']}. "
                f"The mac address {mac} is in use.",
                "MacAddressInUse",
            )
        values["allowed_address_pairs"] = _pairs(values["allowed_address_pairs"], mac)
        asked = values.pop("fixed_ips", None)
        fixed = (
            self.addresses.automatic(network["id"], values)
            if asked is None
            else self.addresses.wanted(network["id"], values, asked)
        )
        port = self.add(
            {
                **values,
                "fixed_ips": fixed,
                "status": "DOWN",
                "due": None,
                "ip_allocation": "none" if asked == [] else "immediate",
                "made_for_server": False,
            }
        )
        self.addresses.hold(port["id"], fixed)
        if port["binding:host_id"] and port["device_id"]:
            return self.activate(port["id"])
        return port

    def for_service(self, network: Document, owner: str, device_id: str, **extra: Any) -> Document:
        """A port that the service makes for a router or a floating IP."""
        values = {
            name: field.initial()
            for name, field in self.fields.items()
            if field.default is not ABSENT and field.default is not f.REQUIRED
        }
        return self.plug(
            network,
            {
                **values,
                "network_id": network["id"],
                "device_owner": owner,
                "device_id": device_id,
                "security_groups": [],
                "port_security_enabled": False,
                "project_id": "",
                **extra,
            },
        )

    def activate(self, key: str) -> Document:
        """The port is bound, and becomes ACTIVE in time."""
        due = self.shelf.world.due(self.shelf.world.times.port_bind)
        return self.set(key, due=due)

    def alter(self, call: Call, row: Document, values: Document) -> None:
        network = self.shelf.networks.get(row["network_id"]) or {}
        _check_owner(call, values)
        mac = str(values.get("mac_address", row["mac_address"]))
        if mac != row["mac_address"]:
            if not call.admin and network.get("project_id") != call.project_id:
                f.only_admin(call, "mac_address")
            if self.shelf.mac_taken(row["network_id"], mac):
                raise Refusal(409, f"The mac address {mac} is in use.", "MacAddressInUse")
        self._reprotect(call, row, values)
        _check_policy(self.shelf, values)
        if "allowed_address_pairs" in values:
            values["allowed_address_pairs"] = _pairs(values["allowed_address_pairs"], mac)
        if "fixed_ips" in values:
            values["fixed_ips"] = self.readdress(row, values["fixed_ips"])
        super().alter(call, row, values)
        if values.get("binding:host_id") and row["status"] == "DOWN":
            self.activate(row["id"])

    def readdress(self, row: Document, asked: list[dict[str, Any]]) -> Fixed:
        """Exchange the addresses of a port; the caller writes them into it."""
        if row["device_owner"] == "network:router_gateway":
            raise _bad("The addresses of a router's gateway are set through the router")
        fixed = self.addresses.wanted(row["network_id"], row, asked)
        kept = [one for one in fixed if one in row["fixed_ips"]]
        self.addresses.free([one for one in row["fixed_ips"] if one not in kept])
        self.addresses.hold(row["id"], [one for one in fixed if one not in kept])
        return fixed

    def unmake(self, call: Call, row: Document) -> None:
        if row["device_owner"] in _SERVICE_OWNERS:
            message = (
                f"Port {row['id']} cannot be deleted directly via the port API: "
                f"has device owner {row['device_owner']}."
            )
            raise Refusal(409, message, "ServicePortInUse")
        if self.shelf.trunks.first("port_id", row["id"]) is not None:
            message = f"Port {row['id']} is currently a parent port for a trunk."
            raise Refusal(409, message, "PortInUseAsTrunkParent")
        if row["device_owner"] == "trunk:subport":
            message = f"Port {row['id']} is currently a subport of trunk {row['device_id']}."
            raise Refusal(409, message, "PortInUseAsSubPort")
        self.clear(row)

    def clear(self, row: Document) -> None:
        """Give back what a port holds, before it goes."""
        self.addresses.free(row["fixed_ips"])
        for floating in self.shelf.floatingips.where("port_id", row["id"]):
            self.shelf.floatingips.change(
                floating["id"],
                port_id=None,
                fixed_ip_address=None,
                router_id=None,
                status="DOWN",
                **self.shelf.touch(floating),
            )

    def unplug(self, key: str) -> None:
        """Remove a port that the service made; absence is no error."""
        row = self.table.get(key)
        if row is not None:
            self.clear(row)
            self.table.remove(key)

    def show(self, call: Call, row: Document) -> Document:
        shown = super().show(call, row)
        del shown["made_for_server"]
        network = self.shelf.networks.get(row["network_id"]) or {}
        bound = bool(row["binding:host_id"])
        shown["qos_network_policy_id"] = network.get("qos_policy_id")
        if call.admin:
            shown["binding:vif_type"] = "ovs" if bound else "unbound"
            shown["binding:vif_details"] = _VIF_DETAILS if bound else {}
            shown["resource_request"] = None
        trunk = self.shelf.trunks.first("port_id", row["id"])
        if trunk is not None:
            shown["trunk_details"] = {"trunk_id": trunk["id"], "sub_ports": trunk["sub_ports"]}
        shown["dns_assignment"] = [
            _assignment(row["dns_name"], one["ip_address"]) for one in row["fixed_ips"]
        ]
        return shown

    def sees(self, call: Call, row: Document) -> bool:
        if super().sees(call, row):
            return True
        network = self.shelf.networks.get(row["network_id"])
        return network is not None and network["project_id"] == call.project_id

    def _protect(self, call: Call, network: Document, values: Document) -> None:
        """Port security and security groups of a new port."""
        values.setdefault("port_security_enabled", network["port_security_enabled"])
        secure = bool(values["port_security_enabled"])
        trusted = values["device_owner"].startswith("network:")
        given = values.get("security_groups")
        if given is not None:
            values["security_groups"] = [self._group(call, one) for one in dict.fromkeys(given)]
        elif secure and not trusted:
            values["security_groups"] = [self.groups.default(values["project_id"])["id"]]
        else:
            values["security_groups"] = []
        _check_security(values)

    def _reprotect(self, call: Call, row: Document, values: Document) -> None:
        if "security_groups" in values:
            given = dict.fromkeys(values["security_groups"])
            values["security_groups"] = [self._group(call, one) for one in given]
        _check_security({**row, **values})

    def _group(self, call: Call, key: str) -> str:
        return str(self.groups.find(call, key)["id"])


def _check_owner(call: Call, values: Mapping[str, Any]) -> None:
    if str(values.get("device_owner", "")).startswith("network:") and not call.admin:
        f.only_admin(call, "device_owner")


def _check_security(port: Mapping[str, Any]) -> None:
    secure, groups, pairs = (
        port[name] for name in ("port_security_enabled", "security_groups", "allowed_address_pairs")
    )
    if not secure and pairs:
        message = "Allowed address pairs require port security to be enabled."
        raise Refusal(409, message, "AddressPairAndPortSecurityRequired")
    if not secure and groups:
        message = "Port has security group associated. Cannot disable port security."
        raise Refusal(409, message, "PortSecurityPortHasSecurityGroup")


def _check_policy(shelf: Shelf, values: Mapping[str, Any]) -> None:
    policy = values.get("qos_policy_id")
    if policy is not None and shelf.qos_policies.get(policy) is None:
        raise Refusal(404, f"QoS policy {policy} could not be found.", "QosPolicyNotFound")


def _pairs(given: list[dict[str, str]], mac: str) -> list[dict[str, str]]:
    pairs = [
        {"ip_address": one["ip_address"], "mac_address": one.get("mac_address", mac)}
        for one in given
    ]
    if any(one in pairs[:index] for index, one in enumerate(pairs)):
        raise Refusal(
            400, "Request contains duplicate address pair.", "DuplicateAddressPairInRequest"
        )
    return pairs


def _assignment(name: str, address: str) -> dict[str, str]:
    host = name or "host-" + address.replace(".", "-").replace(":", "-")
    return {"hostname": host, "ip_address": address, "fqdn": f"{host}.{_DOMAIN}"}


def _bad(sentence: str) -> Refusal:
    return Refusal(400, f"Bad request: {sentence}.", "BadRequest")
