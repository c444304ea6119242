import asyncio
from dataclasses import replace

import pytest

from hearth.stack import Action, State, Status
from hearth.store import Batch, Inline, PutStack, SetStack, StackQuery, Store, stacks
from tests.unit.store.made import CREATED, KEY, Maker

UPDATE_FAILED = State(Action.UPDATE, Status.FAILED)


@pytest.fixture
def opened(tmp_path):
    return lambda: Store(f"sqlite:///{tmp_path}/hearth.db", KEY, executor=Inline())


async def put(store, *records):
    await store.write(Batch(tuple(PutStack(record) for record in records)))


async def names(store, **query):
    project = query.pop("project_id", "demo")
    return [one.name for one in await store.read(stacks.listed, StackQuery(project, **query))]


def with_stacks(opened, check):
    """Runs a check on a store that holds the stacks below."""
    maker = Maker()
    made = [
        maker.stack("web", created_at=3.0, tags=("prod", "blue"), username="ann"),
        replace(maker.stack("db", created_at=1.0, tags=("prod",)), state=CREATED),
        replace(maker.stack("app", created_at=2.0, timeout_mins=5), state=UPDATE_FAILED),
        maker.stack("gone", created_at=4.0, deleted_at=9.0),
        maker.stack("secret", created_at=5.0, tags=("hide",)),
        maker.stack("theirs", "other", created_at=6.0),
    ]
    made.append(
        maker.stack("web-child", created_at=7.0, parent_id=made[0].id, root_id=made[0].id, depth=1)
    )

    async def main():
        async with opened() as store:
            await put(store, *made)
            await check(store, {one.name: one for one in made})

    asyncio.run(main())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"hidden_tags": ("hide",)}, ["web", "app", "db"]),
        ({}, ["secret", "web", "app", "db"]),
        ({"hidden_tags": ("hide",), "show_hidden": True}, ["secret", "web", "app", "db"]),
        ({"show_deleted": True}, ["secret", "gone", "web", "app", "db"]),
        ({"show_nested": True}, ["web-child", "secret", "web", "app", "db"]),
        ({"project_id": None}, ["theirs", "secret", "web", "app", "db"]),
        ({"tags": ("prod", "blue")}, ["web"]),
        ({"tags_any": ("blue", "hide")}, ["secret", "web"]),
        ({"not_tags": ("prod", "blue")}, ["secret", "app", "db"]),
        ({"not_tags_any": ("prod", "hide")}, ["app"]),
        ({"filters": {"status": ["COMPLETE"]}}, ["db"]),
        ({"filters": {"status": ["UPDATE_FAILED", "CREATE_COMPLETE"]}}, ["app", "db"]),
        ({"filters": {"status": ["IN_PROGRESS"]}}, ["secret", "web"]),
        ({"filters": {"stack_status": ["CREATE_IN_PROGRESS"]}}, ["secret", "web"]),
        ({"filters": {"status": ["NONSENSE"]}}, []),
        ({"filters": {"status": []}}, []),
        ({"filters": {"action": ["UPDATE"], "name": ["app", "db"]}}, ["app"]),
        ({"filters": {"name": ["app", "db"]}}, ["app", "db"]),
        ({"filters": {"username": ["ann"]}}, ["web"]),
        ({"filters": {"timeout_mins": ["5"]}}, ["app"]),
        ({"filters": {"timeout_mins": ["five"]}}, []),
        ({"filters": {"disable_rollback": ["False"]}}, []),
        ({"filters": {"unheard_of": ["x"]}}, ["secret", "web", "app", "db"]),
        ({"sort_keys": ("stack_name",)}, ["app", "db", "secret", "web"]),
        ({"sort_keys": ("stack_name",), "sort_dir": "desc"}, ["web", "secret", "db", "app"]),
        ({"sort_keys": ("nonsense",)}, ["secret", "web", "app", "db"]),
        ({"sort_dir": "asc"}, ["db", "app", "web", "secret"]),
        ({"sort_keys": ("stack_status", "creation_time")}, ["db", "app", "web", "secret"]),
        ({"limit": 2}, ["secret", "web"]),
        ({"limit": 0}, []),
        ({"marker": "no such stack", "limit": 1}, ["secret"]),
    ],
)
def test_the_list_holds_what_was_asked_for(opened, query, found):
    async def check(store, _made):
        assert await names(store, **query) == found
        if "limit" not in query:
            project = query.get("project_id", "demo")
            counting = StackQuery(project, **{k: v for k, v in query.items() if k != "project_id"})
            assert await store.read(stacks.counted, counting) == len(found)

    with_stacks(opened, check)


@pytest.mark.parametrize("sort_dir", ["asc", "desc"])
@pytest.mark.parametrize(
    "keys", [(), ("stack_name",), ("stack_status",), ("updated_time", "stack_name")]
)
def test_pages_together_are_the_list(opened, keys, sort_dir):
    async def check(store, _made):
        order = {"sort_keys": keys, "sort_dir": sort_dir}
        whole = await names(store, **order)
        paged, marker = [], None
        while page := await store.read(
            stacks.listed, StackQuery("demo", limit=1, marker=marker, **order)
        ):
            paged.append(page[0].name)
            marker = page[0].id

        assert paged == whole
        assert len(whole) == 4

    with_stacks(opened, check)


def test_a_list_leaves_out_what_is_large(opened):
    async def check(store, made):
        await store.write(
            Batch((SetStack(made["web"].id, {"shown_parameters": {"a": "b"}, "outputs": ()}),))
        )

        found = await store.read(stacks.listed, StackQuery("demo", filters={"name": ["web"]}))

        assert [(one.id, one.shown_parameters) for one in found] == [(made["web"].id, {})]

    with_stacks(opened, check)


def test_a_named_stack_is_one_that_is_not_deleted_and_a_root_before_a_child(opened):
    async def check(store, made):
        await put(store, Maker(9).stack("web", parent_id="p", depth=1, created_at=0.0))

        assert (await store.read(stacks.named, "demo", "web")).id == made["web"].id
        assert await store.read(stacks.named, "demo", "gone") is None
        assert await store.read(stacks.named, "demo", "theirs") is None
        assert (await store.read(stacks.find, made["gone"].id)).name == "gone"

    with_stacks(opened, check)


def test_a_tree_is_found_from_the_top(opened):
    async def check(store, made):
        root = made["web"].id
        grandchild = Maker(9).stack("deep", parent_id=made["web-child"].id, root_id=root, depth=2)
        await put(store, grandchild)
        await store.write(Batch((SetStack(made["web-child"].id, {"deleted_at": 9.0}),)))

        living = [one.name for one in await store.read(stacks.tree, root)]
        every = [one.name for one in await store.read(stacks.tree, root, deleted=True)]

        assert living == ["web", "deep"]
        assert every == ["web", "web-child", "deep"]
        assert await store.read(stacks.children, root) == []
        assert len(await store.read(stacks.ids_below, root, 1)) == 2
        assert len(await store.read(stacks.ids_below, root, 9)) == 3

    with_stacks(opened, check)


def test_a_projects_quota_counts_its_live_roots(opened):
    async def check(store, _made):
        assert await store.read(stacks.counted_roots, "demo") == 4

    with_stacks(opened, check)
