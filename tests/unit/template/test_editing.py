"""hearth.template.editing: what may come next, and what a word means, while a text is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hearth.serve.registry import registry
from hearth.template.editing import Known, declaration, meaning, offers, outline
from hearth.template.lint import Surroundings, lint
from tests.support.mistakes import FORTY

TYPES = registry()
BASE = """\
heat_template_version: 2018-08-31
parameters:
  flavor_name:
    type: string
    description: How large it is.
  net: {type: string, description: Where it is.}
conditions:
  big: {equals: [{get_param: flavor_name}, m1.large]}
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor_name}
  word: {type: OS::Heat::RandomString}
"""
PARAMETERS = ["flavor_name", "net", "OS::stack_name", "OS::stack_id", "OS::project_id"]


def at(text: str) -> tuple[list[str], int, int]:
    """The lines, line and column of the place marked by ‸."""
    before, _, after = text.partition("‸")
    return (before + after).split("\n"), before.count("\n"), len(before.rpartition("\n")[2])


def offered(text: str, kind: str | None = None) -> list[str]:
    lines, line, column = at(BASE + text)
    found = offers(lines, line, column, Known(outline(lines), TYPES, ("nova.flavor",), ("a.yaml",)))
    return [one.name for one in found if kind in {None, one.kind}]


def offered_alone(text: str) -> list[str]:
    lines, line, column = at(text)
    return [one.name for one in offers(lines, line, column, Known(outline(lines), TYPES))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("  new:\n    ‸", {"type", "properties", "depends_on", "condition"}),
        ("  new:\n    type: ‸", {"OS::Nova::Server", "OS::Neutron::Net", "a.yaml"}),
        ("  new:\n    type: OS::Neu‸", {"OS::Neutron::Net"}),
        ("  new: {type: ‸", {"OS::Nova::Server"}),
        ("  new:\n    depends_on: ‸", {"server", "word"}),
        ("  new:\n    depends_on: [server, ‸", {"server", "word"}),
        ("  new:\n    depends_on:\n      - ‸", {"server", "word"}),
        ("  new:\n    condition: ‸", {"big"}),
        ("  new:\n    deletion_policy: ‸", {"Delete", "Retain"}),
    ],
)
def test_a_resource_is_completed(text, names):
    assert set(offered(text)) >= names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("      ‸", {"flavor", "image", "networks", "get_param"}),
        ("      im‸\n      name: x\n", {"image"}),
        ("      networks:\n        - ‸", {"network", "port", "fixed_ip"}),
        ("      networks:\n        - network: x\n          ‸", {"port"}),
        ("      networks: [{‸", {"network", "port"}),
        ("      networks: [{network: x, ‸", {"port"}),
        ("      networks: {if: [big, [{‸", {"network", "port"}),
        ("      networks: [{\n        network: x,\n        ‸", {"port"}),
        ("      config_drive: ‸", {"true", "false"}),
        ("      user_data_format: ‸", {"RAW", "SOFTWARE_CONFIG"}),
    ],
)
def test_properties_are_completed_as_deep_as_they_go(text, names):
    head = "  new:\n    type: OS::Nova::Server\n    properties:\n"

    assert set(offered(head + text)) >= names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{get_param: ‸", PARAMETERS),
        ("{get_param: [‸", PARAMETERS),
        ("{get_resource: ‸", ["server", "word"]),
        ("{get_attr: [‸", ["server", "word"]),
        ("{get_attr: [word, ‸", ["value", "show"]),
        ("{list_join: ['', [{get_attr: [word, va‸", ["value", "show"]),
        ("{get_attr:\n      [word,\n       ‸", ["value", "show"]),
        ("\n      get_attr:\n        - word\n        - ‸", ["value", "show"]),
        ("\n      get_attr: [word, ‸", ["value", "show"]),
        ("{if: [‸", ["big"]),
        ("{get_file: ‸", ["a.yaml"]),
    ],
)  # fmt: skip
def test_calls_are_completed(text, names):
    assert offered(f"outputs:\n  o:\n    value: {text}") == names


def test_functions_are_completed_where_a_map_begins():
    names = offered("outputs:\n  o:\n    value: {‸", "function")

    assert {"get_attr", "str_replace", "yaql"} <= set(names)
    assert "Fn::FindInMap" not in names


@pytest.mark.parametrize(
    ("version", "old", "new"),
    [
        ("2013-05-23", {"Ref", "Fn::GetAZs", "Fn::Select"}, set()),
        ("2015-04-30", {"Fn::Select"}, {"digest", "repeat"}),
        ("2018-08-31", set(), {"yaql", "filter", "if"}),
    ],
)
def test_only_functions_that_the_version_has_are_offered(version, old, new):
    names = offered_alone(f"heat_template_version: {version}\noutputs:\n  o:\n    value: {{‸")

    assert {name for name in names if name == "Ref" or "::" in name} >= old
    assert new <= set(names)
    if version != "2013-05-23":
        assert {name for name in names if name == "Ref" or "::" in name} == old


def test_conditions_offer_nothing_that_has_no_place_in_them():
    names = offered_alone("heat_template_version: 2018-08-31\nconditions:\n  a: {‸")

    assert sorted(names) == ["and", "contains", "equals", "get_param", "not", "or", "yaql"]


def test_sections_that_are_not_there_come_first():
    names = offered_alone(BASE + "‸")

    assert names[:3] == ["description", "parameter_groups", "outputs"]
    assert set(names[3:]) == {"heat_template_version", "parameters", "conditions", "resources"}


def test_conditions_have_functions_of_their_own():
    names = offered_alone("heat_template_version: 2018-08-31\nconditions:\n  a: {‸")

    assert "equals" in names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("‸", {"heat_template_version", "resources"}),
        ("heat_template_version: ‸", {"2018-08-31", "wallaby"}),
        ("heat_template_version: 2018-08-31\npar‸", {"parameters", "parameter_groups"}),
        ("parameters:\n  a:\n    ‸", {"type", "default", "constraints"}),
        ("parameters:\n  a:\n    type: ‸", {"string", "number"}),
        ("parameters:\n  a: {type: ‸", {"string", "number"}),
        ("parameters:\n  a:\n    constraints:\n      - ‸", {"allowed_values", "range"}),
        ("parameters:\n  a:\n    constraints:\n      - custom_constraint: ‸", {"net_cidr"}),
        ("outputs:\n  a:\n    ‸", {"value", "description"}),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources:\n  a:\n    ‸", {"Type", "DependsOn"}),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources:\n  a:\n    Type: ‸",
         {"OS::Nova::Server"}),
        (("AWSTemplateFormatVersion: 2010-09-09\nParameters:\n  p: {Type: String}\nResources:\n"
         "  a:\n    Properties: {x: {Ref: ‸"), {"p", "a"}),
    ],
)  # fmt: skip
def test_all_sections_are_completed(text, names):
    assert set(offered_alone(text)) >= names


@pytest.mark.parametrize(
    "text",
    [
        "  new:\n    type: x  # ‸",
        "  # ‸",
        "outputs:\n  o:\n    value:\n      str_replace:\n        template: |\n          get_‸",
        "  ‸",
    ],
)
def test_nothing_is_offered_where_words_are_the_writers_own(text):
    assert offered(text) == []


def said(text: str) -> tuple[str, str, str]:
    lines, line, column = at(text)
    known = Known(outline(lines), TYPES)
    found = meaning(lines, line, column, known)
    assert found is not None
    place = declaration(found, known)
    where = f"{place.line}:{place.column}" if place else ""
    return found.kind, found.name, where


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (BASE.replace("OS::Nova::Server", "OS::No‸va::Server"), ("type", "OS::Nova::Server", "")),
        (BASE.replace("      flavor:", "      fla‸vor:"), ("property", "flavor", "")),
        (BASE.replace("flavor: {get_param", "flavor: {get_‸param"), ("function", "get_param", "")),
        (BASE.replace("param: flavor_name}\n", "param: flavor_‸name}\n"),
         ("parameter", "flavor_name", "2:2")),
        (BASE + "outputs: {o: {value: {get_resource: wo‸rd}}}", ("resource", "word", "13:2")),
        (BASE + "outputs: {o: {value: {get_attr: [word, val‸ue]}}}", ("attribute", "value", "")),
        (BASE + "outputs: {o: {value: {get_attr: [wo‸rd, value]}}}", ("resource", "word", "13:2")),
        (BASE + "  x:\n    depends_on: [word, ser‸ver]\n", ("resource", "server", "9:2")),
        (BASE + "  x:\n    condition: bi‸g\n", ("condition", "big", "7:2")),
        (BASE.replace("resources:", "reso‸urces:"), ("section", "resources", "")),
        (BASE.replace("    properties", "    prop‸erties"), ("key", "properties", "")),
    ],
)  # fmt: skip
def test_a_word_has_a_meaning_and_a_place(text, wanted):
    assert said(text) == wanted


def test_what_is_said_of_a_property_tells_what_a_change_costs():
    lines, line, column = at(BASE.replace("      flavor:", "      fla‸vor:"))

    found = meaning(lines, line, column, Known(outline(lines), TYPES))

    assert found is not None
    assert "in place" in found.note.text
    assert "nova.flavor" in found.note.text


@pytest.mark.parametrize("text", [BASE, FORTY], ids=["right", "wrong"])
def test_a_text_may_end_anywhere(text):
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for column in range(0, len(line) + 1, 3):
            written = [*lines[:number], line[:column]]
            known = Known(outline(written), TYPES)

            assert isinstance(offers(written, number, column, known), list)
            meaning(written, number, max(0, column - 1), known)


_SIGNS = some.text("ab:-# \n\"'{}[],|>&*!?%\t", max_size=60)


@settings(max_examples=200, deadline=None)
@given(_SIGNS, some.integers(0, 60), some.integers(0, 400))
def test_whatever_is_typed_is_borne(typed, column, at):
    text = BASE[:at] + typed + BASE[at:]
    lines = text.split("\n")
    known = Known(outline(lines), TYPES)

    for number in range(0, len(lines), 4):
        offers(lines, number, min(column, len(lines[number])), known)
        meaning(lines, number, min(column, len(lines[number])), known)
    lint(text, "web.yaml", Surroundings(TYPES))
