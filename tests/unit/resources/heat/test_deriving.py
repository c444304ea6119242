import pytest

from hearth.base import Secret
from hearth.base.errors import Refused
from hearth.kit import judged
from hearth.resources.heat.deriving import (
    Filling,
    Target,
    actions_of,
    derived_inputs,
    fixed_changes,
    values_of,
)
from hearth.stack import ConfigRecord, DeploymentRecord, as_input, as_output

TARGET = Target("s-1", "CREATE", "demo/1", "d", "CFN_SIGNAL", {"deploy_signal_id": Secret("url")})


def config(**more):
    return ConfigRecord("c", "p", "n", 1.0, **more)


def source(*inputs, **more):
    return config(inputs=tuple(as_input(one) for one in inputs), **more)


def test_values_come_from_the_deployment_then_from_the_config():
    given = source({"name": "a", "default": 1}, {"name": "b", "default": 2}, {"name": "c"})

    values = values_of(derived_inputs(given, {"b": 3, "own": 4}, TARGET))

    assert {k: values[k] for k in ("a", "b", "c", "own")} == {"a": 1, "b": 3, "c": None, "own": 4}
    assert values["deploy_server_id"] == "s-1"
    assert values["deploy_signal_id"] == Secret("url")


def test_every_input_has_a_value_even_where_it_is_null():
    made = derived_inputs(source({"name": "a"}), {}, TARGET)

    assert all("value" in one for one in made)
    assert all(one["type"] == "String" for one in made)


def test_without_a_config_there_are_only_our_own_inputs_and_those_given():
    names = [one["name"] for one in derived_inputs(None, {"x": 1}, TARGET)]

    assert names[0] == "x"
    assert all(name.startswith("deploy_") for name in names[1:])


def test_a_component_says_its_actions_itself():
    configs = {"configs": [{"actions": ["CREATE"]}, {"actions": ["DELETE", "custom"]}]}
    component = config(group="component", config=configs)

    assert actions_of(component, ["UPDATE"]) == {"CREATE", "DELETE", "custom"}
    assert actions_of(config(group="script"), ["UPDATE"]) == {"UPDATE"}
    assert actions_of(None, ["CREATE"]) == {"CREATE"}


@pytest.mark.parametrize(
    ("given", "changed"), [({"a": "x"}, False), ({"a": "y"}, True), ({}, True), ({"b": 1}, True)]
)
def test_only_inputs_that_say_so_are_fixed(given, changed):
    declared = source({"name": "a", "replace_on_change": True}, {"name": "b"})
    deployed = config(inputs=derived_inputs(declared, {"a": Secret("x"), "b": 0}, TARGET))

    assert fixed_changes(declared, given, deployed) is changed
    assert not fixed_changes(declared, given, None)


def test_places_are_filled_wherever_they_are():
    filling = Filling("get_input", {"a": [1], "b": None}, strict=False)

    found = filling.of(
        {"x": {"get_input": "a"}, "y": [{"get_input": "c"}, {"get_input": 1}], "z": 2}
    )

    assert found == {"x": [1], "y": [None, {"get_input": 1}], "z": 2}
    assert filling.of({"get_input": "a", "other": 1}) == {"get_input": "a", "other": 1}


def test_a_strict_filling_misses_what_is_not_there():
    filling = Filling("in", {"a": None}, strict=True)

    assert filling.of({"in": "a"}) is None
    with pytest.raises(Refused, match=r"The Parameter \(b\) was not provided") as refused:
        filling.of([{"in": "b"}])
    assert refused.value.kind == "UserParameterMissing"


ASKED = DeploymentRecord("d-1", "p", "s", "c", 1.0)
OUTPUTS = config(
    outputs=(as_output({"name": "r"}), as_output({"name": "bad", "error_output": True}))
)


@pytest.mark.parametrize(
    ("answer", "status", "reason", "event"),
    [
        (None, "COMPLETE", "Outputs received", "deployment d-1 succeeded"),
        ("words", "COMPLETE", "Outputs received", "deployment d-1 succeeded"),
        ({"deploy_status_code": "0"}, "COMPLETE", "Outputs received", "deployment d-1 succeeded"),
        (
            {"deploy_status_code": 5},
            "FAILED",
            "deploy_status_code : Deployment exited with non-zero status code: 5",
            "deployment d-1 failed (5)",
        ),
        ({"bad": "x"}, "FAILED", "bad : x", "deployment d-1 failed"),
    ],
)
def test_an_answer_is_judged_by_its_code_and_by_outputs_that_mean_failure(
    answer, status, reason, event
):
    verdict = judged(ASKED, OUTPUTS, answer)

    assert (verdict.status, verdict.reason, verdict.event) == (status, reason, event)


def test_an_answer_gives_the_outputs_that_the_config_has_and_no_others():
    verdict = judged(ASKED, OUTPUTS, {"r": [1], "other": 2, "deploy_stdout": "o"})

    assert verdict.outputs == {
        "r": [1], "deploy_stdout": "o", "deploy_stderr": None, "deploy_status_code": None,
    }  # fmt: skip
