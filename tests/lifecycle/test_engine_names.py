"""Names in a template are looked up in the cloud before anything is made."""

from pathlib import Path

import pytest

from hearth.base.errors import Invalid
from tests.support.hand import URL
from tests.support.house import Fuse, House, house
from tests.support.virtual import run

SERVER = """
heat_template_version: 2018-08-31
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: %s
      image: cirros
      networks:
        - network: private
"""
CHOSEN = """
heat_template_version: 2018-08-31
parameters:
  it:
    type: string
    constraints:
      - custom_constraint: %s
"""


def refused(path: Path, template: str, **given):
    """What is wrong with it, and the requests that the cloud was asked."""

    async def story():
        async with house(path) as home:
            with pytest.raises(Invalid) as caught:
                await home.create("tale", template, **given)
            return caught.value

    return run(story())


def test_a_missing_flavor_is_a_problem_with_its_place_and_near_names(tmp_path: Path):
    error = refused(tmp_path, SERVER % "m1.smal")

    [problem] = error.problems
    assert problem.sentence == 'flavor: there is no flavor "m1.smal" in this project'
    assert problem.hint == "near: m1.small, m1.nano, m1.micro"
    assert problem.path == "resources.server.properties.flavor"
    assert (problem.span.line, problem.span.column) == (7, 15)
    assert "Error validating value 'm1.smal': The Flavor (m1.smal)" in error.sentence


def test_all_missing_names_are_told_at_once(tmp_path: Path):
    template = SERVER.replace("cirros", "zirros").replace("private", "privat") % "m1.smal"

    problems = refused(tmp_path, template).problems

    assert [one.hint for one in problems] == [
        "near: m1.small, m1.nano, m1.micro", "near: cirros", "near: private",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "value", "words"),
    [
        ("nova.flavor", "m1.smal", "The Flavor (m1.smal) could not be found."),
        ("neutron.network", "nowhere", "The network (nowhere) could not be found."),
        ("nova.keypair", "lost", "The Key (lost) could not be found."),
        ("ip_addr", "10.0.0.256", "Invalid IP address"),
        ("no.such", "x", '"x" does not validate no.such (constraint not found)'),
    ],
)
def test_a_parameter_is_held_against_its_constraint(tmp_path, constraint, value, words):
    error = refused(tmp_path, CHOSEN % constraint, parameters={"it": value})

    assert error.sentence.startswith("Parameter 'it' is invalid: ")
    assert error.sentence.endswith(words)
    assert error.problems[0].span.line == 4


def test_a_service_that_is_not_there_is_said_to_be_missing(tmp_path: Path):
    error = refused(tmp_path, CHOSEN % "trove.flavor", parameters={"it": "mine"})

    assert error.problems[0].sentence == (
        "Parameter 'it' is invalid: "
        'the flavor "mine" cannot be checked: this cloud offers no database service'
    )


class Counting:
    """A transport that remembers what was read from the cloud."""

    def __init__(self, transport):
        self.transport = transport
        self.read = []

    async def request(self, method, url, headers, body, timeout_s):
        if method == "GET":
            self.read.append(url.partition("?")[0].removeprefix(URL))
        return await self.transport.request(method, url, headers, body, timeout_s)

    async def close(self):
        await self.transport.close()


def counted(path: Path, story):
    """What the story gives, told in a house whose requests are counted."""

    async def life():
        home = House(path)
        counting = Counting(home.transport)
        home.fuse = Fuse(counting, home)
        await home.start()
        try:
            return await story(home, counting.read)
        finally:
            await home.stop()

    return run(life())


def asked(read, path: str) -> int:
    return sum(one.endswith(path) for one in read)


def test_one_list_answers_for_all_names_of_a_kind(tmp_path: Path):
    servers = "".join(
        f"  s{n}: {{type: OS::Nova::Server, properties: {{flavor: {flavor}, image: cirros, "
        "networks: [{network: private}]}}\n"
        for n, flavor in enumerate(["m1.nano", "m1.small", "m1.micro"] * 4)
    )

    async def story(home, read):
        await home.create("tale", f"heat_template_version: 2018-08-31\nresources:\n{servers}")
        return list(read)

    read = counted(tmp_path, story)

    assert asked(read, "/flavors/detail") == 1
    assert asked(read, "/v2.0/networks") == 1


def test_what_is_there_is_remembered_for_a_minute(tmp_path: Path):
    async def story(home, read):
        counts = []
        for name, pause_s in (("one", 0), ("two", 30), ("three", 31)):
            await home.clock.sleep(pause_s)
            await home.create(name, CHOSEN % "nova.flavor", parameters={"it": "m1.small"})
            counts.append(asked(read, "/flavors/detail"))
        return counts

    assert counted(tmp_path, story) == [1, 1, 2]


def test_what_was_missing_is_looked_for_again_at_once(tmp_path: Path):
    network = "heat_template_version: 2018-08-31\nresources: {n: {type: OS::Neutron::Net, %s}}"

    async def story():
        async with house(tmp_path) as home:
            wanted = {"parameters": {"it": "fresh"}}
            with pytest.raises(Invalid):
                await home.create("early", CHOSEN % "neutron.network", **wanted)
            await home.settled(await home.create("nets", network % "properties: {name: fresh}"))
            made = await home.create("late", CHOSEN % "neutron.network", **wanted)
            return await home.settled(made)

    assert str(run(story()).state) == "CREATE_COMPLETE"


def test_a_name_that_two_have_is_ambiguous(tmp_path: Path):
    nets = """
heat_template_version: 2018-08-31
resources:
  a: {type: OS::Neutron::Net, properties: {name: twin}}
  b: {type: OS::Neutron::Net, properties: {name: twin}}
"""

    async def story():
        async with house(tmp_path) as home:
            await home.settled(await home.create("nets", nets))
            with pytest.raises(Invalid) as caught:
                await home.create("late", CHOSEN % "neutron.network", parameters={"it": "twin"})
            return caught.value.problems

    [problem] = run(story())

    assert problem.sentence.endswith(
        'there are several things called "twin" where a network is meant'
    )
    assert problem.hint == "give the id instead of the name"
