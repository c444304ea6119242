import pytest

from hearth.sandbox import Settings

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def image(demo):
    return demo.get("/image/v2/images?name=cirros")["images"][0]["id"]


@pytest.fixture
def wish(image):
    def form(name="web", **more):
        return {"server": {"name": name, "flavorRef": "42", "imageRef": image, **more}}

    return form


def status(client, server_id):
    return client.get(f"{SERVERS}/{server_id}")["server"]["status"]


def ready(client, wish, **more):
    server_id = client.post(SERVERS, wish(**more))["server"]["id"]
    client.wait(5)
    return server_id


def test_a_server_builds_runs_and_goes_in_time(demo, wish):
    server_id = demo.post(SERVERS, wish())["server"]["id"]

    assert status(demo, server_id) == "BUILD"
    demo.wait(2.9)
    assert status(demo, server_id) == "BUILD"
    demo.wait(0.2)
    assert status(demo, server_id) == "ACTIVE"
    demo.delete(f"{SERVERS}/{server_id}")
    assert status(demo, server_id) == "ACTIVE"
    demo.wait(1)
    assert demo.refused("GET", f"{SERVERS}/{server_id}") == 404


def test_a_server_without_a_word_gets_the_only_network(demo, wish):
    server = demo.get(f"{SERVERS}/{ready(demo, wish)}")["server"]

    assert list(server["addresses"]) == ["private"]
    assert server["addresses"]["private"][0]["OS-EXT-IPS:type"] == "fixed"
    assert server["security_groups"] == [{"name": "default"}]


def test_a_deleted_server_leaves_nothing_behind(demo, wish):
    before = demo.cloud.objects()
    server_id = ready(demo, wish)

    demo.delete(f"{SERVERS}/{server_id}")
    demo.wait(5)

    assert demo.cloud.objects() == before


def test_a_port_of_another_server_is_in_use(demo, wish):
    network = demo.get("/network/v2.0/networks?name=private")["networks"][0]["id"]
    port = demo.post("/network/v2.0/ports", {"port": {"network_id": network}})["port"]["id"]
    ready(demo, wish, networks=[{"port": port}])

    again = demo.ask("POST", SERVERS, wish("two", networks=[{"port": port}]))

    assert again.status == 409
    assert port in again.json["conflictingRequest"]["message"]


def test_a_port_that_was_given_survives_its_server(demo, wish):
    network = demo.get("/network/v2.0/networks?name=private")["networks"][0]["id"]
    port = demo.post("/network/v2.0/ports", {"port": {"network_id": network}})["port"]["id"]
    server_id = ready(demo, wish, networks=[{"port": port}])

    demo.delete(f"{SERVERS}/{server_id}")
    demo.wait(5)

    assert demo.get("/network/v2.0/ports/" + port)["port"]["device_id"] == ""


def test_two_servers_that_race_for_a_port_do_not_both_get_it(demo, wish):
    network = demo.get("/network/v2.0/networks?name=private")["networks"][0]["id"]
    port = demo.post("/network/v2.0/ports", {"port": {"network_id": network}})["port"]["id"]
    first = demo.post(SERVERS, wish("one", networks=[{"port": port}]))["server"]["id"]
    second = demo.post(SERVERS, wish("two", networks=[{"port": port}]))["server"]["id"]

    demo.wait(5)

    assert status(demo, first) == "ACTIVE"
    assert status(demo, second) == "ERROR"


def test_a_flavor_larger_than_any_host_ends_in_error_and_says_why(demo, admin, wish):
    flavor = {"name": "huge", "ram": 1 << 20, "vcpus": 1, "disk": 1}
    key = admin.post("/compute/v2.1/flavors", {"flavor": flavor})["flavor"]["id"]
    admin.ask("PUT", f"/compute/v2.1/os-quota-sets/{project(demo)}", {"quota_set": {"ram": -1}})

    server = demo.get(f"{SERVERS}/{ready(demo, wish, flavorRef=key)}")["server"]

    assert server["status"] == "ERROR"
    assert server["fault"]["code"] == 500
    assert server["fault"]["message"].startswith("No valid host was found.")


def project(client):
    token = client.get("/identity/v3/auth/tokens", X_Subject_Token=client.token)["token"]
    return token["project"]["id"]


def test_the_quota_is_a_bound_and_deletion_gives_back(demo, admin, wish):
    path = f"/compute/v2.1/os-quota-sets/{project(demo)}"
    admin.ask("PUT", path, {"quota_set": {"instances": 1}})
    server_id = ready(demo, wish)

    refusal = demo.ask("POST", SERVERS, wish("two"))

    assert refusal.status == 403
    assert refusal.json["forbidden"]["message"].startswith("Quota exceeded for instances")
    demo.delete(f"{SERVERS}/{server_id}")
    demo.wait(2)
    assert demo.post(SERVERS, wish("two"))["server"]["id"]


def test_projects_do_not_see_one_anothers_servers(demo, other, admin, wish):
    server_id = ready(demo, wish)

    assert other.refused("GET", f"{SERVERS}/{server_id}") == 404
    assert other.refused("DELETE", f"{SERVERS}/{server_id}") == 404
    assert other.get(SERVERS)["servers"] == []
    assert other.refused("GET", SERVERS + "?all_tenants=1") == 403
    assert len(admin.get(SERVERS + "?all_tenants=1")["servers"]) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"flavorRef": "none"}, 400),
        ({"imageRef": "11111111-1111-4111-8111-111111111111"}, 400),
        ({"imageRef": ""}, 400),
        ({"key_name": "none"}, 400),
        ({"name": ""}, 400),
        ({"user_data": "not base64!"}, 400),
        ({"user_data": "YWJj" * 20000}, 400),
        ({"metadata": {"k": "v" * 256}}, 400),
        ({"color": "red"}, 400),
        ({"networks": [{"uuid": "11111111-1111-4111-8111-111111111111"}]}, 400),
        ({"security_groups": [{"name": "none"}]}, 400),
    ],
)
def test_what_cannot_be_is_refused_in_novas_words(demo, wish, change, code):
    reply = demo.ask("POST", SERVERS, wish(**change))

    assert reply.status == code
    assert reply.json["badRequest"]["code"] == code
    assert demo.get(SERVERS)["servers"] == []


def test_lists_are_filtered_and_come_in_pages(demo, wish):
    for name in ("web-1", "web-2", "db-1"):
        demo.post(SERVERS, wish(name))
        demo.wait(5)

    page = demo.get(SERVERS + "?limit=2&sort_key=display_name&sort_dir=asc")
    rest = demo.get(page["servers_links"][0]["href"].removeprefix("http://127.0.0.1:8005"))

    assert [one["name"] for one in page["servers"]] == ["db-1", "web-1"]
    assert [one["name"] for one in rest["servers"]] == ["web-2"]
    found = demo.get(SERVERS + "?name=%5Eweb")["servers"]
    assert [one["name"] for one in found] == ["web-2", "web-1"]
    assert demo.get(SERVERS + "?status=ERROR")["servers"] == []


def test_changes_since_shows_what_is_gone(demo, wish):
    server_id = ready(demo, wish)
    demo.wait(60)
    demo.delete(f"{SERVERS}/{server_id}")
    demo.wait(5)

    found = demo.get(SERVERS + "/detail?changes-since=2023-11-14T22:14:00Z")["servers"]

    assert [(one["id"], one["status"]) for one in found] == [(server_id, "DELETED")]
    assert demo.get(SERVERS + "/detail")["servers"] == []


@pytest.mark.parametrize(
    ("actions", "end"),
    [
        ([{"suspend": None}], "SUSPENDED"),
        ([{"suspend": None}, {"resume": None}], "ACTIVE"),
        ([{"os-stop": None}], "SHUTOFF"),
        ([{"os-stop": None}, {"os-start": None}], "ACTIVE"),
        ([{"pause": None}], "PAUSED"),
        ([{"reboot": {"type": "SOFT"}}], "ACTIVE"),
        ([{"resize": {"flavorRef": "84"}}], "VERIFY_RESIZE"),
        ([{"resize": {"flavorRef": "84"}}, {"confirmResize": None}], "ACTIVE"),
        ([{"resize": {"flavorRef": "84"}}, {"revertResize": None}], "ACTIVE"),
        ([{"shelve": None}], "SHELVED_OFFLOADED"),
        ([{"shelve": None}, {"unshelve": None}], "ACTIVE"),
    ],
)
def test_actions_lead_to_their_states(demo, wish, actions, end):
    server_id = ready(demo, wish)

    for action in actions:
        demo.post(f"{SERVERS}/{server_id}/action", action)
        demo.wait(5)

    assert status(demo, server_id) == end


def test_a_reverted_resize_gives_the_old_flavor_back(demo, wish):
    server_id = ready(demo, wish)
    path = f"{SERVERS}/{server_id}"

    demo.post(path + "/action", {"resize": {"flavorRef": "84"}})
    demo.wait(5)
    resized = demo.get(path)["server"]["flavor"]["id"]
    demo.post(path + "/action", {"revertResize": None})
    demo.wait(5)

    assert (resized, demo.get(path)["server"]["flavor"]["id"]) == ("84", "42")
    assert demo.get("/compute/v2.1/limits")["limits"]["absolute"]["totalRAMUsed"] == 128


def test_an_action_that_does_not_fit_the_state_is_a_conflict(demo, wish):
    server_id = ready(demo, wish)

    reply = demo.ask("POST", f"{SERVERS}/{server_id}/action", {"resume": None})

    assert reply.status == 409
    assert "vm_state active" in reply.json["conflictingRequest"]["message"]
    assert demo.refused("POST", f"{SERVERS}/{server_id}/action", {"dance": None}) == 400


def test_an_image_of_a_server_becomes_active(demo, wish):
    server_id = ready(demo, wish)
    reply = demo.ask("POST", f"{SERVERS}/{server_id}/action", {"createImage": {"name": "copy"}})
    path = reply.headers["location"].removeprefix("http://127.0.0.1:8005")

    before = demo.get(path)["status"]
    demo.wait(5)

    assert (before, demo.get(path)["status"]) == ("saving", "active")


def test_a_rebuilt_server_keeps_its_id_and_address(demo, wish):
    server_id = ready(demo, wish)
    path = f"{SERVERS}/{server_id}"
    before = demo.get(path)["server"]["addresses"]
    ubuntu = demo.get("/image/v2/images?name=ubuntu")["images"][0]["id"]

    too_large = demo.refused("POST", path + "/action", {"rebuild": {"imageRef": ubuntu}})
    image = demo.get(path)["server"]["image"]["id"]
    demo.post(path + "/action", {"rebuild": {"imageRef": image, "name": "anew"}})
    during = status(demo, server_id)
    demo.wait(5)

    assert (too_large, during) == (400, "REBUILD")
    after = demo.get(path)["server"]
    assert (after["name"], after["addresses"]) == ("anew", before)


def test_interfaces_come_and_go(demo, wish):
    server_id = ready(demo, wish)
    path = f"{SERVERS}/{server_id}/os-interface"
    network = demo.get("/network/v2.0/networks?name=private")["networks"][0]["id"]

    body = {"interfaceAttachment": {"net_id": network}}
    port = demo.post(path, body)["interfaceAttachment"]["port_id"]
    count = len(demo.get(path)["interfaceAttachments"])
    demo.delete(f"{path}/{port}")
    demo.wait(5)

    assert count == 2
    assert len(demo.get(path)["interfaceAttachments"]) == 1
    assert demo.refused("GET", "/network/v2.0/ports/" + port) == 404


def test_anti_affinity_runs_out_of_hosts(make, wish):
    demo = make(Settings(hosts=1)).login("demo", "demo")
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    body = {"server_group": {"name": "apart", "policies": ["anti-affinity"]}}
    group = demo.post("/compute/v2.1/os-server-groups", body)["server_group"]["id"]
    hints = {"os:scheduler_hints": {"group": group}}

    first = demo.post(SERVERS, {**wish("one", imageRef=image), **hints})["server"]["id"]
    second = demo.post(SERVERS, {**wish("two", imageRef=image), **hints})["server"]["id"]
    demo.wait(5)

    assert (status(demo, first), status(demo, second)) == ("ACTIVE", "ERROR")


def test_metadata_and_tags_are_changed_one_by_one(demo, wish):
    server_id = ready(demo, wish, metadata={"a": "1"})
    path = f"{SERVERS}/{server_id}"
    demo.microversion = "compute 2.26"

    demo.post(path + "/metadata", {"metadata": {"b": "2"}})
    demo.delete(path + "/metadata/a")
    demo.ask("PUT", path + "/tags/red")

    assert demo.get(path)["server"]["metadata"] == {"b": "2"}
    assert demo.get(path)["server"]["tags"] == ["red"]
    assert len(demo.get(SERVERS + "?tags=red")["servers"]) == 1
    assert demo.get(SERVERS + "?tags=red,blue")["servers"] == []
