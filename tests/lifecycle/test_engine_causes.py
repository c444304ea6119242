"""A failure's root cause is kept as data: where, what was asked of the cloud, and what helps."""

from dataclasses import replace
from pathlib import Path

from hearth.sandbox import Times
from hearth.sandbox.faults import Fault, Rule
from hearth.stack import physical_name
from hearth.store import EventQuery, causes, events, resources, runs
from tests.support.house import House, house
from tests.support.virtual import run

ROOT = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, hidden: true, default: sesame-open}
resources:
  first: {type: OS::Heat::RandomString}
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 1
      resource_def: {type: db.yaml, properties: {word: {get_param: word}}}
    depends_on: first
"""
DB = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, hidden: true}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {get_param: word}}
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, metadata: {key: {get_param: word}}}
    depends_on: net
"""
FLAT = """
heat_template_version: 2018-08-31
resources:
  one: {type: OS::Neutron::Net}
  two: {type: OS::Neutron::Net}
"""
FILES = {"db.yaml": DB}


async def found(home: House, stack_id: str):
    """The causes of what was done last, as the API finds them."""
    operation = await home.store.read(runs.last_operation, stack_id)
    return await home.store.read(causes.of_operation, stack_id, operation or "")


def fault(home: House, service: str, method: str, path: str, **what) -> None:
    """Let every such request meet this."""
    home.sandbox.script.rules = [Rule(Fault(**what), service, method, path, times=-1)]


async def deploy(home: House, template: str = ROOT, **given):
    """The outcome of a creation, and its causes."""
    home.caller = replace(home.caller, request_id="req-of-a-user")
    made = await home.create("tale", template, **given)
    stack = await home.settled(made, 9000)
    return made, stack, await found(home, made.stack_id)


def test_an_object_that_goes_wrong_is_told_by_the_request_that_brought_it(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            fault(home, "compute", "POST", "/servers$", error=True)
            _made, stack, causes_ = await deploy(home, files=FILES)
            return stack, causes_

    stack, (root, *others) = run(story())

    assert str(stack.state) == "CREATE_FAILED"
    assert others == []
    assert root.path == ("group", "0", "server")
    assert root.where == ("template:7", "db.yaml:9")
    assert (root.type, root.error) == ("OS::Nova::Server", "ResourceInError")
    assert root.message
    assert root.call is not None
    call = (root.call.service, root.call.method, root.call.path, root.call.status)
    assert call == ("compute", "POST", "/servers", 202)
    assert root.call.request_id.startswith("req-")
    assert root.operation_id == "req-of-a-user"
    assert not root.follows


def test_a_request_that_is_refused_is_told_with_its_answer_and_a_hint(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            words = "Quota exceeded for resources: ['network'] by sesame-open."
            body = {"NeutronError": {"type": "OverQuota", "message": words, "detail": ""}}
            fault(home, "network", "POST", "networks", refuse=409, body=body)
            made, stack, causes_ = await deploy(home, files=FILES)
            told = await home.store.read(events.listed, EventQuery(made.stack_id, nested_depth=5))
            return stack, causes_, [one.reason for one in told]

    stack, (root, *_others), reasons = run(story())

    assert root.path == ("group", "0", "net")
    assert root.call is not None
    assert (root.call.service, root.call.status) == ("network", 409)
    assert root.call.request_id.startswith("req-")
    assert "quota" in root.hint.lower()
    assert "******" in root.message
    said = " ".join([stack.reason, root.message, root.hint, *reasons])
    assert "sesame" not in said
    assert "Quota exceeded" in stack.reason


def test_a_rollback_leaves_the_cause_and_what_is_begun_next_forgets_it(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            fault(home, "compute", "POST", "/servers$", error=True)
            made, stack, kept = await deploy(home, files=FILES, disable_rollback=False)
            home.sandbox.script.rules = []
            await home.update(made, FLAT)
            updated = await home.settled(made)
            return stack, kept, updated, await found(home, made.stack_id)

    stack, kept, updated, after = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE"
    assert [one.path for one in kept] == [("group", "0", "server")]
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert after == []


def test_time_that_is_up_is_the_cause_of_what_it_stops(tmp_path: Path):
    async def story():
        async with house(tmp_path, times=Times(server_build=900.0)) as home:
            return await deploy(home, files=FILES, timeout_mins=1)

    _made, stack, (root, *others) = run(story())

    assert stack.reason == "Timed out"
    assert root.error == "Timeout"
    under_way = "group" if root.path == () else "server"
    assert root.message == f"CREATE was not done within 1 min; still under way: {under_way}"
    stopped = [one.path for one in others if one.error == "Aborted"]
    assert stopped == [("group", "0", "server")]
    assert all(one.follows or one.error == "Timeout" for one in others)


def test_every_event_has_the_id_of_its_operation(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            fault(home, "compute", "POST", "/servers$", error=True)
            made, _stack, _causes = await deploy(home, files=FILES, disable_rollback=False)
            created = await home.store.read(runs.last_operation, made.stack_id)
            home.caller = replace(home.caller, request_id="req-of-another")
            await home.delete(made)
            await home.settled(made)
            deleted = await home.store.read(runs.last_operation, made.stack_id)
            told = await home.store.read(events.listed, EventQuery(made.stack_id, nested_depth=5))
            return created, deleted, told

    created, deleted, told = run(story())

    assert (created, deleted) == ("req-of-a-user", "req-of-another")
    assert {one.operation_id for one in told} == {created, deleted}
    assert [one.operation_id for one in told] == sorted(
        (one.operation_id for one in told), key=[created, deleted].index
    )


def test_an_event_names_what_has_no_id_yet_by_the_name_it_will_have(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", FLAT)
            await home.settled(made)
            rows = {row.name: row for row in await home.store.read(resources.of, made.stack_id)}
            return rows["one"], [e for e in await home.events(made) if e.resource_name == "one"]

    row, (begun, done) = run(story())

    assert begun.physical_id == physical_name("tale", "one", row.id)
    assert done.physical_id == row.physical_id


def test_a_secret_is_in_no_cause_even_where_the_service_quotes_it(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            body = {"itemNotFound": {"message": "no key sesame-open here"}}
            fault(home, "compute", "POST", "/servers$", refuse=400, body=body)
            await deploy(home, files=FILES)
        return b"".join(path.read_bytes() for path in tmp_path.glob("hearth.sqlite*"))

    stored = run(story())

    assert b"no key ****** here" in stored
    assert b"sesame-open here" not in stored
