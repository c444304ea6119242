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
        "1 error, 0 warnings in web.yaml",
    ]


def test_a_problem_without_a_place_says_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"code": "missing", "message": "it is not there", "path": "parameters.a"}

    show_problems(Output(), [problem], {})

    assert "  --> parameters.a" in capsys.readouterr().out


def test_problems_come_in_the_order_of_the_text_file_by_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def one(file: str | None, line: int | None) -> dict[str, object]:
        return {"code": "c", "message": f"m{line}", "file": file, "line": line}

    problems = [one("b.yaml", 7), one(None, None), one("a.yaml", 9), one("b.yaml", 3)]
    show_problems(Output(), problems, {})

    lines = capsys.readouterr().out.splitlines()
    said = [line.rpartition(" ")[2] for line in lines if line.startswith("error[")]
    assert said == ["m3", "m7", "mNone", "m9"]
    assert lines[-1] == "4 errors, 0 warnings in 2 files"


def test_of_a_very_long_line_only_what_is_around_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = f"{'a' * 5000}WRONG{'b' * 5000}"
    problem = {
        "code": "c", "message": "m", "file": "web.yaml", "line": 1, "column": 5001,
        "end_line": 1, "end_column": 5006,
    }  # fmt: skip

    show_problems(Output(), [problem], {"web.yaml": text})

    _said, place, _bar, line, caret = capsys.readouterr().out.splitlines()[:5]
    assert place == " --> web.yaml:1:5001"
    assert len(line) < 320
    assert caret.count("^") == len("WRONG")
    assert line[caret.index("^") :].startswith("WRONG")
