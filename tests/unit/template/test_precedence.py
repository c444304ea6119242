"""hearth.template.precedence: of two mistakes, the one that Heat was seen to tell of."""

import pytest

from hearth.base import Problem
from hearth.template import Environment, bind, first_met, parse, validate
from tests.unit.template.given import HEAD, PSEUDO, Types


def met(text: str) -> Problem:
    template, report = parse(HEAD + text)
    assert template is not None
    parameters, more = bind(template, Environment(), {}, PSEUDO)
    found = validate(template, Environment(), parameters, Types())
    problems = [*report, *more, *found]
    assert len(problems) >= 2
    return first_met(problems)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nonsense: {}\nparameters: {p: {type: strung}}", "strung"),
        ("resources: {a: {wibble: 1}}", "wibble"),
        ("parameters: {p: {type: string}}\noutputs: {o: {}}", "(p)"),
        ("parameters: {p: {type: string}}\nresources: {a: {type: My::None, condition: c}}", '"c"'),
        ("resources: {a: {type: No::Such}}\noutputs: {o: {}}", "No::Such"),
        ("resources: {a: {type: My::Thing, depends_on: b}}\noutputs: {o: {}}", '"b"'),
        (
            "resources: {a: {type: My::Thing, depends_on: a, properties: {size: x}}}",
            "Circular",
        ),
        (
            (
                "resources: {a: {type: My::Thing, properties: {size: x}}}\n"
                "outputs: {o: {value: {str_replace: x}}}"
            ),
            "str_replace",
        ),
        (
            "outputs: {o: {condition: c, value: 1}, p: {value: {str_replace: x}}}",
            "str_replace",
        ),
        (
            (
                "parameter_groups: [{parameters: [q]}]\n"
                "resources: {a: {type: My::Thing, deletion_policy: Never}}"
            ),
            "Never",
        ),
    ],
)
def test_the_mistake_that_upstream_would_meet_first_is_the_answer(text, names):
    problem = met(text)

    assert names in (problem.upstream or problem.sentence)
