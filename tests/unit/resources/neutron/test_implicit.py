from hearth.resources.neutron import FloatingIP, FloatingIPAssociation, Port, Router
from hearth.resources.nova import Server
from hearth.template import parse

TEMPLATE = """
heat_template_version: 2018-08-31
resources:
  net: {type: "OS::Neutron::Net"}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.0.0.0/24}
  elsewhere:
    type: OS::Neutron::Subnet
    properties: {network: other, cidr: 10.1.0.0/24}
  outside:
    type: OS::Neutron::Subnet
    properties: {network_id: public, cidr: 10.2.0.0/24}
  port:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}}
  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}
  interface:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
  floating:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: public, port_id: {get_resource: port}}
  server:
    type: OS::Nova::Server
    properties: {flavor: f, image: i, networks: [{network: {get_resource: net}}]}
  association:
    type: OS::Neutron::FloatingIPAssociation
    properties: {floatingip_id: x, port_id: {get_resource: port}}
"""


def needs(kind, name):
    template, report = parse(TEMPLATE)
    assert template is not None, list(report)
    others = dict(template.resources)
    return set(kind.implicit(others.pop(name), others))


def test_a_port_needs_the_subnets_of_its_network():
    assert needs(Port(), "port") == {"subnet"}


def test_a_router_needs_the_subnets_of_its_gateways_network():
    assert needs(Router(), "router") == {"outside"}


def test_a_floating_address_needs_the_way_to_the_outside():
    assert needs(FloatingIP(), "floating") == {"router", "interface"}
    assert needs(FloatingIPAssociation(), "association") == {"interface"}


def test_a_server_needs_the_subnets_of_its_networks():
    assert needs(Server(), "server") == {"subnet"}


def test_what_names_no_network_needs_nothing():
    assert needs(Port(), "net") == set()
