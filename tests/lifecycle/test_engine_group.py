"""A group is a stack of its members: it grows, shrinks, and keeps its secrets."""

from pathlib import Path

import pytest

from hearth.base import plain
from hearth.base.errors import Invalid
from tests.support.house import house
from tests.support.virtual import run

GROUP = """
heat_template_version: 2018-08-31
parameters:
  count: {type: number, default: 3}
  hush: {type: string, hidden: true, default: quiet}
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: count}
      resource_def:
        type: OS::Neutron::Net
        properties:
          name: net-%index%
          value_specs: {secret: {get_param: hush}}
outputs:
  refs: {value: {get_attr: [group, refs]}}
  second: {value: {get_attr: [group, resource.1, name]}}
  names: {value: {get_attr: [group, name]}}
"""
PLAIN = GROUP.replace("          value_specs: {secret: {get_param: hush}}\n", "")


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


def test_a_group_grows_and_shrinks(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", PLAIN)
            seen = [await home.settled(made)]
            for size in (5, 2):
                await home.update(made, PLAIN, parameters={"count": size})
                seen.append(await home.settled(made))
            await home.delete(made)
            last = await home.settled(made)
            return seen, last, before == home.objects()

    seen, last, clean = run(story())

    assert [str(one.state) for one in seen] == [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE",
    ], [one.reason for one in seen]
    assert [len(outputs(one)["refs"]) for one in seen] == [3, 5, 2]
    assert outputs(seen[0])["refs"][:2] == outputs(seen[2])["refs"]
    assert outputs(seen[0])["second"] == "net-1"
    assert outputs(seen[0])["names"] == ["net-0", "net-1", "net-2"]
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    assert clean


def test_a_secret_is_not_kept_in_the_members_template(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP, parameters={"hush": "do not tell"})
            await home.settled(made)
            return home.url.removeprefix("sqlite:///")

    path = Path(run(story()))

    held = b"".join(one.read_bytes() for one in path.parent.glob("hearth.sqlite*"))
    assert b"net-%index%" in held
    assert b"do not tell" not in held


def test_what_is_wrong_with_a_member_is_told_before_anything_is_made(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("tale", PLAIN.replace("name: net", "nome: net"))
            return invalid.value

    assert "nome" in run(story()).sentence
