"""What a property may refer to by name or id: where it is listed, and what the cloud is given.

A property's `ref="nova.flavor"` names a row here. The engine gathers the answers in bulk before
it evaluates: one list for each row and project, however many properties refer to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.schema import GENERIC


@dataclass(frozen=True, slots=True)
class Ref:
    """Where things of a kind are listed.

    key: the list's key in the reply. word: what upstream's message calls the thing.
    matches: the fields by which it may be named, the first match wins. answer: what is sent.
    single: whether one thing can be asked for by id, for lists that may not show all.
    pages: whether the list comes in pages. query: what the list is asked with. within: the key
    that each entry is wrapped in, wraps: that a single one is. domains: whether a name may be
    followed by its domain, `name{domain}`.
    """

    service: str
    path: str
    key: str
    word: str
    matches: tuple[str, ...] = ("id", "name")
    answer: str = "id"
    single: bool = True
    pages: bool = False
    within: str = ""
    wraps: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    domains: bool = False

    @property
    def where(self) -> str:
        """Where it was looked for, as a sentence ends."""
        return "" if self.service == "identity" else " in this project"


class NotThere(Exception):
    """Nothing, or more than one thing, goes by that name. Its text is the user's sentence."""

    def __init__(self, words: str, *, ambiguous: bool = False) -> None:
        super().__init__(words)
        self.ambiguous = ambiguous


_UUID: Mapping[str, Any] = {"matches": ("uuid", "name"), "answer": "uuid"}
_NAME: Mapping[str, Any] = {"matches": ("name",), "answer": "name"}


def _neutron(word: str, path: str, key: str) -> Ref:
    return Ref("network", f"/v2.0/{path}", key, word, pages=True, wraps=word)


def _octavia(word: str, path: str, key: str, **more: Any) -> Ref:
    wraps = key[:-3] + "y" if key.endswith("ies") else key[:-1]
    return Ref("load-balancer", f"/v2.0/lbaas/{path}", key, word, wraps=wraps, **more)


def _keystone(word: str, path: str, **more: Any) -> Ref:
    return Ref("identity", f"/v3/{path}", path, word, wraps=path[:-1], **more)


REFS: Mapping[str, Ref] = {
    "barbican.container": Ref(
        "key-manager",
        "/v1/containers",
        "containers",
        "Container",
        ("container_ref",),
        "container_ref",
        single=False,
    ),
    "barbican.secret": Ref(
        "key-manager",
        "/v1/secrets",
        "secrets",
        "Secret",
        ("secret_ref",),
        "secret_ref",
        single=False,
    ),
    "blazar.reservation": Ref("reservation", "/v1/leases", "leases", "Lease", wraps="lease"),
    "cinder.backup": Ref("volume", "/backups", "backups", "VolumeBackup", wraps="backup"),
    "cinder.qos_specs": Ref("volume", "/qos-specs", "qos_specs", "QoSSpecs"),
    "cinder.snapshot": Ref(
        "volume", "/snapshots", "snapshots", "VolumeSnapshot", pages=True, wraps="snapshot"
    ),
    "cinder.volume": Ref("volume", "/volumes", "volumes", "Volume", pages=True, wraps="volume"),
    "cinder.vtype": Ref("volume", "/types", "volume_types", "VolumeType", wraps="volume_type"),
    "designate.zone": Ref("dns", "/v2/zones", "zones", "Designate Zone"),
    "glance.image": Ref("image", "/v2/images", "images", "Image", pages=True),
    "ironic.node": Ref("baremetal", "/v1/nodes", "nodes", "Node", **_UUID),
    "ironic.portgroup": Ref("baremetal", "/v1/portgroups", "portgroups", "PortGroup", **_UUID),
    "keystone.domain": _keystone("KeystoneDomain", "domains"),
    "keystone.group": _keystone("KeystoneGroup", "groups", domains=True),
    "keystone.project": _keystone("KeystoneProject", "projects", domains=True),
    "keystone.region": _keystone("KeystoneRegion", "regions", matches=("id",)),
    "keystone.role": _keystone("KeystoneRole", "roles", domains=True),
    "keystone.service": _keystone("KeystoneService", "services"),
    "keystone.user": _keystone("KeystoneUser", "users", domains=True),
    "magnum.cluster_template": Ref(
        "container-infra", "/v1/clustertemplates", "clustertemplates", "ClusterTemplate", **_UUID
    ),
    "manila.share_network": Ref(
        "share", "/share-networks", "share_networks", "Share Network", wraps="share_network"
    ),
    "manila.share_snapshot": Ref(
        "share", "/snapshots", "snapshots", "Share Snapshot", wraps="snapshot"
    ),
    "manila.share_type": Ref("share", "/types", "share_types", "Share Type", wraps="share_type"),
    "mistral.workflow": Ref("workflow", "/v2/workflows", "workflows", "Workflow"),
    "neutron.address_scope": _neutron("address_scope", "address-scopes", "address_scopes"),
    "neutron.floatingip": _neutron("floatingip", "floatingips", "floatingips"),
    "neutron.flow_classifier": _neutron(
        "flow_classifier", "sfc/flow_classifiers", "flow_classifiers"
    ),
    "neutron.lbaas.listener": _neutron("listener", "lbaas/listeners", "listeners"),
    "neutron.lbaas.loadbalancer": _neutron("loadbalancer", "lbaas/loadbalancers", "loadbalancers"),
    "neutron.lbaas.pool": _neutron("pool", "lbaas/pools", "pools"),
    "neutron.lbaas.provider": Ref(
        "network",
        "/v2.0/service-providers",
        "service_providers",
        "service_provider",
        single=False,
        **_NAME,
    ),
    "neutron.network": _neutron("network", "networks", "networks"),
    "neutron.port": _neutron("port", "ports", "ports"),
    "neutron.port_pair": _neutron("port_pair", "sfc/port_pairs", "port_pairs"),
    "neutron.port_pair_group": _neutron(
        "port_pair_group", "sfc/port_pair_groups", "port_pair_groups"
    ),
    "neutron.qos_policy": _neutron("policy", "qos/policies", "policies"),
    "neutron.router": _neutron("router", "routers", "routers"),
    "neutron.security_group": _neutron("security_group", "security-groups", "security_groups"),
    "neutron.segment": _neutron("segment", "segments", "segments"),
    "neutron.subnet": _neutron("subnet", "subnets", "subnets"),
    "neutron.subnetpool": _neutron("subnetpool", "subnetpools", "subnetpools"),
    "neutron.taas.tap_flow": _neutron("tap_flow", "taas/tap_flows", "tap_flows"),
    "neutron.taas.tap_service": _neutron("tap_service", "taas/tap_services", "tap_services"),
    "nova.availability_zone": Ref(
        "compute",
        "/os-availability-zone",
        "availabilityZoneInfo",
        "Availability Zone",
        ("zoneName",),
        "zoneName",
        single=False,
    ),
    "nova.flavor": Ref(
        "compute",
        "/flavors/detail",
        "flavors",
        "Flavor",
        pages=True,
        wraps="flavor",
    ),
    "nova.host": Ref(
        "compute",
        "/os-hypervisors",
        "hypervisors",
        "Host",
        ("hypervisor_hostname",),
        "hypervisor_hostname",
        single=False,
    ),
    "nova.keypair": Ref("compute", "/os-keypairs", "keypairs", "Key", within="keypair", **_NAME),
    "nova.network": _neutron("network", "networks", "networks"),
    "nova.server": Ref("compute", "/servers", "servers", "Server", pages=True, wraps="server"),
    "octavia.availabilityzone": _octavia(
        "AvailabilityZone", "availabilityzones", "availability_zones", **_NAME
    ),
    "octavia.availabilityzoneprofile": _octavia(
        "AvailabilityZoneProfile", "availabilityzoneprofiles", "availability_zone_profiles"
    ),
    "octavia.flavor": _octavia("Flavor", "flavors", "flavors"),
    "octavia.flavorprofile": _octavia("FlavorProfile", "flavorprofiles", "flavorprofiles"),
    "octavia.l7policy": _octavia("L7Policy", "l7policies", "l7policies"),
    "octavia.listener": _octavia("Listener", "listeners", "listeners"),
    "octavia.loadbalancer": _octavia("LoadBalancer", "loadbalancers", "loadbalancers"),
    "octavia.pool": _octavia("Pool", "pools", "pools"),
    "trove.flavor": Ref("database", "/flavors", "flavors", "Flavor", wraps="flavor"),
    "zaqar.queue": Ref("messaging", "/v2/queues", "queues", "Queue", single=False, **_NAME),
}
"""Every kind of reference that is known."""

CONSTRAINTS = frozenset((*GENERIC, *REFS))
"""The names of all custom constraints: those of things and those of forms."""

_NOUNS = {
    "cinder.backup": "volume backup",
    "cinder.qos_specs": "set of QoS specs",
    "cinder.snapshot": "volume snapshot",
    "cinder.vtype": "volume type",
    "mistral.workflow": "workflow",
    "neutron.floatingip": "floating IP",
    "neutron.lbaas.loadbalancer": "load balancer",
    "neutron.qos_policy": "QoS policy",
    "neutron.subnetpool": "subnet pool",
    "nova.keypair": "key pair",
    "octavia.availabilityzone": "availability zone",
    "octavia.availabilityzoneprofile": "availability zone profile",
    "octavia.flavor": "load balancer flavor",
    "octavia.flavorprofile": "flavor profile",
    "octavia.l7policy": "L7 policy",
    "octavia.loadbalancer": "load balancer",
}


def noun(name: str) -> str:
    """What people call a kind of reference."""
    return _NOUNS.get(name) or name.rpartition(".")[2].replace("_", " ")


def entry_of(ref: Ref, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a thing, without what it is wrapped in."""
    inner = entry.get(ref.within, entry) if ref.within else entry
    return inner if isinstance(inner, Mapping) else {}


DOMAIN = "domain_name"
"""Where the name of an entry's domain is noted, which the service does not tell with it."""


def with_domain(ref: Ref, wanted: str) -> tuple[str, str]:
    """The name and the domain of `name{domain}`; no domain where none is given."""
    name, brace, domain = wanted.partition("{")
    if not ref.domains or not brace or not domain.endswith("}"):
        return wanted, ""
    return name, domain[:-1]


def chosen(ref: Ref, listed: Iterable[Mapping[str, Any]], wanted: str) -> str:
    """What the cloud is given for `wanted`, from what the service lists."""
    plain, domain = with_domain(ref, wanted)
    entries = [entry_of(ref, entry) for entry in listed]
    if domain:
        entries = [one for one in entries if domain in (one.get("domain_id"), one.get(DOMAIN))]
    for name in ref.matches:
        found = {str(entry[ref.answer]) for entry in entries if str(entry.get(name)) == plain}
        if len(found) == 1:
            return found.pop()
        if found:
            words = f"There are multiple physical resources with name or id {wanted}."
            raise NotThere(words, ambiguous=True)
    raise NotThere(f"The {ref.word} ({wanted}) could not be found.")
