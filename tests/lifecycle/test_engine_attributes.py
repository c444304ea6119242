"""Each attribute that a type declares says something, asked for as users do: by an output."""

from pathlib import Path
from typing import Any

import yaml

from hearth.base import plain
from hearth.kit import ResourceType
from hearth.resources import TYPES
from tests.support.house import house
from tests.support.virtual import run

TEMPLATE = """
heat_template_version: 2018-08-31
resources:
  key: {type: "OS::Nova::KeyPair", properties: {name: k, save_private_key: true}}
  flavor: {type: "OS::Nova::Flavor", properties: {ram: 64, vcpus: 1, disk: 1, extra_specs: {a: b}}}
  peers: {type: "OS::Nova::ServerGroup", properties: {policies: [soft-anti-affinity]}}
  net: {type: "OS::Neutron::Net"}
  subnet:
    type: OS::Neutron::Subnet
    properties:
      network: {get_resource: net}
      cidr: 10.77.0.0/24
      dns_nameservers: [8.8.8.8]
      host_routes: [{destination: 10.1.0.0/16, nexthop: 10.77.0.3}]
      tags: [t]
  six:
    type: OS::Neutron::Subnet
    properties:
      network: {get_resource: net}
      cidr: 'fd00:77::/64'
      ip_version: 6
      ipv6_address_mode: slaac
      ipv6_ra_mode: slaac
  group:
    type: OS::Neutron::SecurityGroup
    properties: {rules: [{protocol: tcp, port_range_min: 22, port_range_max: 22}]}
  rule:
    type: OS::Neutron::SecurityGroupRule
    properties: {security_group: {get_resource: group}, protocol: udp}
  port:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}}]
      allowed_address_pairs: [{ip_address: 10.77.0.99}]
      dns_name: box
  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}
  inside:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
  floating:
    type: OS::Neutron::FloatingIP
    depends_on: inside
    properties: {floating_network: public, port_id: {get_resource: port}}
  other: {type: "OS::Neutron::FloatingIP", properties: {floating_network: public}}
  second:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, fixed_ips: [{subnet: {get_resource: subnet}}]}
  joined:
    type: OS::Neutron::FloatingIPAssociation
    depends_on: inside
    properties: {floatingip_id: {get_resource: other}, port_id: {get_resource: second}}
  volume:
    type: OS::Cinder::Volume
    properties: {image: cirros, size: 1, description: d, metadata: {a: b}}
  server:
    type: OS::Nova::Server
    properties:
      flavor: {get_resource: flavor}
      image: cirros
      key_name: {get_resource: key}
      networks: [{port: {get_resource: port}}]
      tags: [t]
  attached:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
  image:
    type: OS::Glance::WebImage
    properties:
      location: http://127.0.0.1:9/image
      container_format: bare
      disk_format: raw
      tags: [t]
  box: {type: "OS::Swift::Container", properties: {X-Container-Meta: {a: b}}}
  config: {type: "OS::Heat::SoftwareConfig", properties: {config: echo}}
  structured: {type: "OS::Heat::StructuredConfig", properties: {config: {a: b}}}
  component:
    type: OS::Heat::SoftwareComponent
    properties: {configs: [{actions: [CREATE], config: echo, tool: script}]}
  cloud: {type: "OS::Heat::CloudConfig", properties: {cloud_config: {a: b}}}
  parts: {type: "OS::Heat::MultipartMime", properties: {parts: [{config: echo}]}}
  word: {type: "OS::Heat::RandomString"}
  value: {type: "OS::Heat::Value", properties: {value: v}}
  test: {type: "OS::Heat::TestResource", properties: {value: v}}
  some:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: "OS::Heat::RandomString"}}
  chain:
    type: OS::Heat::ResourceChain
    properties: {resources: ["OS::Heat::RandomString"]}
"""
SILENT = {
    ("OS::Heat::ResourceChain", "attributes"): "it is asked for one of its members' attributes",
    ("OS::Heat::ResourceGroup", "attributes"): "it is asked for one of its members' attributes",
    ("OS::Neutron::Net", "qos_policy_id"): "no policy is attached to it",
    ("OS::Neutron::Port", "qos_policy_id"): "no policy is attached to it",
}
"""Attributes about which a cloud has nothing to say here, each with why."""


def declared(kind: type[ResourceType]) -> list[str]:
    return [name for name in kind.Attributes.fields if name != "show"]


def test_no_attribute_that_is_declared_is_null(tmp_path: Path):
    template: dict[str, Any] = yaml.load(TEMPLATE, yaml.BaseLoader)
    kinds = {kind.name: kind for kind in TYPES}
    asked = {
        f"{name}.{attribute}": (name, one["type"], attribute)
        for name, one in template["resources"].items()
        for attribute in declared(kinds[one["type"]])
    }
    template["outputs"] = {
        key: {"value": {"get_attr": [name, attribute]}}
        for key, (name, _type, attribute) in asked.items()
    }

    async def story() -> Any:
        async with house(tmp_path) as home:
            home.caller = await home.log_in("admin", "admin")  # who alone may make flavors
            made = await home.create("tale", template)
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    told = {output.key: plain(output.value) for output in stack.outputs if not output.error}
    said: dict[tuple[str, str], bool] = {}
    for key, (_name, kind, attribute) in asked.items():
        place = (kind, attribute)
        said[place] = said.get(place, False) or told.get(key) is not None
    assert sorted(place for place, spoken in said.items() if not spoken) == sorted(SILENT)


def test_each_type_of_the_clouds_services_with_attributes_is_asked():
    # What hearth itself makes of signals, groups and configs is asked where those are tested.
    template: dict[str, Any] = yaml.load(TEMPLATE, yaml.BaseLoader)
    here = {one["type"] for one in template["resources"].values()}

    ours = ("OS::Heat::", "AWS::")
    of_services = [kind for kind in TYPES if not kind.name.startswith(ours)]
    assert {kind.name for kind in of_services if declared(kind)} <= here
