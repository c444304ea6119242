import pytest

NET = "/network/v2.0"


def named(client, kind, name):
    return client.get(f"{NET}/{kind}?name={name}")[kind.replace("-", "_")][0]


def error(client, method, path, body=None):
    reply = client.ask(method, f"{NET}{path}", body)
    return reply.status, reply.json["NeutronError"]["type"]


@pytest.fixture
def public(demo):
    return named(demo, "networks", "public")["id"]


@pytest.fixture
def subnet(demo):
    network = demo.post(f"{NET}/networks", {"network": {"name": "n"}})["network"]["id"]
    wish = {"network_id": network, "ip_version": 4, "cidr": "192.168.5.0/24"}
    return demo.post(f"{NET}/subnets", {"subnet": wish})["subnet"]


@pytest.fixture
def router(demo, public):
    wish = {"name": "r", "external_gateway_info": {"network_id": public}}
    return demo.post(f"{NET}/routers", {"router": wish})["router"]["id"]


@pytest.fixture
def port(demo, subnet):
    wish = {"port": {"network_id": subnet["network_id"]}}
    return demo.post(f"{NET}/ports", wish)["port"]["id"]


def join(client, router, **what):
    return client.ask("PUT", f"{NET}/routers/{router}/add_router_interface", what)


def part(client, router, **what):
    return client.ask("PUT", f"{NET}/routers/{router}/remove_router_interface", what)


def float_to(client, public, port):
    wish = {"floatingip": {"floating_network_id": public, "port_id": port}}
    return client.ask("POST", f"{NET}/floatingips", wish)


def test_joining_takes_the_gateways_address(demo, subnet, router):
    made = join(demo, router, subnet_id=subnet["id"]).json

    port = demo.get(f"{NET}/ports/{made['port_id']}")["port"]

    assert port["fixed_ips"][0]["ip_address"] == subnet["gateway_ip"]
    assert port["device_owner"] == "network:router_interface"
    assert made["subnet_ids"] == [subnet["id"]]


def test_a_subnet_is_joined_once(demo, subnet, router):
    join(demo, router, subnet_id=subnet["id"])

    assert join(demo, router, subnet_id=subnet["id"]).status == 400


def test_a_router_is_joined_through_a_port_that_nobody_uses(demo, router, port):
    first = join(demo, router, port_id=port)
    second = demo.post(f"{NET}/routers", {"router": {}})["router"]["id"]

    answer = join(demo, second, port_id=port)

    assert first.status == 200
    assert (answer.status, answer.json["NeutronError"]["type"]) == (409, "PortInUse")


def test_a_router_with_interfaces_and_its_ports_stay(demo, subnet, router):
    port = join(demo, router, subnet_id=subnet["id"]).json["port_id"]

    assert error(demo, "DELETE", f"/routers/{router}") == (409, "RouterInUse")
    assert error(demo, "DELETE", f"/ports/{port}") == (409, "ServicePortInUse")


def test_parting_removes_the_port_and_frees_the_router(demo, subnet, router):
    join(demo, router, subnet_id=subnet["id"])

    answer = part(demo, router, subnet_id=subnet["id"])
    again = part(demo, router, subnet_id=subnet["id"])

    assert answer.status == 200
    assert again.json["NeutronError"]["type"] == "RouterInterfaceNotFoundForSubnet"
    demo.delete(f"{NET}/routers/{router}")
    demo.delete(f"{NET}/networks/{subnet['network_id']}")


def test_a_floating_ip_needs_a_way_to_its_port(demo, public, subnet, router, port):
    before = float_to(demo, public, port)
    join(demo, router, subnet_id=subnet["id"])
    after = float_to(demo, public, port)

    kind = before.json["NeutronError"]["type"]
    assert (before.status, kind) == (404, "ExternalGatewayForFloatingIPNotFound")
    floating = after.json["floatingip"]
    assert (floating["status"], floating["router_id"]) == ("ACTIVE", router)
    assert floating["floating_ip_address"].startswith("172.24.4.")


def test_what_a_floating_ip_needs_stays(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    float_to(demo, public, port)

    interface = part(demo, router, subnet_id=subnet["id"])
    gateway = error(demo, "PUT", f"/routers/{router}", {"router": {"external_gateway_info": {}}})

    assert interface.json["NeutronError"]["type"] == "RouterInterfaceInUseByFloatingIP"
    assert gateway == (409, "RouterExternalGatewayInUseByFloatingIp")


def test_an_address_of_a_port_has_one_floating_ip(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    float_to(demo, public, port)

    answer = float_to(demo, public, port)

    assert answer.json["NeutronError"]["type"] == "FloatingIPPortAlreadyAssociated"


def test_a_floating_ip_is_let_go_when_its_port_is_deleted(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    key = float_to(demo, public, port).json["floatingip"]["id"]

    demo.delete(f"{NET}/ports/{port}")

    floating = demo.get(f"{NET}/floatingips/{key}")["floatingip"]
    assert (floating["port_id"], floating["status"]) == (None, "DOWN")


def test_a_floating_ip_is_moved_by_an_update(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    key = float_to(demo, public, None).json["floatingip"]["id"]

    path = f"{NET}/floatingips/{key}"
    to = demo.ask("PUT", path, {"floatingip": {"port_id": port}}).json["floatingip"]
    off = demo.ask("PUT", path, {"floatingip": {"port_id": None}}).json["floatingip"]

    assert (to["port_id"], to["status"], to["fixed_ip_address"]) == (port, "ACTIVE", "192.168.5.2")
    assert (off["port_id"], off["status"], off["router_id"]) == (None, "DOWN", None)


def test_floating_ips_come_from_external_networks_only(demo, subnet):
    wish = {"floatingip": {"floating_network_id": subnet["network_id"]}}

    assert error(demo, "POST", "/floatingips", wish) == (400, "BadRequest")


def test_a_forwarded_port_makes_the_floating_ip_active(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    key = float_to(demo, public, None).json["floatingip"]["id"]
    path = f"{NET}/floatingips/{key}/port_forwardings"
    wish = {
        "port_forwarding": {
            "internal_port_id": port,
            "internal_port": 22,
            "external_port": 2222,
            "protocol": "tcp",
        }
    }

    made = demo.post(path, wish)["port_forwarding"]

    assert made["internal_ip_address"] == "192.168.5.2"
    floating = demo.get(f"{NET}/floatingips/{key}")["floatingip"]
    assert (floating["status"], len(floating["port_forwardings"])) == ("ACTIVE", 1)
    assert demo.refused("POST", path, wish) == 400
    demo.delete(f"{path}/{made['id']}")
    assert demo.get(path)["port_forwardings"] == []


def test_routes_lead_where_the_router_reaches(demo, subnet, router):
    join(demo, router, subnet_id=subnet["id"])
    near = {"destination": "10.9.0.0/24", "nexthop": "192.168.5.9"}
    far = {"destination": "10.9.0.0/24", "nexthop": "192.168.99.9"}

    bad = error(demo, "PUT", f"/routers/{router}", {"router": {"routes": [far]}})
    path = f"{NET}/routers/{router}"
    added = demo.ask("PUT", f"{path}/add_extraroutes", {"router": {"routes": [near]}}).json
    held = part(demo, router, subnet_id=subnet["id"])
    gone = demo.ask("PUT", f"{path}/remove_extraroutes", {"router": {"routes": [near]}}).json

    assert bad == (400, "InvalidRoutes")
    assert added["router"]["routes"] == [near]
    assert held.json["NeutronError"]["type"] == "RouterInterfaceInUseByRoute"
    assert gone["router"]["routes"] == []


def test_everything_can_be_taken_down_again(demo, public, subnet, router, port):
    join(demo, router, subnet_id=subnet["id"])
    floating = float_to(demo, public, port).json["floatingip"]["id"]

    demo.delete(f"{NET}/floatingips/{floating}")
    part(demo, router, subnet_id=subnet["id"])
    demo.delete(f"{NET}/routers/{router}")
    demo.delete(f"{NET}/ports/{port}")
    demo.delete(f"{NET}/networks/{subnet['network_id']}")

    held = demo.cloud.objects()["network"]
    assert len(held["ports"]) == 2
    assert held["floatingips"] == []


def test_a_trunk_carries_ports_and_holds_its_parent(demo, subnet, port):
    network = subnet["network_id"]
    child = demo.post(f"{NET}/ports", {"port": {"network_id": network}})["port"]["id"]
    carried = [{"port_id": child, "segmentation_type": "vlan", "segmentation_id": 7}]
    wish = {"trunk": {"port_id": port, "sub_ports": carried}}

    trunk = demo.post(f"{NET}/trunks", wish)["trunk"]

    assert trunk["sub_ports"] == carried
    assert error(demo, "DELETE", f"/ports/{port}") == (409, "PortInUseAsTrunkParent")
    assert error(demo, "DELETE", f"/ports/{child}") == (409, "PortInUseAsSubPort")
    demo.delete(f"{NET}/trunks/{trunk['id']}")
    demo.delete(f"{NET}/ports/{port}")
    demo.delete(f"{NET}/ports/{child}")
