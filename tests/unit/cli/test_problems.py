"""A problem is shown with the line it is about and a caret under the word."""

import pytest

from hearth.cli.output import Output
from hearth.cli.problems import show_problems

TEXT = "a:\n  flavour: m1.small\n"


def test_the_caret_stands_under_the_word(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {
        "code": "unknown-property", "severity": "error", "line": 2, "column": 3, "end_line": 2,
        "end_column": 10, "file": "web.yaml", "hint": 'did you mean "flavor"?',
        "message": 'OS::Nova::Server has no property "flavour"',
    }  # fmt: skip

    show_problems(Output(), [problem], {"web.yaml": TEXT})

    assert capsys.readouterr().out.splitlines() == [
        'error[unknown-property]: OS::Nova::Server has no property "flavour"',
        " --> web.yaml:2:3",
        "  |",
        "2 |   flavour: m1.small",
        '  |   ^^^^^^^ did you mean "flavor"?',
        "  |",
        "1 error, 0 warnings",
    ]


def test_a_problem_without_a_place_says_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"code": "missing", "message": "it is not there", "path": "parameters.a"}

    show_problems(Output(), [problem], {})

    assert "  --> parameters.a" in capsys.readouterr().out
