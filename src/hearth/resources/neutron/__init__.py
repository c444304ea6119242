"""The types of Neutron, the network service."""

from hearth.kit import ResourceType
from hearth.resources.neutron.floating_ip import FloatingIP
from hearth.resources.neutron.floating_ip_association import FloatingIPAssociation
from hearth.resources.neutron.net import Net
from hearth.resources.neutron.port import Port
from hearth.resources.neutron.router import Router
from hearth.resources.neutron.router_interface import RouterInterface
from hearth.resources.neutron.security_group import SecurityGroup
from hearth.resources.neutron.security_group_rule import SecurityGroupRule
from hearth.resources.neutron.subnet import Subnet

TYPES: tuple[type[ResourceType], ...] = (
    FloatingIP,
    FloatingIPAssociation,
    Net,
    Port,
    Router,
    RouterInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)

__all__ = [
    "TYPES",
    "FloatingIP",
    "FloatingIPAssociation",
    "Net",
    "Port",
    "Router",
    "RouterInterface",
    "SecurityGroup",
    "SecurityGroupRule",
    "Subnet",
]
