"""What a user writes does not hold the service, seen through REST on real processes."""

from pathlib import Path

import pytest

from tests.support.running import Rest, running

pytestmark = pytest.mark.process
HOT = "heat_template_version: 2018-08-31\n"
SERVER = (
    HOT
    + """
resources:
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.smal, image: cirros, networks: [{network: private}]}
"""
)
YAQL = HOT + "outputs: {o: {value: {yaql: {expression: '%s', data: [1, 2]}}}}"
PATTERN = HOT + "parameters: {p: {type: string, constraints: [{allowed_pattern: '(a+)+$'}]}}"


def test_limits_are_told_and_the_service_lives_on(tmp_path: Path):
    with running(tmp_path) as hearth:
        user = Rest(hearth).login()

        def refused(template: str, **parameters: str) -> dict[str, str]:
            body = {"stack_name": "bad", "template": template, "parameters": parameters}
            code, document = user.call("POST", "/stacks", body)
            assert code == 400, document
            error: dict[str, str] = document["error"]
            return error

        flavor = refused(SERVER)
        pattern = refused(PATTERN, p="a" * 40 + "b")
        large = refused(HOT + "#" * 600_000)
        url = user.call("POST", "/stacks", {"stack_name": "u", "template_url": hearth.heat_url})
        huge = {"stack_name": "huge", "template": HOT, "timeout_mins": 2**70}
        late = user.call("POST", "/stacks", huge)
        large_numbers = [user.call("POST", "/stacks", body) for body in _numbers()]
        good = {"stack_name": "good", "template": YAQL % "$.data.sum()"}
        user.ok("POST", "/stacks", good)
        stack = user.rest("good")

    assert "The Flavor (m1.smal) could not be found." in flavor["message"]
    assert "it took longer than 1.5 s" in pattern["message"]
    assert large["type"] == "RequestLimitExceeded"
    assert late[0] == 400
    assert {code for code, _told in large_numbers} <= {201, 400}
    assert url[0] == 400
    assert "own network" in url[1]["error"]["message"]
    assert stack is not None
    assert [one["output_value"] for one in stack["outputs"]] == [3]


def _numbers() -> list[dict[str, object]]:
    """Stacks with numbers, as text and as JSON, that no column and no message holds."""
    large = 2**70
    length = {"type": "OS::Heat::RandomString", "properties": {"length": large}}
    volume = {"type": "OS::Cinder::Volume", "properties": {"size": large}}
    value = {"type": "OS::Heat::Value", "properties": {"value": large, "type": "number"}}
    number = {"n": {"type": "number"}}
    found: list[dict[str, object]] = [
        {"template": {"heat_template_version": "2018-08-31", "resources": {"a": one}}}
        for one in (length, volume, value)
    ]
    shown = {"outputs": {"o": {"value": {"get_param": "n"}}}, "parameters": number}
    template = {"heat_template_version": "2018-08-31"} | shown
    found.append({"template": template, "parameters": {"n": large}, "timeout_mins": 2**31 - 1})
    found.append({"template": HOT + f"outputs: {{o: {{value: {large}}}}}"})
    return [{"stack_name": f"n{place}"} | body for place, body in enumerate(found)]
