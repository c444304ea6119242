"""A stack elsewhere is made once, brought in line, and gone when it should be."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hearth.base import plain
from hearth.base.errors import Invalid
from hearth.bus import Accepted
from hearth.stack import StackRecord, Status
from hearth.store import stacks, tables
from tests.support.elsewhere import ServedHouse, served_house
from tests.support.virtual import run

INNER = """
heat_template_version: 2018-08-31
parameters: {word: {type: string}, fail: {type: boolean, default: false}}
resources:
  net: {type: OS::Neutron::Net, properties: {name: {get_param: word}}}
  told:
    type: OS::Heat::TestResource
    depends_on: net
    properties: {value: {get_param: word}, fail: {get_param: fail}, wait_secs: 2}
outputs:
  said: {value: {get_attr: [told, output]}}
"""
OUTER = """
heat_template_version: 2018-08-31
parameters: {word: {type: string}, fail: {type: string, default: "false"}}
resources:
  other:
    type: OS::Heat::Stack
    properties:
      template: {get_file: inner.yaml}
      parameters: {word: {get_param: word}, fail: {get_param: fail}}
outputs:
  said: {value: {get_attr: [other, outputs, said]}}
"""
PLAIN = "heat_template_version: 2018-08-31\nresources: {word: {type: OS::Heat::RandomString}}\n"


def given(word: str, **more: str) -> dict[str, Any]:
    return {"files": {"inner.yaml": INNER}, "parameters": {"word": word, **more}}


async def below(home: ServedHouse, made: Accepted) -> list[StackRecord]:
    """The stacks that are there beside this one."""

    def all_of(db: Any) -> list[StackRecord]:
        ids = db.sql.execute(select(tables.stacks.c.id)).scalars().all()
        found = [stacks.find(db, ident) for ident in ids]
        return [one for one in found if one is not None and one.id != made.stack_id]

    return await home.store.read(all_of)


def networks(home: ServedHouse) -> list[str]:
    found = home.objects()["network"]["networks"]
    return sorted(one["name"] for one in found if one["name"] in ("hello", "bye"))


async def disturbed(home: ServedHouse, made: Accepted, changes: int) -> StackRecord:
    """Kill the engine when it has changed the cloud, or another stack, so often; start another."""
    home.fuse.arm(changes)
    for _ in range(600):
        if home.fuse.blown.is_set():
            await home.crash()
            await home.start()
            break
        if (await home.stack(made)).state.status is not Status.IN_PROGRESS:
            break
        await home.clock.sleep(0.1)
    return await home.settled(made)


@pytest.mark.parametrize("changes", [1, 2, 3])
def test_it_is_made_once_whoever_dies(tmp_path: Path, changes: int) -> None:
    async def story() -> None:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", OUTER, **given("hello"))
            first = await disturbed(home, made, changes)
            inner = await below(home, made)
            assert str(first.state) == "CREATE_COMPLETE", first.reason
            assert first.outputs[0].value == "hello"
            assert [str(one.state) for one in inner] == ["CREATE_COMPLETE"]
            assert networks(home) == ["hello"]

            await home.update(made, OUTER, **given("bye"))
            second = await disturbed(home, made, changes)
            assert str(second.state) == "UPDATE_COMPLETE", second.reason
            assert second.outputs[0].value == "bye"
            assert [one.id for one in await below(home, made)] == [inner[0].id]
            assert networks(home) == ["bye"]

            await home.delete(made)
            last = await disturbed(home, made, changes)
            assert str(last.state) == "DELETE_COMPLETE"
            assert networks(home) == []

    run(story())


def test_an_update_that_failed_there_is_mended_there(tmp_path: Path) -> None:
    async def story() -> None:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", OUTER, **given("hello"))
            await home.settled(made)
            before = await below(home, made)

            await home.update(made, OUTER, **given("bye", fail="true"))
            failed = await home.settled(made)
            await home.update(made, OUTER, **given("bye"))
            mended = await home.settled(made)

            assert str(failed.state) == "UPDATE_FAILED"
            assert "resources.other" in failed.reason
            assert "resources.told" in failed.reason
            assert str(mended.state) == "UPDATE_COMPLETE", mended.reason
            assert [one.id for one in await below(home, made)] == [before[0].id]

    run(story())


def test_what_somebody_broke_there_is_mended_by_an_update_that_changes_nothing(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", OUTER, **given("hello"))
            await home.settled(made)
            (inner,) = await below(home, made)
            there = Accepted(inner.id, inner.name, inner.version)
            await home.update(there, INNER, parameters={"word": "bye"})
            await home.settled(there)

            await home.update(made, OUTER, **given("hello"))
            after = await home.settled(made)

            assert str(after.state) == "UPDATE_COMPLETE", after.reason
            assert networks(home) == ["hello"]

    run(story())


def test_a_deletion_that_fails_there_is_told_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", OUTER, **given("hello"))
            await home.settled(made)
            refused = {"refuse": 403, "service": "network", "method": "DELETE", "times": -1}
            home.sandbox.script.replace([refused])

            began = home.clock.now()
            await home.delete(made)
            failed = await home.settled(made)
            taken_s = home.clock.now() - began
            home.sandbox.script.replace([])
            await home.delete(made)
            gone = await home.settled(made)

            assert str(gone.state) == "DELETE_COMPLETE"
            assert str(failed.state) == "DELETE_FAILED"
            assert "resources.other" in failed.reason
            assert "resources.net" in failed.reason
            assert taken_s < 30.0
            assert networks(home) == []

    run(story())


def test_what_is_made_with_it_needs_a_trust_that_may_be_handed_on(tmp_path: Path) -> None:
    def trusts(home: ServedHouse) -> list[int]:
        kept: Any = home.sandbox.services["identity"]
        return [one["redelegation_count"] for one in kept.trusts]

    async def story() -> None:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", PLAIN)
            await home.settled(made)
            plain = trusts(home)

            await home.update(made, OUTER, **given("hello"))
            after = await home.settled(made)
            await home.update(made, OUTER, **given("hello"))
            await home.settled(made)
            later = trusts(home)

            assert plain == [0]
            assert str(after.state) == "UPDATE_COMPLETE", after.reason
            # The first one is let go of some time later; the stack there has its own.
            assert sorted(later) == [0, 0, 3]

    run(story())


def test_a_template_that_is_none_there_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    bad = INNER.replace("OS::Neutron::Net", "OS::Neutron::Nett")

    async def story() -> Invalid:
        async with served_house(tmp_path) as home:
            with pytest.raises(Invalid) as refused:
                await home.create("outer", OUTER, **given("hello") | {"files": {"inner.yaml": bad}})
            assert await home.store.read(stacks.named, home.caller.project_id, "outer") is None
            return refused.value

    error = run(story())

    assert error.kind == "StackValidationFailed"
    assert [one.path for one in error.problems] == ["resources.other.properties"]
    assert "OS::Neutron::Nett" in error.sentence


def test_what_is_not_known_yet_is_no_objection(tmp_path: Path) -> None:
    before = "resources:\n  first: {type: OS::Heat::RandomString}\n  other:"
    later = OUTER.replace("resources:\n  other:", before).replace(
        "{word: {get_param: word}", "{word: {get_resource: first}"
    )

    async def story() -> StackRecord:
        async with served_house(tmp_path) as home:
            made = await home.create("outer", later, **given("hello"))
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert len(str(plain(stack.outputs[0].value))) == 32


def test_a_service_that_does_not_answer_objects_to_nothing(tmp_path: Path) -> None:
    async def story() -> StackRecord:
        async with served_house(tmp_path) as home:
            door, home.ways.heat = home.ways.heat, None
            made = await home.create("outer", OUTER, **given("hello"))
            home.ways.heat = door
            return await home.settled(made)

    assert str(run(story()).state) == "CREATE_COMPLETE"
