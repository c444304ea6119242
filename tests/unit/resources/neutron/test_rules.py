from hearth.resources.neutron.rules import difference, same_rule, wanted_rules

OUT = [
    {"id": "e4", "direction": "egress", "ethertype": "IPv4", "protocol": None},
    {"id": "e6", "direction": "egress", "ethertype": "IPv6", "protocol": None},
]
SSH = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 22}


def test_without_a_rule_for_what_goes_out_neutrons_own_are_wanted():
    wanted = wanted_rules("g", [SSH])

    assert difference(OUT, wanted)[0] == []
    assert difference([], wanted)[1] == wanted


def test_a_rule_for_what_goes_out_takes_the_place_of_neutrons_own():
    wanted = wanted_rules("g", [{"direction": "egress", "ethertype": "IPv4", "protocol": "tcp"}])

    surplus, missing = difference(OUT, wanted)

    assert surplus == ["e4", "e6"]
    assert [rule["protocol"] for rule in missing] == ["tcp"]


def test_a_rule_that_is_there_stays_and_is_wanted_but_once():
    wanted = wanted_rules("g", [SSH, SSH])

    surplus, missing = difference([*OUT, {"id": "r", **SSH}], wanted)

    assert (surplus, missing) == ([], [])
    assert len(difference(OUT, wanted)[1]) == 1


def test_a_remote_group_without_an_id_is_the_group_itself():
    (rule, *_) = wanted_rules("g", [SSH | {"mode": "remote_group_id"}])

    assert rule["remote_group_id"] == "g"
    assert "mode" not in rule


def test_anywhere_is_no_prefix():
    assert same_rule(SSH, SSH | {"remote_ip_prefix": "0.0.0.0/0"})
    assert not same_rule(SSH, SSH | {"remote_ip_prefix": "10.0.0.0/8"})
