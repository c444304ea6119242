"""Tags of images, and the projects an image is shared with."""

from hearth.sandbox.image.images import find, owned
from hearth.sandbox.image.state import Glance
from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route


def add_tag(glance: Glance, call: Call) -> Answer:
    """Put a tag on an image."""
    image = owned(glance, call, "update")
    tags = sorted({*image["tags"], call.params["tag"]})
    glance.images.change(image["id"], tags=tags, updated_at=call.now)
    return Answer(204)


def remove_tag(glance: Glance, call: Call) -> Answer:
    """Take a tag off an image."""
    image = owned(glance, call, "update")
    if call.params["tag"] not in image["tags"]:
        raise Refusal(404, f"Failed to find tag {call.params['tag']} of image {image['id']}")
    tags = [one for one in image["tags"] if one != call.params["tag"]]
    glance.images.change(image["id"], tags=tags, updated_at=call.now)
    return Answer(204)


def list_members(glance: Glance, call: Call) -> Answer:
    """Whom an image is shared with; a member sees itself only."""
    image = find(glance, call)
    mine = image["owner"] == call.project_id or call.admin
    found = [
        _view(one)
        for one in glance.members.where("image_id", image["id"])
        if mine or one["member_id"] == call.project_id
    ]
    return Answer(200, {"members": found, "schema": "/v2/schemas/members"})


def add_member(glance: Glance, call: Call) -> Answer:
    """Share an image with a project."""
    image = owned(glance, call, "share")
    if image["visibility"] != "shared":
        raise Refusal(403, "Only shared images have members.")
    project_id = str(call.document().get("member") or "")
    key = f"{image['id']}:{project_id}"
    if not project_id:
        raise Refusal(400, "Member can't be empty")
    if glance.members.get(key) is not None:
        raise Refusal(409, f"The target member {project_id} is already associated with the image.")
    now = call.now
    member = {"id": key, "image_id": image["id"], "member_id": project_id, "status": "pending"}
    return Answer(200, _view(glance.members.add({**member, "created_at": now, "updated_at": now})))


def show_member(glance: Glance, call: Call) -> Answer:
    """One member."""
    return Answer(200, _view(_find(glance, call)))


def update_member(glance: Glance, call: Call) -> Answer:
    """A member accepts or rejects an image."""
    member = _find(glance, call)
    status = call.document().get("status")
    if status not in ("pending", "accepted", "rejected"):
        raise Refusal(400, f"Member status must be one of pending, accepted, rejected: {status}")
    if member["member_id"] != call.project_id and not call.admin:
        raise Refusal(403, "Only the member itself may change its status.")
    return Answer(
        200, _view(glance.members.change(member["id"], status=status, updated_at=call.now))
    )


def remove_member(glance: Glance, call: Call) -> Answer:
    """Stop sharing an image with a project."""
    owned(glance, call, "unshare")
    glance.members.remove(_find(glance, call)["id"])
    return Answer(204)


def _find(glance: Glance, call: Call) -> Document:
    image = find(glance, call)
    member = glance.members.get(f"{image['id']}:{call.params['member_id']}")
    if member is None:
        raise Refusal(404, f"{call.params['member_id']} not found in the member list of the image")
    return member


def _view(member: Document) -> Json:
    return {
        "image_id": member["image_id"],
        "member_id": member["member_id"],
        "status": member["status"],
        "created_at": stamp(member["created_at"]),
        "updated_at": stamp(member["updated_at"]),
        "schema": "/v2/schemas/member",
    }


_IMAGE = "/v2/images/{image_id}"

ROUTES = (
    Route("PUT", _IMAGE + "/tags/{tag}", add_tag),
    Route("DELETE", _IMAGE + "/tags/{tag}", remove_tag),
    Route("GET", _IMAGE + "/members", list_members),
    Route("POST", _IMAGE + "/members", add_member),
    Route("GET", _IMAGE + "/members/{member_id}", show_member),
    Route("PUT", _IMAGE + "/members/{member_id}", update_member),
    Route("DELETE", _IMAGE + "/members/{member_id}", remove_member),
)
