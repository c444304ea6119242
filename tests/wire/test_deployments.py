"""What a server that takes deployments is told, as the agent in it reads it."""

from hearth.base import Secret
from hearth.kit import OCC
from hearth.stack import ConfigRecord, DeploymentRecord
from hearth.store import Batch, PutConfig, PutDeployment, PutResource
from tests.wire.conftest import WEB, resource

TOLD = {"collectors": ["ec2", "cfn", "local"], "cfn": {"secret_access_key": Secret("s3")}}
SERVER = resource(
    WEB, "server", type="OS::Nova::Server", physical_id="s-1", metadata={"own": 1},
    data={OCC: TOLD, "user_id": "u"},
)  # fmt: skip


async def stored(house, client):
    """A server of the project with two deployments, and one that another project would give it."""
    store = house.parts.store
    await store.write(Batch((PutResource(SERVER),)))
    for ident, name, project in (
        ("1", "z", client.project),
        ("2", "a", client.project),
        ("3", "m", "x"),
    ):
        inputs = ({"name": "password", "value": Secret("p4ss")},)
        config = ConfigRecord(f"c{ident}", project, name, 1.0, "script", "echo", inputs)
        deployment = DeploymentRecord(f"d{ident}", project, "s-1", f"c{ident}", 2.0)
        await store.write(Batch((PutConfig(config), PutDeployment(deployment))))


def test_metadata_has_where_it_is_found_and_what_is_deployed_by_name(desk):
    async def deed(house, client):
        await stored(house, client)
        return await client.get(f"/stacks/web/{WEB}/resources/server/metadata")

    metadata = desk.run(deed)["metadata"]

    assert metadata["own"] == 1
    assert metadata[OCC]["cfn"] == {"secret_access_key": "s3"}
    assert [one["name"] for one in metadata["deployments"]] == ["a", "z"]
    assert metadata["deployments"][0] == {
        "id": "c2",
        "name": "a",
        "group": "script",
        "creation_time": "1970-01-01T00:00:01Z",
        "config": "echo",
        "inputs": [{"name": "password", "value": "p4ss"}],
        "outputs": [],
        "options": {},
    }


def test_the_same_is_told_by_the_servers_id(desk):
    async def deed(house, client):
        await stored(house, client)
        return await client.get("/software_deployments/metadata/s-1")

    assert [one["id"] for one in desk.run(deed)["metadata"]] == ["c2", "c1"]


def test_a_deployment_is_shown_with_every_key_that_clients_parse(desk):
    async def deed(house, client):
        await stored(house, client)
        one = await client.get("/software_deployments/d1")
        return one, (await client.ask("GET", "/software_deployments/d3")).status

    shown, others = desk.run(deed)

    assert shown["software_deployment"] == {
        "id": "d1",
        "server_id": "s-1",
        "config_id": "c1",
        "input_values": None,
        "output_values": None,
        "action": None,
        "status": None,
        "status_reason": None,
        "creation_time": "1970-01-01T00:00:02Z",
    }
    assert others == 404


def test_what_is_no_deployment_is_refused_before_an_engine_is_asked(desk):
    async def deed(_house, client):
        bodies = (
            {"config_id": "c"}, {"server_id": 1, "config_id": "c"}, {"server_id": "s"},
            {"server_id": "s", "config_id": "c", "input_values": []},
            {"server_id": "s", "config_id": "c", "action": 5},
        )  # fmt: skip
        return [(await client.ask("POST", "/software_deployments", body)).status for body in bodies]

    assert desk.run(deed) == [400] * 5
