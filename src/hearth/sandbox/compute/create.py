"""Making servers."""

from hearth.sandbox.compute import attachments, journal, life, quotas, wishes
from hearth.sandbox.compute.keypairs import keypair_of
from hearth.sandbox.compute.state import Nova
from hearth.sandbox.compute.views import links
from hearth.sandbox.seams import Nic
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal

_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def create_servers(nova: Nova, call: Call) -> Answer:
    """Check the whole request, take the quota, and begin to build one or several servers."""
    document = call.document()
    given = call.wrapped("server")
    hints = document.get("os:scheduler_hints") or document.get("OS-SCH-HNT:scheduler_hints") or {}
    wishes.check_fields(call, given)
    count = _count(given)
    server = _checked(nova, call, given)
    server["group_id"] = _group(nova, call, hints)
    quotas.claim(nova, call.project_id, server["flavor"], count)
    made = [_make(nova, call, server, index, count) for index in range(count)]
    if given.get("return_reservation_id"):
        return Answer(202, {"reservation_id": server["reservation_id"]})
    first = made[0]
    groups = server["group_names"] or ["default"]
    body = {
        "id": first["id"],
        "links": links(nova, first),
        "OS-DCF:diskConfig": server["disk_config"],
        "security_groups": [{"name": one} for one in groups],
        "adminPass": given.get("adminPass") or password(nova),
    }
    location = nova.world.url(f"/compute/v2.1/servers/{first['id']}")
    return Answer(202, {"server": body}, {"Location": location})


def password(nova: Nova) -> str:
    """An administrator's password that nobody chose."""
    return "".join(nova.world.ids.choice(_LETTERS) for _ in range(12))


def _checked(nova: Nova, call: Call, given: Json) -> Document:
    name = wishes.name_of(given)
    flavor = wishes.flavor_of(nova, call, given)
    volumes = wishes.volumes_of(nova, call, given)
    root = next((one for one in volumes if one["boot_index"] == 0), None)
    image_id = wishes.image_of(nova, call, given, flavor, local_disk=root is None)
    if image_id is None and root is None:
        message = (
            "Invalid imageRef provided."
            if "imageRef" in given
            else (
                "Block Device Mapping is Invalid: Boot sequence for the instance and image/block "
                "device mapping combination is not valid."
            )
        )
        raise Refusal(400, message)
    key_name = given.get("key_name")
    if key_name is not None and keypair_of(nova, call.token.user_id, key_name) is None:
        raise Refusal(400, "Invalid key_name provided.")
    nics = _checked_nics(nova, call, given)
    names, group_ids = _security_groups(nova, call, given)
    zone, _, host = str(given.get("availability_zone") or "").partition(":")
    if zone not in ("", "nova"):
        raise Refusal(400, "The requested availability zone is not available")
    return {
        **_blank(nova, call),
        "name": name,
        "description": given.get("description"),
        "hostname": str(given.get("hostname") or _hostname(name)),
        "flavor": flavor,
        "image_id": None if root is not None else image_id,
        "wanted_volumes": volumes,
        "nics": nics,
        "group_names": names,
        "group_ids": group_ids,
        "key_name": key_name,
        "metadata": wishes.metadata_of(given),
        "tags": wishes.tags_of(given),
        "user_data": wishes.user_data_of(given),
        "config_drive": given.get("config_drive") in (True, "True", "true", "1", 1),
        "disk_config": given.get("OS-DCF:diskConfig") or "MANUAL",
        "asked_zone": zone,
        "asked_host": str(given.get("host") or host),
        "access_ipv4": given.get("accessIPv4") or "",
        "access_ipv6": given.get("accessIPv6") or "",
    }


def _blank(nova: Nova, call: Call) -> Document:
    return {
        "project_id": call.project_id,
        "user_id": call.token.user_id,
        "roles": list(call.token.roles),
        "status": "BUILD",
        "vm_state": "building",
        "task_state": "scheduling",
        "power_state": 0,
        "host": None,
        "zone": "nova",
        "reservation_id": "r-" + nova.world.ids.uuid()[:8],
        "created_at": call.now,
        "updated_at": call.now,
        "launched_at": None,
        "terminated_at": None,
        "fault": None,
        "locked": False,
        "locked_reason": None,
        "doomed": call.doomed,
        "journal": [],
        "next": None,
        "then": None,
        "due": None,
    }


def _make(nova: Nova, call: Call, wish: Document, index: int, count: int) -> Document:
    name = wish["name"] if count == 1 else f"{wish['name']}-{index + 1}"
    key = nova.world.ids.uuid()
    server = nova.servers.add({**wish, "id": key, "name": name, "launch_index": index})
    if wish["group_id"]:
        group = nova.groups.get(wish["group_id"])
        if group is not None:
            nova.groups.change(group["id"], members=[*group["members"], key])
    later = []
    for one in wish["wanted_volumes"]:
        if one["volume_id"] is None:
            later.append(one)
        elif nova.volume is not None:
            nova.volume.reserve(call.project_id, one["volume_id"], key)
            attachments.record(nova, server, one["volume_id"], one, None)
    nova.servers.change(key, wanted_volumes=later)
    journal.note(nova, call, key, "create")
    return life.start_build(nova, server)


def _count(given: Json) -> int:
    try:
        least = int(given.get("min_count") or 1)
        most = int(given.get("max_count") or least)
    except (TypeError, ValueError) as error:
        raise Refusal(400, "Invalid input for field/attribute min_count.") from error
    if least < 1 or most < least:
        raise Refusal(400, "min_count must be <= max_count")
    if most > 1 and any(one.get("port") for one in _objects(given.get("networks"))):
        raise Refusal(400, "Unable to launch multiple instances with a single configured port ID.")
    return most


def _objects(value: Json) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _checked_nics(nova: Nova, call: Call, given: Json) -> list[Document]:
    nics = wishes.nics_of(nova, call, given)
    if nova.network is None:
        return nics
    for nic in nics:
        try:
            nova.network.check_nic(call.token, Nic(**nic))
        except Refusal as refusal:
            status = 400 if refusal.status == 404 else refusal.status
            raise Refusal(status, refusal.message, refusal.kind) from refusal
    return nics


def _security_groups(nova: Nova, call: Call, given: Json) -> tuple[list[str], list[str]]:
    names = [str(one.get("name")) for one in _objects(given.get("security_groups"))]
    names = list(dict.fromkeys(names))
    if nova.network is None:
        return names, []
    ids = []
    for name in names:
        try:
            ids.append(nova.network.group_id(call.project_id, name))
        except Refusal as refusal:
            status = 400 if refusal.status == 404 else refusal.status
            raise Refusal(status, refusal.message) from refusal
    return names, ids


def _group(nova: Nova, call: Call, hints: Json) -> str | None:
    asked = hints.get("group")
    if asked is None:
        return None
    group = nova.groups.get(str(asked))
    if group is None or group["project_id"] != call.project_id:
        raise Refusal(400, f"Instance group {asked} could not be found.")
    quotas.counted(nova, call.project_id, "server_group_members", len(group["members"]))
    return str(asked)


def _hostname(name: str) -> str:
    letters = [one if one.isalnum() or one in "-." else "-" for one in name.lower()]
    return "".join(letters).strip("-.")[:63] or "server"
