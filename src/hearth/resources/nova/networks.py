"""From a server's `networks` property to what Nova is asked for. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hearth.kit import those
from hearth.resources.nova.ports import PortExtras
from hearth.schema import Record, fading, prop
from hearth.stack import ResourceRecord


class Network(Record):
    """One network that it is plugged into."""

    allocate_network: str | None = prop(
        "Let Nova choose a network, or take none; stands alone.",
        update=True,
        allowed=("none", "auto"),
        since="9.0.0",
    )
    fixed_ip: str | None = prop("The address to take on it.", check="ip_addr")
    floating_ip: str | None = prop("The id of a floating address to point here.", since="6.0.0")
    network: str | None = prop("The network, by name or id.", ref="neutron.network")
    port: str | None = prop("A port to use as it is, by name or id.", ref="neutron.port")
    port_extra_properties: PortExtras | None = prop(
        "What the port shall be like; one is then made for the server.", update=True, since="6.0.0"
    )
    subnet: str | None = prop(
        "The subnet to take an address from, by name or id.",
        since="5.0.0",
        resolve="neutron.subnet",
    )
    tag: str | None = prop(
        "What the device is tagged with, as seen inside the server.", since="9.0.0"
    )
    uuid: str | None = prop(
        "The network; use network instead.",
        ref="neutron.network",
        support=fading(deprecated="2014.1", hidden="5.0.0"),
        wire=None,
        becomes="network",
    )

    @property
    def made(self) -> bool:
        """Whether a port is made for it."""
        asks = self.subnet is not None or self.port_extra_properties is not None
        return asks and self.port is None


def problems(given: object) -> list[str]:
    """What is wrong with the networks together, as far as they are known."""
    networks = [one for one in given if isinstance(one, Network)] if isinstance(given, list) else []
    found = []
    alone = [one for one in networks if one.allocate_network]
    if alone and (len(networks) > 1 or any(one.network or one.port for one in alone)):
        found.append('"allocate_network" cannot be used together with other networks.')
    for one in networks:
        if not (one.network or one.port or one.subnet or one.allocate_network):
            found.append(
                'One of the properties "network", "port", "allocate_network" or "subnet" '
                "should be set for each network of the server."
            )
        if one.port and one.fixed_ip and not one.network:
            found.append("A port has its addresses already: fixed_ip does not go with port.")
    return found


def nics(networks: Sequence[Network] | None, ports: Mapping[int, str]) -> Any:
    """What the creating call's `networks` must be; None leaves the choice to Nova.

    ports: those that were made, by the place of their network.
    """
    if networks is None:
        return None
    for one in networks:
        if one.allocate_network:
            return one.allocate_network
    return [_nic(one, ports.get(place)) for place, one in enumerate(networks)]


def _nic(one: Network, made: str | None) -> dict[str, Any]:
    port = made or one.port
    nic: dict[str, Any] = {"port": port} if port else {"uuid": one.network}
    if one.fixed_ip and not port:
        nic["fixed_ip"] = one.fixed_ip
    if one.tag:
        nic["tag"] = one.tag
    return nic


def port_body(
    one: Network, name: str, marker: str, security_groups: Sequence[str]
) -> dict[str, Any]:
    """The port that is made for one network of a server."""
    extras = one.port_extra_properties
    body: dict[str, Any] = {"name": name, "description": marker}
    if one.network:
        body["network_id"] = one.network
    if extras is not None and extras.no_fixed_ips:
        body["fixed_ips"] = []
    elif one.fixed_ip or one.subnet:
        asked = {"ip_address": one.fixed_ip, "subnet_id": one.subnet}
        body["fixed_ips"] = [{key: value for key, value in asked.items() if value}]
    if security_groups:
        body["security_groups"] = list(security_groups)
    if extras is not None:
        body |= extras.wire() | extras.value_specs
    return body


@dataclass(frozen=True, slots=True)
class Plug:
    """An interface that is to be.

    again: the port that was taken out of the same network before, whose address it shall have.
    """

    port: str | None = None
    network: str | None = None
    address: str | None = None
    tag: str | None = None
    again: str | None = None

    def body(self, address: str | None) -> dict[str, Any]:
        """What Nova is asked for, with this address."""
        if self.port is not None:
            return {"port_id": self.port} | ({"tag": self.tag} if self.tag else {})
        addresses = [{"ip_address": address}] if address else None
        asked = {"net_id": self.network, "fixed_ips": addresses, "tag": self.tag}
        return {key: value for key, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Rewiring:
    """What must be done so that a server is plugged in as wanted."""

    detach: tuple[str, ...]
    attach: tuple[Plug, ...]


def rewired(
    networks: Sequence[Network],
    ports: Mapping[int, str],
    interfaces: Iterable[Mapping[str, Any]],
    unplugged: Sequence[Mapping[str, Any]] = (),
) -> Rewiring:
    """The difference between what is wanted and the interfaces that the server has.

    unplugged: what was taken out before, the latest first; where it is still shown, it is on its
    way out and serves nobody.
    """
    leaving = {one["port"] for one in unplugged}
    has = [one for one in interfaces if one["port_id"] not in leaving]
    going = [str(one["port_id"]) for one in interfaces if one["port_id"] in leaving]
    before = list(unplugged)
    attach: list[Plug] = []
    for place, one in enumerate(networks):
        port = ports.get(place) or one.port
        match = next((each for each in has if _serves(each, one, port)), None)
        if match is not None:
            has.remove(match)
        else:
            attach += _plugs(one, port, before)
    return Rewiring((*(str(one["port_id"]) for one in has), *going), tuple(attach))


def _plugs(one: Network, port: str | None, before: list[Mapping[str, Any]]) -> Iterator[Plug]:
    """How to come to what one network asks for; what was there before is taken out."""
    if port:
        yield Plug(port=port, tag=one.tag)
    elif one.fixed_ip:
        yield Plug(network=one.network, address=one.fixed_ip, tag=one.tag)
    elif one.network:
        old = next((each for each in before if each["network"] == one.network), None)
        if old is None or not old["addresses"]:
            yield Plug(network=one.network, tag=one.tag)
        else:
            before.remove(old)
            yield Plug(
                network=one.network, address=old["addresses"][0], tag=one.tag, again=old["port"]
            )
    elif one.allocate_network == "auto":
        yield Plug()


def _serves(interface: Mapping[str, Any], one: Network, port: str | None) -> bool:
    if one.allocate_network == "auto":
        return True
    if port:
        return bool(interface["port_id"] == port)
    if interface["net_id"] != one.network:
        return False
    addresses = [ip["ip_address"] for ip in interface.get("fixed_ips", ())]
    return one.fixed_ip is None or one.fixed_ip in addresses


def networks_of(record: ResourceRecord) -> list[Network]:
    """The networks that the server was last applied with."""
    given = record.properties.get("networks")
    return [Network.of(one) for one in given] if isinstance(given, list) else []


def subnets_of(networks: object, others: Mapping[str, Any]) -> Iterator[str]:
    """The subnets in the same template of the networks that a server is plugged into.

    Where a port is named and no network, any of them may be meant.
    """
    for one in networks if isinstance(networks, list) else ():
        if isinstance(one, dict):
            network = one.get("network") or one.get("uuid")
            if network is None:
                yield from (n for n, other in others.items() if other.type == "OS::Neutron::Subnet")
            yield from those(others, "OS::Neutron::Subnet", ("network", "network_id"), network)
