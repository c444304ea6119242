"""What Neutron's objects need of one another though no template says so. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from hearth.kit import first_said, named, said, those

Others = Mapping[str, Any]

NETWORK = ("network", "network_id")
SUBNET = ("subnet", "subnet_id")


def network_of(definition: Any) -> Any:
    """The network that a subnet or port names."""
    return first_said(definition, NETWORK)


def gateway_of(definition: Any) -> Any:
    """The external network that a router names."""
    gateway = said(definition).get("external_gateway_info")
    return gateway.get("network") if isinstance(gateway, dict) else None


def floating_network_of(definition: Any) -> Any:
    """The external network that a floating address names."""
    return first_said(definition, ("floating_network", "floating_network_id"))


def port_of(definition: Any) -> Any:
    """The port that a floating address leads to."""
    return said(definition).get("port_id")


def subnets(network: Any, others: Others) -> Iterator[str]:
    """The subnets of a network: without them there is no address to have."""
    return those(others, "OS::Neutron::Subnet", NETWORK, network)


def gateways(network: Any, others: Others) -> Iterator[str]:
    """The routers that lead to an external network, by gateways of their own or apart."""
    for name, other in others.items():
        if network is None or other.type != "OS::Neutron::Router":
            continue
        if gateway_of(other) == network:
            yield name
    yield from those(others, "OS::Neutron::RouterGateway", NETWORK, network)


def interfaces(port: Any, others: Others) -> Iterator[str]:
    """The router interfaces that serve the subnets of a port of the same template."""
    served = others.get(named(port) or "")
    if served is None:
        return
    wanted: list[Any] = [{"get_resource": name} for name in subnets(network_of(served), others)]
    addresses = said(served).get("fixed_ips")
    listed = addresses if isinstance(addresses, list) else []
    wanted += [one.get("subnet") or one.get("subnet_id") for one in listed if isinstance(one, dict)]
    for name, other in others.items():
        if other.type == "OS::Neutron::RouterInterface":
            subnet = first_said(other, SUBNET)
            if any(_same(subnet, one) for one in wanted):
                yield name


def _same(one: Any, other: Any) -> bool:
    if one is None:
        return False
    return bool(one == other) or (named(one) is not None and named(one) == named(other))
