"""Trunks (a port that carries others), RBAC policies and segments."""

from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Charge, Collection
from hearth.sandbox.network.fields import READ_ONLY, Field
from hearth.sandbox.network.ports import Ports
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

_SUBPORT = f.record(
    {
        "port_id": f.identifier,
        "segmentation_type": f.one_of("vlan", "inherit"),
        "segmentation_id": f.number(1, 4094),
    },
    needs=("port_id",),
)
_OWNER = "trunk:subport"

Sub = list[dict[str, Any]]


class Trunks(Collection):
    """Ports that carry the traffic of other ports."""

    singular = "trunk"
    plural = "trunks"
    missing = "TrunkNotFound"
    quota = "trunk"
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": f.NAME,
        "port_id": Field(f.identifier, put=False),
        "admin_state_up": f.UP,
        "sub_ports": Field(f.list_of(_SUBPORT), list, put=False),
        "status": READ_ONLY,
    }

    def __init__(self, shelf: Shelf, table: Table, charge: Charge, ports: Ports) -> None:
        super().__init__(shelf, table, charge)
        self.ports = ports

    def make(self, call: Call, values: Document) -> Document:
        parent = self.ports.find(call, values["port_id"])
        if parent["device_owner"] == _OWNER or self.table.first("port_id", parent["id"]):
            message = f"Port {parent['id']} is in use by another trunk."
            raise Refusal(409, message, "ParentPortInUse")
        wanted = values.pop("sub_ports")
        trunk = self.add({**values, "sub_ports": [], "status": "DOWN"})
        return self._join(call, trunk, wanted) if wanted else trunk

    def show(self, call: Call, row: Document) -> Document:
        parent = self.shelf.ports.get(row["port_id"])
        shown = super().show(call, row)
        if parent is not None and parent["status"] == "ACTIVE":
            shown["status"] = "ACTIVE"
        return shown

    def unmake(self, call: Call, row: Document) -> None:
        parent = self.shelf.ports.get(row["port_id"])
        if parent is not None and parent["binding:host_id"]:
            message = f"Trunk {row['id']} is currently in use."
            raise Refusal(409, message, "TrunkInUse")
        self._part(row["sub_ports"])

    def add_subports(self, call: Call, key: str, sent: Any) -> Document:
        """Let the trunk carry more ports."""
        return self._join(call, self._writable(call, key), _subports(sent))

    def remove_subports(self, call: Call, key: str, sent: Any) -> Document:
        """Let the trunk carry fewer ports."""
        trunk = self._writable(call, key)
        unwanted = [one["port_id"] for one in _subports(sent)]
        carried = {one["port_id"] for one in trunk["sub_ports"]}
        for port_id in unwanted:
            if port_id not in carried:
                message = f"SubPort on trunk {key} with parent port {port_id} could not be found."
                raise Refusal(404, message, "SubPortNotFound")
        gone = [one for one in trunk["sub_ports"] if one["port_id"] in unwanted]
        self._part(gone)
        return self.set(key, sub_ports=[one for one in trunk["sub_ports"] if one not in gone])

    def _writable(self, call: Call, key: str) -> Document:
        trunk = self.own(call, key)
        if not trunk["admin_state_up"]:
            raise Refusal(409, f"Trunk {key} is currently disabled.", "TrunkDisabled")
        return trunk

    def _join(self, call: Call, trunk: Document, wanted: Sub) -> Document:
        numbers = {one["segmentation_id"] for one in trunk["sub_ports"]}
        added: Sub = []
        for one in wanted:
            port = self.ports.find(call, one["port_id"])
            number = one.get("segmentation_id")
            if number is None:
                number = self._number(port)
            if port["id"] == trunk["port_id"] or self.table.first("port_id", port["id"]):
                message = f"Port {port['id']} is currently a parent port for a trunk."
                raise Refusal(409, message, "TrunkPortInUse")
            if port["device_id"]:
                message = f"Port {port['id']} is in use by {port['device_id']}."
                raise Refusal(409, message, "PortInUse")
            if number in numbers:
                message = (
                    f"segmentation_type vlan and segmentation_id {number} already in use on "
                    f"trunk {trunk['id']}."
                )
                raise Refusal(409, message, "DuplicateSubPort")
            numbers.add(number)
            added.append(
                {"port_id": port["id"], "segmentation_type": "vlan", "segmentation_id": number}
            )
            self.ports.set(port["id"], device_id=trunk["id"], device_owner=_OWNER)
        return self.set(trunk["id"], sub_ports=trunk["sub_ports"] + added)

    def _number(self, port: Document) -> int:
        for segment in self.shelf.segments.where("network_id", port["network_id"]):
            if segment["segmentation_id"] is not None:
                return int(segment["segmentation_id"])
        raise Refusal(
            400, "Invalid input for operation: segmentation_id is needed.", "InvalidInput"
        )

    def _part(self, sub_ports: Sub) -> None:
        for one in sub_ports:
            if self.shelf.ports.get(one["port_id"]) is not None:
                self.ports.set(one["port_id"], device_id="", device_owner="")


def _subports(sent: Any) -> Sub:
    try:
        return list(f.list_of(_SUBPORT)(sent))
    except f.Bad as error:
        raise f.refused(f"Invalid input for sub_ports. Reason: {error}.") from error


_ACTIONS = {
    "network": ("access_as_shared", "access_as_external"),
    "qos_policy": ("access_as_shared",),
    "security_group": ("access_as_shared",),
    "address_scope": ("access_as_shared",),
    "subnetpool": ("access_as_shared",),
}


class RbacPolicies(Collection):
    """Leave for another project to use an object."""

    singular = "rbac_policy"
    plural = "rbac_policies"
    missing = "RbacPolicyNotFound"
    quota = "rbac_policy"
    fields: ClassVar[dict[str, Field]] = {
        **{name: COMMON[name] for name in ("id", "tenant_id", "project_id")},
        "object_type": Field(f.one_of(*_ACTIONS), put=False),
        "object_id": Field(f.identifier, put=False),
        "target_tenant": Field(f.text(255)),
        "action": Field(f.text(255), put=False),
    }

    def make(self, call: Call, values: Document) -> Document:
        kind, key = values["object_type"], values["object_id"]
        shelf = self.shelf
        tables = {
            "network": shelf.networks,
            "qos_policy": shelf.qos_policies,
            "security_group": shelf.groups,
            "address_scope": shelf.scopes,
            "subnetpool": shelf.subnetpools,
        }
        row = tables[kind].get(key)
        if row is None or not (call.admin or row["project_id"] == call.project_id):
            raise Refusal(
                404, f"RBAC object {key} of type {kind} could not be found.", "RbacObjectNotFound"
            )
        if values["action"] not in _ACTIONS[kind]:
            message = (
                f"Action '{values['action']}' for object_type '{kind}' is not supported. "
                f"Valid actions: {', '.join(_ACTIONS[kind])}"
            )
            raise Refusal(400, f"Invalid input for operation: {message}.", "InvalidInput")
        if values["target_tenant"] == "*" and not call.admin:
            f.only_admin(call, "target_tenant")
        for other in shelf.grants.where("object_id", key):
            if all(other[name] == values[name] for name in ("action", "target_tenant")):
                raise Refusal(
                    409, "An RBAC policy already exists with those values.", "DuplicateRbacPolicy"
                )
        return self.add(values)

    def unmake(self, call: Call, row: Document) -> None:
        if row["object_type"] != "network" or row["action"] != "access_as_shared":
            return
        network = self.shelf.networks.get(row["object_id"])
        ports = self.shelf.ports.where("network_id", row["object_id"])
        target = row["target_tenant"]
        owner = network["project_id"] if network is not None else ""
        if any(
            port["project_id"] not in (owner, "") and target in ("*", port["project_id"])
            for port in ports
        ):
            message = (
                f"RBAC policy on object {row['object_id']} cannot be removed because other "
                "objects depend on it."
            )
            raise Refusal(409, message, "RbacPolicyInUse")

    def show(self, call: Call, row: Document) -> Document:
        names = ("id", "project_id", "object_type", "object_id", "target_tenant", "action")
        return {**{name: row[name] for name in names}, "tenant_id": row["project_id"]}


class Segments(Collection):
    """Parts of a network that are each one layer-2 domain."""

    singular = "segment"
    plural = "segments"
    missing = "SegmentNotFound"
    indexed = ("network_id",)
    fields: ClassVar[dict[str, Field]] = {
        **{
            name: COMMON[name] for name in COMMON if name not in ("tenant_id", "project_id", "tags")
        },
        "network_id": Field(f.identifier, put=False),
        "name": Field(f.nullable(f.text(255)), None),
        "description": Field(f.nullable(f.text(255)), None),
        "network_type": Field(
            f.one_of("flat", "geneve", "gre", "local", "vlan", "vxlan"), put=False
        ),
        "physical_network": Field(f.nullable(f.text(64)), None, put=False),
        "segmentation_id": Field(f.nullable(f.number(1, 2**24 - 1)), None, put=False),
    }

    def make(self, call: Call, values: Document) -> Document:
        f.only_admin(call, "segment")
        del values["project_id"]
        if self.shelf.networks.get(values["network_id"]) is None:
            message = f"Network {values['network_id']} could not be found."
            raise Refusal(404, message, "NetworkNotFound")
        return self.table.add({**self.shelf.fresh(), **values})

    def unmake(self, call: Call, row: Document) -> None:
        for subnet in self.shelf.subnets.where("network_id", row["network_id"]):
            if subnet["segment_id"] == row["id"]:
                message = f"Segment '{row['id']}' is in use by subnet {subnet['id']}."
                raise Refusal(409, message, "SegmentInUse")

    def sees(self, call: Call, row: Document) -> bool:
        return call.admin
