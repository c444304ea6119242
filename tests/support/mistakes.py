"""Templates with mistakes, each line that has one marked with the code that it must be told by."""

import re

_MARK = re.compile(r"# !(?P<codes>[a-z-]+(?: [a-z-]+)*)$")


def marked(text: str) -> list[tuple[int, str]]:
    """(line, code) of every mistake that a text's comments promise."""
    return sorted(
        (number, code)
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := _MARK.search(line))
        for code in mark["codes"].split()
    )


FIVE = """\
heat_template_version: 2018-08-31
parameters:
  size: {type: nummer}  # !parameter-declaration
resources:
  word:
    type: OS::Heat::RandomString
    properties:
      lenght: 8  # !unknown-property
  vault:
    type: OS::Heat::Valeu  # !unknown-type
  last:
    type: OS::Heat::RandomString
    depends_on: wrod  # !unknown-reference
outputs:
  secret:
    value: {get_attr: [word, valeu]}  # !unknown-attribute
"""

FORTY = """\
heat_template_version: 2021-04-16
description: One mistake of each kind.
paramters: {}  # !unknown-section
parameters:
  fine: {type: string, default: x}
  fine: {type: string, default: y}  # !duplicate-key
  odd_type: {type: strnig}  # !parameter-declaration
  odd_key: {type: strig, defualt: x}  # !parameter-declaration parameter-declaration
  no_type: {default: x}  # !parameter-declaration
  no_map: string  # !parameter-declaration
  odd_constraint:
    type: string
    constraints:
      - lenght: {min: 1}  # !parameter-declaration
  misfit:
    type: string
    constraints:
      - range: {min: 1}  # !parameter-declaration
  outside:
    type: number
    default: 9  # !parameter-declaration
    constraints:
      - range: {max: 5}
  no_pattern:
    type: string
    constraints:
      - allowed_pattern: "[a-"  # !parameter-declaration
  twin: {type: string, default: x}
parameter_groups:
  - label: a
    parameters:
      - fine
      - nobody  # !parameter-group
  - label: b
    parameters:
      - fine  # !parameter-group
  - label: c  # !parameter-group
conditions:
  round: {not: about}  # !condition
  about: {not: round}
  text: maybe  # !condition
  uneven: {equals: [1]}  # !function
  misplaced: {equals: [{get_attr: [word, value]}, 1]}  # !misplaced-function
  yes_: true
resources:
  word:
    type: OS::Heat::RandomString
  twin:  # !duplicate-name
    type: OS::Heat::RandomString
  typeless:  # !missing-type
    properties: {}
  keyed:
    type: OS::Heat::RandomString
    dependson: word  # !unknown-key
  flat:
    type: OS::Heat::RandomString
    properties: 5  # !resource-shape
  a/b:  # !resource-shape
    type: OS::Heat::RandomString
  listed:  # !resource-shape
    - type: OS::Heat::RandomString
  stranger:
    type: OS::Heat::RandomStrnig  # !unknown-type
    properties:
      length: {get_param: unheard_of}  # !unknown-parameter
  waiting:
    type: OS::Heat::RandomString
    depends_on: [word, wrod]  # !unknown-reference
  properties:
    type: OS::Heat::RandomString
    properties:
      lenght: 8  # !unknown-property
      length: many  # !wrong-kind
      salt: {get_param: fien}  # !unknown-parameter
      character_classes:
        - class: letter  # !constraint
          mni: 1  # !unknown-property
  range:
    type: OS::Heat::RandomString
    properties:
      length: 100000  # !constraint
  member:
    type: OS::Neutron::RouterInterface
    properties:
      router: {get_resource: rooter}  # !unknown-reference
      subnet: {get_attr: [word, valeu]}  # !unknown-attribute
  incomplete:  # !missing-property
    type: OS::Neutron::Subnet
    properties: {name: x}
  functions:
    type: OS::Heat::Value
    properties:
      value:
        joined: {list_join: [x]}  # !function
        replaced: {str_replace: {template: x}}  # !function
        old: {"Fn::Join": ["", [a]]}  # !unsupported-function
        file: {get_file: nowhere.txt}  # !no-such-file
        chosen: {if: [nowhen, 1, 2]}  # !invalid-condition
        halved: {if: [yes_]}  # !function
        merged: {map_merge: {a: b}}  # !function
        deep: {list_join: ["", [{get_param: nmae}, {digest: [md5]}]]}  # !unknown-parameter function
  ring_one:  # !cycle
    type: OS::Heat::RandomString
    depends_on: ring_two
  ring_two:
    type: OS::Heat::RandomString
    depends_on: ring_one
  kept:
    type: OS::Heat::RandomString
    deletion_policy: Retian  # !deletion-policy
  frozen:
    type: OS::Heat::RandomString
    deletion_policy: Snapshot  # !deletion-policy
  sometimes:
    type: OS::Heat::RandomString
    condition: nevre  # !invalid-condition
  inner:
    type: inner.yaml  # !no-such-template
outputs:
  empty: {}  # !output-shape
  flat: text  # !output-shape
  lost:
    value: {get_attr: [nothing, value]}  # !unknown-reference
  broken_but_told_of:
    value: [{get_resource: typeless}, {get_param: odd_type}]
"""
