"""Software configs of stacks: kept with their resources, and gone with them."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.base import Secret
from hearth.kit import parts_of
from hearth.stack import ConfigRecord
from hearth.store import configs
from tests.support.house import House, house
from tests.support.virtual import run

ALL = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: one}
resources:
  script:
    type: OS::Heat::SoftwareConfig
    properties:
      group: script
      config: {list_join: ['', ["#!/bin/sh\\necho ", {get_param: word}]]}
      inputs: [{name: foo, default: bar}]
      outputs: [{name: result}]
      options: {a: 1}
  cloud:
    type: OS::Heat::CloudConfig
    properties:
      cloud_config: {write_files: [{path: /tmp/one, content: here}]}
  structured:
    type: OS::Heat::StructuredConfig
    properties: {config: {a: {get_input: b}}, group: hiera}
  component:
    type: OS::Heat::SoftwareComponent
    properties:
      configs:
      - {actions: [CREATE], tool: script, config: echo create}
      - {actions: [DELETE], tool: script, config: echo delete}
  inner:
    type: OS::Heat::MultipartMime
    properties:
      parts: [{config: {get_resource: script}}, {config: "a plain text", filename: plain.txt}]
  whole:
    type: OS::Heat::MultipartMime
    properties:
      parts:
      - {config: {get_resource: cloud}, subtype: cloud-config}
      - {config: {get_resource: inner}, type: multipart}
outputs:
  script: {value: {get_attr: [script, config]}}
"""


async def listed(home: House) -> dict[str, ConfigRecord]:
    """The configs that are kept, by name less what is random in it."""
    found = await home.store.read(configs.listed, home.caller.project_id)
    whole = [await home.store.read(configs.find, None, one.id) for one in found]
    return {one.name.split("-")[1]: one for one in whole if one is not None}


def test_configs_are_kept_with_their_resources_and_go_with_them(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ALL)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            kept, rows = await listed(home), await home.rows(made)
            await home.update(made, ALL)
            unchanged, same = await listed(home), await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return stack, kept, rows, unchanged, same, await listed(home)

    stack, kept, rows, unchanged, same, after = run(life())

    assert set(kept) == {"script", "cloud", "structured", "component", "inner", "whole"}
    assert {name: one.id for name, one in kept.items()} == {
        name: row.physical_id for name, row in rows.items()
    }
    assert stack.outputs[0].value == "#!/bin/sh\necho one"
    assert kept["script"].group == "script"
    assert kept["script"].inputs == (
        {"name": "foo", "type": "String", "default": "bar", "replace_on_change": False},
    )
    assert kept["structured"].config == {"a": {"get_input": "b"}}
    assert kept["component"].group == "component"
    assert [one["actions"] for one in kept["component"].config["configs"]] == [
        ["CREATE"], ["DELETE"],
    ]  # fmt: skip
    assert unchanged == kept
    assert str(same.state) == "UPDATE_COMPLETE"
    assert after == {}


def test_a_cloud_config_is_what_cloud_init_reads(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            await home.settled(await home.create("demo", ALL))
            return await listed(home)

    text = run(life())["cloud"].config

    assert text.startswith("#cloud-config\n")
    assert yaml.safe_load(text) == {"write_files": [{"path": "/tmp/one", "content": "here"}]}


def test_a_document_of_parts_takes_texts_configs_and_other_documents_apart(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            await home.settled(await home.create("demo", ALL))
            return await listed(home)

    parts = parts_of(run(life())["whole"].config) or ()

    assert [(part.kind, part.name) for part in parts] == [
        ("cloud-config", ""), ("plain", ""), ("plain", "plain.txt"),
    ]  # fmt: skip
    assert parts[0].text.startswith("#cloud-config")
    assert [part.text for part in parts[1:]] == ["#!/bin/sh\necho one", "a plain text"]


def test_a_changed_config_is_another_config(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ALL)
            await home.settled(made)
            before = await listed(home)
            await home.update(made, ALL, parameters={"word": "two"})
            stack = await home.settled(made)
            return before, stack, await listed(home)

    before, stack, after = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    second = (parts_of(after["whole"].config) or ())[1]
    changed = {name for name in before if before[name].id != after[name].id}
    assert changed == {"script", "inner", "whole"}
    assert second.text == "#!/bin/sh\necho two"
    assert set(after) == set(before)


HIDDEN = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, hidden: true}
resources:
  script:
    type: OS::Heat::SoftwareConfig
    properties: {config: {get_param: word}, inputs: [{name: a, default: {get_param: word}}]}
  whole:
    type: OS::Heat::MultipartMime
    properties: {parts: [{config: {get_resource: script}}]}
outputs:
  whole: {value: {get_attr: [whole, config]}}
"""


def test_what_is_hidden_is_kept_encrypted_in_configs_too(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", HIDDEN, parameters={"word": "f00d-f00d"})
            stack = await home.settled(made)
            return stack, await listed(home)

    stack, kept = run(life())

    assert kept["script"].config == Secret("f00d-f00d")
    assert isinstance(kept["whole"].config, Secret)
    assert "f00d-f00d" in kept["whole"].config.value
    assert isinstance(stack.outputs[0].value, Secret)
    assert not any(b"f00d-f00d" in path.read_bytes() for path in tmp_path.iterdir())


def test_configs_beyond_the_limit_fail_their_resources(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            object.__setattr__(home.settings, "max_software_configs_per_tenant", 5)
            made = await home.create("demo", ALL)
            return await home.settled(made), await listed(home)

    stack, kept = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert "maximum software configs" in stack.reason
    assert len(kept) == 5


TWICE = """
heat_template_version: 2018-08-31
resources:
  component:
    type: OS::Heat::SoftwareComponent
    properties:
      configs: [{actions: [CREATE, UPDATE], tool: a}, {actions: [UPDATE], tool: b}]
"""


def test_an_action_has_one_configuration_only(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            with pytest.raises(Exception, match="UPDATE") as refused:
                await home.create("demo", TWICE)
            return refused.value

    assert "more than one configuration" in str(run(life()))


BOOTED = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: one}
resources:
  script:
    type: OS::Heat::SoftwareConfig
    properties: {config: {get_param: word}}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{network: private}]
      user_data_format: RAW
      user_data_update_policy: REBUILD
      user_data: {get_resource: script}
"""


def test_a_server_boots_with_the_text_of_the_config_that_it_names(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", BOOTED)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            nova: Any = home.sandbox.services["compute"]
            ident = (await home.rows(made))["server"].physical_id
            first = nova.servers.get(ident)["user_data"]
            await home.update(made, BOOTED, parameters={"word": "two"})
            await home.settled(made)
            return first, nova.servers.get(ident)["user_data"]

    first, second = run(life())

    assert b64decode(first) == b"one"
    assert b64decode(second) == b"two"
