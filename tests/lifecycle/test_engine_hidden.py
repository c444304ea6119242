"""What a hidden parameter holds stands nowhere in the database in plain text."""

from pathlib import Path

from tests.support.house import house
from tests.support.virtual import run

HIDDEN = "hidden-f00d-value"
TEMPLATE = """
heat_template_version: 2018-08-31
parameters:
  word: { type: string, hidden: true }
resources:
  config:
    type: OS::Heat::SoftwareConfig
    properties: { config: { get_param: word } }
  net:
    type: OS::Neutron::Net
    properties: { name: { list_join: ['-', [net, { get_param: word }]] } }
  test:
    type: OS::Heat::TestResource
    properties: { value: { get_param: word } }
  value:
    type: OS::Heat::Value
    properties: { value: { a: [{ get_param: word }] } }
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 1
      resource_def:
        type: OS::Heat::TestResource
        properties: { value: { get_param: word } }
  echo_config:
    type: OS::Heat::Value
    properties: { value: { get_attr: [config, config] } }
  echo_net:
    type: OS::Heat::Value
    properties: { value: { get_attr: [net, name] } }
  echo_show:
    type: OS::Heat::Value
    properties: { value: { get_attr: [net, show] } }
  echo_test:
    type: OS::Heat::Value
    properties: { value: { get_attr: [test, output] } }
  echo_value:
    type: OS::Heat::Value
    properties: { value: { get_attr: [value, value, a, 0] } }
  echo_group:
    type: OS::Heat::Value
    properties: { value: { get_attr: [group, output] } }
outputs:
  net: { value: { get_attr: [net, show] } }
  all: { value: { get_attr: [test] } }
"""


def test_what_echoes_a_hidden_parameter_is_stored_encrypted(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", TEMPLATE, parameters={"word": HIDDEN})
            created = await home.settled(made)
            other = HIDDEN + "2"
            await home.update(made, TEMPLATE, parameters={"word": other})
            updated = await home.settled(made)
            await home.act(made, "check")
            checked = await home.settled(made)
            return created, updated, checked, await home.rows(made)

    created, updated, checked, rows = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert str(checked.state) == "CHECK_COMPLETE", checked.reason
    assert rows["echo_net"].properties["value"].value == f"net-{HIDDEN}2"
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert HIDDEN.encode() not in kept, _around(kept)


def _around(kept: bytes) -> str:
    at = kept.find(HIDDEN.encode())
    return repr(kept[max(0, at - 300) : at + 100])
