"""What is to be kept is kept, what belongs to others is left alone."""

from pathlib import Path

from tests.support.house import house
from tests.support.virtual import run

KEPT = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    deletion_policy: %s
    properties: {name: mine}
"""
OTHERS = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    external_id: %s
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.9.0.0/24}
outputs:
  name: {value: {get_attr: [net, name]}}
"""


def nets(home) -> set[str]:
    return {one["id"] for one in home.objects()["network"]["networks"]}


def test_what_is_retained_outlives_its_stack(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", KEPT % "Delete")
            await home.settled(made)
            ident = (await home.rows(made))["net"].physical_id
            await home.update(made, KEPT % "Retain")
            updated = await home.settled(made)
            told = await home.told(made)
            await home.delete(made)
            deleted = await home.settled(made)
            return ident, updated, told, deleted, nets(home)

    ident, updated, told, deleted, left = run(story())

    assert str(updated.state) == "UPDATE_COMPLETE"
    assert told[-3:-1] == ["net UPDATE_IN_PROGRESS", "net UPDATE_COMPLETE"]
    assert str(deleted.state) == "DELETE_COMPLETE"
    assert ident in left


def test_an_external_object_is_used_and_never_deleted(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            first = await home.create("first", KEPT % "Delete")
            await home.settled(first)
            ident = (await home.rows(first))["net"].physical_id
            made = await home.create("tale", OTHERS % ident)
            created = await home.settled(made)
            state = (await home.rows(made))["net"].state
            await home.update(made, OTHERS % ident)
            updated = await home.settled(made)
            await home.delete(made)
            deleted = await home.settled(made)
            return ident, created, state, updated, deleted, nets(home)

    ident, created, state, updated, deleted, left = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert created.outputs[0].value == "mine"
    assert str(state) == "CHECK_COMPLETE"
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert ident in left
