import pytest

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def volumes(demo):
    token = demo.get("/identity/v3/auth/tokens", X_Subject_Token=demo.token)["token"]
    return f"/volume/v3/{token['project']['id']}/volumes"


@pytest.fixture
def image(demo):
    return demo.get("/image/v2/images?name=cirros")["images"][0]["id"]


@pytest.fixture
def server_id(demo, image):
    body = {"server": {"name": "web", "flavorRef": "42", "imageRef": image}}
    made = demo.post(SERVERS, body)["server"]["id"]
    demo.wait(5)
    return made


@pytest.fixture
def volume_id(demo, volumes):
    made = demo.post(volumes, {"volume": {"size": 1}})["volume"]["id"]
    demo.wait(5)
    return made


def volume_status(demo, volumes, volume_id):
    return demo.get(f"{volumes}/{volume_id}")["volume"]["status"]


def test_a_volume_is_attached_and_detached_in_time(demo, volumes, server_id, volume_id):
    path = f"{SERVERS}/{server_id}/os-volume_attachments"
    states = []

    demo.post(path, {"volumeAttachment": {"volumeId": volume_id}})
    states.append(volume_status(demo, volumes, volume_id))
    demo.wait(2)
    states.append(volume_status(demo, volumes, volume_id))
    demo.delete(f"{path}/{volume_id}")
    demo.wait(2)
    states.append(volume_status(demo, volumes, volume_id))

    assert states == ["reserved", "in-use", "available"]
    assert demo.get(path)["volumeAttachments"] == []


def test_a_volume_in_use_is_refused_to_another(demo, volumes, server_id, volume_id, image):
    body = {"volumeAttachment": {"volumeId": volume_id}}
    demo.post(f"{SERVERS}/{server_id}/os-volume_attachments", body)
    demo.wait(2)
    mapping = {"source_type": "volume", "uuid": volume_id, "boot_index": 0}
    second = {"name": "b", "flavorRef": "42", "block_device_mapping_v2": [mapping]}

    assert demo.refused("POST", SERVERS, {"server": second}) == 400
    assert demo.refused("POST", f"{SERVERS}/{server_id}/os-volume_attachments", body) == 400


def test_a_server_boots_from_a_volume_made_of_an_image(demo, volumes, image):
    before = demo.cloud.objects()
    mapping = {
        "source_type": "image",
        "destination_type": "volume",
        "uuid": image,
        "volume_size": 2,
        "boot_index": 0,
        "delete_on_termination": True,
    }
    body = {"server": {"name": "web", "flavorRef": "42", "block_device_mapping_v2": [mapping]}}

    path = f"{SERVERS}/{demo.post(SERVERS, body)['server']['id']}"
    demo.wait(10)
    server = demo.get(path)["server"]
    made = demo.get(volumes + "/detail")["volumes"]
    demo.delete(path)
    demo.wait(5)

    assert (server["status"], server["image"]) == ("ACTIVE", "")
    assert [(one["size"], one["status"], one["bootable"]) for one in made] == [
        (2, "in-use", "true")
    ]
    assert demo.cloud.objects() == before


def test_a_deleted_server_frees_its_volumes(demo, volumes, server_id, volume_id):
    body = {"volumeAttachment": {"volumeId": volume_id}}
    demo.post(f"{SERVERS}/{server_id}/os-volume_attachments", body)
    demo.wait(2)

    demo.delete(f"{SERVERS}/{server_id}")
    demo.wait(2)

    assert volume_status(demo, volumes, volume_id) == "available"


def test_what_was_asked_of_a_server_is_remembered(demo, server_id):
    demo.post(f"{SERVERS}/{server_id}/action", {"os-stop": None})

    found = demo.get(f"{SERVERS}/{server_id}/os-instance-actions")["instanceActions"]

    assert [one["action"] for one in found] == ["stop", "create"]
