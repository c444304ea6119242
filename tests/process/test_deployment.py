"""Each part a process of its own, on PostgreSQL and RabbitMQ: what users see is the same."""

import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployment import Deployment, deployed
from tests.support.kills import check, live
from tests.support.takeovers import given

pytestmark = [pytest.mark.services("rabbitmq", "postgresql"), pytest.mark.process]

SMALL = """
heat_template_version: 2018-08-31
parameters: {length: {type: number, default: 8}}
resources:
  word:
    type: OS::Heat::RandomString
    properties: {length: {get_param: length}}
  net: {type: OS::Neutron::Net}
outputs:
  word: {value: {get_attr: [word, value]}}
"""


WAITS = """
HeatTemplateFormatVersion: '2012-12-12'
Resources:
  handle: {Type: 'AWS::CloudFormation::WaitConditionHandle'}
  url: {Type: 'OS::Heat::Value', Properties: {value: {Ref: handle}}}
  condition:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: {Ref: handle}, Timeout: 300}
Outputs:
  data: {Value: {'Fn::GetAtt': [condition, Data]}}
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("deployment")) as made:
        made.start("heat-engine", "engine-1")
        made.start("heat-engine", "engine-2")
        made.start("heat-api")
        yield made


def at_work(deployment: Deployment) -> tuple[str, str]:
    """A worker that holds runs, and the engine that it belongs to."""
    deadline = time.monotonic() + 60.0
    while not (held := deployment.held()):
        assert time.monotonic() < deadline, "the work was over before anybody was seen at it"
        time.sleep(0.02)
    return held[0], deployment.engine_of(held[0])


def test_a_stack_lives_its_whole_life(deployment):
    rest = deployment.login()
    before = live(rest)

    made = rest.ok("POST", "/stacks", {"stack_name": "life", "template": SMALL})
    path = f"/stacks/life/{made['stack']['id']}"
    created = rest.rest("life")
    rest.ok("PUT", path, {"template": SMALL, "parameters": {"length": 9}})
    updated = rest.rest("life")
    rest.ok("DELETE", path)

    assert created is not None
    assert created["stack_status"] == "CREATE_COMPLETE", created
    assert updated is not None
    assert updated["stack_status"] == "UPDATE_COMPLETE", updated
    assert len(updated["outputs"][0]["output_value"]) == 9
    assert rest.rest("life") is None
    assert live(rest) == before


def test_a_signed_url_leads_through_heat_api_cfn(deployment):
    deployment.start("heat-api-cfn")
    rest = deployment.login()
    before = live(rest)

    made = rest.ok("POST", "/stacks", {"stack_name": "waits", "template": WAITS})
    path = f"/stacks/waits/{made['stack']['id']}"
    body = b'{"Status": "SUCCESS", "Reason": "", "Data": "d", "UniqueId": "1"}'
    sent = urllib.request.Request(url_of(rest, path), body, {"Content-Type": ""}, method="PUT")
    with urllib.request.urlopen(sent, timeout=30) as reply:
        said = reply.read()
    created = rest.rest("waits")
    rest.ok("DELETE", path)

    assert said == b"<resource>handle</resource>"
    assert created is not None
    assert created["stack_status"] == "CREATE_COMPLETE", created
    assert created["outputs"][0]["output_value"] == '{"1": "d"}'
    assert rest.rest("waits") is None
    assert live(rest) == before


def url_of(rest, path):
    """The signed URL, as soon as there is one."""
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        code, shown = rest.call("GET", f"{path}/resources/url?with_attr=value")
        value = shown["resource"]["attributes"].get("value") if code == 200 else None
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("there is no URL")


def test_a_refusal_comes_back_through_the_broker(deployment):
    rest = deployment.login()

    code, told = rest.call("POST", "/stacks", {"stack_name": "bad", "template": {"a": 1}})

    assert code == 400
    assert told["error"]["type"]


def test_both_engines_are_listed_as_alive(deployment):
    rest = deployment.login("admin")

    found = rest.ok("GET", "/services")["services"]

    assert len([one for one in found if one["status"] == "up"]) >= 2


def test_an_engine_that_is_stopped_hands_its_work_over_at_once(deployment):
    rest = deployment.login()
    before = live(rest)

    rest.ok("POST", "/stacks", {"stack_name": "handed", **given("m1.tiny", 3, "one")})
    worker, name = at_work(deployment)
    code = deployment.terminate(name)
    held = deployment.held()
    check(rest, before, "CREATE_COMPLETE", "handed")
    deployment.start("heat-engine", name)
    found = rest.rest("handed")
    assert found is not None
    rest.ok("DELETE", f"/stacks/handed/{found['id']}")

    assert code == 0
    assert worker not in held, "it was to be waited for until its leases ended"
    assert rest.rest("handed") is None


def test_without_an_engine_a_command_is_late_and_names_its_id(deployment, tmp_path):
    rest = deployment.login()
    slow = deployment.conf.read_text()
    try:
        deployment.conf.write_text(slow.replace("[DEFAULT]", "[DEFAULT]\nrpc_response_timeout = 1"))
        seen = deployment.said_ready("heat-api")
        deployment.processes["heat-api"].send_signal(signal.SIGHUP)
        deployment.until_ready("heat-api", seen + 1)
        deployment.kill("engine-1")
        deployment.kill("engine-2")

        code, told = rest.call("POST", "/stacks", {"stack_name": "late", "template": SMALL})

        assert code == 504
        assert "command's id" in told["error"]["message"]
    finally:
        deployment.conf.write_text(slow)
        deployment.start("heat-engine", "engine-1")
        deployment.start("heat-engine", "engine-2")


def test_log_tells_no_password(deployment):
    told = "".join(path.read_text() for path in Path(deployment.folder).glob("*.log"))

    assert deployment.connection.rpartition("@")[0].rpartition(":")[2] not in told
