"""The unmodified `openstack software config` and `openstack software deployment`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Running, running
from tests.support.shells import Openstack, openstack

pytestmark = pytest.mark.clients

DEFINITION = """
inputs:
- {name: foo, default: bar}
- {name: count, type: Number}
outputs:
- {name: result}
- {name: trouble, error_output: true}
"""


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), "--speed", "fast") as up:
        yield up


@pytest.fixture(scope="module")
def shell(hearth: Running) -> Iterator[Openstack]:
    with openstack(hearth.environment) as client:
        yield client


@pytest.fixture
def config(shell: Openstack, tmp_path: Path) -> str:
    """The id of a script with inputs and outputs."""
    script, definition = tmp_path / "script.sh", tmp_path / "definition.yaml"
    script.write_text("#!/bin/sh\necho $foo\n")
    definition.write_text(DEFINITION)
    made = shell.json(
        "software", "config", "create", "--group", "script", "--config-file", str(script),
        "--definition-file", str(definition), "greeting",
    )  # fmt: skip
    return str(made["id"])


def test_a_config_is_kept_listed_shown_and_forgotten(shell: Openstack, config: str) -> None:
    listed = shell.json("software", "config", "list")
    shown = shell.json("software", "config", "show", config)
    script = shell.ok("software", "config", "show", "--config-only", config)
    shell.ok("software", "config", "delete", config)
    after = shell.json("software", "config", "list")
    missing = shell.run("software", "config", "show", config)

    assert config in {one["id"] for one in listed}
    assert shown["name"] == "greeting"
    assert shown["inputs"][0] == {
        "name": "foo", "type": "String", "default": "bar", "replace_on_change": False,
    }  # fmt: skip
    assert shown["outputs"][1]["error_output"] is True
    assert "echo $foo" in script
    assert config not in {one["id"] for one in after}
    assert missing["code"] != 0


def test_configs_come_in_pages(shell: Openstack, config: str) -> None:
    shell.ok("software", "config", "create", "another")
    whole = [one["id"] for one in shell.json("software", "config", "list")]

    page = shell.json("software", "config", "list", "--limit", "1", "--marker", whole[0])

    assert [one["id"] for one in page] == [whole[1]]


def test_a_deployment_is_made_shown_and_taken_away(shell: Openstack, config: str) -> None:
    made = shell.json(
        "software", "deployment", "create", "--config", config, "--server", "server-1",
        "--signal-transport", "NO_SIGNAL", "--input-value", "foo=baz", "--input-value", "own=1",
        "--action", "UPDATE", "hello",
    )  # fmt: skip
    listed = shell.json("software", "deployment", "list", "--server", "server-1", "--long")
    elsewhere = shell.json("software", "deployment", "list", "--server", "server-2")
    shown = shell.json("software", "deployment", "show", "--long", made["id"])
    told = shell.ok("software", "deployment", "metadata", "show", "server-1")
    shell.ok("software", "deployment", "delete", made["id"])
    gone = shell.run("software", "deployment", "show", made["id"])

    assert made["server_id"] == "server-1"
    assert [one["id"] for one in listed] == [made["id"]]
    assert elsewhere == []
    assert shown["config_id"] == made["config_id"]
    assert '"deploy_server_id"' in told
    assert '"baz"' in told
    assert gone["code"] != 0
    assert shell.run("software", "config", "show", made["config_id"])["code"] != 0


def test_a_deployed_config_stays(shell: Openstack, config: str) -> None:
    made = shell.json(
        "software", "deployment", "create", "--config", config, "--server", "server-3",
        "--signal-transport", "NO_SIGNAL", "kept",
    )  # fmt: skip

    refused = shell.run("software", "config", "delete", made["config_id"])

    assert refused["code"] != 0
    assert shell.json("software", "config", "show", made["config_id"])["name"] == "kept"


def test_outputs_are_shown_once_there_are_any(shell: Openstack, config: str) -> None:
    made = shell.json(
        "software", "deployment", "create", "--config", config, "--server", "server-4",
        "--signal-transport", "NO_SIGNAL", "silent",
    )  # fmt: skip

    said = shell.ok("software", "deployment", "output", "show", "--all", made["id"])

    assert "output_values" not in said
