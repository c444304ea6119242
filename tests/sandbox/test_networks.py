import pytest

from hearth.sandbox import Settings

NET = "/network/v2.0"


@pytest.fixture
def network(demo):
    return demo.post(f"{NET}/networks", {"network": {"name": "n"}})["network"]["id"]


@pytest.fixture
def subnet(demo, network):
    return add_subnet(demo, network)["id"]


def add_subnet(client, network, **more):
    wish = {"network_id": network, "ip_version": 4, "cidr": "192.168.5.0/24", **more}
    return client.post(f"{NET}/subnets", {"subnet": wish})["subnet"]


def add_port(client, network, **more):
    return client.post(f"{NET}/ports", {"port": {"network_id": network, **more}})["port"]


def error(client, method, path, body=None):
    reply = client.ask(method, f"{NET}{path}", body)
    return reply.status, reply.json["NeutronError"]["type"]


def named(client, kind, name):
    return client.get(f"{NET}/{kind}?name={name}")[kind][0]


def test_a_fresh_cloud_has_a_public_and_a_private_network_joined_by_a_router(demo):
    networks = {one["name"]: one for one in demo.get(f"{NET}/networks")["networks"]}
    router = demo.get(f"{NET}/routers")["routers"][0]

    assert set(networks) == {"public", "private"}
    assert networks["public"]["router:external"] is True
    assert router["external_gateway_info"]["network_id"] == networks["public"]["id"]
    assert "provider:network_type" not in networks["private"]


def test_a_port_gets_the_lowest_free_address_and_gives_it_back(demo, network, subnet):
    first = add_port(demo, network)
    second = add_port(demo, network)

    demo.delete(f"{NET}/ports/{first['id']}")
    third = add_port(demo, network)

    assert first["fixed_ips"] == [{"subnet_id": subnet, "ip_address": "192.168.5.2"}]
    assert second["fixed_ips"][0]["ip_address"] == "192.168.5.3"
    assert third["fixed_ips"] == first["fixed_ips"]
    groups = demo.get(f"{NET}/security-groups?name=default")["security_groups"]
    assert first["security_groups"] == [groups[0]["id"]]
    assert first["status"] == "DOWN"


def test_an_address_is_given_once(demo, network, subnet):
    fixed = [{"subnet_id": subnet, "ip_address": "192.168.5.50"}]
    add_port(demo, network, fixed_ips=fixed)
    wish = {"port": {"network_id": network, "fixed_ips": fixed}}

    assert error(demo, "POST", "/ports", wish) == (409, "IpAddressAlreadyAllocated")


@pytest.mark.parametrize(
    ("address", "kind"),
    [("192.168.6.1", "InvalidIpForNetwork"), ("192.168.5.255", "InvalidIpForSubnet")],
)
def test_an_address_outside_is_refused(demo, network, subnet, address, kind):
    wish = {"port": {"network_id": network, "fixed_ips": [{"ip_address": address}]}}

    assert error(demo, "POST", "/ports", wish) == (400, kind)


def test_a_full_subnet_gives_no_address(demo, network):
    add_subnet(demo, network, allocation_pools=[{"start": "192.168.5.9", "end": "192.168.5.9"}])
    add_port(demo, network)

    answer = error(demo, "POST", "/ports", {"port": {"network_id": network}})

    assert answer == (409, "IpAddressGenerationFailure")


def test_a_port_without_addresses_holds_none(demo, network, subnet):
    port = add_port(demo, network, fixed_ips=[])

    demo.delete(f"{NET}/subnets/{subnet}")

    assert port["fixed_ips"] == []


def test_a_dual_stack_network_gives_an_address_of_each_version(demo, network, subnet):
    add_subnet(
        demo,
        network,
        ip_version=6,
        cidr="2001:db8::/64",
        ipv6_ra_mode="slaac",
        ipv6_address_mode="slaac",
    )

    port = add_port(demo, network, mac_address="fa:16:3e:00:00:01")

    assert [one["ip_address"] for one in port["fixed_ips"]] == [
        "192.168.5.2",
        "2001:db8::f816:3eff:fe00:1",
    ]


def test_addresses_of_a_port_can_be_exchanged(demo, network, subnet):
    port = add_port(demo, network)
    fixed = [{"subnet_id": subnet, "ip_address": "192.168.5.77"}]

    changed = demo.ask("PUT", f"{NET}/ports/{port['id']}", {"port": {"fixed_ips": fixed}}).json
    again = add_port(demo, network)

    assert changed["port"]["fixed_ips"] == fixed
    assert again["fixed_ips"] == port["fixed_ips"]


def test_what_is_in_use_stays(demo, network, subnet):
    add_port(demo, network)

    assert error(demo, "DELETE", f"/networks/{network}") == (409, "NetworkInUse")
    assert error(demo, "DELETE", f"/subnets/{subnet}") == (409, "SubnetInUse")


def test_a_network_takes_its_subnets_along(demo, network, subnet):
    demo.delete(f"{NET}/networks/{network}")

    assert error(demo, "GET", f"/subnets/{subnet}") == (404, "SubnetNotFound")


def test_subnets_of_a_network_do_not_overlap(demo, network, subnet):
    wish = {"subnet": {"network_id": network, "ip_version": 4, "cidr": "192.168.5.128/25"}}

    assert error(demo, "POST", "/subnets", wish) == (400, "InvalidInput")


@pytest.mark.parametrize(
    ("pool", "answer"),
    [
        (("192.168.5.1", "192.168.5.9"), (409, "GatewayConflictWithAllocationPools")),
        (("192.168.6.5", "192.168.6.9"), (400, "OutOfBoundsAllocationPool")),
        (("192.168.5.9", "192.168.5.5"), (400, "InvalidAllocationPool")),
    ],
)
def test_a_pool_must_fit_its_subnet(demo, network, pool, answer):
    pools = [dict(zip(("start", "end"), pool, strict=True))]
    wish = {
        "network_id": network,
        "ip_version": 4,
        "cidr": "192.168.5.0/24",
        "allocation_pools": pools,
    }

    assert error(demo, "POST", "/subnets", {"subnet": wish}) == answer


def test_a_subnet_without_a_gateway_keeps_all_its_addresses(demo, network):
    subnet = add_subnet(demo, network, gateway_ip=None)

    assert subnet["gateway_ip"] is None
    assert subnet["allocation_pools"] == [{"start": "192.168.5.1", "end": "192.168.5.254"}]


def test_a_pool_cuts_ranges_for_subnets(demo, network):
    pool = demo.post(
        f"{NET}/subnetpools",
        {
            "subnetpool": {
                "name": "p",
                "prefixes": ["10.20.0.0/23"],
                "default_prefixlen": 24,
                "min_prefixlen": 24,
            }
        },
    )["subnetpool"]

    wish = {"network_id": network, "subnetpool_id": pool["id"], "ip_version": 4}
    made = [demo.post(f"{NET}/subnets", {"subnet": wish})["subnet"]["cidr"] for _ in range(2)]

    assert made == ["10.20.0.0/24", "10.20.1.0/24"]
    assert error(demo, "POST", "/subnets", {"subnet": wish}) == (409, "SubnetAllocationError")
    assert error(demo, "DELETE", f"/subnetpools/{pool['id']}") == (400, "SubnetPoolDeleteError")


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("POST", {"bogus": 1}),
        ("PUT", {"bogus": 1}),
        ("PUT", {"status": "DOWN"}),
        ("POST", {"id": "x"}),
        ("POST", {"admin_state_up": "perhaps"}),
    ],
)
def test_attributes_that_do_not_belong_are_refused(demo, network, method, body):
    path = "/networks" if method == "POST" else f"/networks/{network}"

    assert error(demo, method, path, {"network": body}) == (400, "HTTPBadRequest")


def test_only_administrators_share(demo, admin):
    wish = {"network": {"name": "s", "shared": True}}

    assert error(demo, "POST", "/networks", wish) == (403, "PolicyNotAuthorized")
    assert admin.post(f"{NET}/networks", wish)["network"]["shared"] is True


def test_others_do_not_see_what_is_not_theirs(other, network):
    assert error(other, "GET", f"/networks/{network}") == (404, "NetworkNotFound")
    assert error(other, "DELETE", f"/networks/{network}") == (404, "NetworkNotFound")
    assert {one["name"] for one in other.get(f"{NET}/networks")["networks"]} == {"public"}


def test_a_grant_shares_a_network_with_one_project(demo, other, network):
    project = other.get(f"{NET}/quotas/project")["tenant"]["project_id"]
    demo.post(
        f"{NET}/rbac-policies",
        {
            "rbac_policy": {
                "object_type": "network",
                "object_id": network,
                "target_tenant": project,
                "action": "access_as_shared",
            }
        },
    )

    assert other.get(f"{NET}/networks/{network}")["network"]["shared"] is True


def test_many_are_made_together_or_none(demo):
    before = demo.cloud.objects()["network"]

    bad = demo.refused("POST", f"{NET}/networks", {"networks": [{"name": "a"}, {"bogus": 1}]})

    assert bad == 400
    assert demo.cloud.objects()["network"] == before
    made = demo.post(f"{NET}/networks", {"networks": [{"name": "a"}, {"name": "b"}]})
    assert [one["name"] for one in made["networks"]] == ["a", "b"]


def test_lists_are_filtered_sorted_and_trimmed(demo, network, subnet):
    ports = [add_port(demo, network, name=name, tags=[name]) for name in ("b", "a", "c")]

    listed = demo.get(f"{NET}/ports?network_id={network}&sort_key=name&sort_dir=desc&fields=name")
    by_id = demo.get(f"{NET}/ports?id={ports[0]['id']}&id={ports[2]['id']}")["ports"]
    by_tag = demo.get(f"{NET}/ports?tags-any=a,c&network_id={network}")["ports"]
    by_ip = demo.get(f"{NET}/ports?fixed_ips=ip_address=192.168.5.3")["ports"]

    assert listed["ports"] == [{"name": "c"}, {"name": "b"}, {"name": "a"}]
    assert [one["name"] for one in by_id] == ["b", "c"]
    assert [one["name"] for one in by_tag] == ["a", "c"]
    assert [one["name"] for one in by_ip] == ["a"]
    assert demo.refused("GET", f"{NET}/ports?bogus=1") == 400


def test_pages_lead_to_the_next_and_back(demo, network, subnet):
    for name in "abcde":
        add_port(demo, network, name=name)

    found, path = [], f"{NET}/ports?network_id={network}&limit=2"
    while path:
        page = demo.get(path)
        found += [one["name"] for one in page["ports"]]
        links = {one["rel"]: one["href"] for one in page.get("ports_links", ())}
        path = links.get("next", "").removeprefix("http://127.0.0.1:8005")

    assert found == list("abcde")


def test_tags_are_put_added_and_taken(demo, network):
    tags = f"{NET}/networks/{network}/tags"

    demo.ask("PUT", tags, {"tags": ["a", "b"]})
    demo.ask("PUT", f"{tags}/c")
    demo.delete(f"{tags}/a")

    assert demo.get(tags)["tags"] == ["b", "c"]
    assert demo.refused("DELETE", f"{tags}/a") == 404


def test_a_change_meant_for_another_revision_is_refused(demo, network):
    path = f"{NET}/networks/{network}"
    wish = {"network": {"name": "x"}}

    first = demo.ask("PUT", path, wish, If_Match="revision_number=0")
    second = demo.ask("PUT", path, wish, If_Match="revision_number=0")

    assert (first.status, second.status) == (200, 412)
    assert first.json["network"]["revision_number"] == 1


def test_a_project_has_no_more_than_its_quota(demo, admin):
    project = demo.get(f"{NET}/quotas/project")["tenant"]["project_id"]
    admin.ask("PUT", f"{NET}/quotas/{project}", {"quota": {"network": 2}})
    demo.post(f"{NET}/networks", {"network": {}})

    assert error(demo, "POST", "/networks", {"network": {}}) == (409, "OverQuota")
    details = demo.get(f"{NET}/quotas/{project}/details")["quota"]["network"]
    assert details == {"limit": 2, "used": 2, "reserved": 0}


def test_a_port_becomes_active_some_time_after_it_is_bound(demo, admin, network, subnet):
    port = add_port(demo, network)["id"]
    wish = {"port": {"binding:host_id": "sandbox", "device_id": "x"}}
    bound = admin.ask("PUT", f"{NET}/ports/{port}", wish).json["port"]

    demo.wait(1)

    assert (bound["status"], bound["binding:vif_type"]) == ("DOWN", "ovs")
    assert demo.get(f"{NET}/ports/{port}")["port"]["status"] == "ACTIVE"


def test_what_was_made_is_there_after_a_restart(make, tmp_path):
    settings = Settings(path=str(tmp_path / "cloud.db"))
    first = make(settings)
    demo = first.login("demo", "demo")
    private = named(demo, "networks", "private")["id"]
    port = add_port(demo, private)
    first.cloud.close()

    again = make(settings).login("demo", "demo")

    assert again.get(f"{NET}/ports/{port['id']}")["port"] == port
    assert add_port(again, private)["fixed_ips"] != port["fixed_ips"]


def test_only_what_works_is_offered(demo):
    aliases = {one["alias"] for one in demo.get(f"{NET}/extensions")["extensions"]}

    assert {"router", "quotas", "trunk", "tag-ports-during-bulk-creation", "dns-integration"} <= (
        aliases
    )
    assert demo.get(f"{NET}/extensions/trunk")["extension"]["alias"] == "trunk"
    assert demo.refused("GET", f"{NET}/extensions/bgp") == 404


def test_agents_serve_networks_that_administrators_give_them(demo, admin, network):
    agent = admin.get(f"{NET}/agents?agent_type=DHCP agent")["agents"][0]["id"]
    path = f"{NET}/agents/{agent}/dhcp-networks"

    admin.post(path, {"network_id": network})

    assert demo.get(f"{NET}/agents")["agents"] == []
    assert admin.refused("POST", path, {"network_id": network}) == 409
    serving = admin.get(f"{NET}/networks/{network}/dhcp-agents")["agents"]
    assert [one["id"] for one in serving] == [agent]
    admin.delete(f"{path}/{network}")
    assert admin.get(f"{NET}/networks/{network}/dhcp-agents")["agents"] == []


def test_providers_networks_have_segments_of_their_own(admin):
    wish = {
        "provider:network_type": "vlan",
        "provider:physical_network": "physnet1",
        "provider:segmentation_id": 100,
    }

    made = admin.post(f"{NET}/networks", {"network": wish})["network"]

    assert {name: made[name] for name in wish} == wish
    assert error(admin, "POST", "/networks", {"network": wish}) == (409, "VlanIdInUse")
    segments = admin.get(f"{NET}/segments?network_id={made['id']}")["segments"]
    assert [one["segmentation_id"] for one in segments] == [100]


def test_lists_are_not_sorted_by_lists(demo):
    assert demo.refused("GET", f"{NET}/ports?sort_key=fixed_ips") == 400
