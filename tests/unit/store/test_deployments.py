import asyncio

import pytest

from hearth.base import Secret
from hearth.stack import ConfigRecord, DeploymentRecord
from hearth.store import (
    Batch,
    DropDeployment,
    Inline,
    Moved,
    PutConfig,
    PutDeployment,
    SetDeployment,
    Store,
    deployments,
)
from tests.unit.store.made import KEY


@pytest.fixture
def opened(tmp_path):
    return lambda: Store(f"sqlite:///{tmp_path}/hearth.db", KEY, executor=Inline())


def deployed(ident, server="s1", project="demo", config="c1", at=1.0, **more):
    return DeploymentRecord(ident, project, server, config, at, **more)


def test_a_project_sees_its_own_and_a_stacks_users_those_of_their_stack(opened):
    async def main():
        async with opened() as store:
            mine, other = deployed("a", stack_user_project_id="users"), deployed("b", "s2", "x")
            await store.write(Batch((PutDeployment(mine), PutDeployment(other))))

            seen = [
                [one.id for one in await store.read(deployments.listed, who, server)]
                for who, server in (("demo", None), ("users", "s1"), ("demo", "s2"), (None, None))
            ]

            assert seen == [["a"], ["a"], [], ["a", "b"]]
            assert await store.read(deployments.find, "users", "a") == mine
            assert await store.read(deployments.find, "demo", "b") is None
            assert set(await store.read(deployments.some, ["a", "b", "c"])) == {"a", "b"}
            assert await store.read(deployments.counted, "demo") == 1

    asyncio.run(main())


def test_a_server_is_told_its_configs_by_name(opened):
    async def main():
        async with opened() as store:
            for ident, name in (("c1", "z"), ("c2", "a"), ("c3", "m")):
                config = ConfigRecord(ident, "demo", name, 1.0, config=Secret(name))
                await store.write(Batch((PutConfig(config),)))
            for ident, of in (("d1", "c1"), ("d2", "c2"), ("d3", "missing")):
                await store.write(Batch((PutDeployment(deployed(ident, config=of)),)))

            told = await store.read(deployments.metadata, "demo", "s1")

            assert [(one.id, one.config) for one in told] == [
                ("c2", Secret("a")),
                ("c1", Secret("z")),
            ]
            assert await store.read(deployments.metadata, "other", "s1") == []
            assert await store.read(deployments.uses, "c1")
            assert not await store.read(deployments.uses, "c3")

    asyncio.run(main())


def test_of_two_who_change_what_they_have_read_one_is_told_to_look_again(opened):
    async def main():
        async with opened() as store:
            await store.write(Batch((PutDeployment(deployed("a")),)))
            first = SetDeployment("a", {"status": "COMPLETE"}, version=0)
            second = SetDeployment("a", {"status": "FAILED"}, version=0)

            answers = await asyncio.gather(
                store.write(Batch((first,))), store.write(Batch((second,))), return_exceptions=True
            )

            found = await store.read(deployments.find, None, "a")
            assert [isinstance(answer, Moved) for answer in answers] == [False, True]
            assert (found.status, found.version) == ("COMPLETE", 1)
            await store.write(Batch((SetDeployment("a", {"reason": "r"}, version=1),)))
            await store.write(Batch((DropDeployment("a"),)))
            assert await store.read(deployments.find, None, "a") is None

    asyncio.run(main())


def test_what_is_gone_has_no_version(opened):
    async def main():
        async with opened() as store:
            await store.write(Batch((PutDeployment(deployed("a")),)))
            drop = store.write(Batch((DropDeployment("a"),)))
            change = store.write(Batch((SetDeployment("a", {"status": "x"}, version=0),)))

            answers = await asyncio.gather(drop, change, return_exceptions=True)

            assert isinstance(answers[1], Moved)

    asyncio.run(main())
