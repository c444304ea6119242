"""Flavors: sizes of servers, their extra specs, and who may use those that are not public."""

from hearth.sandbox.compute.state import Nova, invalid, need_admin
from hearth.sandbox.lists import ordered, page
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

SEEDED = (
    ("42", "m1.nano", 128, 1, 1),
    ("84", "m1.micro", 192, 1, 1),
    ("1", "m1.tiny", 512, 1, 1),
    ("2", "m1.small", 2048, 20, 1),
    ("3", "m1.medium", 4096, 40, 2),
    ("4", "m1.large", 8192, 80, 4),
    ("5", "m1.xlarge", 16384, 160, 8),
)


def seed(nova: Nova) -> None:
    """Make the usual flavors."""
    for key, name, memory_mb, disk_gb, vcpus in SEEDED:
        nova.flavors.add(_flavor(nova, key, name, (memory_mb, vcpus, disk_gb)))


def _flavor(nova: Nova, key: str, name: str, size: tuple[int, int, int]) -> Document:
    return {
        "id": key,
        "name": name,
        "ram": size[0],
        "vcpus": size[1],
        "disk": size[2],
        "ephemeral": 0,
        "swap": 0,
        "rxtx_factor": 1.0,
        "public": True,
        "description": None,
        "extra_specs": {},
        "access": [],
        "created_at": nova.world.now,
    }


def list_flavors(nova: Nova, call: Call) -> Answer:
    """Names of the flavors that the caller may use."""
    return _list(nova, call, detailed=False)


def list_details(nova: Nova, call: Call) -> Answer:
    """The flavors that the caller may use."""
    return _list(nova, call, detailed=True)


def show_flavor(nova: Nova, call: Call) -> Answer:
    """A flavor."""
    return Answer(200, {"flavor": view(nova, call, find_flavor(nova, call))})


def create_flavor(nova: Nova, call: Call) -> Answer:
    """Make a flavor; its id may be chosen by the client."""
    need_admin(call, "os_compute_api:os-flavor-manage:create")
    given = call.wrapped("flavor")
    size = tuple(
        _whole(given, name, 0 if name == "disk" else 1) for name in ("ram", "vcpus", "disk")
    )
    name = given.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise invalid("name", name, "A flavor needs a name.")
    key = given.get("flavorid") or given.get("id")
    key = nova.world.ids.uuid() if key in (None, "auto") else str(key)
    if nova.flavors.first("name", name) is not None:
        raise Refusal(409, f"Flavor with name {name} already exists.")
    if nova.flavors.get(key) is not None:
        raise Refusal(409, f"Flavor with ID {key} already exists.")
    flavor = _flavor(nova, key, name, (size[0], size[1], size[2]))
    flavor.update(
        ephemeral=int(given.get("OS-FLV-EXT-DATA:ephemeral") or 0),
        swap=int(given.get("swap") or 0),
        rxtx_factor=float(given.get("rxtx_factor") or 1.0),
        public=bool(given.get("os-flavor-access:is_public", True)),
    )
    if call.version >= (2, 55):
        flavor["description"] = given.get("description")
    nova.flavors.add(flavor)
    return Answer(200, {"flavor": view(nova, call, flavor)})


def update_flavor(nova: Nova, call: Call) -> Answer:
    """Change the description."""
    need_admin(call, "os_compute_api:os-flavor-manage:update")
    if call.version < (2, 55):
        raise Refusal(404, "The resource could not be found.")
    flavor = find_flavor(nova, call)
    flavor = nova.flavors.change(
        flavor["id"], description=call.wrapped("flavor").get("description")
    )
    return Answer(200, {"flavor": view(nova, call, flavor)})


def delete_flavor(nova: Nova, call: Call) -> Answer:
    """Remove a flavor; servers of it keep their copy."""
    need_admin(call, "os_compute_api:os-flavor-manage:delete")
    nova.flavors.remove(find_flavor(nova, call)["id"])
    return Answer(202)


def show_specs(nova: Nova, call: Call) -> Answer:
    """All extra specs, or one of them."""
    specs = find_flavor(nova, call)["extra_specs"]
    key = call.params.get("key")
    if key is None:
        return Answer(200, {"extra_specs": specs})
    if key not in specs:
        raise Refusal(404, f"Flavor has no extra specs with key {key}.")
    return Answer(200, {key: specs[key]})


def add_specs(nova: Nova, call: Call) -> Answer:
    """Set extra specs."""
    need_admin(call, "os_compute_api:os-flavor-extra-specs:create")
    flavor, given = find_flavor(nova, call), call.wrapped("extra_specs")
    specs = {**flavor["extra_specs"], **{key: str(value) for key, value in given.items()}}
    nova.flavors.change(flavor["id"], extra_specs=specs)
    return Answer(200, {"extra_specs": given})


def set_spec(nova: Nova, call: Call) -> Answer:
    """Set one extra spec."""
    need_admin(call, "os_compute_api:os-flavor-extra-specs:update")
    flavor, given, key = find_flavor(nova, call), call.document(), call.params["key"]
    if key not in given:
        raise Refusal(400, "Request body and URI mismatch")
    specs = {**flavor["extra_specs"], key: str(given[key])}
    nova.flavors.change(flavor["id"], extra_specs=specs)
    return Answer(200, {key: given[key]})


def drop_spec(nova: Nova, call: Call) -> Answer:
    """Remove one extra spec."""
    need_admin(call, "os_compute_api:os-flavor-extra-specs:delete")
    flavor, key = find_flavor(nova, call), call.params["key"]
    if key not in flavor["extra_specs"]:
        raise Refusal(404, f"Flavor {flavor['id']} has no extra specs with key {key}.")
    specs = {name: value for name, value in flavor["extra_specs"].items() if name != key}
    nova.flavors.change(flavor["id"], extra_specs=specs)
    return Answer(200)


def show_access(nova: Nova, call: Call) -> Answer:
    """Projects that may use a flavor which is not public."""
    need_admin(call, "os_compute_api:os-flavor-access")
    flavor = find_flavor(nova, call)
    if flavor["public"]:
        raise Refusal(404, "Access list not available for public flavors.")
    return Answer(200, {"flavor_access": _access(flavor)})


def change_access(nova: Nova, call: Call) -> Answer:
    """Let a project use a flavor, or no longer."""
    need_admin(call, "os_compute_api:os-flavor-access:add_tenant_access")
    flavor, given = find_flavor(nova, call), call.document()
    for action in ("addTenantAccess", "removeTenantAccess"):
        if action not in given:
            continue
        project_id = str(call.wrapped(action).get("tenant"))
        present = project_id in flavor["access"]
        if action == "addTenantAccess" and (present or flavor["public"]):
            raise Refusal(409, f"Flavor access already exists for project {project_id}.")
        if action == "removeTenantAccess" and not present:
            raise Refusal(404, f"Flavor access not found for {project_id}.")
        others = [one for one in flavor["access"] if one != project_id]
        access = others if present else [*others, project_id]
        flavor = nova.flavors.change(flavor["id"], access=access)
        return Answer(200, {"flavor_access": _access(flavor)})
    raise Refusal(400, "There is no such action")


def find_flavor(nova: Nova, call: Call) -> Document:
    """The flavor of the path, if the caller may use it."""
    flavor = nova.flavors.get(call.params["flavor_id"])
    if flavor is None or not usable(call, flavor):
        raise Refusal(404, f"Flavor {call.params['flavor_id']} could not be found.")
    return flavor


def usable(call: Call, flavor: Document) -> bool:
    """Whether the caller may use a flavor."""
    return bool(flavor["public"] or call.admin or call.project_id in flavor["access"])


def view(nova: Nova, call: Call, flavor: Document) -> Json:
    """A flavor as Nova shows it."""
    shown: dict[str, Json] = {
        "id": flavor["id"],
        "name": flavor["name"],
        "ram": flavor["ram"],
        "vcpus": flavor["vcpus"],
        "disk": flavor["disk"],
        "swap": flavor["swap"] or (0 if call.version >= (2, 75) else ""),
        "OS-FLV-EXT-DATA:ephemeral": flavor["ephemeral"],
        "OS-FLV-DISABLED:disabled": False,
        "os-flavor-access:is_public": flavor["public"],
        "rxtx_factor": flavor["rxtx_factor"],
        "links": links(nova, flavor),
    }
    if call.version >= (2, 55):
        shown["description"] = flavor["description"]
    if call.version >= (2, 61):
        shown["extra_specs"] = flavor["extra_specs"]
    return shown


def links(nova: Nova, flavor: Document) -> Json:
    """Where a flavor is found."""
    url = nova.world.url(f"/compute/v2.1/flavors/{flavor['id']}")
    return [{"rel": "self", "href": url}, {"rel": "bookmark", "href": url.replace("/v2.1", "")}]


def _list(nova: Nova, call: Call, *, detailed: bool) -> Answer:
    found = [one for one in nova.flavors if _wanted(call, one)]
    orders = [(call.arg("sort_key") or "id", call.arg("sort_dir") == "desc")]
    shown, rest = page(call, ordered(found, orders))
    if detailed:
        flavors = [view(nova, call, one) for one in shown]
    else:
        flavors = [
            {"id": one["id"], "name": one["name"], "links": links(nova, one)} for one in shown
        ]
        if call.version >= (2, 55):
            for short, one in zip(flavors, shown, strict=True):
                short["description"] = one["description"]
    body: dict[str, Json] = {"flavors": flavors}
    if rest:
        href = nova.world.url(f"{call.path}?{rest}")
        body["flavors_links"] = [{"rel": "next", "href": href}]
    return Answer(200, body)


def _wanted(call: Call, flavor: Document) -> bool:
    public = (call.arg("is_public") or "true").lower()
    if not call.admin:
        if not usable(call, flavor):
            return False
    elif public != "none" and flavor["public"] != (public in ("true", "1", "t", "yes")):
        return False
    for name, field in (("minRam", "ram"), ("minDisk", "disk")):
        text = call.arg(name)
        if text is not None and not text.isdigit():
            raise Refusal(400, f"Invalid {name} filter [{text}]")
        if text is not None and flavor[field] < int(text):
            return False
    return True


def _whole(given: Json, name: str, least: int) -> int:
    value = given.get(name)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise invalid(name, value, f"{value} is less than the minimum of {least}")
    return value


def _access(flavor: Document) -> Json:
    return [{"flavor_id": flavor["id"], "tenant_id": one} for one in flavor["access"]]


_ONE = "/v2.1/flavors/{flavor_id}"

ROUTES = (
    Route("GET", "/v2.1/flavors", list_flavors),
    Route("GET", "/v2.1/flavors/detail", list_details),
    Route("POST", "/v2.1/flavors", create_flavor),
    Route("GET", _ONE, show_flavor),
    Route("PUT", _ONE, update_flavor),
    Route("DELETE", _ONE, delete_flavor),
    Route("GET", _ONE + "/os-extra_specs", show_specs),
    Route("POST", _ONE + "/os-extra_specs", add_specs),
    Route("GET", _ONE + "/os-extra_specs/{key}", show_specs),
    Route("PUT", _ONE + "/os-extra_specs/{key}", set_spec),
    Route("DELETE", _ONE + "/os-extra_specs/{key}", drop_spec),
    Route("GET", _ONE + "/os-flavor-access", show_access),
    Route("POST", _ONE + "/action", change_access),
)
