"""OS::Heat::Stack drives the REST API: here, of the very service that its own stack is in."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.running import Rest, Running, running

pytestmark = pytest.mark.process

WITHIN_S = 300.0
"""A bound for a busy machine, where several processes wait for one another."""

INNER = """
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources:
  told: {type: OS::Heat::TestResource, properties: {value: {get_param: word}, wait_secs: WAIT}}
outputs:
  said: {value: {get_attr: [told, output]}}
"""
OUTER = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string}
  wait: {type: string, default: "0"}
resources:
  other:
    type: OS::Heat::Stack
    properties:
      template:
        str_replace: {template: {get_file: inner.yaml}, params: {WAIT: {get_param: wait}}}
      parameters: {word: {get_param: word}}
outputs:
  said: {value: {get_attr: [other, outputs, said]}}
  name: {value: {get_attr: [other, stack_name]}}
  id: {value: {get_resource: other}}
"""


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    folder: Path = tmp_path_factory.mktemp("remote")
    with running(folder / "state", "--speed", "fast") as hearth:
        yield Rest(hearth).login()


def asked(**parameters: str) -> dict[str, Any]:
    return {"template": OUTER, "files": {"inner.yaml": INNER}, "parameters": parameters}


def outputs(stack: Any) -> dict[str, Any]:
    return {one["output_key"]: one["output_value"] for one in stack["outputs"]}


def act(rest: Rest, stack: dict[str, Any], action: str) -> Any:
    path = f"/stacks/{stack['stack_name']}/{stack['id']}"
    code, document = rest.call("POST", f"{path}/actions", {action: None})
    assert code < 300, document
    return rest.rest(stack["stack_name"], WITHIN_S)


def test_a_stack_elsewhere_lives_with_its_resource(rest: Rest):
    rest.ok("POST", "/stacks", {"stack_name": "outer", **asked(word="hello")})
    first = rest.rest("outer", WITHIN_S)
    assert first is not None
    assert first["stack_status"] == "CREATE_COMPLETE", first["stack_status_reason"]
    found = outputs(first)
    inner = rest.rest(found["name"], WITHIN_S)

    path = f"/stacks/outer/{first['id']}"
    rest.ok("PUT", path, asked(word="bye"))
    second = rest.rest("outer", WITHIN_S)
    rest.ok("PUT", path, asked(word="bye"))
    same = rest.rest("outer", WITHIN_S)
    suspended, below = act(rest, first, "suspend"), rest.rest(found["name"], WITHIN_S)
    resumed = act(rest, first, "resume")
    checked, seen = act(rest, first, "check"), rest.rest(found["name"], WITHIN_S)
    rest.ok("DELETE", path)

    assert found["said"] == "hello"
    assert inner is not None
    assert inner["id"] == found["id"]
    assert second is not None
    assert outputs(second) == found | {"said": "bye"}
    assert same is not None
    assert same["stack_status"] == "UPDATE_COMPLETE"
    assert suspended["stack_status"] == "SUSPEND_COMPLETE", suspended["stack_status_reason"]
    assert below is not None
    assert below["stack_status"] == "SUSPEND_COMPLETE"
    assert resumed["stack_status"] == "RESUME_COMPLETE", resumed["stack_status_reason"]
    assert checked["stack_status"] == "CHECK_COMPLETE", checked["stack_status_reason"]
    assert seen is not None
    assert seen["stack_status"] == "CHECK_COMPLETE"
    assert rest.rest("outer", WITHIN_S) is None
    assert rest.rest(found["name"], WITHIN_S) is None


def test_what_the_other_side_refuses_is_told_in_its_words(rest: Rest):
    bad = OUTER.replace('wait: {type: string, default: "0"}', "wait: {type: string, default: x}")

    rest.ok("POST", "/stacks", {"stack_name": "bad", **asked(word="hello"), "template": bad})
    stack = rest.rest("bad", WITHIN_S)

    assert stack is not None
    assert stack["stack_status"] == "CREATE_FAILED"
    assert "resources.other" in stack["stack_status_reason"]
    assert "wait_secs" in stack["stack_status_reason"]


def test_a_stack_elsewhere_outlives_a_crash(tmp_path: Path):
    with running(tmp_path / "state", "--speed", "fast") as hearth:
        rest = Rest(hearth).login()
        rest.ok("POST", "/stacks", {"stack_name": "outer", **asked(word="hello", wait="4")})
        hearth.kill()
        with running(tmp_path / "state", "--speed", "fast", port_base=hearth.port_base) as again:
            rest = Rest(again).login()
            stack = rest.rest("outer", WITHIN_S)
            _code, listed = rest.call("GET", "/stacks")

    assert stack is not None
    assert stack["stack_status"] == "CREATE_COMPLETE", stack["stack_status_reason"]
    assert outputs(stack)["said"] == "hello"
    assert len(listed["stacks"]) == 2


def elsewhere(rest: Rest, context: str) -> dict[str, Any]:
    template = OUTER.replace(
        "      parameters: {word", f"      context: {context}\n      parameters: {{word"
    )
    return asked(word="hello") | {"template": template}


def kept(rest: Rest, credential: dict[str, Any]) -> str:
    """The id of a secret that says who one is somewhere."""
    made = cloud(rest, "/key-manager/v1/secrets", {"payload": json.dumps(credential)})
    return str(made["secret_ref"]).rpartition("/")[2]


def cloud(rest: Rest, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the cloud beside answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{rest.hearth.sandbox_url}{path}", data)
    request.add_header("X-Auth-Token", rest.token)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.loads(reply.read())


def clouds(hearth: Running, name: str) -> dict[str, Any]:
    """How one logs in there."""
    known = yaml.safe_load((hearth.state_dir / "clouds.yaml").read_text())["clouds"]
    return dict(known[name]["auth"])


def lives_and_goes(rest: Rest, name: str, context: str, there: Rest) -> None:
    """A stack in another place is made there and not here, changed, and goes."""
    made = rest.ok("POST", "/stacks", {"stack_name": name, **elsewhere(rest, context)})
    first = rest.rest(name, WITHIN_S)
    assert first is not None
    assert first["stack_status"] == "CREATE_COMPLETE", first["stack_status_reason"]
    inner = outputs(first)["name"]
    mine = [one["stack_name"] for one in rest.ok("GET", "/stacks")["stacks"]]
    theirs = [one["stack_name"] for one in there.ok("GET", "/stacks")["stacks"]]
    path = f"/stacks/{name}/{made['stack']['id']}"
    changed = elsewhere(rest, context) | {"parameters": {"word": "bye"}}
    rest.ok("PUT", path, changed)
    second = rest.rest(name, WITHIN_S)
    rest.ok("DELETE", path)
    gone = rest.rest(name, WITHIN_S)

    assert outputs(first)["said"] == "hello"
    assert second is not None
    assert second["stack_status"] == "UPDATE_COMPLETE", second["stack_status_reason"]
    assert outputs(second) == outputs(first) | {"said": "bye"}
    assert inner in theirs
    assert inner not in mine
    assert gone is None
    assert there.rest(inner, WITHIN_S) is None


def test_a_stack_may_be_another_users_by_a_credential_that_is_kept(rest: Rest):
    auth = clouds(rest.hearth, "hearth-admin")
    secret = kept(rest, {"auth_type": "v3password", "auth": auth})
    context = f"{{credential_secret_id: {secret}, region_name: RegionOne}}"

    lives_and_goes(rest, "abroad", context, Rest(rest.hearth, user="admin").login())


def test_a_stack_may_be_in_another_cloud(rest: Rest, tmp_path: Path):
    with running(tmp_path / "state", "--speed", "fast") as other:
        auth = clouds(other, "hearth")
        secret = kept(rest, {"auth_type": "password", "auth": auth})

        lives_and_goes(rest, "far", f"{{credential_secret_id: {secret}}}", Rest(other).login())


@contextmanager
def second_region(rest: Rest, folder: Path) -> Iterator[Rest]:
    """Another hearth in the same cloud, which the catalogue has as RegionTwo."""
    folder.mkdir()
    known = json.loads((rest.hearth.state_dir / "secrets.json").read_text())["passwords"]
    (folder / "heat.conf").write_text(f"[trustee]\nusername = heat\npassword = {known['heat']}\n")
    identity = f"{rest.hearth.sandbox_url}/identity/v3"
    with running(folder, "--cloud", identity) as other:
        admin = Rest(rest.hearth, user="admin").login()
        cloud(admin, "/identity/v3/regions", {"region": {"id": "RegionTwo"}})
        services = cloud(admin, "/identity/v3/services?type=orchestration")["services"]
        endpoint = {
            "service_id": services[0]["id"],
            "interface": "public",
            "region_id": "RegionTwo",
            "url": f"{other.heat_url}/v1/%(tenant_id)s",
        }
        cloud(admin, "/identity/v3/endpoints", {"endpoint": endpoint})
        yield Rest(other, token=rest.token, project_id=rest.project_id)


def test_a_stack_may_be_in_another_region(rest: Rest, tmp_path: Path):
    with second_region(rest, tmp_path / "two") as there:
        lives_and_goes(rest, "overseas", "{region_name: RegionTwo}", there)


def test_a_snapshot_makes_one_of_the_stack_elsewhere_and_takes_it_along(rest: Rest):
    made = rest.ok("POST", "/stacks", {"stack_name": "kept", **asked(word="hello")})["stack"]
    first = rest.rest("kept", WITHIN_S)
    assert first is not None
    path, inner = f"/stacks/kept/{made['id']}", outputs(first)
    below = f"/stacks/{inner['name']}/{inner['id']}/snapshots"

    snapshot = rest.ok("POST", f"{path}/snapshots", {"name": "one"})["id"]
    whole, there = rest.rest("kept", WITHIN_S), rest.ok("GET", below)["snapshots"]
    told = rest.ok("GET", f"{path}/snapshots/{snapshot}")["snapshot"]["data"]["resources"]
    rest.ok("PUT", path, asked(word="bye"))
    changed = rest.rest("kept", WITHIN_S)
    rest.ok("POST", f"{path}/snapshots/{snapshot}/restore")
    back, restored = rest.rest("kept", WITHIN_S), rest.rest(inner["name"], WITHIN_S)
    rest.ok("DELETE", f"{path}/snapshots/{snapshot}")
    rest.ok("DELETE", path)

    assert whole is not None
    assert whole["stack_status"] == "SNAPSHOT_COMPLETE", whole["stack_status_reason"]
    assert [one["status"] for one in there] == ["COMPLETE"]
    assert told["other"]["resource_data"]["snapshot_id"] == there[0]["id"]
    assert changed is not None
    assert outputs(changed)["said"] == "bye"
    assert back is not None
    assert back["stack_status"] == "RESTORE_COMPLETE", back["stack_status_reason"]
    assert restored is not None
    assert outputs(restored)["said"] == "hello"
    assert outputs(back) == inner
    assert rest.rest("kept", WITHIN_S) is None
    assert rest.rest(inner["name"], WITHIN_S) is None


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("{region_name: Nowhere}", "in region Nowhere"),
        ("{credential_secret_id: 0123}", "secret"),
    ],
)
def test_a_place_that_is_not_there_is_refused(rest: Rest, context: str, words: str):
    body = {"stack_name": "lost", **elsewhere(rest, context)}

    code, document = rest.call("POST", "/stacks", body)

    assert code == 400
    assert words in document["error"]["message"]
    assert rest.rest("lost", WITHIN_S) is None
