"""Why something failed is found again: the root cause first."""

import asyncio

from hearth.store import Batch, Inline, PutCause, PutResource, PutStack, Store, causes
from tests.unit.store.made import KEY, Maker, cause


def test_the_root_cause_comes_first_and_what_only_followed_last(tmp_path):
    async def main():
        async with Store(f"sqlite:///{tmp_path}/c.db", KEY, executor=Inline()) as store:
            made = [
                cause("a", follows=True),
                cause("b", at=2.0, call=None),
                cause("c", path=("db",)),
                cause("d"),
                cause("e", operation_id="req-2"),
            ]
            await store.write(Batch(tuple(map(PutCause, made))))

            found = await store.read(causes.of_operation, "s", "req-1")

            assert found == [made[3], made[2], made[1], made[0]]

    asyncio.run(main())


def test_what_a_stack_is_nested_in_is_told_from_the_root(tmp_path):
    async def main():
        maker = Maker()
        async with Store(f"sqlite:///{tmp_path}/c.db", KEY, executor=Inline()) as store:
            root = maker.stack()
            own = {"root_id": root.id}
            middle = maker.stack("m", parent_id=root.id, parent_resource="group", **own)
            inner = maker.stack("i", parent_id=middle.id, parent_resource="0", **own)
            rows = (
                maker.resource(
                    root, "group", nested_id=middle.id, where="template:7", type_resolved="A::B"
                ),
                maker.resource(middle, "0", nested_id=inner.id, type_resolved="db.yaml"),
            )
            await store.write(
                Batch((*map(PutStack, (root, middle, inner)), *map(PutResource, rows)))
            )

            assert await store.read(causes.above, root) == ()
            assert await store.read(causes.above, inner) == (
                causes.Above("group", "template:7", "A::B"),
                causes.Above("0", "", "db.yaml"),
            )

    asyncio.run(main())
