"""A server's addresses, as its attributes tell them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Addresses = Mapping[str, list[dict[str, Any]]]
"""Nova's own: for each network's name, its addresses."""


def plain(addresses: Addresses, ports: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """For each network, by name and by id, the addresses alone."""
    found = {name: [str(entry["addr"]) for entry in entries] for name, entries in addresses.items()}
    names = _network_ids(addresses, ports)
    return found | {ident: found[name] for name, ident in names.items()}


def detailed(
    addresses: Addresses,
    ports: Iterable[Mapping[str, Any]],
    networks: Mapping[str, Mapping[str, Any]],
    subnets: Mapping[str, Mapping[str, Any]],
) -> dict[str, list[dict[str, Any]]]:
    """For each network, by name and by id, the addresses with port, network and subnets."""
    known = list(ports)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, entries in addresses.items():
        found[name] = []
        for entry in entries:
            port = _port_of(entry, known)
            more: dict[str, Any] = {"port": port and port["id"]}
            if port is not None:
                more["network"] = networks.get(str(port["network_id"]))
                idents = [str(ip["subnet_id"]) for ip in port["fixed_ips"]]
                more["subnets"] = [subnets[ident] for ident in idents if ident in subnets]
            found[name].append(entry | more)
    names = _network_ids(addresses, known)
    return found | {ident: found[name] for name, ident in names.items()}


def first(addresses: Addresses) -> str:
    """The first address of all, empty when there is none."""
    return next((str(entry["addr"]) for entries in addresses.values() for entry in entries), "")


def _network_ids(addresses: Addresses, ports: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    known = list(ports)
    found: dict[str, str] = {}
    for name, entries in addresses.items():
        port = next((port for entry in entries if (port := _port_of(entry, known))), None)
        if port is not None:
            found[name] = str(port["network_id"])
    return found


def _port_of(
    entry: Mapping[str, Any], ports: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The port that has an address; a floating one is found by its port's MAC."""
    mac = entry.get("OS-EXT-IPS-MAC:mac_addr")
    return next((port for port in ports if port["mac_address"] == mac), None)
