"""Types of several services in one stack: made, left alone, changed, and gone without a trace."""

from pathlib import Path

import yaml

from tests.support.house import house
from tests.support.virtual import run

WEB = """
heat_template_version: 2018-08-31
resources:
  net: {type: "OS::Neutron::Net"}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}
  interface:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
  group:
    type: OS::Neutron::SecurityGroup
    properties: {rules: [{protocol: tcp, port_range_min: 22, port_range_max: 22}]}
  port:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, security_groups: [{get_resource: group}]}
  floating:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: public, port_id: {get_resource: port}}
  key: {type: "OS::Nova::KeyPair", properties: {name: mine, save_private_key: true}}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      key_name: {get_resource: key}
      networks: [{port: {get_resource: port}}]
  volume: {type: "OS::Cinder::Volume", properties: {size: 1}}
  attachment:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
  box: {type: "OS::Swift::Container"}
  waits: {type: "OS::Heat::TestResource", properties: {wait_secs: 3, value: done}}
  nothing: {type: "OS::Heat::None", properties: {anything: 1}}
outputs:
  address: {value: {get_attr: [floating, floating_ip_address]}}
  first: {value: {get_attr: [server, first_address]}}
  disk: {value: {get_attr: [volume, size]}}
  said: {value: {get_attr: [waits, output]}}
"""

CROWD = """
heat_template_version: 2018-08-31
resources:
  crowd:
    type: OS::Heat::ResourceGroup
    properties:
      count: 3
      resource_def:
        type: OS::Neutron::Net
        properties: {name: "net-%index%", admin_state_up: true}
outputs:
  refs: {value: {get_attr: [crowd, refs]}}
  names: {value: {get_attr: [crowd, name]}}
  second: {value: {get_attr: [crowd, resource.1.name]}}
  by_member: {value: {get_attr: [crowd, attributes, name]}}
"""


def outputs_of(stack):
    return {output.key: output.value for output in stack.outputs}


def test_a_stack_of_many_types_lives_and_leaves_nothing(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("web", WEB)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            found = outputs_of(stack)
            first = {name: row.physical_id for name, row in (await home.rows(made)).items()}

            during = home.objects()
            await home.update(made, WEB)
            same = await home.settled(made)
            untouched = home.objects()
            changed = WEB.replace("size: 1", "size: 2").replace("22", "80")
            await home.update(made, changed)
            stack = await home.settled(made)
            second = {name: row.physical_id for name, row in (await home.rows(made)).items()}
            await home.delete(made)
            await home.settled(made)

            assert found["first"].startswith("10.7.0.")
            assert found["address"]
            assert (found["disk"], found["said"]) == ("1", "done")
            assert str(same.state) == "UPDATE_COMPLETE", same.reason
            assert untouched == during
            assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
            assert outputs_of(stack)["disk"] == "2"
            assert first == second
            assert home.objects() == before

    run(story())


def test_a_group_grows_shrinks_and_forgets_who_was_removed(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("crowd", CROWD)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            first = outputs_of(stack)

            document = yaml.safe_load(CROWD)
            group = document["resources"]["crowd"]["properties"]
            group["removal_policies"] = [{"resource_list": ["1"]}]
            await home.update(made, yaml.safe_dump(document))
            stack = await home.settled(made)
            assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
            second = outputs_of(stack)
            group["count"] = 1
            await home.update(made, yaml.safe_dump(document))
            stack = await home.settled(made)
            third = outputs_of(stack)
            await home.delete(made)
            await home.settled(made)

            assert first["names"] == ["net-0", "net-1", "net-2"]
            assert first["second"] == "net-1"
            assert first["by_member"] == {"0": "net-0", "1": "net-1", "2": "net-2"}
            assert len(first["refs"]) == 3
            assert second["names"] == ["net-0", "net-2", "net-3"]
            assert second["refs"][0] == first["refs"][0]
            assert third["names"] == ["net-0"]
            assert home.objects() == before

    run(story())
