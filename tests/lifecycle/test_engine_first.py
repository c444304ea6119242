"""A stack is made and goes again."""

from pathlib import Path

from tests.support.house import house
from tests.support.virtual import run

SERVER = """
heat_template_version: 2018-08-31
parameters:
  server_name:
    type: string
resources:
  server:
    type: OS::Nova::Server
    properties:
      name: { get_param: server_name }
      flavor: m1.small
      image: cirros
      networks:
        - network: private
outputs:
  server_ip:
    value: { get_attr: [server, networks, private] }
"""


def test_a_server_is_made_told_of_and_deleted(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()

            made = await home.create("demo", SERVER, parameters={"server_name": "web"})
            created = await home.settled(made)
            rows = await home.rows(made)
            await home.delete(made)
            deleted = await home.settled(made)

            return before, created, rows, deleted, await home.told(made), home.objects()

    before, created, rows, deleted, told, after = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert created.outputs[0].value
    assert str(rows["server"].state) == "CREATE_COMPLETE"
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert told == [
        "demo CREATE_IN_PROGRESS",
        "server CREATE_IN_PROGRESS",
        "server CREATE_COMPLETE",
        "demo CREATE_COMPLETE",
        "demo DELETE_IN_PROGRESS",
        "server DELETE_IN_PROGRESS",
        "server DELETE_COMPLETE",
        "demo DELETE_COMPLETE",
    ]
    assert after == before
