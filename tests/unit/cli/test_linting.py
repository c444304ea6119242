"""`heat lint` needs no server, ends with a code that scripts can use, and changes what it may."""

import json
from pathlib import Path

import pytest

from hearth.cli import heat
from hearth.cli.errors import Exit
from tests.support.mistakes import FORTY, marked
from tests.support.texts import DEEP, TOO_MUCH

FINE = """\
heat_template_version: 2018-08-31
description: Words.
resources:
  a: {type: OS::Heat::RandomString}
"""
OLD = FINE + "  p:\n    type: OS::Neutron::Port\n    properties:\n      network_id: x  # the net\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_template_that_is_fine_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "web.yaml").write_text(FINE)

    assert heat.main(["lint", "web.yaml"]) == Exit.DONE
    assert capsys.readouterr().out == "web.yaml: nothing to say\n"


def test_all_mistakes_are_told_without_a_server(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "web.yaml").write_text(FORTY)

    code = heat.main(["lint", "--json", "web.yaml"])

    document = json.loads(capsys.readouterr().out)
    told = {(one["line"], one["code"]) for one in document["problems"]}
    assert code == Exit.INVALID
    assert told >= set(marked(FORTY))


def test_what_is_told_can_be_narrowed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "web.yaml").write_text(OLD)

    assert heat.main(["lint", "--strict", "web.yaml"]) == Exit.INVALID
    assert "warning[fading-property]" in capsys.readouterr().out
    assert heat.main(["lint", "web.yaml"]) == Exit.DONE
    assert heat.main(["lint", "--strict", "--level", "error", "web.yaml"]) == Exit.DONE
    assert heat.main(["lint", "--strict", "--ignore", "fading-property", "web.yaml"]) == Exit.DONE


def test_fix_changes_the_file_and_nothing_else_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "web.yaml").write_text(OLD)

    assert heat.main(["lint", "--fix", "web.yaml"]) == Exit.DONE

    assert (folder / "web.yaml").read_text() == OLD.replace("network_id", "network")
    assert "put right" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told_where_it_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "web.yaml").write_text(FINE + "  b: {type: inner.yaml}\n")

    assert heat.main(["lint", "web.yaml"]) == Exit.INVALID
    assert " --> web.yaml:5:13" in capsys.readouterr().out


def test_a_template_that_is_not_there_is_a_wrong_command(folder: Path) -> None:
    assert heat.main(["lint", "nowhere.yaml"]) == Exit.WRONG_COMMAND


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert heat.main(["lint", "--rules"]) == Exit.DONE
    assert "unused-parameter" in capsys.readouterr().out


def test_an_expression_that_cannot_be_read_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = FINE + "outputs:\n  o:\n    description: x\n    value:\n      yaql:\n"
    (folder / "web.yaml").write_text(wrong + '        expression: "$.data.select("\n')

    assert heat.main(["lint", "web.yaml"]) == Exit.INVALID
    told = capsys.readouterr().out
    assert "Parse error" in told
    assert "web.yaml:9" in told


@pytest.mark.parametrize("which", TOO_MUCH)
def test_what_would_become_too_much_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    text, line, sentence = TOO_MUCH[which]
    (folder / "web.yaml").write_text(text)

    assert heat.main(["lint", "web.yaml"]) == Exit.INVALID
    said = capsys.readouterr().out
    assert sentence in said
    assert f" --> web.yaml:{line}:" in said


def test_what_is_too_deep_is_not_laid_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "web.yaml").write_text(DEEP)

    assert heat.main(["fmt", "web.yaml"]) == Exit.INVALID
    assert "nested more than 120 levels deep" in capsys.readouterr().out
