"""Signals as guests and people send them: `openstack`, curl, and AWS's own way to sign."""

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.support import clients, samples
from tests.support.running import Rest, Running, running
from tests.support.shells import Openstack, openstack

pytestmark = pytest.mark.clients

WITHIN_S = 60.0
TEMPLATE = """
heat_template_version: 2018-08-31
parameters:
  transport: {type: string, default: CFN_SIGNAL}
resources:
  handle:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: {get_param: transport}}
  condition:
    type: OS::Heat::WaitCondition
    properties:
      handle: {get_resource: handle}
      timeout: 300
outputs:
  data: {value: {get_attr: [condition, data]}}
"""
AMAZON = """
HeatTemplateFormatVersion: '2012-12-12'
Resources:
  handle: {Type: 'AWS::CloudFormation::WaitConditionHandle'}
  url:
    Type: OS::Heat::Value
    Properties: {value: {Ref: handle}}
  condition:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: url
    Properties: {Handle: {Ref: handle}, Timeout: 300}
"""


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), "--speed", "fast") as up:
        yield up


@pytest.fixture(scope="module")
def shell(hearth: Running) -> Iterator[Openstack]:
    with openstack(hearth.environment) as client:
        yield client


@pytest.fixture(scope="module")
def rest(hearth: Running) -> Rest:
    return Rest(hearth).login()


def begun(
    rest: Rest, name: str, template: str, waits_for: str = "handle", **parameters: Any
) -> str:
    """A stack of which a resource has come to be; its path."""
    body = {"stack_name": name, "template": template, "parameters": parameters}
    made = rest.ok("POST", "/stacks", body)["stack"]
    path = f"/stacks/{name}/{made['id']}"
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        listed = rest.ok("GET", f"{path}/resources")["resources"]
        states = {one["resource_name"]: one["resource_status"] for one in listed}
        if states.get(waits_for) == "CREATE_COMPLETE":
            return path
        time.sleep(0.1)
    raise AssertionError(f"{waits_for} of {name} does not come to be: {states}")


def attribute(rest: Rest, path: str, resource: str, name: str) -> Any:
    shown = rest.ok("GET", f"{path}/resources/{resource}?with_attr={name}")["resource"]
    return shown["attributes"][name]


def curl(*arguments: str) -> tuple[int, str]:
    """The status and the body of what the real curl is told to do."""
    done = subprocess.run(
        ["curl", "-s", "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    body, _, code = done.stdout.rpartition("\n")
    return int(code), body


def test_openstack_signals_a_handle_and_reads_its_metadata(shell: Openstack, rest: Rest) -> None:
    path = begun(rest, "by-openstack", TEMPLATE)

    shell.ok(
        "stack",
        "resource",
        "signal",
        "--data",
        '{"data": "d", "id": "7"}',
        "by-openstack",
        "handle",
    )
    stack = rest.rest("by-openstack", WITHIN_S) or {}
    metadata = shell.json("stack", "resource", "metadata", "by-openstack", "handle")
    shell.ok("stack", "resource", "signal", "by-openstack", "handle")
    late = shell.json("stack", "output", "show", "by-openstack", "data")

    assert stack["stack_status"] == "CREATE_COMPLETE"
    assert metadata == {"7": {"data": "d", "reason": "Signal 1 received", "status": "SUCCESS"}}
    assert json.loads(late["output_value"]) == {"7": "d", "2": None}
    events = rest.ok("GET", f"{path}/resources/handle/events")["events"]
    reasons = [
        one["resource_status_reason"] for one in events if "SIGNAL" in one["resource_status"]
    ]
    assert reasons == [
        "Signal: status:SUCCESS reason:Signal 1 received",
        "Signal: status:SUCCESS reason:Signal 2 received",
    ]


def test_curl_puts_to_the_url_of_a_handle_as_cfn_signal_does(rest: Rest) -> None:
    path = begun(rest, "by-curl", AMAZON, waits_for="url")
    url = attribute(rest, path, "url", "value")
    told = {"Status": "SUCCESS", "Reason": "up", "Data": "d", "UniqueId": "i-1"}

    half = {key: told[key] for key in ("Status", "Reason")}
    wrong, why = curl("-X", "PUT", "-H", "Content-Type:", "--data-binary", json.dumps(half), url)
    code, body = curl("-X", "PUT", "-H", "Content-Type:", "--data-binary", json.dumps(told), url)
    stack = rest.rest("by-curl", WITHIN_S) or {}

    assert (wrong, "Metadata format invalid" in why) == (400, True)
    assert (code, body) == (200, "<resource>handle</resource>")
    assert stack["stack_status"] == "CREATE_COMPLETE"


def test_curl_uses_a_token_and_swift(rest: Rest) -> None:
    path = begun(rest, "by-token", TEMPLATE, transport="TOKEN_SIGNAL")
    command = attribute(rest, path, "handle", "curl_cli")
    subprocess.run(f"{command} --data-binary '{{}}'", shell=True, check=True, capture_output=True)
    by_token = rest.rest("by-token", WITHIN_S) or {}

    path = begun(rest, "by-swift", TEMPLATE, transport="TEMP_URL_SIGNAL")
    url = json.loads(attribute(rest, path, "handle", "signal"))["alarm_url"]
    code, _ = curl("-X", "PUT", "--data-binary", '{"data": "from swift"}', url)
    by_swift = rest.rest("by-swift", WITHIN_S) or {}

    assert by_token["stack_status"] == "CREATE_COMPLETE"
    assert code == 201
    assert by_swift["stack_status"] == "CREATE_COMPLETE"
    assert json.loads(by_swift["outputs"][0]["output_value"]) == {"1": "from swift"}


@pytest.mark.parametrize("version", ["2", "4", "4q"])
def test_a_resource_is_described_to_who_has_signed_with_a_key(
    rest: Rest, hearth: Running, version: str
) -> None:
    stack = f"described-{version}"
    body = {"stack_name": stack, "template": TEMPLATE, "parameters": {"transport": "NO_SIGNAL"}}
    rest.ok("POST", "/stacks", body)
    rest.rest(stack, WITHIN_S)
    access, secret = own_key(rest, hearth)

    code, document = ask(
        version, access, secret, f"http://127.0.0.1:{hearth.port_base}/v1/",
        "Action=DescribeStackResource", f"StackName={stack}", "LogicalResourceId=handle",
    )  # fmt: skip
    wrong, _ = ask(
        version, access, f"{secret}x", f"http://127.0.0.1:{hearth.port_base}/v1/",
        "Action=DescribeStackResource", f"StackName={stack}", "LogicalResourceId=handle",
    )  # fmt: skip

    assert code == 200, document
    found = ET.fromstring(document)
    detail = found.find("DescribeStackResourceResult/StackResourceDetail")
    assert detail is not None
    assert json.loads(detail.findtext("Metadata") or "") == {}
    assert detail.findtext("ResourceType") == "OS::Heat::WaitConditionHandle"
    assert wrong == 403


def own_key(rest: Rest, hearth: Running) -> tuple[str, str]:
    """An EC2 key of the user's own."""
    identity = f"{hearth.sandbox_url}/identity/v3"
    headers = {"X-Auth-Token": rest.token, "Content-Type": "application/json"}
    shown = urllib.request.Request(
        f"{identity}/auth/tokens", headers={**headers, "X-Subject-Token": rest.token}
    )
    with urllib.request.urlopen(shown, timeout=10) as reply:
        user = json.load(reply)["token"]["user"]["id"]
    wanted = json.dumps({"tenant_id": rest.project_id}).encode()
    made = urllib.request.Request(
        f"{identity}/users/{user}/credentials/OS-EC2", wanted, headers, method="POST"
    )
    with urllib.request.urlopen(made, timeout=10) as reply:
        key = json.load(reply)["credential"]
    return key["access"], key["secret"]


def ask(*arguments: str) -> tuple[int, str]:
    """What comes back to botocore's signature."""
    program = Path(__file__).parents[1] / "support" / "signed.py"
    done = subprocess.run(
        [clients.python(), program, *arguments], capture_output=True, text=True, check=True
    )
    code, _, body = done.stdout.partition(" ")
    return int(code), body


@pytest.mark.skipif(
    not samples.folder().is_dir(), reason="the samples are not beside this checkout"
)
def test_the_script_of_native_waitcondition_runs_in_its_server(rest: Rest, hearth: Running) -> None:
    template = (samples.folder() / "hot" / "native_waitcondition.yaml").read_text()
    key = "heat_template_version: 2018-08-31\nresources:\n  key:\n    type: OS::Nova::KeyPair\n"
    rest.ok(
        "POST",
        "/stacks",
        {"stack_name": "a-key", "template": f"{key}    properties: {{name: native}}\n"},
    )
    rest.rest("a-key", WITHIN_S)
    begun(rest, "native", template, waits_for="wait_handle", key_name="native", image="cirros")

    script = user_data(hearth)
    assert script.count("\ncurl -i -X POST") == 6
    subprocess.run(["sh"], input=script, text=True, check=True, capture_output=True)
    stack = rest.rest("native", WITHIN_S) or {}

    assert stack["stack_status"] == "CREATE_COMPLETE", stack["stack_status_reason"]
    data = next(one for one in stack["outputs"] if one["output_key"] == "wc_data")
    assert json.loads(data["output_value"]) == {
        "1": None, "2": None, "3": "data3", "4": "data4", "5": None,
    }  # fmt: skip


def user_data(hearth: Running) -> str:
    """What the one server was given, as an administrator sees it."""
    admin = Rest(hearth, "admin").login()
    url = f"{hearth.sandbox_url}/compute/v2.1/servers/detail?all_tenants=1"
    headers = {"X-Auth-Token": admin.token, "OpenStack-API-Version": "compute 2.3"}
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
            servers = json.load(reply)["servers"]
        if servers:
            return base64.b64decode(servers[0]["OS-EXT-SRV-ATTR:user_data"]).decode()
        time.sleep(0.1)
    raise AssertionError("there is no server")
