"""What Neutron's objects need of one another though no template says so. Pure.

Two properties name the same thing when they are written the same way: the same name, or the same
reference. Definitions are the template's; what they say is compared as plain data.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hearth.template import plain_of

Others = Mapping[str, Any]


def said(definition: Any) -> dict[str, Any]:
    """A resource's properties as they are written."""
    found = plain_of(definition.properties) if definition.properties is not None else {}
    return found if isinstance(found, dict) else {}


def network_of(definition: Any) -> Any:
    """The network that a subnet or port names."""
    properties = said(definition)
    return properties.get("network") or properties.get("network_id")


def gateway_of(definition: Any) -> Any:
    """The external network that a router names."""
    gateway = said(definition).get("external_gateway_info")
    return gateway.get("network") if isinstance(gateway, dict) else None


def floating_network_of(definition: Any) -> Any:
    """The external network that a floating address names."""
    properties = said(definition)
    return properties.get("floating_network") or properties.get("floating_network_id")


def port_of(definition: Any) -> Any:
    """The port that a floating address leads to."""
    return said(definition).get("port_id")


def subnets(network: Any, others: Others) -> Iterator[str]:
    """The subnets of a network: without them there is no address to have."""
    for name, other in _of(others, "OS::Neutron::Subnet"):
        if network is not None and network_of(other) == network:
            yield name


def gateways(network: Any, others: Others) -> Iterator[str]:
    """The routers that lead to an external network, by gateways of their own or apart."""
    for name, other in _of(others, "OS::Neutron::Router"):
        if network is not None and gateway_of(other) == network:
            yield name
    for name, other in _of(others, "OS::Neutron::RouterGateway"):
        if network is not None and network_of(other) == network:
            yield name


def interfaces(port: Any, others: Others) -> Iterator[str]:
    """The router interfaces that serve the subnets of a port of the same template."""
    served = [others[name] for name in _named(port) if name in others]
    wanted: list[Any] = []
    for one in served:
        wanted += [{"get_resource": name} for name in subnets(network_of(one), others)]
        addresses = said(one).get("fixed_ips")
        for address in addresses if isinstance(addresses, list) else ():
            if isinstance(address, dict):
                wanted.append(address.get("subnet") or address.get("subnet_id"))
    for name, other in _of(others, "OS::Neutron::RouterInterface"):
        subnet = said(other).get("subnet") or said(other).get("subnet_id")
        if subnet is not None and any(_same(subnet, one) for one in wanted):
            yield name


def _of(others: Others, kind: str) -> Iterable[tuple[str, Any]]:
    return [(name, other) for name, other in others.items() if other.type == kind]


def _named(reference: Any) -> list[str]:
    """The resource that a reference is to, in either dialect."""
    if not isinstance(reference, dict):
        return []
    found = reference.get("get_resource") or reference.get("Ref")
    return [found] if isinstance(found, str) else []


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (bool(_named(one)) and _named(one) == _named(other))
