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
        good = {"stack_name": "good", "template": YAQL % "$.data.sum()"}
        user.ok("POST", "/stacks", good)
        stack = user.rest("good")

    assert "The Flavor (m1.smal) could not be found." in flavor["message"]
    assert "it took longer than 1.5 s" in pattern["message"]
    assert large["type"] == "RequestLimitExceeded"
    assert url[0] == 400
    assert "own network" in url[1]["error"]["message"]
    assert stack is not None
    assert [one["output_value"] for one in stack["outputs"]] == [3]
