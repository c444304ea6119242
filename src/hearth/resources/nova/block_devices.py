"""From a server's disks to the block device mapping that Nova is asked for. Pure."""

from collections.abc import Sequence
from typing import Any

from hearth.schema import Record, fading, prop


class BlockDevice(Record):
    """One disk: from a volume, a snapshot, an image, or empty."""

    boot_index: int | None = prop(
        "Its place in the order of booting; 0 boots, negative never does."
    )
    delete_on_termination: bool | None = prop("Whether the volume goes with the server.")
    device_name: str | None = prop("The device that it becomes, such as vda.")
    device_type: str | None = prop("What it looks like to the server.", allowed=("cdrom", "disk"))
    disk_bus: str | None = prop(
        "The bus that it hangs on.", allowed=("ide", "lame_bus", "sata", "scsi", "usb", "virtio")
    )
    ephemeral_format: str | None = prop(
        "The file system of the ephemeral disk.",
        allowed=("ext2", "ext3", "ext4", "xfs", "ntfs"),
        since="8.0.0",
    )
    ephemeral_size: int | None = prop(
        "The size of a local ephemeral disk in GiB.", range=(1, None), since="8.0.0"
    )
    image: str | None = prop(
        "The image to make the volume from, by name or id.", ref="glance.image", since="7.0.0"
    )
    image_id: str | None = prop(
        "The image to make the volume from; use image instead.",
        ref="glance.image",
        support=fading("5.0.0", deprecated="7.0.0", hidden="9.0.0"),
        becomes="image",
    )
    snapshot_id: str | None = prop("The snapshot to make the volume from.", ref="cinder.snapshot")
    swap_size: int | None = prop("The size of a swap disk in MiB.")
    volume_id: str | None = prop("The volume to attach.", ref="cinder.volume")
    volume_size: int | None = prop("The size of the volume in GiB.")
    volume_type: str | None = prop(
        "The type of the volume that is made.", ref="cinder.vtype", since="26.0.0"
    )


class LegacyDevice(Record):
    """One disk, in the older way of saying it."""

    delete_on_termination: bool | None = prop("Whether the volume goes with the server.")
    device_name: str = prop("The device that the volume becomes, such as vdb.")
    snapshot_id: str | None = prop("The snapshot to make the volume from.", ref="cinder.snapshot")
    volume_id: str | None = prop("The volume to attach.", ref="cinder.volume")
    volume_size: int | None = prop(
        "The size of the volume in GiB; by default that of the snapshot."
    )


def mapping(
    devices: Sequence[BlockDevice] | None,
    legacy: Sequence[LegacyDevice] | None,
    image: str | None,
) -> list[dict[str, Any]]:
    """The mapping, in Nova's second form, of both ways of saying it.

    What boots is what was said to; else the image, else the first disk that holds something.
    """
    disks = [*map(_device, devices or ()), *map(_legacy, legacy or ())]
    if not disks:
        return []
    boots = any(disk.get("boot_index") == 0 for disk in disks)
    if image and not boots:
        disks.insert(0, _from("image", image) | LOCAL)
        boots = True
    for disk in disks:
        if not boots and disk["source_type"] != "blank" and "boot_index" not in disk:
            disk["boot_index"] = 0
            boots = True
        disk.setdefault("boot_index", -1)
    return disks


LOCAL = {"destination_type": "local", "boot_index": 0, "delete_on_termination": True}
"""What the image of a server is, told as a disk."""


def problems(devices: object, image: object) -> list[str]:
    """What is wrong with the disks together, as far as they are known."""
    if devices is not None and not isinstance(devices, list):
        return []
    found = []
    bootable = image is not None
    for one in devices or ():
        if not isinstance(one, BlockDevice):
            return []
        sources = [one.volume_id, one.snapshot_id, one.image]
        given = sum(source is not None for source in sources)
        local = one.swap_size is not None or one.ephemeral_size is not None
        local = local or one.ephemeral_format is not None
        if given > 1:
            found.append("A disk has one source: volume_id, snapshot_id or image.")
        if not given and not local and not one.volume_size:
            found.append(
                "Either volume_id, snapshot_id, image, swap_size, ephemeral_size or "
                "ephemeral_format must be specified for a disk."
            )
        if one.image is not None and not one.volume_size:
            found.append("A disk made from an image needs a volume_size.")
        if one.swap_size is not None and one.ephemeral_size is not None:
            found.append("A disk is either swap or ephemeral.")
        bootable = bootable or given > 0
    return found if bootable else [*found, "Neither image nor bootable volume is specified."]


def _device(one: BlockDevice) -> dict[str, Any]:
    found: dict[str, Any]
    if one.volume_id is not None:
        found = _from("volume", one.volume_id)
    elif one.snapshot_id is not None:
        found = _from("snapshot", one.snapshot_id)
    elif one.image is not None:
        found = _from("image", one.image)
    elif one.swap_size is not None:
        found = _blank(one.swap_size, "swap")
    elif one.ephemeral_size is not None or one.ephemeral_format is not None:
        found = _blank(one.ephemeral_size, one.ephemeral_format)
    else:
        found = {"source_type": "blank", "destination_type": "volume"}
    if one.boot_index is not None:
        found["boot_index"] = one.boot_index
    more = {
        "device_name": one.device_name,
        "device_type": one.device_type,
        "disk_bus": one.disk_bus,
        "volume_size": found.get("volume_size") or one.volume_size,
        "volume_type": one.volume_type,
        "delete_on_termination": one.delete_on_termination,
    }
    return found | {key: value for key, value in more.items() if value is not None}


def _from(source: str, ident: str) -> dict[str, Any]:
    return {
        "source_type": source,
        "destination_type": "volume",
        "uuid": ident,
        "delete_on_termination": False,
    }


def _blank(size: int | None, form: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "source_type": "blank",
        "destination_type": "local",
        "boot_index": -1,
        "delete_on_termination": True,
    }
    more = {"volume_size": size, "guest_format": form}
    return found | {key: value for key, value in more.items() if value is not None}


def _legacy(one: LegacyDevice) -> dict[str, Any]:
    snapshot = one.snapshot_id is not None
    found = _from("snapshot" if snapshot else "volume", str(one.snapshot_id or one.volume_id))
    found["device_name"] = one.device_name
    if _first(one):
        found["boot_index"] = 0
    if one.volume_size is not None:
        found["volume_size"] = one.volume_size
    if one.delete_on_termination is not None:
        found["delete_on_termination"] = one.delete_on_termination
    return found


def _first(one: LegacyDevice) -> bool:
    """Whether its device is the one that is booted from."""
    return one.device_name.removeprefix("/dev/") in ("vda", "sda", "hda", "xvda")
