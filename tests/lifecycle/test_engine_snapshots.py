"""A snapshot keeps what a stack was: it is gone back to, and goes with its stack."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hearth.base.errors import Clash, Missing, OverLimit, Refused
from hearth.bus import (
    Accepted,
    DeleteSnapshot,
    MarkResource,
    RestoreSnapshot,
    SnapshotStack,
    StackRef,
)
from hearth.config import Settings, Volumes
from hearth.sandbox import Times
from hearth.stack import SnapshotRecord, Status
from hearth.store import snapshots, tables
from tests.support.house import House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
parameters:
  size: {type: number, default: 1}
resources:
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  volume:
    type: OS::Cinder::Volume
    properties: {size: {get_param: size}}
  attachment:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
  word: {type: OS::Heat::RandomString}
  inside: {type: inner.yaml}
outputs:
  word: {value: {get_attr: [word, value]}}
"""
INNER = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
"""
MORE = STACK.replace("outputs:", "  more: {type: OS::Neutron::Net}\noutputs:")
FILES = {"files": {"inner.yaml": INNER}}


async def snapshot(home: House, made: Accepted, name: str = "") -> str:
    ref = StackRef(made.name, made.stack_id)
    told = await home.bus.call(SnapshotStack(**home.command(), stack=ref, name=name))
    return str(told.body["id"])


async def delete(home: House, made: Accepted, ident: str) -> None:
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(DeleteSnapshot(**home.command(), stack=ref, snapshot_id=ident))


async def restore(home: House, made: Accepted, ident: str) -> None:
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(RestoreSnapshot(**home.command(), stack=ref, snapshot_id=ident))


async def known(home: House, ident: str) -> SnapshotRecord | None:
    return await home.store.read(snapshots.find, ident)


async def deleted(home: House, ident: str) -> SnapshotRecord | None:
    """The snapshot once nothing is being done to it; None when it is gone."""
    for _ in range(600):
        found = await known(home, ident)
        if found is None or found.status is not Status.IN_PROGRESS:
            return found
        await home.clock.sleep(0.1)
    raise AssertionError("it is never gone")


def copies(home: House) -> tuple[list[str], list[str]]:
    """The names of images and backups that snapshots have made."""
    objects = home.objects()
    images = [one["name"] for one in objects["image"]["images"] if "tale" in one["name"]]
    return images, [one["name"] for one in objects["volume"]["backups"]]


@pytest.mark.parametrize("size", [1, 3])
def test_a_snapshot_is_gone_back_to(tmp_path: Path, size: int):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            first = await home.rows(made)
            ident = await snapshot(home, made, "good")
            kept = await home.settled(made)
            record, told = await known(home, ident), await home.told(made)
            await home.update(made, MORE, parameters={"size": size}, **FILES)
            await home.settled(made)
            await restore(home, made, ident)
            back = await home.settled(made)
            rows = await home.rows(made)
            await home.update(made, None, existing=True)
            again = await home.settled(made)
            last, volumes = await home.rows(made), home.objects()["volume"]["volumes"]
            return first, kept, record, told, back, rows, again, last, volumes

    first, kept, record, told, back, rows, again, last, volumes = run(story())

    assert (str(kept.state), kept.reason) == (
        "SNAPSHOT_COMPLETE",
        "Stack SNAPSHOT completed successfully",
    )
    assert record.status is Status.COMPLETE
    assert {f"{name} SNAPSHOT_COMPLETE" for name in first} <= set(told)
    kept_of = record.data["resources"]
    assert kept_of["word"]["resource_data"]["value"] == first["word"].data["value"]
    assert kept_of["inside"]["resources"].keys() == {"net"}
    image = kept_of["server"]["resource_data"]["snapshot_image_id"]
    backup = kept_of["volume"]["resource_data"]["backup_id"]
    assert str(back.state) == "RESTORE_COMPLETE", back.reason
    assert rows.keys() == first.keys()
    assert rows["server"].physical_id == first["server"].physical_id
    assert rows["server"].properties["image"] == image
    assert rows["volume"].properties["backup_id"] == backup
    assert (rows["volume"].physical_id == first["volume"].physical_id) is (size == 1)
    assert rows["word"].data["value"] == first["word"].data["value"]
    assert str(again.state) == "UPDATE_COMPLETE", again.reason
    assert last["server"].properties["image"] == image
    by_id = {one["id"]: one for one in volumes}
    assert by_id[rows["volume"].physical_id]["status"] == "in-use"


def test_snapshots_go_with_their_stack(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            idents = []
            for _ in range(2):
                idents.append(await snapshot(home, made))
                await home.settled(made)
            held = copies(home)
            await home.delete(made)
            gone = await home.settled(made)
            left = [await known(home, ident) for ident in idents]
            return held, gone, left, before, home.objects()

    held, gone, left, before, after = run(story())

    assert [len(one) for one in held] == [2, 2]
    assert str(gone.state) == "DELETE_COMPLETE", gone.reason
    assert left == [None, None]
    assert after == before


def test_a_snapshot_is_deleted_beside_what_is_done_to_its_stack(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, times=Times(server_resize=20.0)) as home:
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            ident = await snapshot(home, made)
            await home.settled(made)
            larger = STACK.replace("m1.small", "m1.medium")
            await home.update(made, larger, **FILES)
            await delete(home, made, ident)
            gone = await deleted(home, ident)
            midway, held = await home.stack(made), copies(home)
            return gone, midway, held, await home.settled(made)

    gone, midway, held, stack = run(story())

    assert gone is None
    assert str(midway.state) == "UPDATE_IN_PROGRESS"
    assert held == ([], [])
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason


@pytest.mark.parametrize("changes", range(1, 9))
def test_whatever_dies_while_a_snapshot_is_made_nothing_is_made_twice(tmp_path: Path, changes: int):
    async def story() -> Any:
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            home.fuse.arm(changes)
            ident = await snapshot(home, made)
            try:
                async with asyncio.timeout(30):
                    await home.fuse.blown.wait()
            except TimeoutError:
                return None
            await home.crash()
            await home.start()
            stack = await home.settled(made)
            held = copies(home)
            home.fuse.arm(1)
            await delete(home, made, ident)
            await home.fuse.blown.wait()
            await home.crash()
            await home.start()
            gone = await deleted(home, ident)
            left = copies(home)
            await home.delete(made)
            await home.settled(made)
            return stack, held, gone, left, before, home.objects()

    told = run(story())

    if told is None:
        assert changes > 2
        return
    stack, held, gone, left, before, after = told
    assert str(stack.state) == "SNAPSHOT_COMPLETE", stack.reason
    assert [len(one) for one in held] == [1, 1]
    assert (gone, left) == (None, ([], []))
    assert after == before


def test_an_image_that_an_older_nova_makes_is_known_before_a_list_shows_it(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, list_delay_s=9.0) as home:
            await home.clock.sleep(10)
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            versions = home.engine.desk.sessions.versions
            versions.update({root: "2.42" for root in versions if "compute" in root})
            await snapshot(home, made)
            return await home.settled(made), copies(home)

    kept, (images, _backups) = run(story())

    assert str(kept.state) == "SNAPSHOT_COMPLETE", kept.reason
    assert len(images) == 1


KEPT = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    deletion_policy: Snapshot
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  volume:
    type: OS::Cinder::Volume
    deletion_policy: snapshot
    properties: {size: 1}
"""


@pytest.mark.parametrize("changes", [0, 1, 2, 3, 4])
def test_what_is_to_be_kept_as_a_snapshot_is_copied_once_before_it_goes(
    tmp_path: Path, changes: int
):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", KEPT)
            await home.settled(made)
            home.fuse.arm(changes)
            await home.delete(made)
            if changes:
                await home.fuse.blown.wait()
                await home.crash()
                await home.start()
            gone = await home.settled(made)
            objects = home.objects()
            left = (objects["compute"]["servers"], objects["volume"]["volumes"])
            rows = await home.store.read(lambda db: db.all(select(tables.resources)))
            return gone, copies(home), left, rows

    gone, held, left, rows = run(story())

    assert str(gone.state) == "DELETE_COMPLETE", gone.reason
    assert [len(one) for one in held] == [1, 1]
    assert left == ([], [])
    assert rows == []


def test_a_copy_that_comes_to_nothing_fails_the_snapshot_and_goes_with_it(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            home.settings = Settings(action_retry_limit=0)
            await home.crash()
            await home.start()
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            ident = await snapshot(home, made)
            await home.clock.sleep(1.0)
            backups = home.sandbox.world.store.tables["volume.backups"]
            for one in list(backups):
                backups.change(one["id"], goal="error")
            failed, record = await home.settled(made), await known(home, ident)
            await delete(home, made, ident)
            return failed, record, await deleted(home, ident), copies(home)

    failed, record, gone, held = run(story())

    assert str(failed.state) == "SNAPSHOT_FAILED"
    assert "resources.volume: Went to status error" in failed.reason
    assert (record.status, record.reason) == (Status.FAILED, failed.reason)
    assert (gone, held) == (None, ([], []))


def test_without_backups_volumes_are_not_copied(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            home.settings = Settings(volumes=Volumes(backups_enabled=False))
            await home.crash()
            await home.start()
            made = await home.create("tale", STACK, **FILES)
            await home.settled(made)
            await snapshot(home, made)
            return await home.settled(made), copies(home)

    stack, held = run(story())

    assert str(stack.state) == "SNAPSHOT_COMPLETE", stack.reason
    assert [len(one) for one in held] == [1, 0]


def test_what_is_refused_is_refused_with_a_sentence(tmp_path: Path):
    async def story() -> Any:
        found = []
        async with house(tmp_path) as home:
            home.settings = Settings(max_snapshots_per_stack=1)
            await home.crash()
            await home.start()
            made = await home.create("tale", STACK, **FILES)
            with pytest.raises(Clash) as early:
                await snapshot(home, made)
            await home.settled(made)
            ident = await snapshot(home, made)
            for ask in (delete, restore):
                with pytest.raises(Refused) as refused:
                    await ask(home, made, ident)
                found.append(refused.value)
            await home.settled(made)
            with pytest.raises(OverLimit) as over:
                await snapshot(home, made)
            found.append(over.value)
            for ask in (delete, restore):
                with pytest.raises(Missing) as missing:
                    await ask(home, made, made.stack_id)
                found.append(missing.value)
            return early.value, found

    early, found = run(story())

    assert early.kind == "ActionInProgress"
    assert [one.kind for one in found] == [
        *["NotSupported"] * 2,
        "RequestLimitExceeded",
        *["SnapshotNotFound"] * 2,
    ]


BROKEN = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  marked: {type: OS::Nova::Server, properties: {flavor: m1.small, image: cirros}}
  broken: {type: OS::Heat::TestResource, depends_on: marked, properties: {fail: true}}
"""


def test_a_snapshot_does_not_mend_what_has_failed(tmp_path: Path):
    """Seed 2181 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", BROKEN)
            await home.settled(made)
            ref = StackRef(made.name, made.stack_id)
            mark = MarkResource(**home.command(), stack=ref, resource="marked", unhealthy=True)
            await home.bus.call(mark)
            before = await home.rows(made)
            ident = await snapshot(home, made)
            stack, kept = await home.settled(made), await known(home, ident)
            after = await home.rows(made)
            await home.update(made, BROKEN.replace("true", "false"))
            return stack, kept, before, after, await home.settled(made), await home.rows(made)

    stack, kept, before, after, mended, last = run(story())

    assert str(stack.state) == "SNAPSHOT_COMPLETE"
    assert kept is not None
    assert kept.status is Status.COMPLETE
    states = {name: str(row.state) for name, row in after.items()}
    assert states == {
        "net": "SNAPSHOT_COMPLETE", "marked": "CHECK_FAILED", "broken": "CREATE_FAILED",
    }  # fmt: skip
    assert str(mended.state) == "UPDATE_COMPLETE", mended.reason
    assert last["marked"].physical_id != before["marked"].physical_id
    assert last["broken"].physical_id is not None
