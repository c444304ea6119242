from typing import Any

from hearth.resources.nova.block_devices import BlockDevice, LegacyDevice, mapping, problems


def devices(*given: dict[str, Any]) -> list[BlockDevice]:
    return [BlockDevice.of(one) for one in given]


def test_without_disks_there_is_no_mapping():
    assert mapping(None, None, "image") == []


def test_the_first_disk_that_holds_something_boots_where_nothing_else_does():
    disks = devices({"swap_size": 64}, {"volume_id": "v1"}, {"snapshot_id": "s1"})

    found = mapping(disks, None, None)

    assert [disk["boot_index"] for disk in found] == [-1, 0, -1]
    assert found[0]["guest_format"] == "swap"
    assert found[1] == {
        "source_type": "volume",
        "destination_type": "volume",
        "uuid": "v1",
        "delete_on_termination": False,
        "boot_index": 0,
    }


def test_beside_disks_the_image_of_the_server_boots_unless_told_otherwise():
    beside = mapping(devices({"volume_id": "v1"}), None, "i1")
    told = mapping(devices({"volume_id": "v1", "boot_index": 0}), None, "i1")

    assert [(disk["uuid"], disk["boot_index"]) for disk in beside] == [("i1", 0), ("v1", -1)]
    assert [disk["uuid"] for disk in told] == ["v1"]


def test_an_image_becomes_a_volume_of_a_size_and_type():
    one = {"image": "i1", "volume_size": 10, "volume_type": "fast", "delete_on_termination": True}

    (disk,) = mapping(devices(one), None, None)

    assert disk["source_type"] == "image"
    assert disk["destination_type"] == "volume"
    assert (disk["volume_size"], disk["volume_type"]) == (10, "fast")
    assert disk["delete_on_termination"] is True


def test_the_older_way_of_saying_it_boots_from_the_first_device():
    legacy = [
        LegacyDevice.of({"device_name": "vda", "snapshot_id": "s1", "volume_size": 5}),
        LegacyDevice.of({"device_name": "vdb", "volume_id": "v1"}),
    ]

    found = mapping(None, legacy, None)

    assert [(disk["device_name"], disk["boot_index"]) for disk in found] == [
        ("vda", 0),
        ("vdb", -1),
    ]
    assert found[0]["source_type"] == "snapshot"


def test_disks_that_cannot_be_are_told():
    assert problems(None, "i1") == []
    assert problems(None, None) == ["Neither image nor bootable volume is specified."]
    assert len(problems(devices({"volume_id": "v", "snapshot_id": "s"}), None)) == 1
    assert len(problems(devices({"image": "i"}), None)) == 1
    assert len(problems(devices({}), "i1")) == 1
