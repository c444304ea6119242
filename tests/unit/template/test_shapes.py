"""hearth.template.shapes: a JSON Schema that takes what is right and refuses what is not."""

from typing import Any

import pytest
from jsonschema import Draft7Validator

from hearth.serve.registry import registry
from hearth.template import parse
from hearth.template.dialects import HOT_KEY, dialect
from hearth.template.functions import HOT_VERSIONS
from hearth.template.shapes import json_schema
from tests.support.samples import folder

TYPES = registry()
HEAD = "heat_template_version: 2018-08-31\n"
SERVER = "resources:\n  a:\n    type: OS::Nova::Server\n    properties:\n"


def validator(version: str) -> Draft7Validator:
    known = dialect(HOT_KEY, version)
    assert known is not None
    return Draft7Validator(json_schema(known, TYPES))


def wrong(text: str) -> list[Any]:
    template, _ = parse(text)
    assert template is not None
    return list(validator(template.dialect.version).iter_errors(template.document))


@pytest.mark.parametrize("version", HOT_VERSIONS)
def test_the_schema_of_every_version_is_one(version):
    known = dialect(HOT_KEY, version)
    assert known is not None

    Draft7Validator.check_schema(json_schema(known, TYPES))


@pytest.mark.skipif(not folder().is_dir(), reason="the samples are not beside this checkout")
def test_the_samples_are_taken():
    paths = [one for one in folder().glob("hot/**/*.yaml") if one.name != "none_env.yaml"]

    found = {path.name: [one.message for one in wrong(path.read_text())] for path in paths}

    assert paths
    assert {name: errors for name, errors in found.items() if errors} == {}


@pytest.mark.parametrize(
    "text",
    [
        "paramters: {}\n",
        "parameters: {a: {type: strnig}}\n",
        "parameters: {a: {type: string, defualt: x}}\n",
        "parameters: {a: {type: string, constraints: [{lenght: {min: 1}}]}}\n",
        "resources: {a: {properties: {}}}\n",
        "resources: {a: {type: OS::Heat::None, dependson: b}}\n",
        f"{SERVER}      {{flavour: m1.small, networks: [{{network: x}}]}}\n",
        f"{SERVER}      {{flavor: m1.small, networks: [{{netwrok: x}}]}}\n",
        f"{SERVER}      {{flavor: {{get_parm: x}}}}\n",
        "resources: {a: {type: OS::Neutron::Subnet, properties: {ip_version: 5}}}\n",
        "outputs: {a: {description: x}}\n",
        "conditions: {a: {get_attr: [x, y], not: b}}\n",
    ],
)
def test_mistakes_are_refused(text):
    assert wrong(HEAD + text) != []


def test_what_a_mapping_may_give_is_taken():
    text = "resources: {a: {type: My::Own, properties: {x: 1}}, b: {type: part.yaml}}\n"

    assert wrong(HEAD + text) == []


def test_functions_and_properties_are_explained():
    schema = validator("2018-08-31").schema
    assert isinstance(schema, dict)
    definitions = schema["definitions"]
    server = definitions["OS::Nova::Server"]["anyOf"][0]["properties"]

    assert definitions["call"]["properties"]["get_param"]["description"]
    assert server["flavor"]["description"]


def test_a_version_has_its_own_functions():
    old, new = (validator(one).schema for one in ("2013-05-23", "2021-04-16"))
    assert isinstance(old, dict)
    assert isinstance(new, dict)

    assert "yaql" not in old["definitions"]["call"]["properties"]
    assert "yaql" in new["definitions"]["call"]["properties"]
