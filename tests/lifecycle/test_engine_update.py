"""An update changes what must change, and nothing else."""

from pathlib import Path

from hearth.base import plain
from tests.support.house import house
from tests.support.virtual import run

BASE = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: %(net)s}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: %(cidr)s}
  word:
    type: OS::Heat::RandomString
    properties: {length: %(length)s}
  said:
    type: OS::Heat::Value
    properties: {value: {get_attr: [word, value]}}
outputs:
  said: {value: {get_attr: [said, value]}}
  net: {value: {get_attr: [net, subnets]}}
"""
GIVEN = {"net": "first", "cidr": "10.1.0.0/24", "length": 8}


def life(tmp_path: Path, *changes: dict[str, object]):
    """Make it, update it with each change in turn, delete it."""

    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", BASE % GIVEN)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            seen = [(stack, await home.rows(made))]
            told = len(await home.told(made))
            lines = []
            for change in changes:
                await home.update(made, BASE % (GIVEN | change))
                stack = await home.settled(made)
                seen.append((stack, await home.rows(made)))
                all_told = await home.told(made)
                lines.append(all_told[told:])
                told = len(all_told)
            await home.delete(made)
            stack = await home.settled(made)
            assert str(stack.state) == "DELETE_COMPLETE", stack.reason
            assert home.objects() == before
            return seen, lines

    return run(story())


def test_without_a_change_nothing_is_touched(tmp_path: Path):
    seen, lines = life(tmp_path, {})

    assert lines == [["tale UPDATE_IN_PROGRESS", "tale UPDATE_COMPLETE"]]
    assert seen[0][1] == seen[1][1]


def test_a_change_in_place_keeps_the_object(tmp_path: Path):
    seen, lines = life(tmp_path, {"net": "second"})

    assert lines == [
        [
            "tale UPDATE_IN_PROGRESS",
            "net UPDATE_IN_PROGRESS",
            "net UPDATE_COMPLETE",
            "tale UPDATE_COMPLETE",
        ]
    ]
    assert seen[1][1]["net"].physical_id == seen[0][1]["net"].physical_id
    assert seen[1][1]["net"].attributes["name"] == "second"


def test_a_replacement_is_made_before_the_old_object_goes(tmp_path: Path):
    seen, lines = life(tmp_path, {"cidr": "10.2.0.0/24"})

    assert lines == [
        [
            "tale UPDATE_IN_PROGRESS",
            "subnet UPDATE_IN_PROGRESS",
            "subnet UPDATE_COMPLETE",
            "subnet CREATE_IN_PROGRESS",
            "subnet CREATE_COMPLETE",
            "subnet DELETE_IN_PROGRESS",
            "subnet DELETE_COMPLETE",
            "tale UPDATE_COMPLETE",
        ]
    ]
    before, after = seen[0][1]["subnet"], seen[1][1]["subnet"]
    assert before.physical_id != after.physical_id
    net = next(one for one in seen[1][0].outputs if one.key == "net")
    assert net.value == [after.physical_id]


def test_what_depends_upon_a_replacement_follows_it(tmp_path: Path):
    seen, _lines = life(tmp_path, {"length": 9})

    before, after = seen
    assert len(plain(after[1]["word"].attributes["value"])) == 9
    said = next(one for one in after[0].outputs if one.key == "said")
    assert said.value == after[1]["word"].attributes["value"]
    assert before[1]["net"] == after[1]["net"]
