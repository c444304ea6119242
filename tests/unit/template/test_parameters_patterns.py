"""Patterns of parameters that are no regular expressions."""

import pytest

from hearth.template import parse_document


@pytest.mark.parametrize(
    ("pattern", "kind", "words"),
    [
        ("(" * 3000 + "a" + ")" * 3000, "StackValidationFailed", "nested too deep"),
        ("(" + "a" * 9000, "RemoteError", "is no regular expression"),
    ],
    ids=["deep", "long"],
)
def test_a_pattern_that_cannot_be_is_told_of_in_a_few_words(pattern, kind, words):
    constraints = [{"allowed_pattern": pattern}]
    _template, report = parse_document(
        {
            "heat_template_version": "2018-08-31",
            "parameters": {"p": {"type": "string", "constraints": constraints}},
        }
    )

    [problem] = report.errors
    assert problem.kind == kind
    assert words in problem.sentence
    assert len(problem.sentence) < 400
