"""Which addresses a port gets, and the book of those that are held."""

from ipaddress import ip_address, ip_network
from typing import Any

from hearth.sandbox.network.addresses import Range, eui64, lowest_free, text_of
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document
from hearth.sandbox.web import Refusal

Fixed = list[dict[str, str]]
"""Pairs `{"subnet_id": …, "ip_address": …}`."""

_SLAAC = ("slaac", "dhcpv6-stateless")
_MOST = 5


class Allocator:
    """Hands out addresses; an address is held by one row of the table of allocations."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.hints: dict[str, int] = {}
        """From where to look for a free address of a subnet; everything below was taken once."""

    def automatic(self, network_id: str, port: Document) -> Fixed:
        """What a port gets that asks for nothing.

        That is one address of each version from the pools, and all that configure themselves.
        """
        found: Fixed = []
        for version in (4, 6):
            pooled = []
            for subnet in self._served(network_id, port["device_owner"]):
                if subnet["ip_version"] != version:
                    continue
                if self_configured(subnet):
                    found.append(self._slaac(subnet, port["mac_address"]))
                else:
                    pooled.append(subnet)
            if pooled:
                found.append(self._from_any(network_id, pooled))
        return found

    def wanted(self, network_id: str, port: Document, asked: list[dict[str, Any]]) -> Fixed:
        """What a port gets that names addresses or subnets. `port` may hold some already."""
        if len(asked) > _MOST:
            raise _invalid(f"Exceeded maximum amount of fixed ips per port ({_MOST})")
        kept = {one["ip_address"]: one for one in port.get("fixed_ips", ())}
        found: Fixed = []
        for one in asked:
            address = one.get("ip_address")
            if address is not None and address in kept:
                found.append(kept[address])
                continue
            subnet = self._subnet(network_id, one)
            if address is None:
                found.append(self._in(subnet, port, found))
            else:
                self._check(subnet, address)
                found.append({"subnet_id": subnet["id"], "ip_address": address})
        return found

    def hold(self, port_id: str, fixed: Fixed) -> None:
        """Write down that the port has these addresses."""
        for one in fixed:
            subnet_id, address = one["subnet_id"], one["ip_address"]
            key = f"{subnet_id}:{address}"
            if self.shelf.allocations.get(key) is not None:
                raise Refusal(
                    409,
                    f"IP address {address} already allocated in subnet {subnet_id}",
                    "IpAddressAlreadyAllocated",
                )
            self.shelf.allocations.add(
                {"id": key, "subnet_id": subnet_id, "ip_address": address, "port_id": port_id}
            )

    def free(self, fixed: Fixed) -> None:
        """Give addresses back."""
        for one in fixed:
            self.shelf.allocations.remove(f"{one['subnet_id']}:{one['ip_address']}")
            number = int(ip_address(one["ip_address"]))
            hint = self.hints.get(one["subnet_id"], 0)
            self.hints[one["subnet_id"]] = min(hint, number)

    def _served(self, network_id: str, owner: str) -> list[Document]:
        subnets = self.shelf.subnets.where("network_id", network_id)
        fit = [one for one in subnets if not one["service_types"] or owner in one["service_types"]]
        special = [one for one in fit if one["service_types"]]
        return special or fit

    def _subnet(self, network_id: str, asked: dict[str, Any]) -> Document:
        subnets = self.shelf.subnets.where("network_id", network_id)
        address, wanted = asked.get("ip_address"), asked.get("subnet_id")
        if wanted is not None:
            subnet = self.shelf.subnets.get(wanted)
            if subnet is None:
                raise Refusal(404, f"Subnet {wanted} could not be found.", "SubnetNotFound")
            if subnet["network_id"] != network_id:
                raise _invalid(
                    f"Failed to create port on network {network_id}, because fixed_ips "
                    f"included invalid subnet {wanted}"
                )
            return subnet
        if address is None:
            raise _invalid("IP allocation requires subnet_id or ip_address")
        for subnet in subnets:
            net = ip_network(subnet["cidr"])
            if ip_address(address) in net:
                return subnet
        message = f"IP address {address} is not a valid IP for any of the subnets on the network."
        raise Refusal(400, message, "InvalidIpForNetwork")

    def _check(self, subnet: Document, address: str) -> None:
        net, number = ip_network(subnet["cidr"]), ip_address(address)
        edge = (
            net.version == 4
            and net.prefixlen < 31
            and number in (net.network_address, net.broadcast_address)
        )
        if number not in net or edge:
            message = f"IP address {address} is not a valid IP for the specified subnet."
            raise Refusal(400, message, "InvalidIpForSubnet")

    def _in(self, subnet: Document, port: Document, chosen: Fixed) -> dict[str, str]:
        router = port["device_owner"].startswith("network:router")
        if self_configured(subnet) and not router:
            return self._slaac(subnet, port["mac_address"])
        return self._from_any(subnet["network_id"], [subnet], chosen)

    def _slaac(self, subnet: Document, mac: str) -> dict[str, str]:
        address = eui64(ip_network(subnet["cidr"]), mac)
        return {"subnet_id": subnet["id"], "ip_address": address}

    def _from_any(
        self, network_id: str, subnets: list[Document], chosen: Fixed | None = None
    ) -> dict[str, str]:
        for subnet in subnets:
            address = self._next(subnet, {one["ip_address"] for one in chosen or ()})
            if address is not None:
                return {"subnet_id": subnet["id"], "ip_address": address}
        message = f"No more IP addresses available on network {network_id}."
        raise Refusal(409, message, "IpAddressGenerationFailure")

    def _next(self, subnet: Document, chosen: set[str]) -> str | None:
        version, key = subnet["ip_version"], subnet["id"]
        pools = [
            Range(version, int(ip_address(pool["start"])), int(ip_address(pool["end"])))
            for pool in subnet["allocation_pools"]
        ]

        def taken(number: int) -> bool:
            address = text_of(version, number)
            return address in chosen or self.shelf.allocations.get(f"{key}:{address}") is not None

        number = lowest_free(pools, taken, self.hints.get(key, 0))
        if number is None:
            number = lowest_free(pools, taken, 0)
        if number is None:
            return None
        self.hints[key] = number
        return text_of(version, number)


def self_configured(subnet: Document) -> bool:
    """Whether hosts on it derive their addresses from their MAC."""
    return subnet["ipv6_address_mode"] in _SLAAC


def _invalid(sentence: str) -> Refusal:
    return Refusal(400, f"Invalid input for operation: {sentence}.", "InvalidInput")
