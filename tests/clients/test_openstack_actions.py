"""The unmodified `openstack` with python-heatclient does to a stack what can be done to one."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Running, running
from tests.support.shells import Openstack, openstack

pytestmark = pytest.mark.clients

WITHIN_S = 30.0
TEMPLATE = """
heat_template_version: 2018-08-31
parameters:
  length: {type: number, default: 8}
resources:
  net: {type: OS::Neutron::Net}
  word:
    type: OS::Heat::RandomString
    depends_on: net
    properties: {length: {get_param: length}}
"""


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("state")
    allowed = "enable_stack_abandon = true\nenable_stack_adopt = true\n"
    (folder / "heat.conf").write_text(f"[DEFAULT]\n{allowed}")
    with running(folder, "--speed", "fast") as up:
        yield up


@pytest.fixture(scope="module")
def shell(hearth: Running) -> Iterator[Openstack]:
    with openstack(hearth.environment) as client:
        yield client


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("templates") / "main.yaml"
    file.write_text(TEMPLATE)
    return str(file)


@pytest.fixture
def stack(shell: Openstack, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    name = str(request.node.name).replace("[", "-").rstrip("]")
    shell.ok("stack", "create", "--wait", "--poll", "1", "-t", template, name)
    yield name
    shell.run("stack", "delete", "--yes", "--wait", name)


def once(ask: Callable[[], Any]) -> Any:
    """What is asked for, once there is something."""
    deadline = time.monotonic() + WITHIN_S
    while not (found := ask()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.2)
    return found


def test_suspend_resume_and_check_wait_for_their_end(shell: Openstack, stack: str) -> None:
    states = {}
    for action in ("suspend", "resume", "check"):
        shell.ok("stack", action, "--wait", stack)
        states[action] = shell.json("stack", "show", stack)["stack_status"]

    assert states == {
        "suspend": "SUSPEND_COMPLETE",
        "resume": "RESUME_COMPLETE",
        "check": "CHECK_COMPLETE",
    }


def test_a_resource_is_marked_unhealthy_and_well_again(shell: Openstack, stack: str) -> None:
    shell.ok("stack", "resource", "mark", "unhealthy", stack, "net", "it smells")
    sick = shell.json("stack", "resource", "show", stack, "net")
    shell.ok("stack", "resource", "mark", "unhealthy", "--reset", stack, "net")
    well = shell.json("stack", "resource", "show", stack, "net")

    assert (sick["resource_status"], sick["resource_status_reason"]) == (
        "CHECK_FAILED",
        "it smells",
    )
    assert well["resource_status"] == "CHECK_COMPLETE"


def test_hooks_are_polled_and_cleared(shell: Openstack, template: str) -> None:
    shell.ok("stack", "create", "--pre-create", "w*", "-t", template, "hooked")
    waiting = once(lambda: shell.json("stack", "hook", "poll", "hooked"))
    shell.ok("stack", "hook", "clear", "--pre-create", "hooked", "wo*")
    once(lambda: shell.json("stack", "show", "hooked")["stack_status"] == "CREATE_COMPLETE")
    left = shell.run("stack", "hook", "poll", "hooked")
    shell.ok("stack", "delete", "--yes", "--wait", "hooked")

    assert [row["Resource Status Reason"] for row in waiting] == [
        "CREATE paused until Hook pre-create is cleared"
    ]
    assert "not IN_PROGRESS" in left["err"]


@pytest.mark.parametrize(
    ("how", "code", "last"),
    [((), 0, "ROLLBACK_COMPLETE"), (("--no-rollback",), 1, "UPDATE_FAILED")],
    ids=["back", "stay"],
)
def test_an_update_is_cancelled_with_and_without_going_back(
    shell: Openstack, stack: str, template: str, how: tuple[str, ...], code: int, last: str
) -> None:
    update = ("--pre-update", "word", "--parameter", "length=9", "-t", template)
    shell.ok("stack", "update", *update, stack)
    once(lambda: shell.json("stack", "hook", "poll", stack))
    cancelled = shell.run("stack", "cancel", "--wait", *how, stack)
    shown = shell.json("stack", "show", stack)

    assert (cancelled["code"], shown["stack_status"]) == (code, last), cancelled


def lowered(row: dict[str, Any]) -> dict[str, Any]:
    """A row, whose columns one version of the client writes in capitals and another does not."""
    return {key.lower(): value for key, value in row.items()}


def test_a_snapshot_is_made_shown_gone_back_to_and_deleted(
    shell: Openstack, stack: str, template: str
) -> None:
    made = lowered(shell.json("stack", "snapshot", "create", "--name", "good", stack))["id"]
    once(lambda: shell.json("stack", "show", stack)["stack_status"] == "SNAPSHOT_COMPLETE")
    listed = [lowered(row) for row in shell.json("stack", "snapshot", "list", stack)]
    shown = shell.json("stack", "snapshot", "show", stack, made)
    shown = shown.get("snapshot", shown)
    update = ("--wait", "--parameter", "length=9", "-t", template)
    shell.ok("stack", "update", *update, stack)
    restored = shell.run("stack", "snapshot", "restore", stack, made)
    once(lambda: shell.json("stack", "show", stack)["stack_status"] == "RESTORE_COMPLETE")
    shell.ok("stack", "snapshot", "delete", "--yes", stack, made)
    once(lambda: shell.json("stack", "snapshot", "list", stack) == [])

    assert [(row["id"], row["name"], row["status"]) for row in listed] == [
        (made, "good", "COMPLETE")
    ]
    assert (restored["code"], restored["out"] + restored["err"]) == (0, "")
    assert shown["data"]["resources"].keys() == {"net", "word"}
    assert shell.json("stack", "show", stack)["parameters"]["length"] == "8"


def test_a_stack_is_exported_abandoned_and_adopted(
    shell: Openstack, stack: str, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    before = shell.json("stack", "resource", "list", stack)
    shell.ok("stack", "export", "--output-file", str(told), stack)
    exported = json.loads(told.read_text())
    shell.ok("stack", "abandon", "--output-file", str(told), stack)
    once(lambda: shell.run("stack", "show", stack)["code"] != 0)
    shell.ok("stack", "adopt", "--wait", "--adopt-file", str(told), stack)
    after = shell.json("stack", "resource", "list", stack)

    assert exported == json.loads(told.read_text())
    assert {row["resource_status"] for row in after} == {"ADOPT_COMPLETE"}
    ids = {row["resource_name"]: row["physical_resource_id"] for row in before}
    assert {row["resource_name"]: row["physical_resource_id"] for row in after} == ids
