"""Configs are deployed to servers; a test answers in the guests' place."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import HearthError
from hearth.bus import Accepted, SignalResource, StackRef
from hearth.stack import ConfigRecord, DeploymentRecord, StackRecord
from hearth.store import configs, deployments
from tests.support.guests import GOOD
from tests.support.house import House, house
from tests.support.virtual import run

HEAD = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: one}
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{network: private}]
      user_data_format: SOFTWARE_CONFIG
"""
ONE = (
    HEAD
    + """
  config:
    type: OS::Heat::SoftwareConfig
    properties:
      group: script
      config: '#!/bin/sh'
      inputs: [{name: foo}, {name: bar, default: rab}]
      outputs: [{name: result}, {name: trouble, error_output: true}]
  deployment:
    type: OS::Heat::SoftwareDeployment
    properties:
      config: {get_resource: config}
      server: {get_resource: server}
      input_values: {foo: {get_param: word}, own: 1}
      signal_transport: HEAT_SIGNAL
outputs:
  result: {value: {get_attr: [deployment, result]}}
  stdout: {value: {get_attr: [deployment, deploy_stdout]}}
  code: {value: {get_attr: [deployment, deploy_status_code]}}
"""
)
ALL = ONE.replace(
    "HEAT_SIGNAL", "HEAT_SIGNAL\n      actions: [CREATE, UPDATE, DELETE, SUSPEND, RESUME]"
)


async def signal(home: House, made: Accepted, details: Any, name: str = "deployment") -> None:
    ref = StackRef(made.name, made.stack_id)
    command = SignalResource(**home.command(), stack=ref, resource=name, details=details)
    await home.bus.call(command)


async def waiting(home: House, action: str, seconds: float = 600.0) -> DeploymentRecord:
    """The deployment that waits to be answered for an action."""
    async with asyncio.timeout(seconds):
        while True:
            for one in await home.store.read(deployments.listed, None):
                if (one.action, one.status) == (action, "IN_PROGRESS"):
                    return one
            await home.clock.sleep(0.1)


async def derived(home: House, one: DeploymentRecord) -> ConfigRecord:
    found = await home.store.read(configs.find, None, one.config_id)
    assert found is not None
    return found


async def created(home: House, template: str = ONE, **given: Any) -> tuple[Accepted, StackRecord]:
    """A stack whose one deployment was answered well."""
    made = await home.create("demo", template, **given)
    await waiting(home, "CREATE")
    await signal(home, made, GOOD)
    return made, await home.settled(made)


def outputs(stack: StackRecord) -> dict[str, Any]:
    return {one.key: one.value for one in stack.outputs}


def test_a_deployment_waits_for_its_servers_answer_and_gives_its_outputs(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", ONE)
            asked = await waiting(home, "CREATE")
            config = await derived(home, asked)
            await home.clock.sleep(300)
            still = await home.stack(made)
            rows = await home.rows(made)
            told = await home.store.read(deployments.told, rows["server"])
            await signal(home, made, GOOD)
            stack = await home.settled(made)
            answered = await home.store.read(deployments.find, None, asked.id)
            await home.delete(made)
            gone = await home.settled(made)
            kept = (
                await home.store.read(deployments.listed, None),
                await home.store.read(configs.listed, None),
            )
            events = [e.reason for e in await home.events(made) if "SIGNAL" in e.status_text]
            return (
                asked,
                config,
                still,
                told,
                stack,
                answered,
                gone,
                kept,
                events,
                before,
                home.objects(),
            )

    asked, config, still, told, stack, answered, gone, kept, events, before, after = run(life())

    assert str(still.state) == "CREATE_IN_PROGRESS"
    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert outputs(stack) == {"result": "done", "stdout": "said", "code": 0}
    assert [one.id for one in told] == [config.id] == [asked.config_id]
    assert (answered.status, answered.reason) == ("COMPLETE", "Outputs received")
    assert answered.output_values == GOOD
    assert events == [f"Signal: deployment {asked.id} succeeded"]
    assert str(gone.state) == "DELETE_COMPLETE", gone.reason
    assert kept == ([], [])
    assert after == before


def test_the_server_is_told_all_that_its_agent_needs(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ONE)
            config = await derived(home, await waiting(home, "CREATE"))
            return made, config, await home.rows(made)

    made, config, rows = run(life())

    values = {one["name"]: plain(one["value"]) for one in config.inputs}
    assert config.group == "script"
    assert config.config == "#!/bin/sh"
    assert {"foo": "one", "bar": "rab", "own": 1}.items() <= values.items()
    assert values["deploy_server_id"] == rows["server"].physical_id
    assert values["deploy_action"] == "CREATE"
    assert values["deploy_stack_id"] == f"demo/{made.stack_id}"
    assert values["deploy_resource_name"] == "deployment"
    assert values["deploy_signal_transport"] == "HEAT_SIGNAL"
    assert values["deploy_auth_url"].endswith("/v3")
    assert all(
        values[f"deploy_{name}"] for name in ("username", "user_id", "password", "project_id")
    )
    assert not any(
        values["deploy_password"].encode() in path.read_bytes() for path in tmp_path.iterdir()
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"deploy_status_code": 3, "deploy_stderr": "no"}, "non-zero status code: 3"),
        ({"deploy_status_code": "0", "trouble": "flood"}, "trouble : flood"),
    ],
)
def test_a_server_that_answers_badly_fails_the_stack(tmp_path: Path, answer: Any, reason: str):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ONE)
            await waiting(home, "CREATE")
            await signal(home, made, answer)
            return await home.settled(made), await home.store.read(deployments.listed, None)

    stack, (one,) = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert "Deployment to server failed" in stack.reason
    assert reason in stack.reason
    assert one.status == "FAILED"


def test_only_the_first_answer_counts(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home)
            await signal(home, made, {**GOOD, "deploy_status_code": 1, "result": "late"})
            return await home.stack(made), await home.store.read(deployments.listed, None)

    stack, (one,) = run(life())

    assert str(stack.state) == "CREATE_COMPLETE"
    assert (one.status, one.output_values["result"]) == ("COMPLETE", "done")


def test_without_a_signal_nothing_is_waited_for(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ONE.replace("HEAT_SIGNAL", "NO_SIGNAL"))
            stack = await home.settled(made)
            return stack, await home.store.read(deployments.listed, None)

    stack, (one,) = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert (one.status, one.reason) == ("COMPLETE", "Not waiting for outputs signal")
    assert outputs(stack)["result"] is None


def test_each_action_derives_a_config_of_its_own(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home, ALL)
            seen = [await home.store.read(deployments.listed, None)]
            await home.update(made, ALL, parameters={"word": "two"})
            await waiting(home, "UPDATE")
            await signal(home, made, GOOD | {"result": "again"})
            stacks = [await home.settled(made)]
            seen.append(await home.store.read(deployments.listed, None))
            for action in ("suspend", "resume"):
                await home.act(made, action)
                await waiting(home, action.upper())
                await signal(home, made, GOOD | {"result": action})
                stacks.append(await home.settled(made))
            rows = await home.rows(made)
            await home.delete(made)
            asked = await waiting(home, "DELETE")
            kept = await home.store.read(configs.listed, None)
            await signal(home, made, GOOD)
            stacks.append(await home.settled(made))
            return (*seen, kept), stacks, rows, asked, await home.store.read(configs.listed, None)

    seen, stacks, rows, asked, left = run(life())

    states = [str(stack.state) for stack in stacks]
    assert states == ["UPDATE_COMPLETE", "SUSPEND_COMPLETE", "RESUME_COMPLETE", "DELETE_COMPLETE"]
    assert outputs(stacks[0])["result"] == "again"
    assert rows["deployment"].attributes["result"] == "resume"
    (first,), (second,) = seen[:2]
    assert first.id == second.id == asked.id
    assert len({first.config_id, second.config_id, asked.config_id}) == 3
    assert len(seen[2]) == 2  # the source and the newest that was derived
    assert left == []


def test_an_update_without_change_deploys_nothing(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home)
            before = await home.store.read(deployments.listed, None)
            await home.update(made, ONE)
            return before, await home.settled(made), await home.store.read(deployments.listed, None)

    before, stack, after = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE"
    assert after == before


def test_an_action_that_is_not_deployed_goes_by(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home)
            await home.act(made, "suspend")
            asleep = await home.settled(made)
            await home.act(made, "resume")
            awake = await home.settled(made)
            await home.delete(made)
            return asleep, awake, await home.settled(made)

    states = [str(stack.state) for stack in run(life())]

    assert states == ["SUSPEND_COMPLETE", "RESUME_COMPLETE", "DELETE_COMPLETE"]


def test_a_server_that_is_gone_is_not_waited_for(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home, ALL)
            ident = (await home.rows(made))["server"].physical_id
            nova: Any = home.sandbox.services["compute"]
            nova.servers.remove(ident)
            await home.delete(made)
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "DELETE_COMPLETE", stack.reason


def test_an_input_may_ask_for_another_deployment(tmp_path: Path):
    fixed = ONE.replace("{name: foo}", "{name: foo, replace_on_change: true}")

    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home, fixed)
            (before,) = await home.store.read(deployments.listed, None)
            await home.update(made, fixed, parameters={"word": "two"})
            await waiting(home, "CREATE")
            await signal(home, made, GOOD)
            stack = await home.settled(made)
            return before, stack, await home.store.read(deployments.listed, None)

    before, stack, (after,) = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert after.id != before.id


def test_a_stack_whose_time_is_up_gives_its_deployment_up(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ONE, timeout_mins=1)
            await waiting(home, "CREATE")
            stack = await home.settled(made)
            one = await home.store.read(deployments.listed, None)
            await signal(home, made, GOOD)
            return stack, one, await home.store.read(deployments.listed, None)

    stack, (one,), (later,) = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason == "Timed out"
    assert (one.status, one.reason) == ("FAILED", "Deployment cancelled.")
    assert later == one


def test_a_delete_that_nobody_answers_ends_when_its_time_is_up(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home, ALL, timeout_mins=1)
            await home.delete(made)
            await waiting(home, "DELETE")
            stack = await home.settled(made)
            await home.delete(made)
            await waiting(home, "DELETE")
            await signal(home, made, GOOD)
            return stack, await home.settled(made)

    failed, gone = run(life())

    assert str(failed.state) == "DELETE_FAILED"
    assert str(gone.state) == "DELETE_COMPLETE", gone.reason


WRONG = ONE.replace("user_data_format: SOFTWARE_CONFIG", "user_data_format: RAW")


@pytest.mark.parametrize("template", [WRONG, WRONG.replace("user_data_format: RAW", "")])
def test_a_server_that_takes_no_deployments_is_refused(tmp_path: Path, template: str):
    async def life():
        async with house(tmp_path) as home:
            with pytest.raises(HearthError) as refused:
                await home.create("demo", template)
            return refused.value

    refused = run(life())

    assert "user_data_format" in refused.sentence
    assert "server" in refused.sentence
    assert refused.problems[0].span is not None


STRUCTURED = (
    HEAD
    + """
  config:
    type: OS::Heat::StructuredConfig
    properties:
      group: hiera
      config: {a: {get_input: foo}, b: [{get_input: none}, {get_input: [x]}], c: plain}
      inputs: [{name: foo}]
  deployment:
    type: OS::Heat::StructuredDeployment
    properties:
      config: {get_resource: config}
      server: {get_resource: server}
      signal_transport: HEAT_SIGNAL
      input_values: {foo: {get_param: word}}
"""
)


def test_inputs_are_put_in_their_places_in_a_structure(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            await home.create("demo", STRUCTURED)
            return await derived(home, await waiting(home, "CREATE"))

    assert run(life()).config == {"a": "one", "b": [None, {"get_input": ["x"]}], "c": "plain"}


def test_a_place_without_a_value_may_be_a_mistake(tmp_path: Path):
    strict = STRUCTURED.replace("HEAT_SIGNAL", "HEAT_SIGNAL\n      input_values_validate: STRICT")

    async def life():
        async with house(tmp_path) as home:
            return await home.settled(await home.create("demo", strict))

    stack = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert "The Parameter (none) was not provided." in stack.reason


COMPONENT = (
    HEAD
    + """
  component:
    type: OS::Heat::SoftwareComponent
    properties:
      configs:
      - {actions: [CREATE, DELETE], tool: script, config: echo}
  deployment:
    type: OS::Heat::SoftwareDeployment
    properties:
      config: {get_resource: component}
      server: {get_resource: server}
      signal_transport: HEAT_SIGNAL
      input_values: {word: {get_param: word}}
"""
)


def test_a_component_says_itself_for_which_actions_it_is_deployed(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _stack = await created(home, COMPONENT)
            await home.update(made, COMPONENT, parameters={"word": "two"})
            updated = await home.settled(made)
            await home.delete(made)
            asked = await waiting(home, "DELETE")
            config = await derived(home, asked)
            await signal(home, made, GOOD)
            return updated, config, await home.settled(made)

    updated, config, gone = run(life())

    assert str(updated.state) == "UPDATE_COMPLETE"
    assert config.group == "component"
    assert config.config["configs"][0]["tool"] == "script"
    assert str(gone.state) == "DELETE_COMPLETE"
