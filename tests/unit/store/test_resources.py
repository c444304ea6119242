import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hearth.stack import Action, Intent, State, Status
from hearth.store import (
    Batch,
    DropResource,
    DropResources,
    Inline,
    PutResource,
    PutStack,
    ResourceQuery,
    SetResource,
    Store,
    resources,
)
from tests.unit.store.made import CREATED, KEY, Maker

DELETED = State(Action.DELETE, Status.COMPLETE)


@pytest.fixture
def opened(tmp_path):
    return lambda: Store(f"sqlite:///{tmp_path}/hearth.db", KEY, executor=Inline())


def with_tree(opened, check):
    """Runs a check on a store with a stack, a group in it, and two members in that."""
    maker = Maker()
    root = maker.stack("web")
    nested = maker.stack("web-group", parent_id=root.id, root_id=root.id, depth=1)
    rows = [
        maker.resource(root, "server", state=CREATED, physical_id="vm-1", reference="vm-1"),
        maker.resource(root, "group", type="OS::Heat::ResourceGroup", nested_id=nested.id),
        maker.resource(nested, "0", physical_id="vm-2", attributes={"show": {"a": 1}}),
        maker.resource(nested, "1"),
    ]

    async def main():
        async with opened() as store:
            await store.write(Batch((PutStack(root), PutStack(nested), *map(PutResource, rows))))
            await check(store, root, rows)

    asyncio.run(main())


def test_a_resource_is_read_back_equal(opened):
    async def check(store, root, _rows):
        row = Maker(5).resource(
            root,
            "full",
            properties={"a": [1, {"b": None}]},
            requires=("server",),
            required_by=("x", "y"),
            intent=Intent(2, 1.5, 9.5),
            reference={"ref": 1},
            external=True,
            where="web.yaml:7",
        )
        await store.write(Batch((PutResource(row),)))

        assert await store.read(resources.find, row.id) == row
        changed: dict[str, Any] = {"intent": None, "state": CREATED, "updated_at": 3.0}
        await store.write(Batch((SetResource(row.id, changed),)))
        assert await store.read(resources.find, row.id) == replace(row, **changed)

    with_tree(opened, check)


@pytest.mark.parametrize(
    ("depth", "filters", "found"),
    [
        (0, {}, ["server", "group"]),
        (1, {}, ["server", "group", "0", "1"]),
        (5, {}, ["server", "group", "0", "1"]),
        (1, {"type": ["OS::Heat::None"]}, ["server", "0", "1"]),
        (1, {"name": ["1", "server"]}, ["server", "1"]),
        (1, {"status": ["CREATE_COMPLETE"]}, ["server"]),
        (1, {"status": ["COMPLETE"], "action": ["INIT"]}, ["group", "0", "1"]),
        (1, {"physical_resource_id": ["vm-2"]}, ["0"]),
    ],
)
def test_a_list_goes_down_as_far_as_asked(opened, depth, filters, found):
    async def check(store, root, _rows):
        query = ResourceQuery(root.id, depth, filters)

        listed = await store.read(resources.listed, query)

        assert sorted(one.resource.name for one in listed) == sorted(found)
        assert {one.stack.name for one in listed if one.resource.name == "0"} <= {"web-group"}

    with_tree(opened, check)


def test_details_are_there_when_asked_for(opened):
    async def check(store, root, _rows):
        for detail, shown in ((False, {}), (True, {"show": {"a": 1}})):
            query = ResourceQuery(root.id, 1, {"name": ["0"]}, detail)
            (one,) = await store.read(resources.listed, query)
            assert one.resource.attributes == shown

    with_tree(opened, check)


def test_of_many_incarnations_the_one_that_is_not_replaced_stands_for_the_resource(opened):
    async def check(store, root, rows):
        old = rows[0]
        new = Maker(7).resource(root, "server", created_at=2.0, replaces=old.id)
        await store.write(Batch((PutResource(new), SetResource(old.id, {"replaced_by": new.id}))))

        assert len(await store.read(resources.of, root.id)) == 3
        assert (await store.read(resources.named, root.id, "server")).id == new.id
        await store.write(Batch((SetResource(new.id, {"state": DELETED, "replaced_by": "x"}),)))
        await store.write(Batch((SetResource(old.id, {"replaced_by": None}),)))
        assert (await store.read(resources.named, root.id, "server")).id == old.id

    with_tree(opened, check)


@pytest.mark.parametrize(("text", "found"), [("server", 1), ("vm-1", 1), ("vm-2", 0), ("", 0)])
def test_a_resource_goes_by_name_physical_id_or_reference(opened, text, found):
    async def check(store, root, _rows):
        assert len(await store.read(resources.identified, root.id, text)) == found

    with_tree(opened, check)


def test_a_nested_stack_knows_the_resource_that_it_is(opened):
    async def check(store, _root, rows):
        assert await store.read(resources.nesting, rows[1].nested_id) == rows[1]

    with_tree(opened, check)


def test_counting_goes_through_the_whole_tree(opened):
    async def check(store, root, rows):
        assert await store.read(resources.counted, root.id) == 4
        assert await store.read(resources.ids, "demo") == {row.id for row in rows}

    with_tree(opened, check)


def test_rows_go_one_by_one_or_with_their_stack(opened):
    async def check(store, root, rows):
        await store.write(Batch((DropResource(rows[2].id), DropResources(root.id))))

        assert await store.read(resources.ids, "demo") == {rows[3].id}

    with_tree(opened, check)
