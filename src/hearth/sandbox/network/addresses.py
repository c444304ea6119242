"""Addresses: gateways, allocation pools, what is free in them, prefixes of pools. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)
from itertools import pairwise

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_POINT_TO_POINT = 2
_UNIVERSAL_BIT = 1 << 57
_EUI64_PREFIX = 64


class Unfit(Exception):
    """A range that cannot be: `kind` is the service's name for the error."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses from `first` to `last`, both included, as numbers."""

    version: int
    first: int
    last: int

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last

    def document(self) -> dict[str, str]:
        """The range as an allocation pool is shown."""
        return {"start": text_of(self.version, self.first), "end": text_of(self.version, self.last)}


def text_of(version: int, number: int) -> str:
    """The address with this number, as text."""
    return str(IPv4Address(number) if version == 4 else IPv6Address(number))


def hosts(net: Network) -> Range:
    """The addresses that hosts may have: in IPv4 without network and broadcast address."""
    first, last = int(net.network_address), int(net.broadcast_address)
    if net.num_addresses > _POINT_TO_POINT:
        first += 1
        last -= net.version == 4
    return Range(net.version, first, last)


def first_host(net: Network) -> str:
    """The gateway that a subnet gets when nothing is said about it."""
    return text_of(net.version, hosts(net).first)


def default_pools(net: Network, gateway: str | None) -> list[Range]:
    """All host addresses but the gateway."""
    whole = hosts(net)
    if gateway is None or int(ip_address(gateway)) not in whole:
        return [whole]
    cut = int(ip_address(gateway))
    halves = [Range(net.version, whole.first, cut - 1), Range(net.version, cut + 1, whole.last)]
    return [half for half in halves if half.first <= half.last]


def read_pools(net: Network, pools: Iterable[dict[str, str]], gateway: str | None) -> list[Range]:
    """The allocation pools that a user gave, or Unfit."""
    ranges = [_range(net, pool) for pool in pools]
    whole = hosts(net)
    for one in ranges:
        if one.first not in whole or one.last not in whole:
            raise Unfit(
                "OutOfBoundsAllocationPool",
                f"The allocation pool {_words(one)} spans beyond the subnet cidr {net}.",
            )
    ordered = sorted(ranges, key=lambda one: one.first)
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            raise Unfit(
                "OverlappingAllocationPools",
                f"Allocation pools {_words(one)} and {_words(other)} overlap for subnet {net}.",
            )
    if gateway is not None:
        number = int(ip_address(gateway))
        for one in ranges:
            if number in one:
                raise Unfit(
                    "GatewayConflictWithAllocationPools",
                    f"Gateway ip {gateway} conflicts with allocation pool {_words(one)}.",
                )
    return ranges


def _range(net: Network, pool: dict[str, str]) -> Range:
    bad = Unfit("InvalidAllocationPool", f"The allocation pool {pool} is not valid.")
    try:
        start, end = ip_address(pool["start"]), ip_address(pool["end"])
    except (KeyError, ValueError, TypeError):
        raise bad from None
    if {start.version, end.version} != {net.version} or int(start) > int(end):
        raise bad
    return Range(net.version, int(start), int(end))


def _words(one: Range) -> str:
    shown = one.document()
    return f"{shown['start']}-{shown['end']}"


def lowest_free(pools: Iterable[Range], taken: Callable[[int], bool], hint: int) -> int | None:
    """The lowest address of the pools from `hint` on that is not taken."""
    for pool in sorted(pools, key=lambda one: one.first):
        for number in range(max(pool.first, hint), pool.last + 1):
            if not taken(number):
                return number
    return None


def eui64(net: Network, mac: str) -> str:
    """The address that a host with this MAC gives itself by stateless configuration."""
    digits = int(mac.replace(":", ""), 16)
    upper, lower = digits >> 24, digits & 0xFFFFFF
    host = ((upper << 40) | (0xFFFE << 24) | lower) ^ _UNIVERSAL_BIT
    return str(IPv6Address(int(net.network_address) + host))


def autoconfigured(net: Network) -> bool:
    """Whether the prefix has the length that stateless configuration needs."""
    return net.version == 6 and net.prefixlen <= _EUI64_PREFIX


def overlaps(cidr: str, others: Iterable[str]) -> str | None:
    """The first of the others that shares addresses with this one."""
    net = ip_network(cidr, strict=False)
    for text in others:
        other = ip_network(text, strict=False)
        if other.version == net.version and net.overlaps(other):
            return text
    return None


def carve(prefixes: Iterable[str], taken: Iterable[str], length: int) -> str | None:
    """The first block of this prefix length in a subnet pool that nobody has."""
    used = sorted(
        (int(one.network_address), int(one.broadcast_address))
        for one in (ip_network(text, strict=False) for text in taken)
    )
    for text in prefixes:
        for first in _free_blocks(ip_network(text, strict=False), used, length):
            return first
    return None


def _free_blocks(pool: Network, used: list[tuple[int, int]], length: int) -> Iterator[str]:
    if length < pool.prefixlen:
        return
    size = 1 << (pool.max_prefixlen - length)
    first, end = int(pool.network_address), int(pool.broadcast_address)
    while first + size - 1 <= end:
        clash = next((last for start, last in used if start < first + size and last >= first), None)
        if clash is None:
            yield f"{text_of(pool.version, first)}/{length}"
            return
        first = (clash // size + 1) * size


def compact(prefixes: Iterable[str]) -> list[str]:
    """The prefixes of a pool, sorted and with neighbours merged."""
    nets = [ip_network(text, strict=False) for text in prefixes]
    four = [net for net in nets if isinstance(net, IPv4Network)]
    six = [net for net in nets if isinstance(net, IPv6Network)]
    return [*map(str, collapse_addresses(four)), *map(str, collapse_addresses(six))]


def mac_text(digits: str) -> str:
    """A MAC address with OpenStack's prefix, from six hexadecimal digits."""
    return f"fa:16:3e:{digits[0:2]}:{digits[2:4]}:{digits[4:6]}"
