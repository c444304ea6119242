"""Metadata and tags of servers, one by one and all together."""

from hearth.sandbox.compute.life import change
from hearth.sandbox.compute.state import Nova, find_server
from hearth.sandbox.compute.wishes import check_tag, metadata_of, tags_of
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route


def list_metadata(nova: Nova, call: Call) -> Answer:
    """All of it."""
    return Answer(200, {"metadata": find_server(nova, call)["metadata"]})


def update_metadata(nova: Nova, call: Call) -> Answer:
    """Add to it (POST) or put other in its place (PUT)."""
    server = find_server(nova, call)
    fresh = metadata_of({"metadata": call.wrapped("metadata")})
    kept = server["metadata"] if call.method == "POST" else {}
    server = change(nova, server, metadata=metadata_of({"metadata": {**kept, **fresh}}))
    return Answer(200, {"metadata": server["metadata"]})


def show_item(nova: Nova, call: Call) -> Answer:
    """One item."""
    server, key = _item(nova, call)
    return Answer(200, {"meta": {key: server["metadata"][key]}})


def set_item(nova: Nova, call: Call) -> Answer:
    """Set one item."""
    server, key, meta = find_server(nova, call), call.params["key"], call.wrapped("meta")
    if list(meta) != [key]:
        raise Refusal(400, "Request body and URI mismatch")
    change(nova, server, metadata=metadata_of({"metadata": {**server["metadata"], **meta}}))
    return Answer(200, {"meta": meta})


def delete_item(nova: Nova, call: Call) -> Answer:
    """Remove one item."""
    server, key = _item(nova, call)
    rest = {name: value for name, value in server["metadata"].items() if name != key}
    change(nova, server, metadata=rest)
    return Answer(204)


def list_tags(nova: Nova, call: Call) -> Answer:
    """All tags."""
    return Answer(200, {"tags": find_server(nova, call)["tags"]})


def replace_tags(nova: Nova, call: Call) -> Answer:
    """Put other tags in their place."""
    server = find_server(nova, call)
    tags = tags_of({"tags": call.document().get("tags")})
    nova.servers.change(server["id"], tags=tags)
    return Answer(200, {"tags": tags})


def delete_tags(nova: Nova, call: Call) -> Answer:
    """Remove all tags."""
    nova.servers.change(find_server(nova, call)["id"], tags=[])
    return Answer(204)


def has_tag(nova: Nova, call: Call) -> Answer:
    """Whether a tag is there."""
    _tagged(nova, call)
    return Answer(204)


def add_tag(nova: Nova, call: Call) -> Answer:
    """Put a tag on."""
    server, tag = find_server(nova, call), call.params["tag"]
    check_tag(tag)
    if tag in server["tags"]:
        return Answer(204)
    nova.servers.change(server["id"], tags=[*server["tags"], tag])
    return Answer(201, None, {"Location": nova.world.url(call.path)})


def delete_tag(nova: Nova, call: Call) -> Answer:
    """Take a tag off."""
    server = _tagged(nova, call)
    tags = [one for one in server["tags"] if one != call.params["tag"]]
    nova.servers.change(server["id"], tags=tags)
    return Answer(204)


def _item(nova: Nova, call: Call) -> tuple[Document, str]:
    server, key = find_server(nova, call), call.params["key"]
    if key not in server["metadata"]:
        raise Refusal(404, "Metadata item was not found")
    return server, key


def _tagged(nova: Nova, call: Call) -> Document:
    server, tag = find_server(nova, call), call.params["tag"]
    if tag not in server["tags"]:
        message = f"Server {server['id']} has no tag '{tag}'"
        raise Refusal(404, message)
    return server


_META = "/v2.1/servers/{server_id}/metadata"
_TAGS = "/v2.1/servers/{server_id}/tags"

ROUTES = (
    Route("GET", _META, list_metadata),
    Route("POST", _META, update_metadata),
    Route("PUT", _META, update_metadata),
    Route("GET", _META + "/{key}", show_item),
    Route("PUT", _META + "/{key}", set_item),
    Route("DELETE", _META + "/{key}", delete_item),
    Route("GET", _TAGS, list_tags),
    Route("PUT", _TAGS, replace_tags),
    Route("DELETE", _TAGS, delete_tags),
    Route("GET", _TAGS + "/{tag}", has_tag),
    Route("PUT", _TAGS + "/{tag}", add_tag),
    Route("DELETE", _TAGS + "/{tag}", delete_tag),
)
