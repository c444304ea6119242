import pytest

NET = "/network/v2.0"
RULES = f"{NET}/security-group-rules"


@pytest.fixture
def group(demo):
    wish = {"security_group": {"name": "web"}}
    return demo.post(f"{NET}/security-groups", wish)["security_group"]["id"]


def rule(group, **more):
    return {"security_group_id": group, "direction": "ingress", **more}


def refusal(client, **wish):
    reply = client.ask("POST", RULES, {"security_group_rule": wish})
    return reply.status, reply.json["NeutronError"]["type"]


def test_a_new_group_lets_everything_out(demo, group):
    rules = demo.get(f"{NET}/security-groups/{group}")["security_group"]["security_group_rules"]

    assert [(one["direction"], one["ethertype"]) for one in rules] == [
        ("egress", "IPv4"),
        ("egress", "IPv6"),
    ]


def test_every_project_has_a_default_group_when_it_looks(other):
    groups = other.get(f"{NET}/security-groups")["security_groups"]

    assert [one["name"] for one in groups] == ["default"]
    assert len(groups[0]["security_group_rules"]) == 4


def test_the_default_group_is_neither_made_nor_removed(demo):
    group = demo.get(f"{NET}/security-groups?name=default")["security_groups"][0]["id"]

    made = demo.refused("POST", f"{NET}/security-groups", {"security_group": {"name": "default"}})
    gone = demo.refused("DELETE", f"{NET}/security-groups/{group}")

    assert (made, gone) == (409, 409)


def test_the_same_rule_exists_once(demo, group):
    wish = rule(group, protocol="tcp", port_range_min=22, port_range_max=22)
    demo.post(RULES, {"security_group_rule": wish})

    assert refusal(demo, **wish) == (409, "SecurityGroupRuleExists")


def test_rules_are_made_together_or_not_at_all(demo, group):
    good = rule(group, protocol="tcp", port_range_min=80, port_range_max=80)
    before = demo.get(RULES)

    bad = demo.refused("POST", RULES, {"security_group_rules": [good, rule(group, protocol="?")]})

    assert bad == 400
    assert demo.get(RULES) == before
    both = [good, rule(group, protocol="icmp")]
    assert len(demo.post(RULES, {"security_group_rules": both})["security_group_rules"]) == 2


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (
            {"protocol": "tcp", "port_range_min": 9, "port_range_max": 8},
            "SecurityGroupInvalidPortRange",
        ),
        ({"port_range_min": 8, "port_range_max": 9}, "SecurityGroupProtocolRequiredWithPorts"),
        ({"protocol": "frog"}, "SecurityGroupRuleInvalidProtocol"),
        ({"ethertype": "IPv5"}, "SecurityGroupRuleInvalidEtherType"),
        (
            {"ethertype": "IPv6", "remote_ip_prefix": "10.0.0.0/8"},
            "SecurityGroupRuleParameterConflict",
        ),
        ({"protocol": "icmp", "port_range_max": 3}, "SecurityGroupMissingIcmpType"),
    ],
)
def test_rules_that_make_no_sense_are_refused(demo, group, wish, kind):
    assert refusal(demo, **rule(group, **wish)) == (400, kind)


def test_a_group_on_a_port_stays(demo, group):
    network = demo.get(f"{NET}/networks?name=private")["networks"][0]["id"]
    wish = {"port": {"network_id": network, "security_groups": [group]}}
    port = demo.post(f"{NET}/ports", wish)["port"]["id"]

    used = demo.ask("DELETE", f"{NET}/security-groups/{group}")
    demo.delete(f"{NET}/ports/{port}")

    assert (used.status, used.json["NeutronError"]["type"]) == (409, "SecurityGroupInUse")
    demo.delete(f"{NET}/security-groups/{group}")
    assert demo.get(f"{RULES}?security_group_id={group}")["security_group_rules"] == []


def test_port_security_and_groups_go_together(demo, group):
    network = demo.get(f"{NET}/networks?name=private")["networks"][0]["id"]
    open_port = {"network_id": network, "port_security_enabled": False}

    bare = demo.post(f"{NET}/ports", {"port": open_port})["port"]
    both = demo.refused("POST", f"{NET}/ports", {"port": {**open_port, "security_groups": [group]}})

    assert bare["security_groups"] == []
    assert both == 409


def test_a_qos_policy_in_use_stays(admin):
    policies = f"{NET}/qos/policies"
    policy = admin.post(policies, {"policy": {"name": "q"}})["policy"]["id"]
    limit = {"bandwidth_limit_rule": {"max_kbps": 100}}
    admin.post(f"{policies}/{policy}/bandwidth_limit_rules", limit)
    network = {"network": {"qos_policy_id": policy}}
    admin.post(f"{NET}/networks", network)

    again = admin.refused("POST", f"{policies}/{policy}/bandwidth_limit_rules", limit)

    assert again == 409
    assert admin.refused("DELETE", f"{policies}/{policy}") == 409
    rules = admin.get(f"{policies}/{policy}")["policy"]["rules"]
    assert [(one["type"], one["max_kbps"]) for one in rules] == [("bandwidth_limit", 100)]
