"""`heat fmt` changes a file, or only says what it would change."""

import json
from pathlib import Path

import pytest

from hearth.cli import heat
from hearth.cli.errors import Exit

UGLY = "heat_template_version:   2018-08-31  # new\n"
NEAT = "heat_template_version: 2018-08-31  # new\n"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "web.yaml"
    path.write_text(UGLY)
    return path


def test_a_template_is_laid_out_in_place(template: Path) -> None:
    assert heat.main(["fmt", "web.yaml"]) == Exit.DONE
    assert template.read_text() == NEAT
    assert heat.main(["fmt", "--check", "web.yaml"]) == Exit.DONE


def test_check_changes_nothing(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["fmt", "--check", "web.yaml"]) == Exit.CHANGES_PENDING

    assert template.read_text() == UGLY
    assert "web.yaml would change" in capsys.readouterr().out


def test_diff_shows_what_would_change(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["fmt", "--diff", "web.yaml"]) == Exit.CHANGES_PENDING

    assert template.read_text() == UGLY
    assert f"-{UGLY}+{NEAT}" in capsys.readouterr().out


def test_programs_are_told_in_json(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["fmt", "--json", "--check", "web.yaml"]) == Exit.CHANGES_PENDING

    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["changed"]) == ("fmt", True)


def test_what_is_no_yaml_is_left_as_it_is(
    template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template.write_text("a: [b\n")

    assert heat.main(["fmt", "web.yaml"]) == Exit.INVALID
    assert template.read_text() == "a: [b\n"
    assert "--> web.yaml:2:1" in capsys.readouterr().out
