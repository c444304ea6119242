from hashlib import md5

import pytest

IMAGES = "/image/v2/images"
FORMATS = {"disk_format": "raw", "container_format": "bare"}
PATCH = "application/openstack-images-v2.1-json-patch"


def test_a_client_may_choose_an_images_id_once(demo):
    key = "6a9d0a4c-53c0-4b1c-9b3a-5f3a1ad84c11"

    made = demo.post(IMAGES, {"id": key, "name": "mine"})

    assert (made["id"], made["status"], made["visibility"]) == (key, "queued", "shared")
    assert demo.refused("POST", IMAGES, {"id": key, "name": "mine"}) == 409
    assert demo.refused("POST", IMAGES, {"id": "mine"}) == 400


def test_uploaded_data_comes_back(demo):
    path = f"{IMAGES}/{demo.post(IMAGES, FORMATS)['id']}"

    reply = demo.ask("PUT", path + "/file", b"\x00data", Content_Type="application/octet-stream")

    assert reply.status == 204
    image = demo.get(path)
    assert (image["status"], image["size"]) == ("active", 5)
    assert image["checksum"] == md5(b"\x00data").hexdigest()
    assert demo.ask("GET", path + "/file").body == b"\x00data"
    assert demo.refused("PUT", path + "/file", b"more") == 409


def test_an_import_takes_a_while(demo):
    path = f"{IMAGES}/{demo.post(IMAGES, FORMATS)['id']}"
    method = {"name": "web-download", "uri": "http://images.example/cirros.img"}

    demo.post(path + "/import", {"method": method})
    during = demo.get(path)["status"]
    demo.wait(2)

    image = demo.get(path)
    assert (during, image["status"]) == ("importing", "active")
    assert image["size"] > 0
    assert demo.refused("POST", path + "/import", {"method": method}) == 409


def test_a_patch_changes_fields_and_own_properties(demo):
    path = f"{IMAGES}/{demo.post(IMAGES, {'name': 'old', 'color': 'red'})['id']}"
    steps = [
        {"op": "replace", "path": "/name", "value": "new"},
        {"op": "add", "path": "/size_class", "value": "s"},
        {"op": "remove", "path": "/color"},
    ]

    reply = demo.ask("PATCH", path, steps, Content_Type=PATCH)

    assert reply.status == 200
    image = demo.get(path)
    assert (image["name"], image["size_class"], "color" in image) == ("new", "s", False)
    own = [{"op": "replace", "path": "/status", "value": "active"}]
    assert demo.refused("PATCH", path, own, Content_Type=PATCH) == 403
    assert demo.refused("PATCH", path, steps) == 415


def test_a_protected_image_stays(demo):
    path = f"{IMAGES}/{demo.post(IMAGES, {'protected': True})['id']}"

    reply = demo.ask("DELETE", path)

    assert reply.status == 403
    assert reply.headers["content-type"].startswith("text/html")
    assert b"is protected and cannot be deleted" in reply.body
    steps = [{"op": "replace", "path": "/protected", "value": False}]
    demo.ask("PATCH", path, steps, Content_Type=PATCH)
    demo.delete(path)
    assert demo.refused("GET", path) == 404


def test_an_image_is_shared_with_who_accepts_it(demo, other):
    image = demo.post(IMAGES, {"name": "ours"})
    token = other.get("/identity/v3/auth/tokens", X_Subject_Token=other.token)["token"]
    path, project = f"{IMAGES}/{image['id']}", token["project"]["id"]

    before = other.refused("GET", path)
    demo.post(path + "/members", {"member": project})
    pending = other.get(IMAGES + "?name=ours")["images"]
    other.ask("PUT", f"{path}/members/{project}", {"status": "accepted"})

    assert (before, pending) == (404, [])
    assert len(other.get(IMAGES + "?name=ours")["images"]) == 1
    assert other.refused("DELETE", path) == 403


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=cirros", ["cirros"]),
        ("name=in:cirros,fedora&sort=name:asc", ["cirros", "fedora"]),
        ("visibility=private", []),
        ("status=queued", []),
        ("sort=name:desc&limit=1", ["ubuntu"]),
        ("tag=none", []),
        ("os_type=linux&sort=name:asc", ["cirros", "fedora", "ubuntu"]),
    ],
)
def test_lists_are_filtered_and_sorted(demo, query, names):
    assert [one["name"] for one in demo.get(f"{IMAGES}?{query}")["images"]] == names


def test_pages_lead_to_one_another(demo):
    first = demo.get(IMAGES + "?limit=2&sort=name:asc")
    second = demo.get("/image" + first["next"])

    assert [one["name"] for one in first["images"]] == ["cirros", "fedora"]
    assert [one["name"] for one in second["images"]] == ["ubuntu"]
    assert "next" not in second


def test_only_administrators_publish(demo, admin):
    body = {"name": "all", "visibility": "public"}

    assert demo.refused("POST", IMAGES, body) == 403
    assert admin.post(IMAGES, body)["visibility"] == "public"
