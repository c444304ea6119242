from hearth.resources.nova.addresses import detailed, first, plain

ADDRESSES = {
    "private": [
        {"addr": "10.0.0.4", "version": 4, "OS-EXT-IPS-MAC:mac_addr": "aa"},
        {"addr": "172.24.4.9", "version": 4, "OS-EXT-IPS-MAC:mac_addr": "aa"},
    ],
    "other": [{"addr": "10.1.0.4", "version": 4, "OS-EXT-IPS-MAC:mac_addr": "zz"}],
}
PORTS = [
    {"id": "p1", "mac_address": "aa", "network_id": "n1", "fixed_ips": [{"subnet_id": "s1"}]},
]


def test_addresses_stand_under_the_networks_name_and_its_id():
    assert plain(ADDRESSES, PORTS) == {
        "private": ["10.0.0.4", "172.24.4.9"],
        "n1": ["10.0.0.4", "172.24.4.9"],
        "other": ["10.1.0.4"],
    }


def test_each_address_tells_its_port_network_and_subnets():
    found = detailed(ADDRESSES, PORTS, {"n1": {"id": "n1"}}, {"s1": {"id": "s1"}})

    assert found["n1"] == found["private"]
    assert found["private"][0]["port"] == "p1"
    assert found["private"][0]["network"] == {"id": "n1"}
    assert found["private"][0]["subnets"] == [{"id": "s1"}]
    assert found["other"][0]["port"] is None


def test_the_first_address_of_a_server_without_any_is_empty():
    assert first(ADDRESSES) == "10.0.0.4"
    assert first({}) == ""
