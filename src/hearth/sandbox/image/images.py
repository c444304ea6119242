"""Images: list, show, create, update, delete."""

from collections.abc import Callable
from urllib.parse import unquote
from uuid import UUID

from hearth.sandbox.image.state import Glance, view
from hearth.sandbox.lists import ordered, page
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, NotJson, Refusal, Route, from_json

_FIELDS = (
    "name",
    "visibility",
    "protected",
    "os_hidden",
    "min_disk",
    "min_ram",
    "disk_format",
    "container_format",
    "tags",
)
_READ_ONLY = (
    "status",
    "owner",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "direct_url",
)
_VISIBILITIES = ("public", "private", "shared", "community")
_DISKS = ("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop")
_CONTAINERS = ("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed")
_EXACT = ("name", "owner", "container_format", "disk_format", "status", "id")
_NOT_FILTERS = ("limit", "marker", "sort", "sort_key", "sort_dir", "member_status", "visibility")
METHODS = "glance-direct,web-download"


def list_images(glance: Glance, call: Call) -> Answer:
    """Images that the caller is offered, filtered, sorted, in pages."""
    wanted = call.arg("visibility")
    if wanted is not None and wanted not in (*_VISIBILITIES, "all"):
        raise Refusal(400, f"Invalid visibility value: {wanted}")
    status = call.arg("member_status") or "accepted"
    found = [
        one
        for one in glance.world.listed(list(glance.images))
        if _in_list(glance, call, one, wanted, status) and _meets(call, one)
    ]
    shown, rest = page(call, ordered(found, _orders(call)), most=1000)
    query = "&".join(f"{key}={value}" for key in call.query for value in call.args(key))
    body: dict[str, Json] = {
        "images": [view(one) for one in shown],
        "first": "/v2/images" + (f"?{query}" if query else ""),
        "schema": "/v2/schemas/images",
    }
    if rest:
        body["next"] = "/v2/images?" + rest
    return Answer(200, body)


def create_image(glance: Glance, call: Call) -> Answer:
    """Register an image; its id may be chosen by the client."""
    given = call.document()
    key = str(given.pop("id", None) or glance.world.ids.uuid())
    if not _uuid(key):
        raise Refusal(400, "Provided object does not match schema 'image': id is not a UUID")
    if glance.images.get(key) is not None:
        raise Refusal(409, f"Image ID {key} already exists!")
    image = glance.fresh(key, call.project_id, None)
    image["doomed"] = call.doomed
    owner = given.pop("owner", None)
    if owner is not None and not isinstance(owner, str):
        raise Refusal(400, f"Invalid value '{owner}' for parameter 'owner'")
    if owner and owner != call.project_id:
        if not call.admin:
            raise Refusal(403, f"You are not permitted to create images owned by '{owner}'.")
        image.update(owner=owner, project_id=owner)
    for name, value in given.items():
        _set(call, image, name, value)
    glance.images.add(image)
    location = glance.world.url(f"/image/v2/images/{key}")
    headers = {"Location": location, "OpenStack-image-import-methods": METHODS}
    return Answer(201, view(image), headers)


def show_image(glance: Glance, call: Call) -> Answer:
    """An image."""
    return Answer(200, view(find(glance, call)))


def update_image(glance: Glance, call: Call) -> Answer:
    """Apply a JSON patch."""
    kind = call.headers.get("content-type", "")
    if not kind.startswith("application/openstack-images-v2"):
        raise Refusal(415, "Unsupported media type for an image's patch")
    image = owned(glance, call, "update")
    try:
        steps = from_json(call.body)
    except NotJson as error:
        raise Refusal(400, "Malformed JSON in request body.") from error
    if not isinstance(steps, list):
        raise Refusal(400, "Request body must be a JSON array of operation objects.")
    new = {**image, "properties": dict(image["properties"]), "updated_at": call.now}
    for step in steps:
        if not isinstance(step, dict):
            raise Refusal(400, "Operations must be JSON objects.")
        _apply(call, new, step)
    return Answer(200, view(glance.images.change(image["id"], **new)))


def delete_image(glance: Glance, call: Call) -> Answer:
    """Remove an image that is not protected."""
    image = owned(glance, call, "delete")
    if image["protected"]:
        raise Refusal(403, f"Image {image['id']} is protected and cannot be deleted.")
    for member in glance.members.where("image_id", image["id"]):
        glance.members.remove(member["id"])
    glance.files.remove(image["id"])
    glance.images.remove(image["id"])
    return Answer(204)


def find(glance: Glance, call: Call) -> Document:
    """The image of the path, if the caller may see it."""
    image = glance.images.get(call.params["image_id"])
    if image is None or not glance.visible(call.token, image):
        raise Refusal(404, f"No image found with ID {call.params['image_id']}")
    return image


def owned(glance: Glance, call: Call, verb: str) -> Document:
    """The image of the path, if it is the caller's."""
    image = find(glance, call)
    if image["owner"] != call.project_id and not call.admin:
        raise Refusal(403, f"You are not permitted to {verb} this image.")
    return image


def _in_list(glance: Glance, call: Call, image: Document, wanted: str | None, status: str) -> bool:
    if wanted == "all":
        return glance.visible(call.token, image)
    if wanted == "community":
        return bool(image["visibility"] == "community")
    if wanted is not None and image["visibility"] != wanted:
        return False
    return glance.offered(call.token, image, status)


def _meets(call: Call, image: Document) -> bool:
    if "os_hidden" not in call.query and image["os_hidden"]:
        return False
    return all(_matches(call, image, name) for name in call.query if name not in _NOT_FILTERS)


def _matches(call: Call, image: Document, name: str) -> bool:
    value = call.arg(name) or ""
    if name == "tag":
        return all(tag in image["tags"] for tag in call.args("tag"))
    if name in ("protected", "os_hidden"):
        return bool(image[name] == call.flag(name))
    if name in ("size_min", "size_max"):
        if not value.isdigit():
            raise Refusal(400, f"Invalid value '{value}' for filter '{name}'")
        size = image["size"] or 0
        return bool(size >= int(value) if name == "size_min" else size <= int(value))
    if name in _EXACT:
        if value.startswith("in:"):
            return image[name] in [unquote(one).strip('"') for one in value[3:].split(",")]
        return str(image[name]) == value
    if name in image:
        return str(image[name]) == value
    return bool(image["properties"].get(name) == value)


def _orders(call: Call) -> list[tuple[str, bool]]:
    sort = call.arg("sort")
    if sort:
        pairs = [one.partition(":") for one in sort.split(",")]
        orders = [(key.strip(), direction != "asc") for key, _, direction in pairs]
    else:
        directions = call.args("sort_dir") or ["desc"]
        keys = call.args("sort_key") or ["created_at"]
        orders = [
            (key, directions[min(index, len(directions) - 1)] != "asc")
            for index, key in enumerate(keys)
        ]
    known = (*_FIELDS, *_READ_ONLY, "id")
    for key, _ in orders:
        if key not in known:
            raise Refusal(400, f"Unsupported sort_key: {key}")
    return orders


def _apply(call: Call, image: Document, step: Json) -> None:
    operation = step.get("op")
    name = unquote(str(step.get("path", "")).lstrip("/")).replace("~1", "/").replace("~0", "~")
    if operation not in ("add", "replace", "remove") or not name:
        raise Refusal(400, f"Operation objects must contain a valid op and path: {step}")
    if name in _FIELDS:
        if operation == "remove":
            raise Refusal(403, f"Property {name} may not be removed.")
        _set(call, image, name, step.get("value"))
        return
    present = name in image["properties"]
    if operation != "add" and not present and name not in _READ_ONLY and name != "id":
        raise Refusal(409, f"Property {name} does not exist.")
    if operation == "remove" and present:
        del image["properties"][name]
        return
    _set(call, image, name, step.get("value"))


def _set(call: Call, image: Document, name: str, value: Json) -> None:
    if name in _READ_ONLY or name == "id":
        raise Refusal(403, f"Attribute '{name}' is read-only.")
    valid = _VALID.get(name)
    if valid is not None and not valid(value):
        raise Refusal(400, f"Invalid value '{value}' for parameter '{name}'")
    if name == "visibility" and value == "public" and not call.admin:
        raise Refusal(403, "You are not authorized to complete publicize_image action.")
    if name == "tags":
        image["tags"] = sorted(set(value))
    elif name in _FIELDS:
        image[name] = value
    elif not isinstance(value, str):
        raise Refusal(400, f"Provided object does not match schema 'image': {value!r} is not text")
    else:
        image["properties"] = {**image["properties"], name: value}


def _size(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _flag(value: Json) -> bool:
    return isinstance(value, bool)


def _texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_VALID: dict[str, Callable[[Json], bool]] = {
    "name": lambda value: value is None or isinstance(value, str),
    "visibility": lambda value: value in _VISIBILITIES,
    "disk_format": lambda value: value in (*_DISKS, None),
    "container_format": lambda value: value in (*_CONTAINERS, None),
    "min_disk": _size,
    "min_ram": _size,
    "protected": _flag,
    "os_hidden": _flag,
    "tags": _texts,
}


def _uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


ROUTES = (
    Route("GET", "/v2/images", list_images),
    Route("POST", "/v2/images", create_image),
    Route("GET", "/v2/images/{image_id}", show_image),
    Route("PATCH", "/v2/images/{image_id}", update_image),
    Route("DELETE", "/v2/images/{image_id}", delete_image),
)
