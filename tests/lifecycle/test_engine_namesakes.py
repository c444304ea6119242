"""While a resource is replaced two rows bear its name: a signal reaches the one it is meant for."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import HearthError
from hearth.bus import Accepted, SignalResource, StackRef
from hearth.stack import ConfigRecord, DeploymentRecord, ResourceRecord, StackRecord
from hearth.store import resources
from tests.lifecycle.test_cfn_signals import put
from tests.lifecycle.test_engine_deployments import ALL, derived, outputs, signal, waiting
from tests.support.guests import GOOD
from tests.support.house import House, house
from tests.support.scripts import ECHO, SCRIPT, WAYS
from tests.support.scripts import outputs as said
from tests.support.served import served
from tests.support.virtual import run

FIXED = ALL.replace("{name: foo}", "{name: foo, replace_on_change: true}")
SIGNED = FIXED.replace("HEAT_SIGNAL", "CFN_SIGNAL")
AT_ONCE_S = 30.0


async def replacing(home: House, template: str) -> tuple[Accepted, DeploymentRecord]:
    """A stack whose deployment was replaced; the one before waits for its server to undo it."""
    made = await home.create("demo", template)
    await waiting(home, "CREATE")
    await signal(home, made, GOOD)
    await home.settled(made)
    await home.update(made, template, parameters={"word": "two"})
    await waiting(home, "CREATE")
    await signal(home, made, GOOD | {"result": "second"})
    return made, await waiting(home, "DELETE")


async def row_of(home: House, one: DeploymentRecord) -> ResourceRecord:
    found = await home.store.read(resources.find, one.id)
    assert found is not None
    return found


def told(config: ConfigRecord) -> dict[str, Any]:
    return {one["name"]: plain(one["value"]) for one in config.inputs}


async def as_user(
    home: House, made: Accepted, user_id: str, details: Any, project: str | None = None
) -> None:
    """Signal as somebody with the role of a stack's users."""
    command = home.command()
    role = home.settings.heat_stack_user_role
    command["caller"] = home.caller.__class__(
        user_id, project or home.caller.project_id, frozenset({role})
    )
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(
        SignalResource(**command, stack=ref, resource="deployment", details=details)
    )


def test_what_was_replaced_hears_an_answer_by_name(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, _before = await replacing(home, FIXED)
            await signal(home, made, GOOD | {"result": "undone"})
            return await home.settled(made, AT_ONCE_S)

    stack = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["result"] == "second"


def test_what_was_replaced_hears_an_answer_by_its_own_url(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, before = await replacing(home, SIGNED)
            url = told(await derived(home, before))["deploy_signal_id"]
            reply = await put(home, url, b'{"deploy_status_code": 0}', "POST")
            return reply.status, await home.settled(made, AT_ONCE_S)

    status, stack = run(life())

    assert status == 200
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["result"] == "second"


def test_what_was_replaced_fails_by_its_own_url_alone(tmp_path: Path):
    """A bad answer is held against the row whose guest gave it, not against the other."""

    async def life():
        async with house(tmp_path) as home:
            made, before = await replacing(home, SIGNED)
            url = told(await derived(home, before))["deploy_signal_id"]
            await put(home, url, b'{"deploy_status_code": 3}', "POST")
            stack = await home.settled(made, AT_ONCE_S)
            return stack, await row_of(home, before), (await home.rows(made))["deployment"]

    stack, old, new = run(life())

    assert "non-zero status code: 3" in stack.reason
    assert str(old.state) == "DELETE_FAILED"
    assert str(new.state) == "CREATE_COMPLETE"


def test_a_user_reaches_the_row_that_it_was_made_for_and_no_other(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made, before = await replacing(home, FIXED)
            new = (await home.rows(made))["deployment"]
            old = await row_of(home, before)
            with pytest.raises(HearthError) as refused:
                await as_user(home, made, "somebody", GOOD)
            # The new one's guest says it once more: nothing that the old one waits for.
            await as_user(home, made, str(new.data["user_id"]), GOOD)
            still = await waiting(home, "DELETE", 1.0)
            await as_user(home, made, str(old.data["user_id"]), GOOD)
            return refused.value, before, still, await home.settled(made, AT_ONCE_S)

    refused, before, still, stack = run(life())

    assert "not authorized" in refused.sentence
    assert still == before
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason


@pytest.mark.parametrize("told_by", ["id", "deploy_signal_id"])
def test_an_answer_may_say_for_which_of_two_it_is(tmp_path: Path, told_by: str):
    """What names the replacement is nothing to the one that waits; what names that one ends it."""

    async def life():
        async with house(tmp_path) as home:
            made, before = await replacing(home, SIGNED)
            new = (await home.rows(made))["deployment"]
            await signal(home, made, GOOD | {"id": new.id})
            still = await waiting(home, "DELETE", 1.0)
            ident = told(await derived(home, before)).get(told_by) or before.config_id
            await signal(home, made, GOOD | {told_by: ident})
            return before, still, await home.settled(made, AT_ONCE_S)

    before, still, stack = run(life())

    assert still == before
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason


@pytest.mark.parametrize(("transport", "way"), WAYS)
def test_a_guest_undoes_what_was_replaced(tmp_path: Path, transport: str, way: str):
    """It answers with what it was told for each of both."""
    template = SCRIPT.replace("[{name: word}]", "[{name: word, replace_on_change: true}]")
    given = {"text": ECHO, "transport": transport, "signal": way}

    _, updated, _ = whole_life(tmp_path, given, template, template, {"word": "two"})

    assert said(updated) == {"result": "two", "stdout": "CREATE two\n"}


@pytest.mark.parametrize("transport", dict(WAYS))
def test_a_server_that_was_replaced_still_undoes_what_was_deployed_to_it(
    tmp_path: Path, transport: str
):
    """It is told so, and answers, as the user that was made for it, under a name it has lost."""
    template = SCRIPT.replace("image: cirros", "image: cirros\n      user_data: BOOT")
    given = {"text": ECHO, "transport": transport}
    before, after = (template.replace("BOOT", word) for word in ("one", "two"))

    whole_life(tmp_path, given, before, after)


def whole_life(
    path: Path, given: dict[str, str], before: str, after: str, other: dict[str, str] | None = None
) -> list[StackRecord]:
    """The stack made, changed and deleted: each goes well, and nothing is left in the cloud."""

    async def life():
        async with served(path) as home:
            empty = home.objects()
            made = await home.create("demo", before, parameters=given)
            stacks = [await home.settled(made)]
            await home.update(made, after, parameters=given | (other or {}))
            stacks.append(await home.settled(made, 300.0))
            await home.delete(made)
            stacks.append(await home.settled(made, 120.0))
            await home.clock.sleep(10)
            return stacks, empty, home.objects()

    stacks, empty, left = run(life())

    states = [str(one.state) for one in stacks]
    assert states == ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"], stacks
    assert left == empty
    return list(stacks)
