import pytest

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def wish(demo):
    image = demo.get("/image/v2/images?name=cirros")["images"][0]["id"]

    def form(**more):
        return {"server": {"name": "web", "flavorRef": "42", "imageRef": image, **more}}

    return form


def test_the_spoken_version_is_told(demo):
    plain = demo.ask("GET", SERVERS)
    newer = demo.ask("GET", SERVERS, OpenStack_API_Version="compute 2.47")
    older = demo.ask("GET", SERVERS, X_OpenStack_Nova_API_Version="2.26")
    latest = demo.ask("GET", SERVERS, OpenStack_API_Version="compute latest")

    found = [one.headers["openstack-api-version"] for one in (plain, newer, older, latest)]
    assert found == ["compute 2.1", "compute 2.47", "compute 2.26", "compute 2.96"]


def test_a_version_beyond_the_range_is_not_acceptable(demo):
    assert demo.refused("GET", SERVERS, OpenStack_API_Version="compute 2.999") == 406
    assert demo.refused("GET", SERVERS, OpenStack_API_Version="compute two") == 400


def test_a_flavor_is_a_link_first_and_a_copy_from_2_47(demo, wish):
    path = f"{SERVERS}/{demo.post(SERVERS, wish())['server']['id']}"

    old = demo.get(path, OpenStack_API_Version="compute 2.46")["server"]["flavor"]
    new = demo.get(path, OpenStack_API_Version="compute 2.47")["server"]["flavor"]

    assert old["id"] == "42"
    assert (new["original_name"], "id" in new) == ("m1.nano", False)


def test_networks_must_be_named_from_2_37(demo, wish):
    demo.microversion = "compute 2.37"

    assert demo.refused("POST", SERVERS, wish()) == 400
    assert demo.post(SERVERS, wish(networks="none"))["server"]["id"]
    assert demo.post(SERVERS, wish(networks="auto"))["server"]["id"]


def test_tags_come_with_creation_from_2_52(demo, wish):
    assert demo.refused("POST", SERVERS, wish(tags=["a"])) == 400

    demo.microversion = "compute 2.52"
    server_id = demo.post(SERVERS, wish(tags=["a"], networks="none"))["server"]["id"]

    assert demo.get(f"{SERVERS}/{server_id}")["server"]["tags"] == ["a"]


def test_keys_are_no_longer_made_from_2_92(demo):
    body = {"keypair": {"name": "mine"}}

    assert (
        demo.refused(
            "POST", "/compute/v2.1/os-keypairs", body, OpenStack_API_Version="compute 2.92"
        )
        == 400
    )
    made = demo.post("/compute/v2.1/os-keypairs", body)["keypair"]
    assert made["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made["public_key"].startswith("ssh-rsa ")
    assert demo.refused("POST", "/compute/v2.1/os-keypairs", body) == 409


def test_a_server_group_has_one_policy_from_2_64(demo):
    path = "/compute/v2.1/os-server-groups"
    old = demo.post(path, {"server_group": {"name": "a", "policies": ["affinity"]}})

    demo.microversion = "compute 2.64"
    new = demo.post(path, {"server_group": {"name": "b", "policy": "soft-affinity"}})

    assert old["server_group"]["policies"] == ["affinity"]
    assert new["server_group"]["policy"] == "soft-affinity"


def test_flavors_are_managed_by_administrators_alone(demo, admin):
    body = {
        "flavor": {
            "name": "mine",
            "ram": 1,
            "vcpus": 1,
            "disk": 0,
            "os-flavor-access:is_public": False,
        }
    }

    assert demo.refused("POST", "/compute/v2.1/flavors", body) == 403
    flavor = admin.post("/compute/v2.1/flavors", body)["flavor"]["id"]
    assert demo.refused("GET", "/compute/v2.1/flavors/" + flavor) == 404

    token = demo.get("/identity/v3/auth/tokens", X_Subject_Token=demo.token)["token"]
    access = {"addTenantAccess": {"tenant": token["project"]["id"]}}
    admin.post(f"/compute/v2.1/flavors/{flavor}/action", access)
    specs = f"/compute/v2.1/flavors/{flavor}/os-extra_specs"
    admin.post(specs, {"extra_specs": {"hw:cpu_policy": "dedicated"}})

    assert demo.get("/compute/v2.1/flavors/" + flavor)["flavor"]["name"] == "mine"
    assert demo.get(specs)["extra_specs"] == {"hw:cpu_policy": "dedicated"}
