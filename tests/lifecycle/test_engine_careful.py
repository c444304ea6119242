"""What an attempt may have left behind is looked for, waited for and cleared away."""

from pathlib import Path
from typing import Any

from hearth.resources.neutron import Net
from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from tests.support.house import TYPES, House, house
from tests.support.virtual import run

NET = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net, properties: {name: first}}
"""
ON_A_PORT = """
heat_template_version: 2018-08-31
resources:
  port: {type: OS::Neutron::Port, properties: {network: private}}
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{port: {get_resource: port}}]}
"""
SHOWN = """
  last: {type: OS::Neutron::Net, depends_on: net}
outputs:
  show: {value: {get_attr: [net, show]}}
"""


def nets(home: House) -> int:
    return len(home.objects()["network"]["networks"])


def test_a_server_in_error_has_gone_before_the_next_attempt(tmp_path: Path):
    """A port is held by one server at a time: the second could not have it beside the first."""
    doomed = Rule(Fault(error=True), "compute", "POST", "/servers$")

    async def story() -> Any:
        async with house(tmp_path) as home:
            before = home.objects()
            home.sandbox.script.rules = [doomed]
            made = await home.create("tale", ON_A_PORT)
            stack = await home.settled(made)
            during = home.objects()["compute"]["servers"]
            await home.delete(made)
            await home.settled(made)
            return stack, len(during) - len(before["compute"]["servers"]), before == home.objects()

    stack, servers, clean = run(story())

    assert doomed.times == 0
    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert (servers, clean) == (1, True)


def test_what_was_made_and_not_answered_is_found_before_it_is_asked_for_again(tmp_path: Path):
    lost = Rule(Fault(lose=True), "network", "POST", "/networks$")

    async def story() -> Any:
        async with house(tmp_path) as home:
            before = nets(home)
            home.sandbox.script.rules = [lost]
            stack = await home.settled(await home.create("tale", NET))
            return stack, nets(home) - before

    stack, more = run(story())

    assert lost.times == 0
    assert (str(stack.state), more) == ("CREATE_COMPLETE", 1)


def test_what_lists_do_not_show_yet_is_waited_for(tmp_path: Path):
    lost = Rule(Fault(lose=True), "network", "POST", "/networks$")

    async def story() -> Any:
        async with house(tmp_path, list_delay_s=4.0) as home:
            before = nets(home)
            home.sandbox.script.rules = [lost]
            stack = await home.settled(await home.create("tale", NET))
            return stack, nets(home) - before

    stack, more = run(story())

    assert lost.times == 0
    assert (str(stack.state), more) == ("CREATE_COMPLETE", 1)


def test_an_object_that_was_never_known_by_an_id_is_looked_for_and_deleted(tmp_path: Path):
    lost = Rule(Fault(lose=True), "network", "POST", "/networks$")
    hidden = Rule(Fault(refuse=403), "network", "GET", "/networks", times=-1)

    async def story() -> Any:
        async with house(tmp_path) as home:
            before = home.objects()
            home.sandbox.script.rules = [lost, hidden]
            made = await home.create("tale", NET)
            failed, row = await home.settled(made), (await home.rows(made))["net"]
            left = nets(home) - len(before["network"]["networks"])
            home.sandbox.script.rules = []
            await home.delete(made)
            return failed, row, left, await home.settled(made), before == home.objects()

    failed, row, left, deleted, clean = run(story())

    assert (str(failed.state), row.physical_id, left) == ("CREATE_FAILED", None, 1)
    assert (str(deleted.state), clean) == ("DELETE_COMPLETE", True)


class Remembering(Net):
    """A network whose update begins by looking at what is there."""

    async def update(self, ctx: Any, ident: str, props: Any, changed: frozenset[str]) -> None:
        ctx.seen = (await ctx.cloud["network"].get(f"{self.at.path}/{ident}"))["network"]
        await super().update(ctx, ident, props, changed)


def test_after_an_update_an_object_is_looked_at_anew(tmp_path: Path):
    types = tuple(Remembering if one is Net else one for one in TYPES)

    async def story() -> Any:
        async with house(tmp_path, types=types) as home:
            made = await home.create("tale", NET)
            await home.settled(made)
            await home.update(made, NET.replace("first", "second"))
            return await home.settled(made), (await home.rows(made))["net"]

    stack, row = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert row.attributes["name"] == "second"


def test_an_update_asked_for_while_the_run_before_ends_is_not_undone_by_its_end(tmp_path: Path):
    """The outputs of the first are still being looked at when the second begins."""
    slow = Rule(Fault(delay=5.0), "network", "GET", "/networks/", times=-1)

    async def story() -> Any:
        async with house(tmp_path) as home:
            home.sandbox.script.rules = [slow]
            made = await home.create("tale", NET + SHOWN)
            while "last CREATE_COMPLETE" not in await home.told(made):
                await home.clock.sleep(0.05)
            ending = await home.stack(made)
            await home.update(made, (NET + SHOWN).replace("first", "second"))
            home.sandbox.script.rules = []
            return ending, await home.settled(made), await home.told(made)

    ending, stack, told = run(story())

    assert str(ending.state) == "CREATE_IN_PROGRESS"
    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert told[-1] == "tale UPDATE_COMPLETE"
    assert "tale CREATE_COMPLETE" not in told
