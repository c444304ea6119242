import asyncio

import pytest

from hearth.base import Secret
from hearth.stack import CommandRecord, ConfigRecord, Credentials
from hearth.store import (
    Batch,
    DropConfig,
    DropCredentials,
    Inline,
    PutAnswer,
    PutConfig,
    PutCredentials,
    PutService,
    ServiceRecord,
    Store,
    commands,
    configs,
    credentials,
    services,
)
from tests.unit.store.made import KEY


@pytest.fixture
def opened(tmp_path):
    return lambda: Store(f"sqlite:///{tmp_path}/hearth.db", KEY, executor=Inline())


def test_configs_are_kept_apart_by_project_and_paged(opened):
    async def main():
        async with opened() as store:
            made = [
                ConfigRecord(f"c{n}", "demo" if n else "other", f"n{n}", float(n), "script", "ls")
                for n in range(4)
            ]
            await store.write(Batch(tuple(map(PutConfig, made))))

            page = await store.read(configs.listed, "demo", 2)
            rest = await store.read(configs.listed, "demo", 2, page[-1].id)

            assert [one.id for one in page + rest] == ["c1", "c2", "c3"]
            assert len(await store.read(configs.listed, None)) == 4
            assert await store.read(configs.find, "demo", "c1") == made[1]
            assert await store.read(configs.find, "demo", "c0") is None
            assert await store.read(configs.find, None, "c0") == made[0]
            await store.write(Batch((DropConfig("c1"),)))
            assert await store.read(configs.counted, "demo") == 2

    asyncio.run(main())


def test_a_configs_inputs_and_secrets_come_back(opened):
    async def main():
        async with opened() as store:
            made = ConfigRecord(
                "c", "demo", "n", 1.0, inputs=({"name": "a"},), options={"k": Secret("v")}
            )

            await store.write(Batch((PutConfig(made),)))

            assert await store.read(configs.find, "demo", "c") == made

    asyncio.run(main())


def test_a_trust_is_kept_encrypted(opened, tmp_path):
    async def main():
        async with opened() as store:
            made = Credentials("i", "user", "project", "the-trust-id", "default", ("member",))

            await store.write(Batch((PutCredentials(made),)))
            found = await store.read(credentials.find, "i")
            await store.write(Batch((DropCredentials("i"),)))

            assert found == made
            assert await store.read(credentials.find, "i") is None

    asyncio.run(main())
    assert not any(b"the-trust-id" in path.read_bytes() for path in tmp_path.iterdir())


def test_old_answers_are_forgotten(opened):
    async def main():
        async with opened() as store:
            for at in (1.0, 2.0, 3.0):
                await store.write(Batch((PutAnswer(CommandRecord(f"c{at}", b"yes", at)),)))

            assert await store.transact(commands.purge, 2.5) == 2

            assert await store.read(commands.answer, "c1.0") is None
            assert (await store.read(commands.answer, "c3.0")).answer == b"yes"

    asyncio.run(main())


def test_an_engine_shows_itself_again_and_again_in_one_row(opened):
    async def main():
        async with opened() as store:
            for at in (1.0, 61.0):
                row = ServiceRecord("s", "e", "h", "h", "heat-engine", "engine", 60, 1.0, at)
                await store.write(Batch((PutService(row),)))

            assert [one.updated_at for one in await store.read(services.listed)] == [61.0]
            assert await store.transact(services.forget, 60.0) == 0
            assert await store.transact(services.forget, 62.0) == 1

    asyncio.run(main())
