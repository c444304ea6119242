"""What a request for a server asks for, checked and brought into one form."""

from base64 import b64decode
from binascii import Error

from hearth.sandbox.compute.flavors import usable
from hearth.sandbox.compute.state import Nova, invalid, unexpected
from hearth.sandbox.seams import NetworkSide
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Json, Refusal

USER_DATA_MAX = 65535

_SINCE: dict[str, tuple[int, int]] = {
    "name": (2, 1),
    "flavorRef": (2, 1),
    "imageRef": (2, 1),
    "adminPass": (2, 1),
    "metadata": (2, 1),
    "networks": (2, 1),
    "personality": (2, 1),
    "availability_zone": (2, 1),
    "block_device_mapping": (2, 1),
    "block_device_mapping_v2": (2, 1),
    "config_drive": (2, 1),
    "key_name": (2, 1),
    "min_count": (2, 1),
    "max_count": (2, 1),
    "return_reservation_id": (2, 1),
    "security_groups": (2, 1),
    "user_data": (2, 1),
    "accessIPv4": (2, 1),
    "accessIPv6": (2, 1),
    "OS-DCF:diskConfig": (2, 1),
    "description": (2, 19),
    "tags": (2, 52),
    "trusted_image_certificates": (2, 63),
    "host": (2, 74),
    "hypervisor_hostname": (2, 74),
    "hostname": (2, 90),
}


def check_fields(call: Call, given: Json) -> None:
    """Refuse fields that this microversion does not have."""
    for name in given:
        if name not in _SINCE or call.version < _SINCE[name]:
            raise unexpected(name)
    if call.version >= (2, 57) and "personality" in given:
        raise unexpected("personality")


def name_of(given: Json, field: str = "name") -> str:
    """A name of the right length."""
    name = given.get(field)
    if field not in given:
        raise Refusal(
            400, f"Invalid input for field/attribute server. '{field}' is a required property"
        )
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise invalid(field, name, f"{name!r} does not match the rule for names")
    return name.strip()


def flavor_of(nova: Nova, call: Call, given: Json) -> Document:
    """The flavor asked for: a copy that outlives changes to it."""
    reference = given.get("flavorRef")
    if reference is None:
        message = "Invalid input for field/attribute server. 'flavorRef' is a required property"
        raise Refusal(400, message)
    key = str(reference).rpartition("/")[2]
    flavor = nova.flavors.get(key)
    if flavor is None or not usable(call, flavor):
        raise Refusal(400, f"Flavor {key} could not be found.")
    return flavor


def image_of(
    nova: Nova, call: Call, given: Json, flavor: Document, *, local_disk: bool
) -> str | None:
    """The image asked for, None to boot from a volume."""
    reference = given.get("imageRef")
    if not reference:
        return None
    key = str(reference).rpartition("/")[2]
    if nova.image is None:
        return key
    image = nova.image.image(call.token, key)
    if image is None:
        raise Refusal(400, "Can not find requested image")
    if image["status"] != "active":
        raise Refusal(400, f"Image {key} is not active.")
    if flavor["ram"] < image["min_ram"]:
        raise Refusal(400, "Flavor's memory is too small for requested image.")
    if local_disk and flavor["disk"] and flavor["disk"] < image["min_disk"]:
        message = (
            "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor "
            f"disk is {flavor['disk'] << 30} bytes, minimum size is "
            f"{image['min_disk'] << 30} bytes."
        )
        raise Refusal(400, message)
    return key


def metadata_of(given: Json) -> dict[str, str]:
    """Metadata: short texts by short keys."""
    metadata = given.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise invalid("metadata", metadata, "It is not of type 'object'")
    for key, value in metadata.items():
        if not key or len(key) > 255 or not isinstance(value, str) or len(value) > 255:
            raise invalid(key, value, "Metadata are texts of up to 255 characters")
    if len(metadata) > 128:
        raise Refusal(403, "Maximum number of metadata items exceeds 128")
    return dict(metadata)


def user_data_of(given: Json) -> str | None:
    """User data: base64, and not too long."""
    data = given.get("user_data")
    if data is None:
        return None
    if not isinstance(data, str) or len(data) > USER_DATA_MAX:
        raise invalid("user_data", "…", f"It is longer than {USER_DATA_MAX} characters")
    try:
        b64decode(data, validate=True)
    except Error as error:
        raise invalid("user_data", "…", "It is not base64") from error
    return data


def tags_of(given: Json) -> list[str]:
    """Tags: short, without slash and comma, each once."""
    tags = given.get("tags")
    if tags is None:
        return []
    if not isinstance(tags, list) or len(tags) > 50:
        raise invalid("tags", tags, "A server has up to 50 tags")
    for tag in tags:
        check_tag(tag)
    return list(dict.fromkeys(tags))


def check_tag(tag: Json) -> None:
    """Refuse what cannot be a tag."""
    if not isinstance(tag, str) or not 0 < len(tag) <= 60 or "/" in tag or "," in tag:
        raise invalid("tags", tag, "A tag has up to 60 characters, without / and ,")


def nics_of(nova: Nova, call: Call, given: Json) -> list[Document]:
    """Network cards: as listed, or what `auto`, `none` and no word at all stand for."""
    networks = given.get("networks")
    if call.version >= (2, 37) and networks is None:
        message = "Invalid input for field/attribute server. 'networks' is a required property"
        raise Refusal(400, message)
    if (networks == "none" and call.version >= (2, 37)) or nova.network is None:
        return []
    if networks == "auto" and call.version >= (2, 37):
        usable = _usable(nova.network, call) or [nova.network.auto_network(call.project_id)]
        return [_nic(network_id=usable[0])]
    if networks is None or networks == []:
        return [_nic(network_id=one) for one in _usable(nova.network, call)]
    if not isinstance(networks, list):
        raise invalid("networks", networks, "It is not of type 'array'")
    return [_listed_nic(call, one) for one in networks]


def _usable(network: NetworkSide, call: Call) -> list[str]:
    """The network that a server gets when it names none: there may be but one."""
    usable = network.usable_networks(call.project_id)
    if len(usable) > 1:
        message = "Multiple possible networks found, use a Network ID to be more specific."
        raise Refusal(409, message)
    return usable


def _listed_nic(call: Call, given: Json) -> Document:
    if not isinstance(given, dict):
        raise invalid("networks", given, "It is not of type 'object'")
    for name in given:
        if name not in ("uuid", "port", "fixed_ip", "tag"):
            raise unexpected(name)
    if "tag" in given and (call.version < (2, 32) or (2, 37) <= call.version < (2, 42)):
        raise unexpected("tag")
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise invalid(name, value, "It is not of type 'string'")
    port, network = given.get("port"), given.get("uuid")
    if port is None and network is None:
        raise Refusal(400, "Bad network format: a network needs a uuid or a port")
    if port is not None and given.get("fixed_ip"):
        message = f"Specified Fixed IP '{given['fixed_ip']}' cannot be used with port '{port}'"
        raise Refusal(400, message)
    if port is not None:
        network = None
    return _nic(port, network, given.get("fixed_ip"), given.get("tag"))


def _nic(
    port_id: str | None = None,
    network_id: str | None = None,
    fixed_ip: str | None = None,
    tag: str | None = None,
) -> Document:
    return {"port_id": port_id, "network_id": network_id, "fixed_ip": fixed_ip, "tag": tag}


def volumes_of(nova: Nova, call: Call, given: Json) -> list[Document]:
    """Block devices that are volumes: to be attached, or to be made and attached."""
    found = []
    for name in ("block_device_mapping", "block_device_mapping_v2"):
        if not isinstance(given.get(name) or [], list):
            raise invalid(name, given[name], "It is not of type 'array'")
    for one in given.get("block_device_mapping_v2") or []:
        if not isinstance(one, dict):
            raise invalid("block_device_mapping_v2", one, "It is not of type 'object'")
        wish = _volume(nova, call, one)
        if wish is not None:
            found.append(wish)
    for one in given.get("block_device_mapping") or []:
        if not isinstance(one, dict):
            raise invalid("block_device_mapping", one, "It is not of type 'object'")
        kind = "volume" if one.get("volume_id") else "snapshot"
        source = one.get("volume_id") or one.get("snapshot_id")
        index = 0 if str(one.get("device_name", "")).endswith("da") else None
        modern = {**one, "uuid": source, "source_type": kind, "destination_type": "volume"}
        wish = _volume(nova, call, {**modern, "boot_index": index})
        if wish is not None:
            found.append(wish)
    return found


def _volume(nova: Nova, call: Call, given: Json) -> Document | None:
    source = given.get("source_type")
    target = given.get("destination_type") or ("local" if source == "blank" else "volume")
    if source not in ("volume", "image", "snapshot", "blank"):
        raise invalid("source_type", source, "It is not one of volume, image, snapshot, blank")
    if target == "local" and source != "volume":
        return None
    key = given.get("uuid")
    size, index = _number(given, "volume_size"), _number(given, "boot_index")
    wish: Document = {
        "volume_id": None,
        "image_id": key if source == "image" else None,
        "snapshot_id": key if source == "snapshot" else None,
        "size": size or 0,
        "boot_index": None if index is None or index < 0 else index,
        "device": given.get("device_name"),
        "delete_on_termination": given.get("delete_on_termination") in (True, "True", "true", 1),
        "tag": given.get("tag"),
    }
    if source == "volume":
        wish["volume_id"] = key
        _check_volume(nova, call, str(key))
    elif source in ("image", "blank") and not wish["size"]:
        message = (
            "Block Device Mapping is Invalid: Images with destination_type 'volume' need to have "
            "a non-zero size specified"
        )
        raise Refusal(400, message)
    if source == "image" and nova.image is not None:
        image = nova.image.image(call.token, str(key))
        if image is None:
            raise Refusal(400, f"Block Device Mapping is Invalid: failed to get image {key}.")
        if wish["size"] < image["min_disk"]:
            message = f"Volume is smaller than the minimum size {image['min_disk']} of image {key}."
            raise Refusal(400, message)
    return wish


def _number(given: Json, name: str) -> int | None:
    """A whole number, which may come as text."""
    value = given.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, int | str) or not str(value).removeprefix("-").isdigit():
        raise invalid(name, value, "It is not a whole number")
    return int(value)


def _check_volume(nova: Nova, call: Call, key: str) -> None:
    if nova.volume is None:
        return
    try:
        volume = nova.volume.volume(call.project_id, key)
    except Refusal as refusal:
        message = f"Block Device Mapping is Invalid: failed to get volume {key}."
        raise Refusal(400, message) from refusal
    if volume["status"] != "available" and not volume.get("multiattach"):
        message = (
            f"Invalid volume: volume {key} status must be 'available'. Currently in "
            f"'{volume['status']}'"
        )
        raise Refusal(400, message)
