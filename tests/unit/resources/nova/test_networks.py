from typing import Any

from hearth.resources.nova.networks import (
    Network,
    Plug,
    Rewiring,
    nics,
    port_body,
    problems,
    rewired,
)


def networks(*given: dict[str, Any]) -> list[Network]:
    return [Network.of(one) for one in given]


def test_without_networks_the_choice_is_novas():
    assert nics(None, {}) is None
    assert nics([], {}) == []


def test_a_network_a_port_and_a_made_port_each_become_a_nic():
    given = networks(
        {"network": "n1", "fixed_ip": "10.0.0.5", "tag": "front"}, {"port": "p1"}, {"subnet": "s1"}
    )

    assert nics(given, {2: "made"}) == [
        {"uuid": "n1", "fixed_ip": "10.0.0.5", "tag": "front"},
        {"port": "p1"},
        {"port": "made"},
    ]
    assert nics(networks({"allocate_network": "auto"}), {}) == "auto"


def test_a_made_port_lies_where_it_is_wanted_and_carries_the_marker():
    one = Network.of(
        {
            "network": "n1",
            "subnet": "s1",
            "fixed_ip": "10.0.0.5",
            "port_extra_properties": {
                "port_security_enabled": False,
                "value_specs": {"binding:profile": {"a": 1}},
            },
        }
    )

    body = port_body(one, "server-port-0", "hearth:1", ["g1"])

    assert body["description"] == "hearth:1"
    assert body["fixed_ips"] == [{"ip_address": "10.0.0.5", "subnet_id": "s1"}]
    assert body["security_groups"] == ["g1"]
    assert body["port_security_enabled"] is False
    assert body["binding:profile"] == {"a": 1}
    assert "value_specs" not in body


def test_what_is_plugged_in_as_wanted_stays_and_only_the_rest_changes():
    has = [
        {"port_id": "p1", "net_id": "n1", "fixed_ips": [{"ip_address": "10.0.0.1"}]},
        {"port_id": "p2", "net_id": "n2", "fixed_ips": [{"ip_address": "10.0.1.1"}]},
    ]

    same = rewired(networks({"network": "n1"}, {"port": "p2"}), {}, has)
    moved = rewired(networks({"network": "n1", "fixed_ip": "10.0.0.9"}, {"port": "p2"}), {}, has)

    assert (same.detach, same.attach) == ((), ())
    assert moved.detach == ("p1",)
    assert moved.attach == (Plug(network="n1", address="10.0.0.9"),)
    assert moved.attach[0].body("10.0.0.9") == {
        "net_id": "n1",
        "fixed_ips": [{"ip_address": "10.0.0.9"}],
    }


def test_what_is_on_its_way_out_serves_nobody_and_its_address_is_asked_for_again():
    has: list[dict[str, object]] = [
        {"port_id": "p1", "net_id": "n1", "fixed_ips": [{"ip_address": "10.0.0.1"}]},
        {"port_id": "p2", "net_id": "n2", "fixed_ips": []},
    ]
    out = [
        {"port": "p2", "network": "n2", "addresses": []},
        {"port": "p1", "network": "n1", "addresses": ["10.0.0.1"]},
    ]

    back = rewired(networks({"network": "n1"}, {"port": "p2"}, {"network": "n1"}), {}, has, out)

    assert back.detach == ("p1", "p2")
    assert back.attach == (
        Plug(network="n1", address="10.0.0.1", again="p1"),
        Plug(port="p2"),
        Plug(network="n1"),
    )


def test_a_network_of_novas_choice_stays_and_is_asked_for_where_there_is_none():
    has: list[dict[str, object]] = [{"port_id": "p1", "net_id": "n1", "fixed_ips": []}]
    auto = networks({"allocate_network": "auto"})

    assert rewired(auto, {}, has) == Rewiring((), ())
    assert rewired(auto, {}, []).attach[0].body(None) == {}
    assert rewired(networks({"allocate_network": "none"}), {}, has) == Rewiring(("p1",), ())


def test_a_network_that_names_nothing_is_told():
    assert len(problems(networks({"tag": "x"}))) == 1
    assert len(problems(networks({"allocate_network": "none"}, {"network": "n"}))) == 1
    assert problems(networks({"network": "n"})) == []
    assert problems("unknown yet") == []
