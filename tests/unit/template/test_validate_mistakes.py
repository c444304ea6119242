"""Many mistakes in one template: each is told, at its line, and nothing else is."""

import re

import pytest

from hearth.base import Problem, Severity
from hearth.serve.registry import registry
from hearth.template import Around, Environment, Pseudo, bind, parse, validate
from hearth.template.lint import Surroundings, lint
from tests.support.mistakes import FIVE, FORTY, marked

TYPES = registry()


def problems(text: str) -> list[Problem]:
    template, report = parse(text, "web.yaml")
    assert template is not None
    parameters, more = bind(template, Environment(), {}, Pseudo(), strict=False)
    found = validate(template, Environment(), parameters, TYPES, Around(strict=False))
    return [*report, *more, *found]


@pytest.mark.parametrize(("text", "least"), [(FIVE, 5), (FORTY, 40)])
def test_every_mistake_is_told_at_its_line_and_nothing_else(text, least):
    found = problems(text)

    told = sorted((one.span.line if one.span else 0, one.code) for one in found)
    assert told == marked(text)
    assert len(told) >= least


def test_the_forty_are_of_forty_kinds():
    """Two mistakes are of one kind when only names and numbers in the sentence differ."""
    names = re.compile(r"""["'][^"']*["']|\([^)]*\)|\d+""")

    kinds = {(one.code, names.sub("…", one.sentence)) for one in problems(FORTY)}

    assert len(kinds) >= 40


def test_a_mark_stands_under_the_words_that_are_wrong():
    lines = FORTY.splitlines()
    said = {}
    for one in problems(FORTY):
        assert one.span is not None
        end = one.span.end_column if one.span.end_line == one.span.line else None
        words = lines[one.span.line - 1][one.span.column - 1 : end and end - 1]
        said[one.span.line] = words

    assert said[3] == "paramters"
    assert said[lines.index("    dependson: word  # !unknown-key") + 1] == "dependson"
    assert said[lines.index("      - nobody  # !parameter-group") + 1] == "nobody"


def test_one_misspelt_word_is_one_mistake():
    text = (
        "heat_template_version: 2021-04-16\nparameters:\n  a: {typ: string}\nresources:\n"
        "  b: {tipe: OS::Heat::None}\n  c: {type: OS::Nova::Server, properties: {flavour: m1}}\n"
    )

    found = problems(text)

    assert [(one.code, one.hint) for one in found] == [
        ("unknown-key", 'did you mean "type"?'),
        ("parameter-declaration", 'did you mean "type"?'),
        ("unknown-property", 'did you mean "flavor"?'),
    ]
    assert "tipe" in found[0].sentence


def test_what_was_declared_in_a_wrong_form_is_not_also_unknown():
    text = (
        "heat_template_version: 2021-04-16\nparameters:\n  a: {type: strnig}\nresources:\n  b: {}\n"
        "  c:\n    type: OS::Heat::Value\n    depends_on: b\n"
        "    properties: {value: [{get_param: a}, {get_attr: [b, x]}]}\n"
    )

    assert [one.code for one in problems(text)] == ["missing-type", "parameter-declaration"]


HIDDEN = """\
parameters: {p: {type: string, hidden: true, default: x}}
resources: {a: {type: OS::Heat::Value, properties: {value: {get_resource: {get_param: p}}}}}
"""


@pytest.mark.parametrize(
    ("text", "sentence", "upstream"),
    [
        (
            "resources: {a: [x]}",
            '"resources" must contain a map of resource maps. Found a list instead',
            "Found a [<class 'list'>] instead",
        ),
        (
            "parameters: [x]",
            '"parameters" must contain a map. Found a list instead',
            "Found a list instead",
        ),
        (
            "outputs: {a: 3}",
            "Output definitions must be a map. Found a number instead",
            "Found a int instead",
        ),
        (
            "conditions: x",
            "Condition definitions must be a map. Found a text instead",
            "Found a str instead",
        ),
        (
            "parameters: {p: {type: number, default: [1]}}",
            "Parameter 'p' is invalid: [1] is not a number",
            "not 'list'",
        ),
        (
            "parameters: {p: {type: number, default: abc}}",
            "Parameter 'p' is invalid: \"abc\" is not a number",
            "could not convert string to float: 'abc'",
        ),
        (
            "resources: {a: {type: OS::Heat::RandomString, properties: {length: [null]}}}",
            "length: [null] is not a whole number",
            "Value '[None]' is not an integer",
        ),
        (
            HIDDEN,
            'The specified reference "******" (in a.Properties.value) is incorrect.',
            None,
        ),
        (
            "resources: {a: {type: OS::Heat::Value, properties: {value: {map_merge: [[b]]}}}}",
            'Items to merge must be maps, and ["b"] is none',
            "['b'] is type <class 'list'> instead of a dict",
        ),
    ],
)
def test_people_read_no_words_of_python(text, sentence, upstream):
    around = Surroundings(registry())

    problems = lint(f"heat_template_version: 2018-08-31\n{text}\n", "t.yaml", around).problems

    [found] = [one for one in problems if one.severity is Severity.ERROR]
    assert found.sentence == sentence
    assert upstream is None or upstream in (found.upstream or "")
