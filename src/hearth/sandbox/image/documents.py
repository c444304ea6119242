"""Versions, schemas, and what may be imported: documents that do not change."""

from hearth.sandbox.image.images import METHODS
from hearth.sandbox.image.state import Glance
from hearth.sandbox.versions import described
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_TEXT = {"type": ["null", "string"]}
_NUMBER = {"type": ["null", "integer"]}
_IMAGE: dict[str, Json] = {
    "id": {"type": "string"},
    "name": _TEXT,
    "status": {"type": "string"},
    "visibility": {"type": "string", "enum": ["community", "public", "private", "shared"]},
    "protected": {"type": "boolean"},
    "os_hidden": {"type": "boolean"},
    "checksum": _TEXT,
    "os_hash_algo": _TEXT,
    "os_hash_value": _TEXT,
    "owner": _TEXT,
    "size": _NUMBER,
    "virtual_size": _NUMBER,
    "container_format": _TEXT,
    "disk_format": _TEXT,
    "created_at": {"type": "string"},
    "updated_at": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string", "maxLength": 255}},
    "self": {"type": "string"},
    "file": {"type": "string"},
    "schema": {"type": "string"},
    "min_ram": {"type": "integer", "minimum": 0},
    "min_disk": {"type": "integer", "minimum": 0},
}
_MEMBER: dict[str, Json] = {
    name: {"type": "string"}
    for name in ("created_at", "image_id", "member_id", "schema", "status", "updated_at")
}


def versions(glance: Glance, call: Call) -> Answer:
    """All versions: a choice to be made."""
    url = glance.world.url("/image/v2/")
    names = ["v2.16", "v2.15", "v2.9", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1"]
    found = [
        described(name, url, status="CURRENT" if index == 0 else "SUPPORTED")
        for index, name in enumerate([*names, "v2.0"])
    ]
    return Answer(300, {"versions": found})


def schema(glance: Glance, call: Call) -> Answer:
    """The form of an image, a member, or a list of them."""
    name = call.params["name"]
    if name == "image":
        more = {"additionalProperties": {"type": "string"}, "links": []}
        return Answer(200, {"name": "image", "properties": _IMAGE, **more})
    if name == "member":
        return Answer(200, {"name": "member", "properties": _MEMBER})
    single = {"images": _IMAGE, "members": _MEMBER}.get(name)
    if single is None:
        raise Refusal(404, "The resource could not be found.")
    items = {"name": name.removesuffix("s"), "properties": single}
    fields = {name: {"type": "array", "items": items}, "schema": {"type": "string"}}
    return Answer(200, {"name": name, "properties": fields, "links": []})


def imports(glance: Glance, call: Call) -> Answer:
    """The ways in which data may come in."""
    words = "Import methods available."
    value = {"description": words, "type": "array", "value": METHODS.split(",")}
    return Answer(200, {"import-methods": value})


ROUTES = (
    Route("GET", "", versions, open=True),
    Route("GET", "/versions", versions, open=True),
    Route("GET", "/v2/schemas/{name}", schema),
    Route("GET", "/v2/info/import", imports),
)
