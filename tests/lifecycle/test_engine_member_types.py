"""A group whose members are of a type that is not there is refused, where the type is named."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base import Severity
from hearth.base.errors import Invalid, Refused
from hearth.bus import PlanNew, PreviewStack, Source, ValidateTemplate
from tests.support.house import house
from tests.support.virtual import run

INSTANCE = "AWS::EC2::Instance"
MISSING = f"The Resource Type ({INSTANCE}) could not be found."
CONFIGURATION = """heat_template_version: 2018-08-31
resources:
  like:
    type: AWS::AutoScaling::LaunchConfiguration
    properties: {ImageId: cirros, InstanceType: m1.tiny}
"""
COUNTED = (
    CONFIGURATION
    + """  group:
    type: OS::Heat::InstanceGroup
    properties: {AvailabilityZones: [nova], Size: 1, LaunchConfigurationName: {get_resource: like}}
"""
)
SCALED = (
    CONFIGURATION
    + """  group:
    type: AWS::AutoScaling::AutoScalingGroup
    properties:
      AvailabilityZones: [nova]
      MinSize: 0
      MaxSize: 2
      LaunchConfigurationName: {get_resource: like}
"""
)
INSTANCES = pytest.mark.parametrize(
    ("template", "kind"),
    [(COUNTED, "OS::Heat::InstanceGroup"), (SCALED, "AWS::AutoScaling::AutoScalingGroup")],
    ids=["counted", "scaled"],
)
OWN = """heat_template_version: 2018-08-31
parameters:
  ImageId: {type: string}
  InstanceType: {type: string}
  Tags: {type: comma_delimited_list, default: []}
resources: {}
"""


def mapped(target: str) -> dict[str, Any]:
    return {"environment": {"resource_registry": {INSTANCE: target}}, "files": {"own.yaml": OWN}}


def refused(folder: Path, template: str, **given: Any) -> Invalid:
    """What is said when the stack is to be made."""

    async def life() -> Invalid:
        async with house(folder) as home:
            with pytest.raises(Invalid) as caught:
                await home.create("tale", template, **given)
            return caught.value

    found: Invalid = run(life())
    return found


def places(wrong: Refused) -> list[tuple[str, int, int]]:
    return [(one.code, one.span.line, one.span.column) for one in wrong.problems if one.span]


@INSTANCES
def test_a_group_of_instances_is_refused_while_there_is_no_such_type(
    tmp_path: Path, template: str, kind: str
):
    wrong = refused(tmp_path, template)

    [problem] = wrong.problems
    assert problem.sentence == MISSING
    assert wrong.sentence.endswith(f": : {MISSING}")
    assert places(wrong) == [("unknown-type", 7, 11)]
    assert str(problem.hint).startswith(f"{kind} makes its members of this type")
    assert "map it to a template in the resource_registry" in str(problem.hint)
    assert "OS::Heat::AutoScalingGroup with OS::Nova::Server" in str(problem.hint)


@INSTANCES
def test_whoever_asks_beforehand_is_told_the_same(tmp_path: Path, template: str, kind: str):
    async def life():
        found = []
        async with house(tmp_path) as home:
            source = Source(template=template)
            name: dict[str, Any] = {"name": "tale", "source": source}
            for command in (
                PreviewStack(**home.command(), **name),
                PlanNew(**home.command(), **name),
                ValidateTemplate(**home.command(), source=source, thorough=True),
            ):
                with pytest.raises(Refused) as caught:
                    await home.bus.call(command)
                found.append(caught.value)
            loose = ValidateTemplate(**home.command(), source=source)
            return found, (await home.bus.call(loose)).problems

    found, warned = run(life())

    assert [places(one) for one in found] == [[("unknown-type", 7, 11)]] * 3, kind
    # Upstream takes it, and looks into no group for its answer here.
    [warning] = [one for one in warned if one.code == "unknown-type"]
    assert (warning.sentence, warning.severity) == (MISSING, Severity.WARNING)


def test_an_update_is_refused_too(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("tale", CONFIGURATION)
            await home.settled(made)
            with pytest.raises(Invalid) as caught:
                await home.update(made, COUNTED)
            return caught.value, await home.stack(made)

    wrong, stack = run(life())

    assert places(wrong) == [("unknown-type", 7, 11)]
    assert str(stack.state) == "CREATE_COMPLETE"


@INSTANCES
@pytest.mark.parametrize(
    "registry",
    [
        {INSTANCE: "own.yaml"},
        {"AWS::EC2::*": "My::*", "My::Instance": "own.yaml"},
        {"resources": {"group": {"*": {INSTANCE: "own.yaml"}}}},
        {"resources": {"group": {"*": {"OS::Heat::ScaledResource": "own.yaml"}}}},
    ],
    ids=["plainly", "by way of another", "for this group", "below the members' own type"],
)
def test_a_registry_that_says_what_instances_are_is_heeded(
    tmp_path: Path, template: str, kind: str, registry: dict[str, Any]
):
    given = {"environment": {"resource_registry": registry}, "files": {"own.yaml": OWN}}

    async def life():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, **given)
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", (kind, stack.reason)


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("lost.yaml", "no-such-template", '"lost.yaml"'),
        ("My::Thing", "unknown-type", "the environment maps it to My::Thing"),
    ],
)
def test_a_registry_that_leads_to_nothing_is_told(
    tmp_path: Path, target: str, code: str, words: str
):
    wrong = refused(tmp_path, COUNTED, **mapped(target))

    assert places(wrong) == [(code, 7, 11)]
    assert words in f"{wrong.problems[0].sentence} {wrong.problems[0].hint}"


NET = "heat_template_version: 2018-08-31\nresources:\n  net: {type: OS::Neutron::Net}\n"
REPEATED = (
    NET
    + """  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 3
      resource_def:
        type: OS::Nova::Servr
        properties: {name: NAME}
"""
)
GROWING = (
    NET
    + """  group:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 0
      max_size: 3
      resource:
        type: OS::Nova::Servr
        properties: {name: NAME}
"""
)
CHAINED = (
    NET
    + """  group:
    type: OS::Heat::ResourceChain
    properties:
      resources:
        - OS::Heat::None
        - OS::Nova::Servr
      resource_properties: {name: NAME}
"""
)


@pytest.mark.parametrize("name", ["fixed", "{get_resource: net}"], ids=["known", "not yet known"])
@pytest.mark.parametrize(
    ("template", "member", "place"),
    [
        (REPEATED, "0", (9, 15)),
        (GROWING, "0", (10, 15)),
        (CHAINED, "1", (9, 11)),
    ],
    ids=["repeated", "growing", "chained"],
)
def test_a_type_of_members_is_told_once_where_it_is_named(
    tmp_path: Path, template: str, member: str, place: tuple[int, int], name: str
):
    wrong = refused(tmp_path, template.replace("NAME", name))

    assert places(wrong) == [("unknown-type", *place)]
    [problem] = wrong.problems
    assert problem.hint == 'did you mean "OS::Nova::Server"?'
    path = f"resources.group<nested_stack>.resources.{member}"
    words = "The Resource Type (OS::Nova::Servr) could not be found."
    assert (problem.path, problem.upstream) == (path, f"{path}: : {words}")


def test_a_type_of_members_that_a_parameter_gives_is_told_where_it_is_put(tmp_path: Path):
    template = REPEATED.replace("OS::Nova::Servr", "{get_param: kind}")
    declared = template.replace(
        "resources:\n", "parameters: {kind: {type: string, default: My::Thing}}\nresources:\n", 1
    )

    assert places(refused(tmp_path, declared)) == [("unknown-type", 10, 16)]


def test_a_group_that_never_has_a_member_may_name_any_type(tmp_path: Path):
    templates = [
        REPEATED.replace("count: 3", "count: 0"),
        GROWING.replace("max_size: 3", "max_size: 0"),
        COUNTED.replace("Size: 1", "Size: 0"),
    ]

    async def life():
        async with house(tmp_path) as home:
            names = [
                await home.create(f"tale{index}", text.replace("NAME", "fixed"))
                for index, text in enumerate(templates)
            ]
            return [await home.settled(one) for one in names]

    assert [str(one.state) for one in run(life())] == ["CREATE_COMPLETE"] * 3


def test_a_group_may_have_its_own_alias_for_the_type_of_its_members(tmp_path: Path):
    template = REPEATED.replace("OS::Heat::ResourceGroup", "My::Group").replace(
        "type: OS::Nova::Servr\n        properties: {name: NAME}",
        "type: My::Group\n        properties: {count: 1, resource_def: {type: OS::Heat::None}}",
    )
    registry = {"resource_registry": {"My::Group": "OS::Heat::ResourceGroup"}}

    async def life():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, environment=registry)
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
