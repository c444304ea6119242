import pytest


@pytest.fixture
def base(demo):
    project = demo.get("/network/v2.0/quotas/project")["tenant"]["project_id"]
    return f"/volume/v3/{project}"


@pytest.fixture
def ready(demo, base):
    def make(**more):
        wish = {"size": 1, "name": "v", **more}
        key = demo.post(f"{base}/volumes", {"volume": wish})["volume"]["id"]
        demo.wait(2)
        return key

    return make


def shown(client, base, key):
    return client.get(f"{base}/volumes/{key}")["volume"]


def act(client, base, key, **action):
    name, body = next(iter(action.items()))
    path = f"{base}/volumes/{key}/action"
    return client.ask("POST", path, {name.replace("_", "-", 1): body})


def test_a_volume_is_created_and_deleted_in_time(demo, base):
    made = demo.post(f"{base}/volumes", {"volume": {"size": 1}})["volume"]
    early = demo.ask("DELETE", f"{base}/volumes/{made['id']}")
    demo.wait(1)
    later = shown(demo, base, made["id"])["status"]
    demo.delete(f"{base}/volumes/{made['id']}")
    going = shown(demo, base, made["id"])["status"]
    demo.wait(1)

    assert (made["status"], later, going) == ("creating", "available", "deleting")
    assert (early.status, list(early.json)) == (400, ["badRequest"])
    gone = demo.ask("GET", f"{base}/volumes/{made['id']}")
    assert (gone.status, list(gone.json)) == (404, ["itemNotFound"])


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"size": 0},
        {"size": "x"},
        {"size": 1, "availability_zone": "mars"},
        {"size": 1, "metadata": {"a": 1}},
        {"size": 1, "imageRef": "nope"},
    ],
)
def test_wishes_that_cannot_be_met_are_refused(demo, base, wish):
    assert demo.refused("POST", f"{base}/volumes", {"volume": wish}) == 400


def test_a_volume_from_an_image_is_bootable(demo, base, ready):
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]

    volume = shown(demo, base, ready(imageRef=image))

    assert volume["bootable"] == "true"
    assert volume["volume_image_metadata"]["image_name"] == "cirros"


def test_a_volume_with_snapshots_stays_until_they_go(demo, base, ready):
    key = ready()
    wish = {"snapshot": {"volume_id": key, "name": "s"}}
    snapshot = demo.post(f"{base}/snapshots", wish)["snapshot"]["id"]
    demo.wait(1)

    held = demo.refused("DELETE", f"{base}/volumes/{key}")
    copy = shown(demo, base, ready(size=None, snapshot_id=snapshot))
    demo.delete(f"{base}/volumes/{key}?cascade=true")
    demo.wait(1)

    assert held == 400
    assert (copy["size"], copy["snapshot_id"]) == (1, snapshot)
    assert demo.get(f"{base}/snapshots")["snapshots"] == []


def test_a_volume_only_grows(demo, base, ready):
    key = ready(size=2)

    smaller = act(demo, base, key, os_extend={"new_size": 1}).status
    larger = act(demo, base, key, os_extend={"new_size": 3}).status
    during = shown(demo, base, key)
    demo.wait(1)

    assert (smaller, larger, during["status"], during["size"]) == (400, 202, "extending", 2)
    assert shown(demo, base, key)["size"] == 3


def test_lists_filter_by_name_status_and_metadata(demo, base, ready):
    first, _ = ready(name="a", metadata={"k": "v"}), ready(name="b")

    def names(query):
        return [one["name"] for one in demo.get(f"{base}/volumes?{query}")["volumes"]]

    assert names("") == ["b", "a"]
    assert names("name=a") == ["a"]
    assert names("metadata={'k': 'v'}") == ["a"]
    assert names("status=error") == []
    assert names("sort=name:asc&limit=1") == ["a"]
    assert shown(demo, base, first)["metadata"] == {"k": "v"}


def test_pages_follow_one_another(demo, base, ready):
    for name in "abc":
        ready(name=name)

    found, path = [], f"{base}/volumes?limit=1"
    while path:
        page = demo.get(path)
        found += [one["name"] for one in page["volumes"]]
        links = page.get("volumes_links") or [{"href": ""}]
        path = links[0]["href"].removeprefix("http://127.0.0.1:8005")

    assert found == ["c", "b", "a"]


def test_projects_do_not_see_each_others_volumes(admin, other, demo, base, ready):
    key = ready()
    project = other.get("/network/v2.0/quotas/project")["tenant"]["project_id"]

    assert other.refused("GET", f"/volume/v3/{project}/volumes/{key}") == 404
    assert other.refused("GET", f"{base}/volumes") == 400
    listed = admin.get("/volume/v3/volumes?all_tenants=1")["volumes"]
    assert [one["id"] for one in listed] == [key]


def test_quota_holds_back_what_is_too_much(demo, admin, base, ready):
    project = base.rpartition("/")[2]
    admin.ask("PUT", f"/volume/v3/os-quota-sets/{project}", {"quota_set": {"volumes": 1}})
    ready()

    answer = demo.ask("POST", f"{base}/volumes", {"volume": {"size": 1}})

    assert (answer.status, list(answer.json)) == (413, ["overLimit"])


def test_a_backup_is_restored_to_a_new_volume(demo, base, ready):
    key = ready()
    wish = {"backup": {"volume_id": key, "name": "b"}}
    backup = demo.post(f"{base}/backups", wish)["backup"]["id"]
    during = shown(demo, base, key)["status"]
    demo.wait(2)

    restored = demo.post(f"{base}/backups/{backup}/restore", {"restore": {}})["restore"]
    demo.wait(2)

    assert during == "backing-up"
    assert shown(demo, base, restored["volume_id"])["status"] == "available"
    demo.delete(f"{base}/backups/{backup}")
    demo.wait(2)
    assert demo.refused("GET", f"{base}/backups/{backup}") == 404


def test_an_attachment_reserves_holds_and_frees_a_volume(demo, base, ready):
    key = ready()
    wish = {"attachment": {"volume_uuid": key, "instance_uuid": "i"}}
    attachment = demo.post(f"{base}/attachments", wish)["attachment"]["id"]
    reserved = shown(demo, base, key)["status"]
    second = demo.refused("POST", f"{base}/attachments", wish)
    demo.post(f"{base}/attachments/{attachment}/action", {"os-complete": {}})
    held = shown(demo, base, key)
    gone = demo.refused("DELETE", f"{base}/volumes/{key}")

    demo.delete(f"{base}/attachments/{attachment}")

    assert (reserved, second, held["status"], gone) == ("reserved", 400, "in-use", 400)
    assert held["attachments"][0]["server_id"] == "i"
    assert shown(demo, base, key)["status"] == "available"


def test_a_server_takes_a_volume_and_lets_it_go(demo, base, ready):
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    wish = {"server": {"name": "s", "flavorRef": "42", "imageRef": image}}
    server = demo.post("/compute/v2.1/servers", wish)["server"]["id"]
    demo.wait(5)
    key = ready()
    path = f"/compute/v2.1/servers/{server}/os-volume_attachments"

    demo.post(path, {"volumeAttachment": {"volumeId": key}})
    demo.wait(2)
    held = shown(demo, base, key)
    again = demo.refused("POST", path, {"volumeAttachment": {"volumeId": key}})
    demo.delete(f"{path}/{key}")
    demo.wait(2)

    assert (held["status"], held["attachments"][0]["server_id"]) == ("in-use", server)
    assert again in (400, 409)
    assert shown(demo, base, key)["status"] == "available"


def test_types_have_specs_and_stay_while_used(demo, admin, base, ready):
    wish = {"volume_type": {"name": "t", "extra_specs": {"multiattach": "<is> True"}}}
    kind = admin.post("/volume/v3/types", wish)["volume_type"]["id"]
    key = ready(volume_type="t")

    used = admin.refused("DELETE", f"/volume/v3/types/{kind}")

    assert used == 400
    assert shown(demo, base, key)["multiattach"] is True
    assert shown(demo, base, key)["volume_type"] == "t"
    assert demo.refused("POST", "/volume/v3/types", wish) == 403
    assert demo.get(f"{base}/types/default")["volume_type"]["name"] == "lvmdriver-1"


def test_newer_versions_show_more(demo, base, ready):
    key = ready()

    plain = demo.ask("GET", f"{base}/volumes/{key}")
    newer = demo.ask("GET", f"{base}/volumes/{key}", OpenStack_API_Version="volume 3.63")

    assert "volume_type_id" not in plain.json["volume"]
    assert "volume_type_id" in newer.json["volume"]
    assert newer.headers["openstack-api-version"] == "volume 3.63"


@pytest.mark.parametrize("query", ["sort=metadata:asc", "metadata=x", "limit=x", "marker=none"])
def test_lists_that_make_no_sense_are_refused(demo, base, ready, query):
    ready()

    assert demo.refused("GET", f"{base}/volumes?{query}") in (400, 404)
