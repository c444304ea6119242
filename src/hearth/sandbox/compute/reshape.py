"""Actions that change what a server is: resize, rebuild, and the image that is made of it."""

from hearth.sandbox.compute import life, quotas, wishes
from hearth.sandbox.compute.create import password
from hearth.sandbox.compute.keypairs import keypair_of
from hearth.sandbox.compute.state import Nova
from hearth.sandbox.compute.views import full
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal


def resize(nova: Nova, call: Call, server: Document, given: Json) -> None:
    """Give a server another flavor, to be confirmed or reverted."""
    new, old = wishes.flavor_of(nova, call, given), server["flavor"]
    if new["id"] == old["id"]:
        raise Refusal(400, "When resizing, instances must change flavor!")
    if 0 < new["disk"] < old["disk"] and server["image_id"] is not None:
        raise Refusal(400, "Resize to a flavor with a smaller disk is not allowed.")
    _exchange(nova, server, old, new)
    then = {
        "vm_state": "resized",
        "flavor": new,
        "old_flavor": old,
        "old_state": server["vm_state"],
        "power_state": server["power_state"],
    }
    life.begin(nova, server, "resize_prep", nova.world.times.server_resize, then)


def confirm_resize(nova: Nova, server: Document) -> None:
    """Keep the new flavor."""
    life.change(nova, server, vm_state=server["old_state"], old_flavor=None)


def revert_resize(nova: Nova, server: Document) -> None:
    """Go back to the old flavor."""
    _exchange(nova, server, server["flavor"], server["old_flavor"])
    then = {"vm_state": server["old_state"], "flavor": server["old_flavor"], "old_flavor": None}
    life.begin(nova, server, "resize_reverting", nova.world.times.server_resize, then)


def rebuild(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    """Start a server anew from an image, its address and id kept."""
    image_id = wishes.image_of(nova, call, given, server["flavor"], local_disk=True)
    if image_id is None:
        raise Refusal(400, "Invalid input: 'imageRef' is a required property")
    then: Document = {
        "vm_state": "stopped" if server["vm_state"] == "stopped" else "active",
        "power_state": server["power_state"],
        "fault": None,
        "launched_at": call.now,
    }
    server = life.change(nova, server, image_id=image_id, **_renewed(nova, call, server, given))
    server = life.begin(nova, server, "rebuilding", nova.world.times.server_build, then)
    shown = {**full(nova, call, server), "adminPass": given.get("adminPass") or password(nova)}
    return Answer(202, {"server": shown}, {"Location": nova.world.url(call.path)})


def _renewed(nova: Nova, call: Call, server: Document, given: Json) -> Document:
    """What a rebuild changes beside the image, at once."""
    fields: Document = {}
    if "name" in given:
        fields["name"] = wishes.name_of(given)
    if "metadata" in given:
        fields["metadata"] = wishes.metadata_of(given)
    if "description" in given and call.version >= (2, 19):
        fields["description"] = given["description"]
    if "key_name" in given and call.version >= (2, 54):
        name = given["key_name"]
        if name is not None and keypair_of(nova, server["user_id"], name) is None:
            raise Refusal(400, "Invalid key_name provided.")
        fields["key_name"] = name
    if "user_data" in given and call.version >= (2, 57):
        fields["user_data"] = wishes.user_data_of(given)
    return fields


def create_image(nova: Nova, call: Call, server: Document, given: Json) -> Answer:
    """Save a server's disk as an image."""
    name = wishes.name_of(given)
    if nova.image is None:
        raise Refusal(503, "There is no image service.")
    times = nova.world.times
    properties = {
        "instance_uuid": server["id"],
        "base_image_ref": server["image_id"] or "",
        "image_type": "snapshot",
        **wishes.metadata_of(given),
    }
    key = nova.image.save(call.token, name, properties, times.image_save)
    then = {"vm_state": server["vm_state"], "power_state": server["power_state"]}
    life.begin(nova, server, "image_snapshot", times.image_save, then)
    location = nova.world.url(f"/image/v2/images/{key}")
    if call.version >= (2, 45):
        return Answer(202, {"image_id": key})
    return Answer(202, None, {"Location": location})


def _exchange(nova: Nova, server: Document, old: Document, new: Document) -> None:
    deltas = {"cores": new["vcpus"] - old["vcpus"], "ram": new["ram"] - old["ram"]}
    quotas.adjust(nova, server["project_id"], {**deltas, "instances": 0})
