"""The ports that are made for a server, where its networks ask for more than Nova can do.

Such a port carries the marker of the server's row, so that it is found again after a crash.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.cloud import NotFound, Service
from hearth.schema import Record, prop

PORTS = "/v2.0/ports"


class AddressPair(Record):
    """One more pair of addresses that may pass."""

    ip_address: str = prop("The address, or a range of them.", check="ip_or_cidr")
    mac_address: str | None = prop("The MAC address; the port's own by default.", check="mac_addr")


class PortExtras(Record):
    """What the port that is made for the server shall be like."""

    admin_state_up: bool = prop("Whether it is up.", default=True, update=True)
    allowed_address_pairs: list[AddressPair] | None = prop(
        "More pairs of addresses that may pass.", update=True
    )
    binding_vnic_type: str = prop(
        "The kind of interface to plug in.",
        default="normal",
        update=True,
        allowed=(
            "normal",
            "direct",
            "macvtap",
            "direct-physical",
            "baremetal",
            "virtio-forwarder",
            "smart-nic",
        ),
        since="2015.1",
        key="binding:vnic_type",
    )
    mac_address: str | None = prop("Its MAC address.", check="mac_addr")
    no_fixed_ips: bool = prop(
        "Whether it shall have no address.", default=False, update=True, since="16.0.0", wire=None
    )
    port_security_enabled: bool | None = prop(
        "Whether security groups and address checks apply.", update=True, since="5.0.0"
    )
    propagate_uplink_status: bool | None = prop(
        "Whether the state of the uplink shows on the port.", update=True, since="15.0.0"
    )
    qos_policy: str | None = prop(
        "The QoS policy to attach, by name or id.",
        update=True,
        ref="neutron.qos_policy",
        since="6.0.0",
        wire="qos_policy_id",
    )
    value_specs: dict[str, Any] = prop(
        "More fields of the port, as Neutron takes them.", default={}, update=True, wire=None
    )


async def made_ports(network: Service, marker: str) -> list[dict[str, Any]]:
    """The ports that were made for the server with this marker."""
    reply = await network.get(PORTS, {"description": marker})
    return [port for port in reply["ports"] if port.get("description") == marker]


async def make_port(
    network: Service, wanted: Mapping[str, Any], existing: list[dict[str, Any]]
) -> str:
    """The id of a port as wanted: one that exists, which is then taken out, or a new one."""
    for port in existing:
        if fits(port, wanted):
            existing.remove(port)
            change = {key: wanted[key] for key in wanted if key in CHANGEABLE}
            change = {key: value for key, value in change.items() if port.get(key) != value}
            if change:
                await network.put(f"{PORTS}/{port['id']}", {"port": change})
            return str(port["id"])
    body = dict(wanted)
    if "network_id" not in body:
        subnet = await network.get(f"/v2.0/subnets/{body['fixed_ips'][0]['subnet_id']}")
        body["network_id"] = subnet["subnet"]["network_id"]
    made = await network.post(PORTS, {"port": body})
    return str(made["port"]["id"])


async def drop_ports(network: Service, ports: Iterable[Mapping[str, Any]]) -> None:
    """Delete them; those that are gone are fine."""
    for port in ports:
        try:
            await network.delete(f"{PORTS}/{port['id']}")
        except NotFound:
            continue


CHANGEABLE = frozenset(
    {
        "admin_state_up",
        "allowed_address_pairs",
        "binding:vnic_type",
        "port_security_enabled",
        "propagate_uplink_status",
        "qos_policy_id",
    }
)
"""What of a port may differ from what is wanted, because it can be changed."""


def fits(port: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a port lies where it is wanted, and has the addresses."""
    if wanted.get("network_id", port["network_id"]) != port["network_id"]:
        return False
    if wanted.get("mac_address", port["mac_address"]) != port["mac_address"]:
        return False
    asked = wanted.get("fixed_ips", ())
    return all(any(ip.items() <= has.items() for has in port["fixed_ips"]) for ip in asked)
