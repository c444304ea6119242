"""An image's data: upload, download, import; and setting it aside for a while."""

from hashlib import blake2b
from urllib.parse import urlsplit

from hearth.sandbox.image.images import METHODS, find, owned
from hearth.sandbox.image.state import Glance, checksums
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route


def upload(glance: Glance, call: Call) -> Answer:
    """Take the data; the image is active at once."""
    image = _ready_for_data(glance, call)
    _keep(glance, image, call.body, "killed" if image["doomed"] else "active")
    return Answer(204)


def stage(glance: Glance, call: Call) -> Answer:
    """Take the data, to be imported by `glance-direct`."""
    image = _ready_for_data(glance, call)
    _keep(glance, image, call.body, "uploading")
    return Answer(204)


def download(glance: Glance, call: Call) -> Answer:
    """Give the data back. What was never uploaded to the sandbox has none to give."""
    image = find(glance, call)
    if image["status"] == "deactivated" and not call.admin:
        raise Refusal(
            403, "The requested image has been deactivated. Image data download is forbidden."
        )
    file = glance.files.get(image["id"])
    if file is None:
        return Answer(204)
    headers = {"Content-MD5": image["checksum"]}
    return Answer(200, file["data"], headers, "application/octet-stream")


def import_image(glance: Glance, call: Call) -> Answer:
    """Bring the data in, which takes a while."""
    image = owned(glance, call, "import")
    method = call.wrapped("method")
    name = method.get("name")
    if name not in METHODS.split(","):
        raise Refusal(400, f"Unknown import method name '{name}'.")
    expected = "uploading" if name == "glance-direct" else "queued"
    if image["status"] != expected:
        raise Refusal(409, f"Image needs to be in '{expected}' state to use '{name}' import")
    _need_formats(image, 409)
    fields: Document = {"status": "importing", "updated_at": call.now}
    if name == "web-download":
        fields.update(_fetched(str(method.get("uri") or "")))
    fields["due"] = glance.world.due(glance.world.times.image_import)
    glance.images.change(image["id"], **fields)
    return Answer(202)


def deactivate(glance: Glance, call: Call) -> Answer:
    """Forbid downloads."""
    return _switch(glance, call, "active", "deactivated")


def reactivate(glance: Glance, call: Call) -> Answer:
    """Allow downloads again."""
    return _switch(glance, call, "deactivated", "active")


def _switch(glance: Glance, call: Call, before: str, after: str) -> Answer:
    image = owned(glance, call, "change")
    if not call.admin:
        raise Refusal(403, "You are not authorized to complete this action.")
    if image["status"] not in (before, after):
        raise Refusal(403, f"Not allowed to {after} image in status '{image['status']}'")
    glance.images.change(image["id"], status=after, updated_at=call.now)
    return Answer(204)


def _ready_for_data(glance: Glance, call: Call) -> Document:
    image = owned(glance, call, "upload data to")
    if image["status"] != "queued":
        raise Refusal(
            409, f"Image status transition from {image['status']} to saving is not allowed"
        )
    _need_formats(image, 400)
    return image


def _need_formats(image: Document, status: int) -> None:
    for field in ("disk_format", "container_format"):
        if not image[field]:
            raise Refusal(status, f"Properties disk_format, container_format must be set: {field}")


def _keep(glance: Glance, image: Document, data: bytes, status: str) -> None:
    if glance.files.get(image["id"]) is None:
        glance.files.add({"id": image["id"], "data": data})
    fields = {"size": len(data), "status": status, "updated_at": glance.world.now}
    glance.images.change(image["id"], **fields, **checksums(data))


def _fetched(uri: str) -> Document:
    """What a download from there brings.

    The sandbox fetches nothing: size and sums follow from the address, so that the same address
    gives the same image.
    """
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal(400, f"URI for web-download does not pass filtering: {uri}")
    number = int.from_bytes(blake2b(uri.encode(), digest_size=3).digest(), "big")
    return {"size": (1 << 24) + number, **checksums(uri)}


_IMAGE = "/v2/images/{image_id}"

ROUTES = (
    Route("PUT", _IMAGE + "/file", upload),
    Route("GET", _IMAGE + "/file", download),
    Route("PUT", _IMAGE + "/stage", stage),
    Route("POST", _IMAGE + "/import", import_image),
    Route("POST", _IMAGE + "/actions/deactivate", deactivate),
    Route("POST", _IMAGE + "/actions/reactivate", reactivate),
)
