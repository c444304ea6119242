"""What a property may refer to by name or id: where it is listed, and what the cloud is given.

A property's `ref="nova.flavor"` names a row here. The engine gathers the answers in bulk before
it evaluates: one list for each row and project, however many properties refer to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """Where things of a kind are listed.

    key: the list's key in the reply. word: what upstream's message calls the thing.
    matches: the fields by which it may be named, the first match wins. answer: what is sent.
    single: a path for one thing by id, for lists that may not show all ("" for none).
    filters: whether `name=` narrows the list. within: the key that each entry is wrapped in.
    """

    service: str
    path: str
    key: str
    word: str
    matches: tuple[str, ...] = ("id", "name")
    answer: str = "id"
    single: bool = True
    filters: bool = False
    within: str = ""
    wraps: str = ""


class NotThere(Exception):
    """Nothing, or more than one thing, goes by that name. Its text is the user's sentence."""


def _neutron(word: str, path: str, key: str) -> Ref:
    return Ref("network", f"/v2.0/{path}", key, word, filters=True, wraps=word)


REFS: Mapping[str, Ref] = {
    "nova.flavor": Ref("compute", "/flavors/detail", "flavors", "Flavor"),
    "nova.server": Ref("compute", "/servers", "servers", "Server"),
    "nova.keypair": Ref(
        "compute", "/os-keypairs", "keypairs", "Key", ("name",), "name", within="keypair"
    ),
    "nova.host": Ref(
        "compute",
        "/os-hypervisors",
        "hypervisors",
        "Host",
        ("hypervisor_hostname",),
        "hypervisor_hostname",
    ),
    "nova.availability_zone": Ref(
        "compute",
        "/os-availability-zone",
        "availabilityZoneInfo",
        "Availability Zone",
        ("zoneName",),
        "zoneName",
        single=False,
    ),
    "neutron.network": _neutron("network", "networks", "networks"),
    "neutron.subnet": _neutron("subnet", "subnets", "subnets"),
    "neutron.port": _neutron("port", "ports", "ports"),
    "neutron.router": _neutron("router", "routers", "routers"),
    "neutron.security_group": _neutron("security_group", "security-groups", "security_groups"),
    "neutron.floatingip": _neutron("floatingip", "floatingips", "floatingips"),
    "neutron.qos_policy": _neutron("policy", "qos/policies", "policies"),
    "neutron.subnetpool": _neutron("subnetpool", "subnetpools", "subnetpools"),
    "neutron.address_scope": _neutron("address_scope", "address-scopes", "address_scopes"),
    "neutron.segment": _neutron("segment", "segments", "segments"),
    "neutron.flow_classifier": _neutron(
        "flow_classifier", "sfc/flow_classifiers", "flow_classifiers"
    ),
    "neutron.port_pair": _neutron("port_pair", "sfc/port_pairs", "port_pairs"),
    "neutron.port_pair_group": _neutron(
        "port_pair_group", "sfc/port_pair_groups", "port_pair_groups"
    ),
    "cinder.volume": Ref("volume", "/volumes", "volumes", "Volume", wraps="volume"),
    "cinder.snapshot": Ref("volume", "/snapshots", "snapshots", "VolumeSnapshot", wraps="snapshot"),
    "cinder.backup": Ref("volume", "/backups", "backups", "VolumeBackup", wraps="backup"),
    "cinder.vtype": Ref("volume", "/types", "volume_types", "VolumeType", wraps="volume_type"),
    "cinder.qos_specs": Ref("volume", "/qos-specs", "qos_specs", "QoSSpecs"),
    "glance.image": Ref("image", "/v2/images", "images", "Image", filters=True),
    "keystone.project": Ref(
        "identity", "/v3/projects", "projects", "KeystoneProject", filters=True, wraps="project"
    ),
    "keystone.user": Ref(
        "identity", "/v3/users", "users", "KeystoneUser", filters=True, wraps="user"
    ),
    "keystone.group": Ref(
        "identity", "/v3/groups", "groups", "KeystoneGroup", filters=True, wraps="group"
    ),
    "keystone.role": Ref(
        "identity", "/v3/roles", "roles", "KeystoneRole", filters=True, wraps="role"
    ),
    "keystone.domain": Ref(
        "identity", "/v3/domains", "domains", "KeystoneDomain", filters=True, wraps="domain"
    ),
    "keystone.service": Ref(
        "identity", "/v3/services", "services", "KeystoneService", filters=True, wraps="service"
    ),
    "keystone.region": Ref(
        "identity", "/v3/regions", "regions", "KeystoneRegion", ("id",), wraps="region"
    ),
}
"""Every kind of reference that is known; more come with the services' types."""


def chosen(ref: Ref, listed: Iterable[Mapping[str, Any]], wanted: str) -> str:
    """What the cloud is given for `wanted`, from what the service lists."""
    entries = [entry[ref.within] if ref.within else entry for entry in listed]
    for field in ref.matches:
        found = {str(entry[ref.answer]) for entry in entries if str(entry.get(field)) == wanted}
        if len(found) == 1:
            return found.pop()
        if found:
            raise NotThere(f"There are multiple physical resources with name or id {wanted}.")
    raise NotThere(f"The {ref.word} ({wanted}) could not be found.")
