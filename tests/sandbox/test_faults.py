import pytest

from hearth.sandbox import Rates, ReplyLost, SeededFaults, Settings, Times

KEYS = "/compute/v2.1/os-keypairs"
SERVERS = "/compute/v2.1/servers"
GROUPS = "/compute/v2.1/os-server-groups"


def set_faults(client, *rules):
    client.post("/sandbox/faults", {"faults": list(rules)})


def group(name):
    return {"server_group": {"name": name, "policies": ["affinity"]}}


def test_a_refused_request_is_not_carried_out(demo):
    set_faults(demo, {"service": "compute", "method": "POST", "refuse": 503})

    assert demo.refused("POST", GROUPS, group("a")) == 503
    assert demo.get(GROUPS)["server_groups"] == []
    assert demo.post(GROUPS, group("a"))


def test_a_lost_reply_was_carried_out(demo):
    set_faults(demo, {"path": "server-groups", "lose": True})

    with pytest.raises(ReplyLost):
        demo.ask("POST", GROUPS, group("a"))

    assert [one["name"] for one in demo.get(GROUPS)["server_groups"]] == ["a"]


def test_a_delay_passes_before_the_request(demo):
    set_faults(demo, {"method": "POST", "delay": 7.5})

    demo.post(GROUPS, group("a"))

    assert demo.clock.now() == 1_700_000_007.5


def test_a_doomed_server_ends_in_error(demo):
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    set_faults(demo, {"method": "POST", "path": "/servers$", "error": True, "skip": 1})
    body = {"server": {"name": "web", "flavorRef": "42", "imageRef": image}}

    ids = [demo.post(SERVERS, body)["server"]["id"] for _ in range(3)]
    demo.wait(5)

    states = [demo.get(f"{SERVERS}/{one}")["server"]["status"] for one in ids]
    assert states == ["ACTIVE", "ERROR", "ACTIVE"]


def test_the_same_seed_gives_the_same_faults():
    rates = Rates(refuse=0.2, delay=0.2, lose=0.2, error=0.2)

    def drawn(seed):
        faults = SeededFaults(seed, rates)
        return [faults.decide("compute", "POST", "/") for _ in range(100)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert sum(one is not None and one.lose for one in drawn(1)) in range(8, 35)


def test_a_fresh_object_is_missing_from_lists_for_a_while(make):
    demo = make(Settings(list_delay_s=2.0)).login("demo", "demo")
    demo.wait(10)
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    body = {"server": {"name": "web", "flavorRef": "42", "imageRef": image}}
    server_id = demo.post(SERVERS, body)["server"]["id"]

    assert demo.get(SERVERS)["servers"] == []
    assert demo.get(f"{SERVERS}/{server_id}")["server"]["status"] == "BUILD"
    demo.wait(2)
    assert len(demo.get(SERVERS)["servers"]) == 1


def test_the_same_file_is_the_same_cloud(make, tmp_path):
    settings = Settings(path=str(tmp_path / "cloud.sqlite"))
    demo = make(settings).login("demo", "demo")
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    body = {"server": {"name": "web", "flavorRef": "42", "imageRef": image}}
    server_id = demo.post(SERVERS, body)["server"]["id"]
    before = demo.cloud.objects()
    demo.cloud.close()

    again = make(settings, clock=demo.clock)
    again.token = demo.token

    assert again.cloud.objects() == before
    assert again.get(f"{SERVERS}/{server_id}")["server"]["status"] == "BUILD"
    again.wait(3)
    assert again.get(f"{SERVERS}/{server_id}")["server"]["status"] == "ACTIVE"


def test_fast_times_are_over_when_one_looks_again(make):
    demo = make(Settings(times=Times.fast())).login("demo", "demo")
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]
    body = {"server": {"name": "web", "flavorRef": "42", "imageRef": image}}

    path = f"{SERVERS}/{demo.post(SERVERS, body)['server']['id']}"

    assert demo.get(path)["server"]["status"] == "ACTIVE"
    demo.delete(path)
    assert demo.refused("GET", path) == 404
