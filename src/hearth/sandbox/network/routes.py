"""Every route of the network service."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from hearth.sandbox.network.collection import Collection
from hearth.sandbox.network.extensions import EXTENSIONS, extension
from hearth.sandbox.network.fields import only_admin, refused
from hearth.sandbox.network.qos import RULES
from hearth.sandbox.network.query import trimmed
from hearth.sandbox.network.rest import body, routes
from hearth.sandbox.network.service import Network
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route

_PATHS = {
    "networks": "networks",
    "subnets": "subnets",
    "ports": "ports",
    "routers": "routers",
    "floatingips": "floatingips",
    "security-groups": "security_groups",
    "security-group-rules": "security_group_rules",
    "subnetpools": "subnetpools",
    "address-scopes": "address_scopes",
    "qos/policies": "policies",
    "trunks": "trunks",
    "rbac-policies": "rbac_policies",
    "segments": "segments",
    "agents": "agents",
}
_DHCP, _L3 = "DHCP agent", "L3 agent"
_RULE_TYPES = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate")


def _versions(service: Network, call: Call) -> Answer:
    link = {"rel": "self", "href": service.world.url("/network/v2.0/")}
    version = {"id": "v2.0", "status": "CURRENT", "links": [link]}
    return Answer(200, {"versions": [version]})


def _resources(service: Network, call: Call) -> Answer:
    base = service.world.url("/network/v2.0/")
    return Answer(
        200,
        {
            "resources": [
                {
                    "name": plural.rstrip("s"),
                    "collection": plural,
                    "links": [{"rel": "self", "href": base + path}],
                }
                for path, plural in _PATHS.items()
            ]
        },
    )


def _extensions(service: Network, call: Call) -> Answer:
    return Answer(200, {"extensions": [extension(alias) for alias in EXTENSIONS]})


def _extension(service: Network, call: Call) -> Answer:
    alias = call.params["alias"]
    if alias not in EXTENSIONS:
        raise Refusal(404, "The resource could not be found.", "HTTPNotFound")
    return Answer(200, {"extension": extension(alias)})


def _zones(service: Network, call: Call) -> Answer:
    zones = [
        {"name": "nova", "resource": kind, "state": "available"} for kind in ("network", "router")
    ]
    return Answer(200, {"availability_zones": zones})


def _add_interface(service: Network, call: Call) -> Answer:
    return Answer(200, service.interfaces.add(call, call.params["id"], call.document()))


def _remove_interface(service: Network, call: Call) -> Answer:
    return Answer(200, service.interfaces.remove(call, call.params["id"], call.document()))


def _add_routes(service: Network, call: Call) -> Answer:
    row = service.interfaces.add_routes(call, call.params["id"], body(call, "router"))
    return Answer(200, {"router": service.routers.show(call, row)})


def _remove_routes(service: Network, call: Call) -> Answer:
    row = service.interfaces.remove_routes(call, call.params["id"], body(call, "router"))
    return Answer(200, {"router": service.routers.show(call, row)})


def _add_subports(service: Network, call: Call) -> Answer:
    row = service.trunks.add_subports(call, call.params["id"], call.document().get("sub_ports"))
    return Answer(200, service.trunks.show(call, row))


def _remove_subports(service: Network, call: Call) -> Answer:
    row = service.trunks.remove_subports(call, call.params["id"], call.document().get("sub_ports"))
    return Answer(200, service.trunks.show(call, row))


def _subports(service: Network, call: Call) -> Answer:
    row = service.trunks.find(call, call.params["id"])
    return Answer(200, {"sub_ports": row["sub_ports"]})


def _quota_list(service: Network, call: Call) -> Answer:
    only_admin(call, "quotas")
    return Answer(
        200,
        {
            "quotas": [
                {
                    **service.quotas.limits(row["id"]),
                    "tenant_id": row["id"],
                    "project_id": row["id"],
                }
                for row in service.shelf.quotas
            ]
        },
    )


def _quota_project(call: Call) -> str:
    project = call.params["project"]
    if project != call.project_id:
        only_admin(call, "quotas")
    return project


def _quota_show(service: Network, call: Call) -> Answer:
    return Answer(200, {"quota": service.quotas.limits(_quota_project(call))})


def _quota_default(service: Network, call: Call) -> Answer:
    _quota_project(call)
    return Answer(200, {"quota": service.quotas.defaults()})


def _quota_details(service: Network, call: Call) -> Answer:
    return Answer(200, {"quota": service.quotas.details(_quota_project(call))})


def _quota_set(service: Network, call: Call) -> Answer:
    limits = service.quotas.set(call, call.params["project"], body(call, "quota"))
    return Answer(200, {"quota": limits})


def _quota_reset(service: Network, call: Call) -> Answer:
    service.quotas.reset(call, call.params["project"])
    return Answer(204)


def _quota_tenant(service: Network, call: Call) -> Answer:
    return Answer(200, {"tenant": {"tenant_id": call.project_id, "project_id": call.project_id}})


def _availability(service: Network, network: Document) -> Document:
    """How many addresses of a network are used."""
    parts = []
    for subnet in service.shelf.subnets.where("network_id", network["id"]):
        total = (
            sum(
                int(ip_address(pool["end"])) - int(ip_address(pool["start"])) + 1
                for pool in subnet["allocation_pools"]
            )
            or ip_network(subnet["cidr"]).num_addresses
        )
        parts.append(
            {
                "subnet_id": subnet["id"],
                "subnet_name": subnet["name"],
                "cidr": subnet["cidr"],
                "ip_version": subnet["ip_version"],
                "total_ips": total,
                "used_ips": len(service.shelf.allocations.where("subnet_id", subnet["id"])),
            }
        )
    return {
        "network_id": network["id"],
        "network_name": network["name"],
        "project_id": network["project_id"],
        "tenant_id": network["project_id"],
        "total_ips": sum(one["total_ips"] for one in parts),
        "used_ips": sum(one["used_ips"] for one in parts),
        "subnet_ip_availability": parts,
    }


def _availabilities(service: Network, call: Call) -> Answer:
    only_admin(call, "network_ip_availability")
    wanted = call.args("network_id")
    rows = [one for one in service.shelf.networks if not wanted or one["id"] in wanted]
    found = [_availability(service, one) for one in rows]
    return Answer(200, {"network_ip_availabilities": [trimmed(call, one) for one in found]})


def _availability_of(service: Network, call: Call) -> Answer:
    only_admin(call, "network_ip_availability")
    row = service.networks.find(call, call.params["id"])
    return Answer(200, {"network_ip_availability": _availability(service, row)})


def _agents_of(collection: str) -> Callable[[Network, Call], Answer]:
    def handler(service: Network, call: Call) -> Answer:
        service.collection(collection).find(call, call.params["id"])
        rows = service.agents.hosting(call, call.params["id"])
        return Answer(200, {"agents": [service.agents.show(call, row) for row in rows]})

    return handler


def _hosted(kind: str, plural: str) -> Callable[[Network, Call], Answer]:
    def handler(service: Network, call: Call) -> Answer:
        rows = service.agents.hosted(call, call.params["id"], kind)
        shown = [service.collection(plural).show(call, row) for row in rows]
        return Answer(200, {plural: shown})

    return handler


def _host(kind: str, key: str) -> Callable[[Network, Call], Answer]:
    def handler(service: Network, call: Call) -> Answer:
        hosted = call.document().get(key)
        if not isinstance(hosted, str):
            raise refused(f"{key} is needed")
        service.agents.host(call, call.params["id"], kind, hosted)
        return Answer(201)

    return handler


def _release(kind: str) -> Callable[[Network, Call], Answer]:
    def handler(service: Network, call: Call) -> Answer:
        service.agents.release(call, call.params["id"], kind, call.params["hosted"])
        return Answer(204)

    return handler


def _below(path: str, key: str, find: Callable[[Network], Any]) -> list[Route]:
    """The routes of objects that live below another: QoS rules, port forwardings."""

    def shown(service: Network, call: Call, row: Document) -> Answer:
        collection: Collection = find(service)
        return Answer(200, {collection.singular: trimmed(call, collection.show(call, row))})

    def listed(service: Network, call: Call) -> Answer:
        collection = find(service)
        rows = collection.within(call, call.params["id"])
        return Answer(200, {collection.plural: [collection.show(call, row) for row in rows]})

    def made(service: Network, call: Call) -> Answer:
        collection = find(service)
        row = collection.begin(call, call.params["id"], body(call, collection.singular))
        return Answer(201, {collection.singular: collection.show(call, row)})

    def placed(service: Network, call: Call) -> Document:
        row: Document = find(service).find(call, call.params["child"])
        if row[key] != call.params["id"]:
            raise find(service).not_found(call.params["child"])
        return row

    def one(service: Network, call: Call) -> Answer:
        return shown(service, call, placed(service, call))

    def changed(service: Network, call: Call) -> Answer:
        placed(service, call)
        collection = find(service)
        row = collection.update(call, call.params["child"], body(call, collection.singular))
        return shown(service, call, row)

    def removed(service: Network, call: Call) -> Answer:
        placed(service, call)
        find(service).delete(call, call.params["child"])
        return Answer(204)

    return [
        Route("GET", path, listed),
        Route("POST", path, made),
        Route("GET", f"{path}/{{child}}", one),
        Route("PUT", f"{path}/{{child}}", changed),
        Route("DELETE", f"{path}/{{child}}", removed),
    ]


def _rule_types(service: Network, call: Call) -> Answer:
    return Answer(200, {"rule_types": [{"type": kind} for kind in _RULE_TYPES]})


def _rules_of(plural: str) -> Callable[[Network], Any]:
    return lambda service: service.qos_rules[plural]


def _all() -> list[Route]:
    found = [
        Route("GET", "", _versions, open=True),
        Route("GET", "/v2.0", _resources, open=True),
        Route("GET", "/v2.0/extensions", _extensions),
        Route("GET", "/v2.0/extensions/{alias}", _extension),
        Route("GET", "/v2.0/availability_zones", _zones),
        Route("PUT", "/v2.0/routers/{id}/add_router_interface", _add_interface),
        Route("PUT", "/v2.0/routers/{id}/remove_router_interface", _remove_interface),
        Route("PUT", "/v2.0/routers/{id}/add_extraroutes", _add_routes),
        Route("PUT", "/v2.0/routers/{id}/remove_extraroutes", _remove_routes),
        Route("PUT", "/v2.0/trunks/{id}/add_subports", _add_subports),
        Route("PUT", "/v2.0/trunks/{id}/remove_subports", _remove_subports),
        Route("GET", "/v2.0/trunks/{id}/get_subports", _subports),
        Route("GET", "/v2.0/quotas", _quota_list),
        Route("GET", "/v2.0/quotas/tenant", _quota_tenant),
        Route("GET", "/v2.0/quotas/project", _quota_tenant),
        Route("GET", "/v2.0/quotas/{project}", _quota_show),
        Route("PUT", "/v2.0/quotas/{project}", _quota_set),
        Route("DELETE", "/v2.0/quotas/{project}", _quota_reset),
        Route("GET", "/v2.0/quotas/{project}/default", _quota_default),
        Route("GET", "/v2.0/quotas/{project}/details", _quota_details),
        Route("GET", "/v2.0/quotas/{project}/details.json", _quota_details),
        Route("GET", "/v2.0/network-ip-availabilities", _availabilities),
        Route("GET", "/v2.0/network-ip-availabilities/{id}", _availability_of),
        Route("GET", "/v2.0/networks/{id}/dhcp-agents", _agents_of("networks")),
        Route("GET", "/v2.0/routers/{id}/l3-agents", _agents_of("routers")),
        Route("GET", "/v2.0/agents/{id}/dhcp-networks", _hosted(_DHCP, "networks")),
        Route("POST", "/v2.0/agents/{id}/dhcp-networks", _host(_DHCP, "network_id")),
        Route("DELETE", "/v2.0/agents/{id}/dhcp-networks/{hosted}", _release(_DHCP)),
        Route("GET", "/v2.0/agents/{id}/l3-routers", _hosted(_L3, "routers")),
        Route("POST", "/v2.0/agents/{id}/l3-routers", _host(_L3, "router_id")),
        Route("DELETE", "/v2.0/agents/{id}/l3-routers/{hosted}", _release(_L3)),
        Route("GET", "/v2.0/qos/rule-types", _rule_types),
    ]
    for path, plural in _PATHS.items():
        found += routes(path, plural, lambda service, name: service.collection(name))
    for kind in RULES:
        path = f"/v2.0/qos/policies/{{id}}/{kind.plural}"
        found += _below(path, "policy_id", _rules_of(kind.plural))
    path = "/v2.0/floatingips/{id}/port_forwardings"
    return found + _below(path, "floatingip_id", lambda service: service.forwardings)


ROUTES = tuple(_all())
