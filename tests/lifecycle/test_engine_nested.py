"""A resource that is a stack of its own is made, changed, and removed with its parent."""

from pathlib import Path

from hearth.base import plain
from hearth.store import stacks
from tests.support.house import house
from tests.support.virtual import run

PARENT = """
heat_template_version: 2018-08-31
parameters:
  size: {type: number, default: 7}
resources:
  pair:
    type: pair.yaml
    properties: {size: {get_param: size}}
  said:
    type: OS::Heat::Value
    properties: {value: {get_attr: [pair, word]}}
outputs:
  said: {value: {get_attr: [said, value]}}
  inner: {value: {get_attr: [pair, resource.net, name]}}
"""
CHILD = """
heat_template_version: 2018-08-31
parameters:
  size: {type: number}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {str_replace: {template: n-S, params: {S: {get_param: size}}}}}
  word:
    type: OS::Heat::RandomString
    properties: {length: {get_param: size}}
outputs:
  word: {value: {get_attr: [word, value]}}
"""
BAD_CHILD = CHILD.replace(
    "outputs:",
    """
  bad:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.0.0.0/24, ip_version: 6}
outputs:""",
)


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


def test_a_nested_stack_lives_with_its_parent(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            files = {"pair.yaml": CHILD}
            made = await home.create("tale", PARENT, files=files)
            first = await home.settled(made)
            children = await home.store.read(stacks.children, made.stack_id)
            await home.update(made, PARENT, files=files, parameters={"size": 9})
            second = await home.settled(made)
            same = await home.store.read(stacks.children, made.stack_id)
            await home.delete(made)
            last = await home.settled(made)
            left = await home.store.read(stacks.children, made.stack_id)
            return first, children, second, same, last, left, before == home.objects()

    first, children, second, same, last, left, clean = run(story())

    assert str(first.state) == "CREATE_COMPLETE", first.reason
    assert len(outputs(first)["said"]) == 7
    assert outputs(first)["inner"] == "n-7"
    assert [str(child.state) for child in children] == ["CREATE_COMPLETE"]
    assert str(second.state) == "UPDATE_COMPLETE", second.reason
    assert len(outputs(second)["said"]) == 9
    assert outputs(second)["inner"] == "n-9"
    assert [child.id for child in same] == [child.id for child in children]
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    assert left == []
    assert clean


def test_a_failure_inside_is_told_with_its_path(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", PARENT, files={"pair.yaml": BAD_CHILD})
            failed = await home.settled(made)
            await home.delete(made)
            last = await home.settled(made)
            return failed, last, before == home.objects()

    failed, last, clean = run(story())

    start = "Resource CREATE failed: BadRequest: resources.pair.resources.bad: "
    assert failed.reason.startswith(start)
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    assert clean


def test_an_update_that_fails_inside_is_undone_there_too(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            files = {"pair.yaml": CHILD}
            made = await home.create("tale", PARENT, files=files, disable_rollback=False)
            first = await home.settled(made)
            bad = {"pair.yaml": BAD_CHILD}
            await home.update(made, PARENT, files=bad, parameters={"size": 9})
            return first, await home.settled(made)

    first, last = run(story())

    assert str(last.state) == "ROLLBACK_COMPLETE", last.reason
    assert outputs(last) == outputs(first)
