"""How severe a validation takes what stops a deployment: as upstream does, or as it is."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import Refused
from hearth.bus import Source, ValidateTemplate
from tests.support.house import house
from tests.support.virtual import run

HEAD = "heat_template_version: 2018-08-31\n"
UNDECLARED = "resources:\n  a: {type: OS::Heat::Value, properties: {value: {get_param: lost}}}\n"
MISSING = "resources:\n  a: {type: OS::Heat::ResourceGroup, properties: {count: 1}}\n"
NO_RESOURCE = "outputs: {a: {value: {get_resource: lost}}}\n"
NO_PARAMETER = "outputs: {a: {value: {get_param: lost}}}\n"
INSIDE = """resources:
  a:
    type: OS::Heat::ResourceGroup
    properties:
      resource_def: {type: OS::Heat::ResourceGroup, properties: {count: 1}}
"""
GOOD = """parameters:
  n: {type: number}
  s: {type: string}
  j: {type: json}
resources:
  a: {type: OS::Heat::RandomString, properties: {length: {get_param: n}}}
  g:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: n}
      resource_def: {type: OS::Heat::RandomString, properties: {length: {get_param: n}}}
outputs:
  a: {value: {get_param: [j, x, y]}}
  b: {value: {get_attr: [a, value]}}
"""


def validated(folder: Path, text: str, *, thorough: bool) -> str:
    async def life() -> str:
        async with house(folder) as home:
            source = Source(template=HEAD + text)
            command: Any = ValidateTemplate(**home.command(), source=source, thorough=thorough)
            try:
                await home.bus.call(command)
            except Refused as refused:
                return ", ".join(one.code for one in refused.problems)
            return "valid"

    told: str = run(life())
    return told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (UNDECLARED, "unknown-parameter"),
        (MISSING, "missing-property"),
        (NO_RESOURCE, "unknown-reference"),
        (NO_PARAMETER, "unknown-parameter"),
        (INSIDE, "missing-property"),
    ],
)
def test_what_can_never_be_deployed_is_an_error_where_that_is_asked(
    tmp_path: Path, text: str, code: str
):
    assert code in validated(tmp_path, text, thorough=True)
    assert validated(tmp_path, text, thorough=False) == "valid", "as upstream answers"


def test_parameters_that_are_not_given_are_no_mistakes(tmp_path: Path):
    assert validated(tmp_path, GOOD, thorough=True) == "valid"
