"""The unmodified `openstack` with python-heatclient does a stack's whole life."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Running, running
from tests.support.shells import Openstack, openstack

pytestmark = pytest.mark.clients

TEMPLATE = """
heat_template_version: 2018-08-31
description: A server and a group
parameters:
  flavor: {type: string, default: m1.tiny}
  words: {type: number, default: 2}
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor}
      image: cirros
      networks: [{network: private}]
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: words}
      resource_def: {type: word.yaml, properties: {length: 8}}
outputs:
  address: {value: {get_attr: [server, first_address]}, description: Where it is}
  words: {value: {get_attr: [group, word]}}
"""
WORD = """
heat_template_version: 2018-08-31
parameters:
  length: {type: number}
resources:
  word:
    type: OS::Heat::RandomString
    properties: {length: {get_param: length}}
outputs:
  word: {value: {get_attr: [word, value]}}
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
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "word.yaml").write_text(WORD)
    file = folder / "main.yaml"
    file.write_text(TEMPLATE)
    return file


@pytest.fixture(scope="module")
def stack(shell: Openstack, template: Path) -> Iterator[str]:
    """A stack that `stack create --wait` made."""
    made = shell.json("stack", "create", "--wait", "--poll", "1", "-t", str(template), "life")
    assert made["stack_status"] == "CREATE_COMPLETE"
    yield "life"
    shell.run("stack", "delete", "--yes", "--wait", "life")


def test_list_and_show_tell_the_same(shell: Openstack, stack: str) -> None:
    listed = shell.json("stack", "list")
    shown = shell.json("stack", "show", stack)

    assert [row["Stack Name"] for row in listed] == [stack]
    assert shown["id"] == listed[0]["ID"]
    assert shown["parameters"]["flavor"] == "m1.tiny"
    assert {output["output_key"] for output in shown["outputs"]} == {"address", "words"}


def test_resources_are_listed_through_nested_stacks(shell: Openstack, stack: str) -> None:
    rows = shell.json("stack", "resource", "list", stack, "--nested-depth", "2")

    assert [row["resource_type"] for row in rows].count("OS::Heat::RandomString") == 2
    assert {row["resource_status"] for row in rows} == {"CREATE_COMPLETE"}


def test_a_resource_is_shown_with_what_the_cloud_shows_of_it(shell: Openstack, stack: str) -> None:
    shown = shell.json("stack", "resource", "show", stack, "server")

    assert shown["resource_type"] == "OS::Nova::Server"
    assert shown["attributes"]["status"] == "ACTIVE"


def test_events_are_listed_and_followed(shell: Openstack, stack: str) -> None:
    said = shell.ok("stack", "event", "list", stack, "--nested-depth", "2")
    followed = shell.run("stack", "event", "list", stack, "--follow")

    assert "CREATE_COMPLETE" in said
    assert "Stack CREATE completed successfully" in followed["out"]


def test_all_outputs_are_shown(shell: Openstack, stack: str) -> None:
    shown = shell.json("stack", "output", "show", stack, "--all")

    assert "10." in str(shown["address"])


def test_a_template_is_validated(shell: Openstack, template: Path, stack: str) -> None:
    told = shell.json("orchestration", "template", "validate", "-t", str(template))

    assert told["Parameters"]["flavor"]["Default"] == "m1.tiny"


def test_updates_full_and_existing(shell: Openstack, template: Path, stack: str) -> None:
    full = shell.json(
        "stack", "update", "--wait", "-t", str(template), "--parameter", "flavor=m1.small", stack
    )
    existing = shell.json(
        "stack", "update", "--wait", "--existing", "--parameter", "words=3", stack
    )
    words = shell.json("stack", "output", "show", stack, "words")

    assert full["stack_status"] == existing["stack_status"] == "UPDATE_COMPLETE"
    assert shell.json("stack", "show", stack)["parameters"]["flavor"] == "m1.small"
    assert len(words["output_value"]) == 3


def test_delete_waits_until_all_is_gone(shell: Openstack, template: Path) -> None:
    shell.ok("stack", "create", "--wait", "--poll", "1", "-t", str(template), "gone")

    shell.ok("stack", "delete", "--yes", "--wait", "gone")

    assert "gone" not in [row["Stack Name"] for row in shell.json("stack", "list")]
    assert shell.run("stack", "show", "gone")["code"] != 0


def test_a_wrong_template_is_refused_with_a_sentence(shell: Openstack, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TEMPLATE.replace("first_address", "first_adress"))
    (tmp_path / "word.yaml").write_text(WORD)

    refused = shell.run("stack", "create", "-t", str(wrong), "wrong")

    assert refused["code"] != 0
    assert "first_adress" in refused["err"]


def test_types_versions_and_functions_are_listed(shell: Openstack) -> None:
    types = shell.json("orchestration", "resource", "type", "list")
    versions = shell.json("orchestration", "template", "version", "list")
    functions = shell.json("orchestration", "template", "function", "list",
                           "heat_template_version.2018-08-31")  # fmt: skip
    skeleton = shell.ok("orchestration", "resource", "type", "show", "OS::Nova::Server",
                        "--template-type", "hot")  # fmt: skip

    assert "OS::Nova::Server" in str(types)
    assert "heat_template_version.2021-04-16" in str(versions)
    assert "str_replace" in str(functions)
    assert "flavor" in skeleton
