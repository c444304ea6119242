"""Servers: list, show, rename, delete."""

import re
from collections.abc import Sequence

from hearth.sandbox.compute import life
from hearth.sandbox.compute.create import create_servers
from hearth.sandbox.compute.state import Nova, find_server, unexpected
from hearth.sandbox.compute.views import addresses, full, security_groups, short
from hearth.sandbox.compute.wishes import name_of
from hearth.sandbox.lists import ordered, page, parsed
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_SORTABLE = {"created_at", "updated_at", "launched_at", "host", "locked", "project_id", "user_id"}
_RENAMED = {"display_name": "name", "uuid": "id", "instance_type_id": "flavor"}
_PLAIN = {"key_name": "key_name", "user_id": "user_id", "vm_state": "vm_state", "host": "host"}


def list_servers(nova: Nova, call: Call) -> Answer:
    """Names of servers."""
    found, rest = _found(nova, call)
    return _listed(nova, call, [short(nova, one) for one in found], rest)


def list_details(nova: Nova, call: Call) -> Answer:
    """Servers in full."""
    found, rest = _found(nova, call)
    return _listed(nova, call, [full(nova, call, one) for one in found], rest)


def show_server(nova: Nova, call: Call) -> Answer:
    """A server."""
    return Answer(200, {"server": full(nova, call, find_server(nova, call))})


def update_server(nova: Nova, call: Call) -> Answer:
    """Change the name, the description, access addresses or the host name."""
    server, given = find_server(nova, call), call.wrapped("server")
    fields: Document = {}
    for name, value in given.items():
        if name == "name":
            fields["name"] = name_of(given)
        elif name in ("accessIPv4", "accessIPv6"):
            fields["access_ip" + name[-2:]] = value or ""
        elif name == "OS-DCF:diskConfig":
            fields["disk_config"] = value
        elif name == "description" and call.version >= (2, 19):
            fields["description"] = value
        elif name == "hostname" and call.version >= (2, 90):
            fields["hostname"] = value
        else:
            raise unexpected(name)
    server = life.change(nova, server, **fields)
    return Answer(200, {"server": full(nova, call, server)})


def delete_server(nova: Nova, call: Call) -> Answer:
    """Begin to delete a server."""
    server = find_server(nova, call)
    if server["locked"] and not call.admin:
        raise Refusal(409, f"Instance {server['id']} is locked")
    life.start_delete(nova, server)
    return Answer(204)


def list_addresses(nova: Nova, call: Call) -> Answer:
    """A server's addresses, by network."""
    found = addresses(nova, find_server(nova, call))
    shown = {name: [_plain_address(one) for one in ports] for name, ports in found.items()}
    network = call.params.get("network")
    if network is None:
        return Answer(200, {"addresses": shown})
    if network not in shown:
        raise Refusal(404, "Network not found")
    return Answer(200, {network: shown[network]})


def list_groups(nova: Nova, call: Call) -> Answer:
    """Security groups on a server's ports."""
    server = find_server(nova, call)
    shown = []
    for one in security_groups(nova, server):
        key = one["name"]
        if nova.network is not None:
            key = nova.network.group_id(server["project_id"], one["name"])
        more = {"tenant_id": server["project_id"], "description": "", "rules": []}
        shown.append({"id": key, "name": one["name"], **more})
    return Answer(200, {"security_groups": shown})


def _plain_address(address: Json) -> Json:
    return {"version": address["version"], "addr": address["addr"]}


def _listed(nova: Nova, call: Call, servers: list[Json], rest: str | None) -> Answer:
    body: dict[str, Json] = {"servers": servers}
    if rest:
        href = f"{nova.world.url(call.path)}?{rest}"
        body["servers_links"] = [{"rel": "next", "href": href}]
    return Answer(200, body)


def _found(nova: Nova, call: Call) -> tuple[Sequence[Document], str | None]:
    everyone = call.flag("all_tenants")
    if everyone and not call.admin:
        raise Refusal(
            403,
            "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
        )
    wanted = call.arg("project_id") or call.arg("tenant_id") if everyone else call.project_id
    tables = [nova.servers]
    if "changes-since" in call.query or (call.admin and call.flag("deleted")):
        tables.append(nova.deleted)
    found: list[Document] = []
    for table in tables:
        found += list(table) if wanted is None else table.where("project_id", wanted)
    kept = [one for one in nova.world.listed(found) if _meets(nova, call, one)]
    orders = _orders(call)
    return page(call, ordered(kept, orders))


def _orders(call: Call) -> list[tuple[str, bool]]:
    keys, directions = call.args("sort_key"), call.args("sort_dir")
    orders = []
    for index, key in enumerate(keys):
        down = directions[index] != "asc" if index < len(directions) else True
        orders.append((_RENAMED.get(key, key if key in _SORTABLE else "created_at"), down))
    return [*orders, ("created_at", True), ("id", True)]


def _meets(nova: Nova, call: Call, server: Document) -> bool:
    for name in call.query:
        test = _TESTS.get(name)
        if test is not None and not test(nova, call, server):
            return False
    return True


def _by_time(nova: Nova, call: Call, server: Document) -> bool:
    since, before = call.arg("changes-since"), call.arg("changes-before")
    if since and server["updated_at"] < parsed(since):
        return False
    return not (before and server["updated_at"] > parsed(before))


def _by_name(nova: Nova, call: Call, server: Document) -> bool:
    return _matches(call.arg("name"), str(server["name"]))


def _by_address(nova: Nova, call: Call, server: Document) -> bool:
    pattern = call.arg("ip") or call.arg("ip6")
    found = [one["addr"] for ports in addresses(nova, server).values() for one in ports]
    return any(_matches(pattern, one) for one in found)


def _matches(pattern: str | None, text: str) -> bool:
    try:
        return re.search(pattern or "", text) is not None
    except re.error as error:
        raise Refusal(400, f"Invalid regular expression: {pattern}") from error


def _by_status(nova: Nova, call: Call, server: Document) -> bool:
    return server["status"] in [one.upper() for one in call.args("status")]


def _by_flavor(nova: Nova, call: Call, server: Document) -> bool:
    return bool(server["flavor"]["id"] == (call.arg("flavor") or "").rpartition("/")[2])


def _by_image(nova: Nova, call: Call, server: Document) -> bool:
    return bool(server["image_id"] == (call.arg("image") or "").rpartition("/")[2])


def _by_field(nova: Nova, call: Call, server: Document) -> bool:
    for name, field in (*_PLAIN.items(), ("reservation_id", "reservation_id"), ("uuid", "id")):
        value = call.arg(name)
        if value is not None and name not in ("host", "user_id", "vm_state", "uuid"):
            if server[field] != value:
                return False
        elif value is not None and call.admin and server[field] != value:
            return False
    return True


def _by_tags(nova: Nova, call: Call, server: Document) -> bool:
    held = set(server["tags"])

    def asked(name: str) -> set[str]:
        return {tag for one in call.args(name) for tag in one.split(",") if tag}

    some, not_all, not_any = asked("tags-any"), asked("not-tags"), asked("not-tags-any")
    return (
        asked("tags") <= held
        and (not some or bool(some & held))
        and not (not_all and not_all <= held)
        and not (not_any & held)
    )


_TESTS = {
    "changes-since": _by_time,
    "changes-before": _by_time,
    "name": _by_name,
    "ip": _by_address,
    "ip6": _by_address,
    "status": _by_status,
    "flavor": _by_flavor,
    "image": _by_image,
    "tags": _by_tags,
    "tags-any": _by_tags,
    "not-tags": _by_tags,
    "not-tags-any": _by_tags,
    **dict.fromkeys((*_PLAIN, "reservation_id", "uuid"), _by_field),
}

_ONE = "/v2.1/servers/{server_id}"

ROUTES = (
    Route("GET", "/v2.1/servers", list_servers),
    Route("POST", "/v2.1/servers", create_servers),
    Route("GET", "/v2.1/servers/detail", list_details),
    Route("GET", _ONE, show_server),
    Route("PUT", _ONE, update_server),
    Route("DELETE", _ONE, delete_server),
    Route("GET", _ONE + "/ips", list_addresses),
    Route("GET", _ONE + "/ips/{network}", list_addresses),
    Route("GET", _ONE + "/os-security-groups", list_groups),
)
