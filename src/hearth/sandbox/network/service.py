"""Neutron: its collections, its errors, its first content."""

from hearth.sandbox.network.agents import Agents
from hearth.sandbox.network.collection import Collection
from hearth.sandbox.network.floatingips import FloatingIps, Forwardings
from hearth.sandbox.network.groups import Rules, SecurityGroups
from hearth.sandbox.network.interfaces import Interfaces
from hearth.sandbox.network.networks import Networks
from hearth.sandbox.network.pools import AddressScopes, SubnetPools
from hearth.sandbox.network.ports import Ports
from hearth.sandbox.network.qos import RULES, QosPolicies, QosRules
from hearth.sandbox.network.quotas import Quotas
from hearth.sandbox.network.routers import Routers
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.network.subnets import Subnets
from hearth.sandbox.network.trunks import RbacPolicies, Segments, Trunks
from hearth.sandbox.web import Answer, Call, Refusal, Token
from hearth.sandbox.world import Service, World


class Network(Service):
    """The network service."""

    name = "network"
    prefix = "/network"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        shelf = self.shelf = Shelf(world)
        self.quotas = Quotas(shelf)
        charge = self.quotas.charge
        self.networks = Networks(shelf, shelf.networks, charge)
        self.subnets = Subnets(shelf, shelf.subnets, charge)
        self.groups = SecurityGroups(shelf, shelf.groups, charge)
        self.ports = Ports(shelf, shelf.ports, charge, self.networks, self.groups)
        self.routers = Routers(shelf, shelf.routers, charge, self.ports)
        self.interfaces = Interfaces(shelf, self.routers, self.ports)
        self.floatingips = FloatingIps(shelf, shelf.floatingips, charge, self.ports, self.routers)
        self.forwardings = Forwardings(shelf, shelf.forwardings, charge)
        self.forwardings.floating = self.floatingips
        self.trunks = Trunks(shelf, shelf.trunks, charge, self.ports)
        self.agents = Agents(shelf, shelf.agents, charge)
        self.policies = QosPolicies(shelf, shelf.qos_policies, charge)
        self.qos_rules: dict[str, QosRules] = {}
        for kind in RULES:
            rules = self.qos_rules[kind.plural] = kind(shelf, shelf.qos_rules, charge)
            rules.policies = self.policies
        self.collections = self._named(
            self.networks,
            self.subnets,
            self.ports,
            self.routers,
            self.floatingips,
            self.groups,
            Rules(shelf, shelf.rules, charge),
            SubnetPools(shelf, shelf.subnetpools, charge),
            AddressScopes(shelf, shelf.scopes, charge),
            self.policies,
            self.trunks,
            self.agents,
            RbacPolicies(shelf, shelf.grants, charge),
            Segments(shelf, shelf.segments, charge),
        )

    def collection(self, plural: str) -> Collection:
        """A collection by the name of its list."""
        return self.collections[plural]

    def internal(self, project_id: str) -> Call:
        """A call that the service makes for itself, on behalf of a project."""
        token = Token("", "", "", "", ("admin",), 0.0, project_id=project_id)
        return Call("", "", {}, {}, {}, b"", "", self.world.now, token)

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Neutron's error document."""
        if refusal.status == 401:
            body = {"error": {"code": 401, "title": "Unauthorized", "message": refusal.message}}
            return Answer(401, body, refusal.headers)
        error = {"type": refusal.kind or "HTTPBadRequest", "message": refusal.message, "detail": ""}
        return Answer(refusal.status, {"NeutronError": error}, refusal.headers)

    def seed(self) -> None:
        """A public and a private network with a router between them, as a new cloud has."""
        identity = self.world.neighbours.identity
        if identity is None:
            return
        self.agents.seed()
        admin, demo = identity.project_id("admin"), identity.project_id("demo")
        for project in (admin, demo):
            if project is not None:
                self.groups.default(project)
        if admin is not None and demo is not None:
            self._seed_networks(self.internal(admin), self.internal(demo))

    def _seed_networks(self, admin: Call, demo: Call) -> None:
        public = self.networks.create(
            admin,
            {
                "name": "public",
                "router:external": True,
                "is_default": True,
                "provider:network_type": "flat",
                "provider:physical_network": "public",
            },
        )
        self.subnets.create(
            admin,
            {
                "name": "public-subnet",
                "network_id": public["id"],
                "ip_version": 4,
                "cidr": "172.24.4.0/24",
                "enable_dhcp": False,
                "gateway_ip": "172.24.4.1",
            },
        )
        private = self.networks.create(demo, {"name": "private"})
        subnet = self.subnets.create(
            demo,
            {
                "name": "private-subnet",
                "network_id": private["id"],
                "ip_version": 4,
                "cidr": "10.0.0.0/24",
                "dns_nameservers": ["1.1.1.1"],
            },
        )
        router = self.routers.create(
            demo,
            {
                "name": "router1",
                "external_gateway_info": {"network_id": public["id"]},
            },
        )
        self.interfaces.add(demo, router["id"], {"subnet_id": subnet["id"]})
        self.quotas.keep(
            demo.project_id,
            dict.fromkeys(
                (
                    "network",
                    "subnet",
                    "port",
                    "router",
                    "floatingip",
                    "security_group",
                    "security_group_rule",
                ),
                100_000,
            ),
        )

    def _named(self, *collections: Collection) -> dict[str, Collection]:
        return {one.plural: one for one in collections}
