import asyncio

import pytest

from hearth.stack import Action, State, Status
from hearth.store import Batch, EventQuery, Inline, Options, PutStack, Store, events
from tests.unit.store.made import CREATED, KEY, Maker


@pytest.fixture
def opened(tmp_path):
    def make(**options):
        url = f"sqlite:///{tmp_path}/hearth.db"
        return Store(url, KEY, Options(**options), executor=Inline())

    return make


def with_events(opened, check, **options):
    maker = Maker()
    root = maker.stack("web")
    child = maker.stack("web-group", parent_id=root.id, root_id=root.id, depth=1)
    told = (
        maker.event(root, "web", resource_type="OS::Heat::Stack"),
        maker.event(root, "server", properties={"flavor": "m1"}),
        maker.event(child, "0"),
        maker.event(root, "server", state=CREATED),
        maker.event(child, "0", state=State(Action.DELETE, Status.FAILED)),
    )

    async def main():
        async with opened(**options) as store:
            await store.write(Batch((PutStack(root), PutStack(child)), told))
            await check(store, root, child, told)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 4]),
        ({"nested_depth": 1}, [1, 2, 3, 4, 5]),
        ({"nested_depth": 1, "sort_dir": "desc"}, [5, 4, 3, 2, 1]),
        ({"nested_depth": 1, "limit": 2}, [1, 2]),
        ({"nested_depth": 1, "after": 3}, [4, 5]),
        ({"sort_keys": ("resource_type",)}, [2, 4, 1]),
        ({"sort_keys": ("nonsense", "event_time"), "sort_dir": "desc"}, [4, 2, 1]),
        ({"filters": {"resource_name": ["server"]}}, [2, 4]),
        ({"filters": {"resource_type": ["OS::Heat::Stack"]}}, [1]),
        ({"filters": {"resource_status": ["COMPLETE"]}}, [4]),
        ({"filters": {"resource_status": ["CREATE_IN_PROGRESS"]}}, [1, 2]),
        ({"filters": {"resource_action": ["DELETE"]}, "nested_depth": 3}, [5]),
        ({"marker": "none such"}, [1, 2, 4]),
    ],
)
def test_the_list_holds_what_was_asked_for(opened, query, numbers):
    async def check(store, root, _child, _told):
        found = await store.read(events.listed, EventQuery(root.id, **query))

        assert [event.number for event in found] == numbers

    with_events(opened, check)


@pytest.mark.parametrize("keys", [(), ("resource_type",)])
def test_pages_together_are_the_list(opened, keys):
    async def check(store, root, _child, _told):
        whole = await store.read(events.listed, EventQuery(root.id, 1, sort_keys=keys))
        paged, marker = [], None
        while page := await store.read(
            events.listed, EventQuery(root.id, 1, sort_keys=keys, limit=2, marker=marker)
        ):
            paged += page
            marker = page[-1].id

        assert paged == whole
        assert len(whole) == 5

    with_events(opened, check)


def test_one_event_shows_its_properties(opened):
    async def check(store, root, child, told):
        found = await store.read(events.find, root.id, told[1].id)

        assert found.properties == {"flavor": "m1"}
        assert await store.read(events.find, child.id, told[1].id) is None

    with_events(opened, check)


def test_numbers_go_on_where_they_were(opened):
    async def check(store, root, child, _told):
        maker = Maker(8)

        written = await store.write(Batch((), (maker.event(child), maker.event(root))))

        assert written.events == (6, 7)
        assert await store.read(events.last_number, root.id) == 7

    with_events(opened, check)


def test_old_events_go_when_there_are_many(opened):
    async def check(store, root, child, _told):
        maker = Maker(8)
        for _round in range(40):
            await store.write(Batch((), tuple(maker.event(root) for _ in range(5))))

        kept = [event.number for event in await store.read(events.listed, EventQuery(root.id))]

        # Looked at about every second event, each time four go at once.
        assert 16 <= len(kept) <= 32
        assert kept == list(range(kept[0], 206))
        assert len(await store.read(events.listed, EventQuery(child.id))) == 2

    with_events(opened, check, max_events_per_stack=20, event_purge_batch_size=4)


def test_without_a_limit_all_stay(opened):
    async def check(store, root, _child, _told):
        maker = Maker(8)
        await store.write(Batch((), tuple(maker.event(root) for _ in range(2000))))

        assert await store.read(events.counted, EventQuery(root.id)) == 2003

    with_events(opened, check, max_events_per_stack=0)
