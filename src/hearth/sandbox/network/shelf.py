"""Every table of the service, with the time and the chance that its rules need."""

from typing import Any

from hearth.sandbox.store import Document
from hearth.sandbox.web import Call
from hearth.sandbox.world import World

_HEX = "0123456789abcdef"


class Shelf:
    """The tables, and what all collections ask of them."""

    def __init__(self, world: World) -> None:
        table = world.store.table
        owned = ("project_id",)
        self.world = world
        self.networks = table("network.networks", indexes=owned)
        self.segments = table("network.segments", indexes=("network_id",), listed=False)
        self.subnets = table("network.subnets", indexes=(*owned, "network_id", "subnetpool_id"))
        self.ports = table(
            "network.ports",
            indexes=(*owned, "network_id", "device_id", "mac_address"),
            settle=self._port_bound,
        )
        self.allocations = table(
            "network.allocations", indexes=("subnet_id", "port_id"), listed=False
        )
        self.routers = table("network.routers", indexes=owned)
        self.floatingips = table(
            "network.floatingips", indexes=(*owned, "port_id", "router_id", "floating_port_id")
        )
        self.forwardings = table("network.port_forwardings", indexes=("floatingip_id",))
        self.groups = table("network.security_groups", indexes=owned)
        self.rules = table(
            "network.security_group_rules", indexes=(*owned, "security_group_id"), listed=False
        )
        self.subnetpools = table("network.subnetpools", indexes=(*owned, "address_scope_id"))
        self.scopes = table("network.address_scopes", indexes=owned)
        self.qos_policies = table("network.qos_policies", indexes=owned)
        self.qos_rules = table("network.qos_rules", indexes=("policy_id",))
        self.trunks = table("network.trunks", indexes=(*owned, "port_id"))
        self.grants = table("network.rbac_policies", indexes=(*owned, "object_id"))
        self.quotas = table("network.quotas", listed=False)
        self.agents = table("network.agents", listed=False)
        self.hostings = table("network.hostings", indexes=("agent_id", "hosted"), listed=False)

    def _port_bound(self, port: Document) -> None:
        self.ports.change(port["id"], status="ACTIVE")

    def fresh(self) -> dict[str, Any]:
        """What every new object begins with."""
        now = self.world.now
        return {
            "id": self.world.ids.uuid(),
            "created_at": now,
            "updated_at": now,
            "revision_number": 0,
        }

    def mac(self, network_id: str) -> str:
        """A MAC address that no port of the network has."""
        for _ in range(1000):
            digits = "".join(self.world.ids.choice(_HEX) for _ in range(6))
            mac = f"fa:16:3e:{digits[0:2]}:{digits[2:4]}:{digits[4:6]}"
            if not self.mac_taken(network_id, mac):
                return mac
        raise RuntimeError(f"no free MAC address on network {network_id}")

    def mac_taken(self, network_id: str, mac: str) -> bool:
        """Whether a port of the network has this address."""
        return any(
            port["network_id"] == network_id for port in self.ports.where("mac_address", mac)
        )

    def granted(self, call: Call, object_id: str, action: str) -> bool:
        """Whether an RBAC policy gives the caller's project this on the object."""
        return any(
            grant["action"] == action and grant["target_tenant"] in ("*", call.project_id)
            for grant in self.grants.where("object_id", object_id)
        )

    def touch(self, row: Document) -> dict[str, Any]:
        """The fields that every change of an object sets."""
        return {"revision_number": row["revision_number"] + 1, "updated_at": self.world.now}
