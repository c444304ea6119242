"""Every rule finds what it is for, leaves alone what is fine, and a comment keeps it quiet."""

import pytest

from hearth.schema import TypeSchema, fading
from hearth.serve.registry import registry
from hearth.template.advice import RULES, excused
from hearth.template.lint import Linted, Surroundings, lint
from tests.support.mistakes import marked

AROUND = Surroundings(registry())
HEAD = "heat_template_version: 2018-08-31\ndescription: Words.\n"

BAD = {
    "unused-parameter": """
parameters:
  idle: {type: string, default: x, description: x}  # !unused-parameter
  busy: {type: string, default: x, description: x}
  inside: {type: json, default: {}, description: x}
resources:
  a: {type: OS::Heat::Value, properties: {value: [{get_param: busy}, {get_param: [inside, x]}]}}
""",
    "unused-condition": """
conditions:
  idle: {equals: [{get_param: "OS::stack_name"}, x]}  # !unused-condition
  held: {equals: [{get_param: "OS::stack_name"}, x]}
  named: {equals: [{get_param: "OS::stack_name"}, y]}
  both: {and: [named, {not: held}]}
resources:
  a: {type: OS::Heat::Value, condition: both, properties: {value: {if: [held, 1, 2]}}}
""",
    "impossible-bounds": """
parameters:
  a:
    type: string
    description: x
    constraints:
      - length: {min: 1, max: 1}
      - length: {min: 5, max: 1}  # !impossible-bounds
  b:
    type: number
    description: x
    constraints:
      - range: {min: 3}
      - range: {min: 0.5, max: 0}  # !impossible-bounds
resources:
  v: {type: OS::Heat::Value, properties: {value: [{get_param: a}, {get_param: b}]}}
""",
    "unused-replacement": """
resources:
  a:
    type: OS::Heat::Value
    properties:
      value:
        str_replace:
          template: hello $name
          params:
            $name: x
            $nmae: y  # !unused-replacement
""",
    "unknown-output-key": """
resources:
  a: {type: OS::Heat::None}
outputs:
  b:
    description: x
    valeu: 3  # !unknown-output-key
    value: 4
""",
    "no-call": """
parameters:
  p: {type: json, default: {}, description: x}
resources:
  a:
    type: OS::Heat::Value
    properties:
      value:
        - {get_parm: p}  # !no-call
        - {get_param p}  # !no-call
        - {'Fn::Sub': p}  # !no-call
        - {equals: [1, 1]}  # !no-call
        - {get_param: p, also: this}  # !no-call
        - {size: 1}
        - {get: p}
        - {get_param: p}
        - {filter: [[x], [x, y]]}
""",
    "nothing-made": """
resources: {}  # !nothing-made
""",
    "fixed-choice": """
conditions:
  always: {equals: [1, 1]}
  maybe: {equals: [{get_param: "OS::stack_name"}, x]}
resources:
  a:
    type: OS::Heat::Value
    properties:
      value:
        - {if: [always, 1, 2]}  # !fixed-choice
        - {if: [maybe, 1, 1]}  # !fixed-choice
        - {if: [maybe, 1, 2]}
""",
    "fading-property": """
resources:
  net: {type: OS::Neutron::Net}
  port:
    type: OS::Neutron::Port
    properties:
      network_id: {get_resource: net}  # !fading-property
""",
    "fading-attribute": """
resources:
  a:
    type: OS::Nova::Server
    properties: {flavor: x, image: y, networks: [{network: z}]}
outputs:
  b:
    description: x
    value: {get_attr: [a, first_address]}  # !fading-attribute
""",
    "secret-in-text": """
parameters:
  word: {type: string, hidden: true, default: x, description: x}  # !secret-in-text
resources:
  a:
    type: OS::Nova::Server
    properties:
      flavor: x
      image: y
      networks: [{network: z}]
      admin_pass: hunter2  # !secret-in-text
      metadata: {word: {get_param: word}, apiKey: abc}  # !secret-in-text
""",
    "secret-shown": """
parameters:
  db_password: {type: string, description: x}  # !secret-shown
  db_password_length: {type: number, description: x}
  admin_pass: {type: string, description: x, hidden: true}
resources:
  a:
    type: OS::Heat::Value
    properties:
      value: [{get_param: db_password}, {get_param: db_password_length}, {get_param: admin_pass}]
""",
    "secret-output": """
parameters:
  word: {type: string, hidden: true, description: x}
resources:
  a: {type: OS::Heat::RandomString}
outputs:
  b:
    description: x
    value: {list_join: ["", [{get_param: word}]]}  # !secret-output
  c:
    description: x
    value: {get_attr: [a, value]}  # !secret-output
""",
    "open-to-all": """
resources:
  a:
    type: OS::Neutron::SecurityGroup
    properties:
      rules:
        - {protocol: tcp, remote_ip_prefix: 0.0.0.0/0}  # !open-to-all
        - {protocol: tcp, remote_ip_prefix: 0.0.0.0/0, port_range_min: 80, port_range_max: 80}
        - {protocol: tcp, remote_ip_prefix: 10.0.0.0/8}
        - {protocol: icmp, remote_ip_prefix: 0.0.0.0/0}
""",
    "hard-coded-id": """
resources:
  a:
    type: OS::Neutron::Port
    properties:
      network: 0f3f8be9-6d1a-4b8e-9a57-0d0a2b1f0c11  # !hard-coded-id
""",
    "implied-dependency": """
resources:
  a: {type: OS::Heat::RandomString}
  b: {type: OS::Heat::RandomString}
  c:
    type: OS::Heat::Value
    depends_on: [a, b]  # !implied-dependency
    properties: {value: {get_attr: [a, value]}}
""",
    "unconstrained-parameter": """
parameters:
  flavor: {type: string, description: x}  # !unconstrained-parameter
  image:
    type: string
    description: x
    constraints: [{custom_constraint: glance.image}]
resources:
  a:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor}
      image: {get_param: image}
      networks: [{network: z}]
""",
    "ungrouped-parameter": """
parameter_groups: [{label: g, parameters: [in_group]}]
parameters:
  in_group: {type: string, default: x, description: x}
  lonely: {type: string, default: x, description: x}  # !ungrouped-parameter
resources:
  a: {type: OS::Heat::Value, properties: {value: [{get_param: in_group}, {get_param: lonely}]}}
""",
    "undescribed-parameter": """
parameters:
  a: {type: string, default: x}  # !undescribed-parameter
resources:
  b: {type: OS::Heat::Value, properties: {value: {get_param: a}}}
""",
    "undescribed-output": """
resources:
  a: {type: OS::Heat::None}
outputs:
  b: {value: 1}  # !undescribed-output
""",
}
AMAZON = """\
AWSTemplateFormatVersion: 2010-09-09
Description: Words.
Mappings:
  Idle: {a: {b: c}}  # !unused-mapping
  Busy: {a: {b: c}}
Resources:
  A: {Type: "OS::Heat::Value", Properties: {value: {"Fn::FindInMap": [Busy, a, b]}}}
"""


def found(text: str) -> Linted:
    return lint(text, "web.yaml", AROUND)


def told(text: str) -> list[tuple[int, str]]:
    return sorted((one.span.line if one.span else 0, one.code) for one in found(text).problems)


@pytest.mark.parametrize("rule", sorted(BAD))
def test_a_rule_finds_what_it_is_for_and_nothing_else(rule):
    text = HEAD + BAD[rule].lstrip()

    assert told(text) == marked(text) != []


def test_an_unused_mapping_is_found():
    assert told(AMAZON) == marked(AMAZON)


def test_a_template_without_a_description_is_found():
    text = "heat_template_version: 2018-08-31\nresources: {a: {type: OS::Heat::None}}\n"

    assert told(text) == [(1, "undescribed-template")]


def test_every_rule_is_tried():
    tried = {*BAD, "unused-mapping", "undescribed-template", "fading-type"}

    assert {one.id for one in RULES} == tried


class Fading:
    """Types that are all on their way out."""

    def find(self, name: str) -> TypeSchema | None:
        return TypeSchema(name, support=fading(deprecated="9.0.0"))

    def names(self) -> list[str]:
        return []


def test_a_type_that_fades_is_found():
    text = HEAD + "resources:\n  a: {type: My::Old}\n"

    [problem] = lint(text, "web.yaml", Surroundings(Fading())).problems

    assert (problem.code, problem.sentence) == ("fading-type", "My::Old is deprecated since 9.0.0")


def test_a_comment_keeps_a_line_from_advice():
    quiet = BAD["hard-coded-id"].replace("# !hard-coded-id", "# noqa: hard-coded-id")

    assert told(HEAD + quiet) == []
    assert excused("x: y  # noqa", "any")
    assert excused("x: y  # noqa: other, this", "this")
    assert not excused("x: y  # noqa: other", "this")


def test_names_of_parameters_that_are_worked_out_keep_all_of_them_in_use():
    text = HEAD + (
        "parameters: {a: {type: string, default: x, description: x}}\n"
        "resources: {b: {type: OS::Heat::Value, properties: {value: {get_param: "
        "{list_join: ['', [a]]}}}}}\n"
    )

    assert told(text) == []
