"""Who may do what, by default and by file."""

import pytest

from hearth.base.errors import Denied
from hearth.identity import Caller
from hearth.policy import DEFAULTS, Policy
from tests.support.clock import JumpingClock

READER = Caller("r", "p1", roles=frozenset({"reader"}))
MEMBER = Caller("m", "p1", roles=frozenset({"member", "reader"}))
ADMIN = Caller("a", "p1", roles=frozenset({"admin", "member", "reader"}))
STACK_USER = Caller("s", "p1", roles=frozenset({"heat_stack_user"}))

POLICY = Policy(JumpingClock())


@pytest.mark.parametrize(
    ("caller", "rule", "allowed"),
    [
        (READER, "stacks:index", True),
        (READER, "stacks:create", False),
        (MEMBER, "stacks:create", True),
        (MEMBER, "stacks:update_no_change", True),
        (READER, "stacks:update_no_change", False),
        (MEMBER, "service:index", False),
        (ADMIN, "service:index", True),
        (ADMIN, "stacks:global_index", False),
        (STACK_USER, "stacks:show", False),
        (STACK_USER, "stacks:lookup", True),
        (STACK_USER, "resource:metadata", True),
        (STACK_USER, "cloudwatch:PutMetricData", True),
        (STACK_USER, "cloudwatch:DescribeAlarms", False),
        (READER, "actions:check", True),
        (READER, "actions:suspend", False),
    ],
)
def test_the_defaults_hold(caller, rule, allowed):
    assert POLICY.allows(caller, rule) is allowed


def test_another_projects_target_is_refused():
    assert not POLICY.allows(MEMBER, "stacks:show", {"project_id": "p2"})


def test_a_refusal_names_the_rule():
    with pytest.raises(Denied, match="stacks:create"):
        POLICY.enforce(READER, "stacks:create")


@pytest.mark.parametrize(
    ("name", "by_member"),
    [("OS::Nova::Server", True), ("OS::Nova::Flavor", False), ("OS::Keystone::User", False)],
)
def test_some_types_are_for_administrators(name, by_member):
    assert POLICY.allows_type(MEMBER, name) is by_member
    assert POLICY.allows_type(ADMIN, name)


def test_a_guarded_type_is_refused_by_its_name():
    with pytest.raises(Denied, match="You are not authorized to use OS::Nova::Flavor"):
        POLICY.enforce_type(MEMBER, "OS::Nova::Flavor")


def test_a_file_overrides_a_rule_and_a_change_is_seen_in_time(tmp_path):
    file, conf, clock = tmp_path / "policy.yaml", tmp_path / "heat.conf", JumpingClock()
    conf.write_text(f"[oslo_policy]\npolicy_file = {file}\n", encoding="utf-8")
    file.write_text('"stacks:create": "role:reader"\n', encoding="utf-8")
    policy = Policy(clock, (conf,))
    before = policy.allows(READER, "stacks:create")

    file.write_text('"stacks:create": "role:nobody_at_all"\n', encoding="utf-8")
    at_once = policy.allows(READER, "stacks:create")
    clock._now += 10

    assert (before, at_once, policy.allows(READER, "stacks:create")) == (True, True, False)


def test_no_rule_is_declared_twice():
    names = [rule.name for rule in DEFAULTS]

    assert len(names) == len(set(names))
