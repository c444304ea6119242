"""Networks, and the segment beneath each."""

from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Collection
from hearth.sandbox.network.fields import ABSENT, READ_ONLY, Field
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

# Ports that the service made for itself go away with the network.
AUTOMATIC = frozenset(
    {
        "network:dhcp",
        "network:distributed",
        "network:router_centralized_snat",
        "network:floatingip_agent_gateway",
    }
)

_TUNNELS = ("vxlan", "gre", "geneve")
_TYPES = ("flat", "vlan", "local", *_TUNNELS)
_SEGMENT = {
    "provider:network_type": f.one_of(*_TYPES),
    "provider:physical_network": f.nullable(f.text(64)),
    "provider:segmentation_id": f.nullable(f.number(1, 2**24 - 1)),
}
_TUNNEL_MTU = 1450
_MTU = 1500


class Networks(Collection):
    """Layer-2 networks."""

    singular = "network"
    plural = "networks"
    missing = "NetworkNotFound"
    quota = "network"
    hidden = frozenset(_SEGMENT)
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": f.NAME,
        "admin_state_up": f.UP,
        "shared": Field(f.boolean, False, admin=True),
        "router:external": Field(f.boolean, False, admin=True),
        **{name: Field(check, ABSENT, admin=True) for name, check in _SEGMENT.items()},
        "segments": Field(f.list_of(f.record(_SEGMENT)), ABSENT, put=False, admin=True),
        "mtu": Field(f.number(0, 65535), ABSENT),
        "port_security_enabled": Field(f.boolean, True),
        "qos_policy_id": Field(f.nullable(f.identifier), None),
        "availability_zone_hints": Field(f.list_of(f.text(255)), list, put=False),
        "dns_domain": Field(f.text(255), ""),
        "is_default": Field(f.boolean, False),
        "vlan_transparent": Field(f.nullable(f.boolean), None, put=False),
        "status": READ_ONLY,
        "subnets": READ_ONLY,
        "availability_zones": READ_ONLY,
        "ipv4_address_scope": READ_ONLY,
        "ipv6_address_scope": READ_ONLY,
        "l2_adjacency": READ_ONLY,
    }

    def make(self, call: Call, values: Document) -> Document:
        segments = values.pop("segments", None) or [
            {name: values.pop(name) for name in _SEGMENT if name in values}
        ]
        segments = [self._segment(segment) for segment in segments]
        self._check_policy(call, values)
        tunnel = segments[0]["provider:network_type"] in _TUNNELS
        values.setdefault("mtu", _TUNNEL_MTU if tunnel else _MTU)
        first = {name: segments[0][name] for name in _SEGMENT} if len(segments) == 1 else {}
        network = self.add({**values, **first, "status": "ACTIVE"})
        for segment in segments:
            self._keep(network["id"], segment)
        return network

    def alter(self, call: Call, row: Document, values: Document) -> None:
        self._check_policy(call, values)
        if values.get("router:external") is False and row["router:external"]:
            self._check_external_use(row)
        if values.get("shared") is False and row["shared"]:
            self._check_shared_use(row)
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        ports = self.shelf.ports.where("network_id", row["id"])
        if any(port["device_owner"] not in AUTOMATIC for port in ports):
            message = (
                f"Unable to complete operation on network {row['id']}. "
                "There are one or more ports still in use on the network."
            )
            raise Refusal(409, message, "NetworkInUse")
        for port in ports:
            for one in self.shelf.allocations.where("port_id", port["id"]):
                self.shelf.allocations.remove(one["id"])
            self.shelf.ports.remove(port["id"])
        for table in (self.shelf.subnets, self.shelf.segments):
            for part in table.where("network_id", row["id"]):
                table.remove(part["id"])
        for hosting in self.shelf.hostings.where("hosted", row["id"]):
            self.shelf.hostings.remove(hosting["id"])

    def sees(self, call: Call, row: Document) -> bool:
        return (
            bool(row["router:external"])
            or super().sees(call, row)
            or self.shelf.granted(call, row["id"], "access_as_external")
        )

    def show(self, call: Call, row: Document) -> Document:
        subnets = self.shelf.subnets.where("network_id", row["id"])
        shown = super().show(call, row)
        shown["subnets"] = [subnet["id"] for subnet in subnets]
        shown["shared"] = row["shared"] or self.shelf.granted(call, row["id"], self.share_action)
        shown["l2_adjacency"] = not any(subnet["segment_id"] for subnet in subnets)
        shown["availability_zones"] = ["nova"] if subnets else []
        shown["ipv4_address_scope"] = self._scope(subnets, 4)
        shown["ipv6_address_scope"] = self._scope(subnets, 6)
        if call.admin and "provider:network_type" not in row:
            shown["segments"] = [
                {name: segment[name.removeprefix("provider:")] for name in _SEGMENT}
                for segment in self.shelf.segments.where("network_id", row["id"])
            ]
        return shown

    def _segment(self, given: dict[str, Any]) -> dict[str, Any]:
        kind = given.get("provider:network_type") or "vxlan"
        physical = given.get("provider:physical_network")
        number = given.get("provider:segmentation_id")
        if kind in ("flat", "vlan") and physical is None:
            raise _invalid(f"physical_network required for {kind} provider network")
        if kind in ("local", *_TUNNELS) and physical is not None:
            raise _invalid(f"provider:physical_network specified for {kind} network")
        if kind in ("flat", "local") and number is not None:
            raise _invalid(f"provider:segmentation_id specified for {kind} network")
        others = {
            one["segmentation_id"]
            for one in self.shelf.segments
            if one["network_type"] == kind and one["physical_network"] == physical
        }
        if number is not None and number in others:
            raise Refusal(
                409,
                f"Unable to create the network. The segment {number} is in use.",
                "VlanIdInUse" if kind == "vlan" else "TunnelIdInUse",
            )
        if kind == "flat" and others:
            raise Refusal(
                409,
                f"Unable to create the flat network. Physical network {physical} is in use.",
                "FlatNetworkInUse",
            )
        if number is None and kind not in ("flat", "local"):
            number = next(one for one in range(1, len(others) + 2) if one not in others)
        return dict(zip(_SEGMENT, (kind, physical, number), strict=True))

    def _keep(self, network_id: str, segment: dict[str, Any]) -> None:
        self.shelf.segments.add(
            {
                **self.shelf.fresh(),
                "network_id": network_id,
                "name": None,
                "description": "",
                **{name.removeprefix("provider:"): value for name, value in segment.items()},
            }
        )

    def _check_policy(self, call: Call, values: Document) -> None:
        policy = values.get("qos_policy_id")
        if policy is not None and self.shelf.qos_policies.get(policy) is None:
            raise Refusal(404, f"QoS policy {policy} could not be found.", "QosPolicyNotFound")

    def _check_external_use(self, row: Document) -> None:
        owners = {port["device_owner"] for port in self.shelf.ports.where("network_id", row["id"])}
        if owners & {"network:router_gateway", "network:floatingip"}:
            message = (
                f"External network {row['id']} cannot be updated to be made non-external, "
                "since it has existing gateway ports."
            )
            raise Refusal(409, message, "ExternalNetworkInUse")

    def _check_shared_use(self, row: Document) -> None:
        ports = self.shelf.ports.where("network_id", row["id"])
        if any(port["project_id"] not in (row["project_id"], "") for port in ports):
            message = (
                f"Unable to reconfigure sharing settings for network {row['id']}. "
                "Multiple tenants are using it."
            )
            raise Refusal(409, message, "InvalidSharedSetting")

    def _scope(self, subnets: list[Document], version: int) -> str | None:
        for subnet in subnets:
            pool = self.shelf.subnetpools.get(subnet["subnetpool_id"] or "")
            if subnet["ip_version"] == version and pool is not None:
                scope: str | None = pool["address_scope_id"]
                return scope
        return None


def _invalid(sentence: str) -> Refusal:
    return Refusal(400, f"Invalid input for operation: {sentence}.", "InvalidInput")
