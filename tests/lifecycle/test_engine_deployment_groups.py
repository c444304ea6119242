"""One config is deployed to many servers."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hearth.store import deployments
from tests.support.guests import GOOD, guests
from tests.support.house import house
from tests.support.virtual import run

GROUP = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: one}
  count: {type: number, default: 3}
resources:
  servers:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: count}
      resource_def:
        type: OS::Nova::Server
        properties:
          flavor: m1.small
          image: cirros
          networks: [{network: private}]
          user_data_format: SOFTWARE_CONFIG
  config:
    type: OS::Heat::SoftwareConfig
    properties: {group: script, config: echo, inputs: [{name: foo}], outputs: [{name: result}]}
  group:
    type: OS::Heat::SoftwareDeploymentGroup
    properties:
      config: {get_resource: config}
      servers: {get_attr: [servers, refs_map]}
      input_values: {foo: {get_param: word}}
      signal_transport: HEAT_SIGNAL
outputs:
  stdouts: {value: {get_attr: [group, deploy_stdouts]}}
  codes: {value: {get_attr: [group, deploy_status_codes]}}
  one: {value: {get_attr: [group, deploy_stdouts, '1']}}
  results: {value: {get_attr: [group, result]}}
"""


def outputs(stack: Any) -> dict[str, Any]:
    return {one.key: one.value for one in stack.outputs}


def said(one: Any, number: int) -> dict[str, Any]:
    return GOOD | {"deploy_stdout": f"{one.action} {number}", "result": one.action}


def test_every_server_is_deployed_to_and_the_group_tells_of_all(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", GROUP)
            async with guests(home, said) as them:
                stacks = [await home.settled(made)]
                for given in (
                    {"word": "two"},
                    {"word": "two", "count": 4},
                    {"word": "two", "count": 2},
                ):
                    await home.update(made, GROUP, parameters=given)
                    stacks.append(await home.settled(made))
                left = await home.store.read(deployments.listed, None)
                await home.delete(made)
                stacks.append(await home.settled(made))
            return stacks, them.applied, left, before, home.objects()

    stacks, applied, left, before, after = run(life())

    assert [str(one.state) for one in stacks] == [
        "CREATE_COMPLETE", *["UPDATE_COMPLETE"] * 3, "DELETE_COMPLETE",
    ], [one.reason for one in stacks]  # fmt: skip
    told = outputs(stacks[0])
    assert set(told["stdouts"]) == {"0", "1", "2"}
    assert told["codes"] == {"0": 0, "1": 0, "2": 0}
    assert told["one"] == told["stdouts"]["1"]
    assert told["results"] == {"0": "CREATE", "1": "CREATE", "2": "CREATE"}
    assert outputs(stacks[1])["results"] == {"0": "UPDATE", "1": "UPDATE", "2": "UPDATE"}
    assert outputs(stacks[2])["results"] == {
        "0": "UPDATE", "1": "UPDATE", "2": "UPDATE", "3": "CREATE",
    }  # fmt: skip
    assert set(outputs(stacks[3])["results"]) == {"0", "1"}
    assert [action for action, _config in applied] == ["CREATE"] * 3 + ["UPDATE"] * 3 + ["CREATE"]
    assert len(left) == 2
    assert after == before


BATCHED = GROUP.replace(
    "    type: OS::Heat::SoftwareDeploymentGroup\n",
    "    type: OS::Heat::SoftwareDeploymentGroup\n"
    "    update_policy:\n"
    "      batch_create: {max_batch_size: 2, pause_time: 30}\n"
    "      rolling_update: {max_batch_size: 1, pause_time: 20}\n",
)


def test_a_group_is_deployed_to_in_batches_where_it_is_asked_for(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", BATCHED)
            async with guests(home, said):
                created = await home.settled(made)
                first = await home.store.read(deployments.listed, None)
                await home.update(made, BATCHED, parameters={"word": "two"})
                updated = await home.settled(made)
                return created, first, updated, await home.store.read(deployments.listed, None)

    created, first, updated, second = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    times = sorted(one.created_at for one in first)
    assert times[1] - times[0] < 5
    assert times[2] - times[1] > 30
    changed = sorted(one.updated_at or 0.0 for one in second)
    assert all(later - sooner > 20 for sooner, later in pairwise(changed))


@pytest.mark.parametrize("older", ["SoftwareDeployments", "SoftwareDeploymentGroup"])
def test_the_older_name_means_the_same(tmp_path: Path, older: str):
    template = GROUP.replace("SoftwareDeploymentGroup", older).replace("default: 3", "default: 1")

    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", template)
            async with guests(home) as them:
                await home.settled(made)
                await home.update(made, template.replace(older, "SoftwareDeploymentGroup"))
                return await home.settled(made), them.applied

    stack, applied = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert len(applied) == 1


STRUCTURED = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{network: private}]
      user_data_format: SOFTWARE_CONFIG
  config:
    type: OS::Heat::StructuredConfig
    properties: {config: {a: {get_input: deploy_server_id}}}
  group:
    type: OS::Heat::StructuredDeploymentGroup
    properties:
      config: {get_resource: config}
      servers: {one: {get_resource: server}}
      signal_transport: NO_SIGNAL
"""


def test_a_structure_is_filled_for_each_server(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", STRUCTURED)
            stack = await home.settled(made)
            row = (await home.rows(made))["server"]
            return stack, row, await home.store.read(deployments.told, row)

    stack, row, (config,) = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert config.config == {"a": row.physical_id}
