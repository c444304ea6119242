"""Subnets: their ranges, gateways and pools, checked against what is there."""

from ipaddress import ip_address, ip_network
from typing import ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.addresses import (
    Network,
    Range,
    Unfit,
    carve,
    default_pools,
    first_host,
    overlaps,
    read_pools,
)
from hearth.sandbox.network.collection import COMMON, Collection
from hearth.sandbox.network.fields import ABSENT, Field
from hearth.sandbox.network.networks import AUTOMATIC
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")
_ROUTE = f.record({"destination": f.prefix, "nexthop": f.address}, needs=("destination", "nexthop"))
_POOL = f.record({"start": f.address, "end": f.address}, needs=("start", "end"))
_MOST_SERVERS = 5
_MOST_ROUTES = 20


class Subnets(Collection):
    """Blocks of addresses on networks."""

    singular = "subnet"
    plural = "subnets"
    missing = "SubnetNotFound"
    quota = "subnet"
    indexed = ("network_id",)
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": f.NAME,
        "network_id": Field(f.identifier, put=False),
        "ip_version": Field(f.number(4, 6), ABSENT, put=False),
        "cidr": Field(f.nullable(f.prefix), ABSENT, put=False),
        "subnetpool_id": Field(f.nullable(f.identifier), None, put=False),
        "use_default_subnetpool": Field(f.boolean, False, put=False),
        "prefixlen": Field(f.number(0, 128), ABSENT, put=False),
        "gateway_ip": Field(f.nullable(f.address), ABSENT),
        "allocation_pools": Field(f.list_of(_POOL), ABSENT),
        "dns_nameservers": Field(f.list_of(f.address, unique=True), list),
        "host_routes": Field(f.list_of(_ROUTE, unique=True), list),
        "enable_dhcp": Field(f.boolean, True),
        "ipv6_ra_mode": Field(f.nullable(f.one_of(*_MODES)), None, put=False),
        "ipv6_address_mode": Field(f.nullable(f.one_of(*_MODES)), None, put=False),
        "segment_id": Field(f.nullable(f.identifier), None, admin=True),
        "service_types": Field(f.list_of(f.text(255), unique=True), list),
        "dns_publish_fixed_ip": Field(f.boolean, False),
    }

    def make(self, call: Call, values: Document) -> Document:
        network = self._network(call, values["network_id"])
        net = self._range(call, values)
        self._check_modes(values)
        others = self.shelf.subnets.where("network_id", network["id"])
        clash = overlaps(str(net), (one["cidr"] for one in others))
        if clash is not None:
            raise _invalid(
                f"Requested subnet with cidr: {net} for network: {network['id']} "
                f"overlaps with another subnet ({clash})"
            )
        gateway = values["gateway_ip"] = self._gateway(net, values)
        values["allocation_pools"] = _documents(
            _pools(net, values.get("allocation_pools"), gateway)
        )
        self._check_lists(net, values)
        self._check_segment(values)
        return self.add({**values, "cidr": str(net)})

    def alter(self, call: Call, row: Document, values: Document) -> None:
        net = ip_network(row["cidr"])
        gateway = values.get("gateway_ip", row["gateway_ip"])
        if gateway != row["gateway_ip"]:
            self._check_gateway_free(row)
        if gateway is not None:
            _check_version(net, gateway)
        if "allocation_pools" in values or gateway != row["gateway_ip"]:
            pools = values.get("allocation_pools", row["allocation_pools"])
            found = _documents(_pools(net, pools, gateway))
            if "allocation_pools" in values:
                values["allocation_pools"] = found
        self._check_lists(net, {**row, **values})
        if values.get("segment_id") is not None:
            if row["segment_id"] is not None:
                raise _invalid(f"The subnet {row['id']} is already associated with a segment")
            self._check_segment({**row, **values})
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        found = self.shelf.allocations.where("subnet_id", row["id"])
        users = [self.shelf.ports.get(one["port_id"]) for one in found]
        slaac = row["ipv6_address_mode"] in ("slaac", "dhcpv6-stateless")
        for port in users:
            kept = port is not None and port["device_owner"] not in AUTOMATIC
            if port is not None and kept and not (slaac and "router" not in port["device_owner"]):
                message = (
                    f"Unable to complete operation on subnet {row['id']}: "
                    "One or more ports have an IP allocation from this subnet."
                )
                raise Refusal(409, message, "SubnetInUse")
        for one, port in zip(found, users, strict=True):
            self.shelf.allocations.remove(one["id"])
            if port is not None:
                rest = [ip for ip in port["fixed_ips"] if ip["subnet_id"] != row["id"]]
                self.shelf.ports.change(port["id"], fixed_ips=rest)

    def sees(self, call: Call, row: Document) -> bool:
        if super().sees(call, row):
            return True
        network = self.shelf.networks.get(row["network_id"])
        return network is not None and self._may_use(call, network)

    def _may_use(self, call: Call, network: Document) -> bool:
        return (
            call.admin
            or network["project_id"] == call.project_id
            or network["shared"]
            or self.shelf.granted(call, network["id"], "access_as_shared")
        )

    def _network(self, call: Call, key: str) -> Document:
        """The network, whose owner alone makes subnets on it."""
        network = self.shelf.networks.get(key)
        if network is not None and (call.admin or network["project_id"] == call.project_id):
            return network
        if network is not None and (network["router:external"] or self._may_use(call, network)):
            message = f"Making subnets on network {key} is disallowed by policy"
            raise Refusal(403, message, "PolicyNotAuthorized")
        raise Refusal(404, f"Network {key} could not be found.", "NetworkNotFound")

    def _range(self, call: Call, values: Document) -> Network:
        """The subnet's range: as given, or cut from a pool."""
        cidr, length = values.get("cidr"), values.pop("prefixlen", None)
        pool = self._pool(call, values)
        version = values.get("ip_version") or (pool["ip_version"] if pool is not None else None)
        if version not in (4, 6):
            raise _invalid("'ip_version' must be 4 or 6")
        values["ip_version"] = version
        if pool is None:
            if cidr is None:
                raise f.refused("a subnetpool must be specified in the absence of a cidr")
            if length is not None:
                raise f.refused("Specifying 'prefixlen' is only valid together with a subnetpool")
        else:
            cidr = self._cut(pool, cidr, length)
        net = ip_network(cidr)
        if net.version != version:
            raise _invalid(f"cidr '{cidr}' does not match the ip_version '{version}'")
        if net.prefixlen == net.max_prefixlen and values["enable_dhcp"] and version == 4:
            raise _invalid(f"a subnet of prefix length {net.prefixlen} leaves no room for DHCP")
        return net

    def _pool(self, call: Call, values: Document) -> Document | None:
        wanted, default = values["subnetpool_id"], values.pop("use_default_subnetpool")
        pools = self.shelf.subnetpools
        if wanted is not None:
            pool = pools.get(wanted)
            if pool is None or not (
                call.admin or pool["shared"] or pool["project_id"] == call.project_id
            ):
                raise Refusal(
                    404, f"Subnet pool {wanted} could not be found.", "SubnetPoolNotFound"
                )
            return pool
        if not default:
            return None
        version = values.get("ip_version", 4)
        for pool in pools:
            if pool["is_default"] and pool["ip_version"] == version:
                values["subnetpool_id"] = pool["id"]
                return pool
        raise f.refused(f"No default subnetpool found for IPv{version}")

    def _cut(self, pool: Document, cidr: str | None, length: int | None) -> str:
        taken = [one["cidr"] for one in self.shelf.subnets.where("subnetpool_id", pool["id"])]
        if cidr is None:
            length = int(pool["default_prefixlen"]) if length is None else length
        else:
            length = ip_network(cidr).prefixlen
        if not int(pool["min_prefixlen"]) <= length <= int(pool["max_prefixlen"]):
            small = length < int(pool["min_prefixlen"])
            raise Refusal(
                400,
                f"Unable to allocate subnet with prefix length {length}, allowed are "
                f"{pool['min_prefixlen']} to {pool['max_prefixlen']}.",
                "MinPrefixSubnetAllocationError" if small else "MaxPrefixSubnetAllocationError",
            )
        prefixes = pool["prefixes"] if cidr is None else [cidr]
        inside = cidr is None or any(
            int(ip_network(one).network_address) <= int(ip_network(cidr).network_address)
            and int(ip_network(cidr).broadcast_address) <= int(ip_network(one).broadcast_address)
            for one in pool["prefixes"]
            if ip_network(one).version == ip_network(cidr).version
        )
        found = carve(prefixes, taken, length) if inside else None
        if found is None:
            what = f"prefix {cidr}" if cidr else f"a prefix of length {length}"
            raise Refusal(
                409,
                f"Failed to allocate subnet: Insufficient prefix space to allocate "
                f"{what} in subnet pool {pool['id']}.",
                "SubnetAllocationError",
            )
        return found

    def _gateway(self, net: Network, values: Document) -> str | None:
        if "gateway_ip" not in values:
            return first_host(net)
        gateway: str | None = values["gateway_ip"]
        if gateway is not None:
            _check_version(net, gateway)
            number = int(ip_address(gateway))
            edges = (int(net.network_address), int(net.broadcast_address))
            if net.version == 4 and net.prefixlen < 31 and number in edges:
                raise _invalid("Gateway is not valid on subnet")
        return gateway

    def _check_gateway_free(self, row: Document) -> None:
        old = row["gateway_ip"]
        held = old and self.shelf.allocations.get(f"{row['id']}:{old}")
        if held:
            message = (
                f"Current gateway ip {old} already in use by port {held['port_id']}. "
                "Unable to update."
            )
            raise Refusal(409, message, "GatewayIpInUse")

    def _check_modes(self, values: Document) -> None:
        modes = values["ipv6_ra_mode"], values["ipv6_address_mode"]
        if values["ip_version"] == 4:
            if any(modes):
                raise _invalid(
                    "ipv6_ra_mode or ipv6_address_mode cannot be set when ip_version is set to 4"
                )
        elif all(modes) and modes[0] != modes[1]:
            raise _invalid(
                f"ipv6_ra_mode set to '{modes[0]}' with ipv6_address_mode set to "
                f"'{modes[1]}' is not valid. If both attributes are set, they must "
                "be the same value"
            )
        elif any(modes) and not values["enable_dhcp"]:
            raise _invalid(
                "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False"
            )

    def _check_lists(self, net: Network, values: Document) -> None:
        if len(values["dns_nameservers"]) > _MOST_SERVERS:
            raise Refusal(
                400,
                "Unable to complete operation: too many DNS nameservers.",
                "DNSNameServersExhausted",
            )
        if len(values["host_routes"]) > _MOST_ROUTES:
            raise Refusal(
                400, "Unable to complete operation: too many host routes.", "HostRoutesExhausted"
            )
        for server in values["dns_nameservers"]:
            _check_version(net, server)

    def _check_segment(self, values: Document) -> None:
        wanted = values["segment_id"]
        if wanted is None:
            return
        segment = self.shelf.segments.get(wanted)
        if segment is None:
            raise Refusal(404, f"Segment {wanted} could not be found.", "SegmentNotFound")
        if segment["network_id"] != values["network_id"]:
            raise _invalid(f"Segment {wanted} is not on network {values['network_id']}")


def _pools(net: Network, given: list[dict[str, str]] | None, gateway: str | None) -> list[Range]:
    if not given:
        return default_pools(net, gateway)
    try:
        return read_pools(net, given, gateway)
    except Unfit as error:
        conflict = error.kind in (
            "OverlappingAllocationPools",
            "GatewayConflictWithAllocationPools",
        )
        raise Refusal(409 if conflict else 400, error.sentence, error.kind) from None


def _documents(pools: list[Range]) -> list[dict[str, str]]:
    return [pool.document() for pool in pools]


def _check_version(net: Network, address: str) -> None:
    if ip_address(address).version != net.version:
        raise _invalid(f"'{address}' does not match the ip_version '{net.version}'")


def _invalid(sentence: str) -> Refusal:
    return Refusal(400, f"Invalid input for operation: {sentence}.", "InvalidInput")
