"""What a stack's reason says when something of it has failed, and what a check leaves behind."""

from pathlib import Path
from typing import Any

from hearth.bus import Accepted
from tests.support.hand import URL, login
from tests.support.house import House, house
from tests.support.virtual import run

NETS = """
heat_template_version: 2018-08-31
resources:
  a: {type: OS::Neutron::Net, properties: {name: a}}
  b: {type: OS::Neutron::Net, depends_on: a, properties: {name: b}}
"""
INSIDE = """
heat_template_version: 2018-08-31
resources:
  inside: {type: nets.yaml}
"""
ALONE = "heat_template_version: 2018-08-31\nresources:\n"
FAILING = ALONE + "  a: {type: OS::Heat::TestResource, properties: {fail: true}}\n"
WORKING = ALONE + "  a: {type: OS::Heat::TestResource, properties: {value: one}}\n"


async def made(home: House, template: str, **given: Any) -> Accepted:
    stack = await home.create("stack", template, **given)
    await home.settled(stack)
    return stack


async def removed(home: House, *names: str) -> None:
    """Networks that somebody deletes behind the engine's back."""
    token, _project = await login(home.transport, "demo", "demo")
    headers = {"X-Auth-Token": token.value}
    for net in home.objects()["network"]["networks"]:
        if net["name"] in names:
            url = f"{URL}/network/v2.0/networks/{net['id']}"
            reply = await home.transport.request("DELETE", url, headers, None, 10.0)
            assert reply.status == 204


def test_a_check_that_finds_nothing_wrong_leaves_nothing_to_be_updated(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, NETS)
            await home.act(stack, "check")
            await home.settled(stack)

            await home.update(stack, NETS)
            last = await home.settled(stack)

            rows = await home.rows(stack)
            assert str(last.state) == "UPDATE_COMPLETE"
            assert {str(row.state) for row in rows.values()} == {"CHECK_COMPLETE"}

    run(story())


def test_a_check_keeps_in_mind_what_an_update_did_not_come_to_the_end_of(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, NETS)
            home.sandbox.script.replace(
                [{"refuse": 409, "service": "network", "method": "PUT", "times": -1}]
            )
            await home.update(stack, NETS.replace("name: b", "name: c"))
            failed = await home.settled(stack)
            home.sandbox.script.replace([])
            await home.act(stack, "check")
            await home.settled(stack)

            await home.update(stack, NETS)
            await home.settled(stack)

            rows = await home.rows(stack)
            assert str(failed.state) == "UPDATE_FAILED"
            assert str(rows["b"].state) == "UPDATE_COMPLETE"

    run(story())


def test_a_check_tells_of_all_that_it_found_each_by_its_name(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, NETS)
            await removed(home, "a", "b")

            await home.act(stack, "check")
            checked = await home.settled(stack)

            first, second = checked.reason.split("; ")
            assert str(checked.state) == "CHECK_FAILED"
            assert first.startswith("Resource CHECK failed: a: NotFound: resources.a: ")
            assert second.startswith("b: NotFound: resources.b: ")

    run(story())


def test_what_a_check_found_inside_is_told_with_its_path(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, INSIDE, files={"nets.yaml": NETS})
            await removed(home, "b")

            await home.act(stack, "check")
            checked = await home.settled(stack)

            found = "Resource CHECK failed: inside: NotFound: resources.inside.resources.b: "
            assert checked.reason.startswith(found)

    run(story())


def test_a_reason_names_what_was_being_done_to_the_resource(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, FAILING)
            await home.update(stack, FAILING)
            creating = await home.settled(stack)
            await home.update(stack, WORKING)
            await home.settled(stack)
            await home.update(stack, FAILING)
            updating = await home.settled(stack)

            path = "ValueError: resources.a: "
            assert str(creating.state) == "UPDATE_FAILED"
            assert creating.reason.startswith(f"Resource CREATE failed: {path}")
            assert updating.reason.startswith(f"Resource UPDATE failed: {path}")

    run(story())


def test_a_deletion_that_fails_during_an_update_is_called_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            stack = await made(home, NETS)
            home.sandbox.script.replace(
                [{"refuse": 403, "service": "network", "method": "DELETE", "times": -1}]
            )

            await home.update(stack, NETS.partition("  b:")[0])
            failed = await home.settled(stack)

            assert str(failed.state) == "UPDATE_FAILED"
            assert failed.reason.startswith("Resource DELETE failed: Forbidden: resources.b: ")

    run(story())
