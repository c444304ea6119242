"""Groups of instances, made like a launch configuration says, in CloudFormation's words."""

from pathlib import Path

import pytest

from hearth.base import plain
from hearth.base.errors import Invalid
from hearth.bus import RefreshOutputs, SignalResource, StackRef
from hearth.store import resources, stacks
from tests.support.house import house
from tests.support.virtual import run

INSTANCE = """
heat_template_version: 2018-08-31
parameters:
  ImageId: {type: string}
  InstanceType: {type: string}
  KeyName: {type: string, default: ""}
  UserData: {type: string, default: ""}
  SecurityGroups: {type: comma_delimited_list, default: []}
  SubnetId: {type: string, default: ""}
  Tags: {type: comma_delimited_list, default: []}
resources:
  told:
    type: OS::Heat::TestResource
    properties:
      value: {list_join: ["|", [{get_param: InstanceType}, {get_param: UserData}]]}
      wait_secs: 10
outputs:
  PublicIp: {value: {get_attr: [told, output]}}
  tags: {value: {get_param: Tags}}
"""
ENVIRONMENT = {"resource_registry": {"AWS::EC2::Instance": "instance.yaml"}}
GIVEN = {"files": {"instance.yaml": INSTANCE}, "environment": ENVIRONMENT}

CONFIGURATION = """
  "One": {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {
    "ImageId": "cirros", "InstanceType": "m1.tiny", "UserData": {"Ref": "Word"}}},
  "Other": {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {
    "ImageId": "cirros", "InstanceType": "m1.small", "UserData": {"Ref": "Word"}}}
"""
HEAD = """{"AWSTemplateFormatVersion": "2010-09-09",
"Parameters": {"Word": {"Type": "String", "Default": "hush", "NoEcho": "true"}},
"Resources": {%s,
"""
GROUP = (
    HEAD % CONFIGURATION
    + """
  "Group": {"Type": "OS::Heat::InstanceGroup",
    "UpdatePolicy": {"RollingUpdate": {"MaxBatchSize": 1, "PauseTime": "PT1M"}},
    "Properties": {"AvailabilityZones": ["nova"], "Size": 2,
      "LaunchConfigurationName": {"Ref": "One"}}}},
"Outputs": {"List": {"Value": {"Fn::GetAtt": ["Group", "InstanceList"]}}}}
"""
)
SCALED = (
    HEAD % CONFIGURATION
    + """
  "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup",
    "Properties": {"AvailabilityZones": ["nova"], "MinSize": 1, "MaxSize": 3,
      "LaunchConfigurationName": {"Ref": "One"}, "Tags": [{"Key": "mine", "Value": "yes"}]}},
  "More": {"Type": "AWS::AutoScaling::ScalingPolicy", "Properties": {
    "AutoScalingGroupName": {"Ref": "Group"}, "AdjustmentType": "ChangeInCapacity",
    "ScalingAdjustment": "1", "Cooldown": "60"}}},
"Outputs": {"List": {"Value": {"Fn::GetAtt": ["Group", "InstanceList"]}},
  "Url": {"Value": {"Ref": "More"}}, "Group": {"Value": {"Ref": "Group"}}}}
"""
)


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


def test_all_instances_are_made_like_the_launch_configuration_says(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP, **GIVEN)
            stack = await home.settled(made)
            (child,) = await home.store.read(stacks.children, made.stack_id)
            rows = resources.shown(await home.store.read(resources.of, child.id))
            await home.delete(made)
            return stack, child, rows, await home.settled(made), home.url

    stack, child, rows, last, url = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert outputs(stack) == {"List": "m1.tiny|hush,m1.tiny|hush"}
    assert {row.type for row in rows.values()} == {"OS::Heat::ScaledResource"}
    (tags,) = {tuple(plain(row.attributes["tags"])) for row in rows.values()}
    assert tags == (".member.0.Key=metering.groupname", f".member.0.Value={child.id}")
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    folder = Path(url.removeprefix("sqlite:///")).parent
    held = b"".join(one.read_bytes() for one in folder.glob("hearth.sqlite*"))
    assert b"m1.tiny" in held
    assert b"hush" not in held.replace(b'"hush"', b"")  # but as the parameter's default


def test_another_launch_configuration_reaches_the_instances_in_batches(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP, **GIVEN)
            await home.settled(made)
            began = home.clock.now()
            await home.update(made, GROUP.replace('"Ref": "One"', '"Ref": "Other"'), **GIVEN)
            return await home.settled(made), home.clock.now() - began

    stack, seconds = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack) == {"List": "m1.small|hush,m1.small|hush"}
    assert 80 <= seconds < 90


def test_a_group_of_instances_grows_when_its_policy_is_signalled(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", SCALED, **GIVEN)
            first = await home.settled(made)
            ref = StackRef(made.name, made.stack_id)
            await home.bus.call(
                SignalResource(**home.command(), stack=ref, resource="More", details=None)
            )
            (child,) = await home.store.read(stacks.children, made.stack_id)
            inner = type(made)(child.id, child.name)
            while (await home.stack(inner)).run_id is not None:
                await home.clock.sleep(1)
            await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
            rows = resources.shown(await home.store.read(resources.of, child.id))
            return first, child, await home.stack(made), rows

    first, child, last, rows = run(story())

    assert str(first.state) == "CREATE_COMPLETE", first.reason
    assert outputs(first)["List"] == "m1.tiny|hush"
    assert outputs(first)["Group"] == child.id
    assert "/signal/" in outputs(first)["Url"]
    assert outputs(last)["List"] == "m1.tiny|hush,m1.tiny|hush"
    tags = [plain(row.attributes["tags"]) for row in rows.values()]
    assert ".member.2.Key=metering.AutoScalingGroupName" in tags[0]
    assert ".member.0.Key=mine" in tags[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"Ref": "One"', '"Fn::Join": ["", ["One"]]', "requires a reference"),
        ('"PT1M"', '"PT2H"', "one hour at most"),
        ('"PT1M"', '"1 minute"', "no duration"),
        ('"InstanceType": "m1.tiny", ', "", "InstanceType"),
    ],
)
def test_what_is_wrong_with_a_group_of_instances_is_told_before_anything_is_made(
    tmp_path: Path, old: str, new: str, words: str
):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("tale", GROUP.replace(old, new), **GIVEN)
            return invalid.value

    assert words in run(story()).sentence


STACK = """
heat_template_version: 2018-08-31
resources:
  inner:
    type: AWS::CloudFormation::Stack
    properties:
      TemplateURL: ADDRESS
      Parameters: {word: hello}
outputs:
  said: {value: {get_attr: [inner, Outputs.said]}}
  ref: {value: {get_resource: inner}}
  none: {value: {get_attr: [inner, Outputs.nothing]}}
"""
INNER = """
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources:
  told: {type: OS::Heat::Value, properties: {value: {get_param: word}}}
outputs:
  said: {value: {get_attr: [told, value]}}
"""


def test_a_stack_from_a_template_at_an_address(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            files = {"http://example.org/inner.template": INNER}
            template = STACK.replace("ADDRESS", "http://example.org/inner.template")
            made = await home.create("tale", template, files=files)
            stack = await home.settled(made)
            (child,) = await home.store.read(stacks.children, made.stack_id)
            return stack, child

    stack, child = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    arn = f"arn:openstack:heat::{child.project_id}:stacks/{child.name}/{child.id}"
    found = {one.key: (plain(one.value), one.error) for one in stack.outputs}
    assert found == {
        "said": ("hello", None),
        "ref": (arn, None),
        "none": (None, "The Referenced Attribute (inner Outputs.nothing) is incorrect."),
    }


def test_an_address_without_a_template_is_told_before_anything_is_made(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("tale", STACK.replace("ADDRESS", "http://127.0.0.1:9/x.template"))
            return invalid.value

    assert (
        'Could not fetch remote template "http://127.0.0.1:9/x.template"' in run(story()).sentence
    )


SEEDED = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    properties: {image: cirros, flavor: m1.nano, networks: [{network: private}]}
  configuration:
    type: AWS::AutoScaling::LaunchConfiguration
    properties: {InstanceId: {get_resource: server}, UserData: by configuration}
  one:
    type: OS::Heat::InstanceGroup
    properties:
      AvailabilityZones: [nova]
      Size: 1
      LaunchConfigurationName: {get_resource: configuration}
  other:
    type: AWS::AutoScaling::AutoScalingGroup
    properties:
      AvailabilityZones: [nova]
      MinSize: 1
      MaxSize: 1
      InstanceId: {get_resource: server}
outputs:
  one: {value: {get_attr: [one, InstanceList]}}
  other: {value: {get_attr: [other, InstanceList]}}
"""


def test_instances_may_be_made_like_one_that_is_there(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", SEEDED, **GIVEN)
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    found = outputs(stack)
    flavor = found["one"].partition("|")[0]
    assert flavor
    assert (found["one"], found["other"]) == (f"{flavor}|by configuration", f"{flavor}|")
