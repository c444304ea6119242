"""The recorded answers of ../shared/golden, as far as a template decides them."""

from typing import Any

import pytest

from tests.unit.template.golden import CASES, Types, cases, differences

APART = {
    "a/get_attr/path-map": "refused there by an exception without words, here null",
    "a/get_param/pseudo-id": "the id is of our making",
    "f/repeat-refs": "what is not known yet is Unknown here, null there",
}
ELSEWHERE = (
    "b/request/",  # the request's own fields are the API's
    "e/request/",
    "e/api/",
    "e/yaml/json-bad",  # libyaml has other words for it than PyYAML's own parser
    "d/Keystone-Role/",  # policies are the API's
    "d/Neutron-ProviderNet/",
    "d/Neutron-QoSBandwidthLimitRule/",
    "d/Nova-Flavor/",
    "d/Value/",  # what properties must be together is known by their type
    "d/Cinder-Volume/empty",
    "d/Heat-AutoScalingGroup/",
    "d/Heat-RandomString/both-min",
    "d/Heat-ResourceChain/",
    "d/Heat-ResourceGroup/def-bad-prop",
)
FAMILIES = (
    "a-functions",
    "b-parameters",
    "b-environment",
    "c-conditions",
    "c-dependencies",
    "d-properties",
    "e-structure",
    "f-graph",
)
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the recorded answers are not beside this checkout"
)


def decided_here(case: dict[str, Any]) -> bool:
    step = (case.get("steps") or [case])[0]
    if case["name"] in APART or case["name"].startswith(ELSEWHERE):
        return False
    return step["op"] in ("create", "validate", "preview") and "template_expand" not in step


@pytest.mark.parametrize("family", FAMILIES)
def test_templates_answer_as_recorded(family):
    types = Types()

    found = {
        case["name"]: wrong
        for case in cases(family)
        if decided_here(case)
        and (
            wrong := [
                line
                for line in differences(case, (case.get("steps") or [case])[0], types)
                if not line.startswith("left out")
            ]
        )
    }

    assert found == {}
