"""Subnet pools, from which subnets take their ranges, and address scopes above them."""

from ipaddress import ip_network
from typing import ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.addresses import compact
from hearth.sandbox.network.collection import COMMON, Collection
from hearth.sandbox.network.fields import ABSENT, READ_ONLY, Field
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_LENGTH = Field(f.number(0, 128), ABSENT)
_LOWEST = {4: 8, 6: 64}


class SubnetPools(Collection):
    """Prefixes that subnets are cut from."""

    singular = "subnetpool"
    plural = "subnetpools"
    missing = "SubnetPoolNotFound"
    quota = "subnetpool"
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": Field(f.text(255)),
        "prefixes": Field(f.list_of(f.prefix)),
        "min_prefixlen": _LENGTH,
        "max_prefixlen": _LENGTH,
        "default_prefixlen": _LENGTH,
        "default_quota": Field(f.nullable(f.number(0, 2**31 - 1)), None),
        "address_scope_id": Field(f.nullable(f.identifier), None),
        "shared": Field(f.boolean, False, put=False, admin=True),
        "is_default": Field(f.boolean, False, admin=True),
        "ip_version": READ_ONLY,
    }

    def make(self, call: Call, values: Document) -> Document:
        prefixes = values["prefixes"]
        if not prefixes:
            raise Refusal(400, "Empty subnet pool prefix list.", "EmptySubnetPoolPrefixList")
        version = values["ip_version"] = ip_network(prefixes[0]).version
        values["prefixes"] = self._merged(prefixes, version)
        most = 32 if version == 4 else 128
        values.setdefault("min_prefixlen", _LOWEST[version])
        values.setdefault("max_prefixlen", most)
        values.setdefault("default_prefixlen", values["min_prefixlen"])
        self._check(values, most)
        return self.add(values)

    def alter(self, call: Call, row: Document, values: Document) -> None:
        if "prefixes" in values:
            merged = self._merged(values["prefixes"], row["ip_version"])
            if self._merged([*row["prefixes"], *merged], row["ip_version"]) != merged:
                message = f"Existing prefixes must be a subset of the new prefixes: {merged}"
                raise Refusal(400, message, "IllegalSubnetPoolPrefixUpdate")
            values["prefixes"] = merged
        self._check({**row, **values}, 32 if row["ip_version"] == 4 else 128)
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        if self.shelf.subnets.first("subnetpool_id", row["id"]) is not None:
            message = (
                f"Subnet pool {row['id']} cannot be deleted: Subnet pool has existing allocations."
            )
            raise Refusal(400, message, "SubnetPoolDeleteError")

    def show(self, call: Call, row: Document) -> Document:
        shown = super().show(call, row)
        for name in ("min_prefixlen", "max_prefixlen", "default_prefixlen"):
            shown[name] = str(row[name])
        return shown

    def _merged(self, prefixes: list[str], version: int) -> list[str]:
        if any(ip_network(one).version != version for one in prefixes):
            raise Refusal(
                400, "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch"
            )
        return compact(prefixes)

    def _check(self, values: Document, most: int) -> None:
        low, high = values["min_prefixlen"], values["max_prefixlen"]
        if high > most or low > high:
            message = f"Illegal prefix bounds: min_prefixlen={low}, max_prefixlen={high}."
            raise Refusal(400, message, "IllegalSubnetPoolPrefixBounds")
        if not low <= values["default_prefixlen"] <= high:
            message = f"Illegal prefix bounds: default_prefixlen={values['default_prefixlen']}."
            raise Refusal(400, message, "IllegalSubnetPoolPrefixBounds")
        key = values["address_scope_id"]
        if key is None:
            return
        scope = self.shelf.scopes.get(key)
        if scope is None or not (scope["shared"] or scope["project_id"] == values["project_id"]):
            message = f"Illegal subnetpool association: address scope {key} is not reachable."
            raise Refusal(400, message, "IllegalSubnetPoolAssociationToAddressScope")
        if scope["ip_version"] != values["ip_version"]:
            message = f"Address scope {key} has another ip_version."
            raise Refusal(400, message, "IllegalSubnetPoolIpVersionAssociationToAddressScope")


class AddressScopes(Collection):
    """Sets of subnet pools among which addresses do not overlap."""

    singular = "address_scope"
    plural = "address_scopes"
    missing = "AddressScopeNotFound"
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": Field(f.text(255)),
        "ip_version": Field(f.one_of(4, 6), put=False),
        "shared": Field(f.boolean, False, admin=True),
    }

    def unmake(self, call: Call, row: Document) -> None:
        if self.shelf.subnetpools.first("address_scope_id", row["id"]) is not None:
            message = (
                f"Unable to complete operation on address scope {row['id']}. There are one "
                "or more subnet pools in use on the address scope."
            )
            raise Refusal(409, message, "AddressScopeInUse")
