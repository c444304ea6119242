"""hearth.template.near_types: what is suggested is a spelling, not another thing."""

import pytest

from hearth.serve.registry import registry
from hearth.template.lint import Surroundings, lint
from hearth.template.near_types import near_type

NAMES = registry().names()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OS::Nova::Sevrer", "OS::Nova::Server"),
        ("OS::Neturon::Net", "OS::Neutron::Net"),
        ("OS:Nova::Server", "OS::Nova::Server"),
        ("os::nova::server", "OS::Nova::Server"),
        ("Nova::Server", "OS::Nova::Server"),
        ("OS::Keystone::User", None),
        ("AWS::EC2::Instance", None),
        ("OS::Foo::Bar", None),
    ],
)
def test_only_near_spellings_are_suggested(name, meant):
    names = [one for one in NAMES if one != name]

    assert near_type(name, names) == meant


def test_a_type_that_only_heat_has_is_told_to_be_one():
    text = (
        "heat_template_version: 2018-08-31\ndescription: x\nresources:\n"
        "  a: {type: OS::Sahara::Cluster}\n  b: {type: OS::Sahara::Clutser}\n"
    )

    hints = [one.hint for one in lint(text, "t.yaml", Surroundings(registry())).problems]

    assert hints == ["it is a type of Heat's that is not available yet", None]
