"""ruff finds nothing, and every rule it leaves out has its reason beside it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.code import ROOT

RUFF = Path(sys.executable).parent / "ruff"
IGNORED = re.compile(r'^\s+"[A-Z]+\d*",(?P<reason>.*)$', re.MULTILINE)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command):
    done = ruff(*command, ".")

    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n(make format mends most of it)"


def ruff(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RUFF, *arguments], cwd=ROOT, capture_output=True, text=True, input=text, check=False
    )


def test_ruff_finds_what_is_wrong():
    done = ruff("check", "--stdin-filename", "src/hearth/base/bad.py", "-", text="import os\n")

    assert done.returncode == 1
    assert "F401" in done.stdout


def test_every_ignored_rule_has_its_reason():
    assert unreasoned((ROOT / "pyproject.toml").read_text()) == []


def unreasoned(text):
    rules = list(IGNORED.finditer(text))
    assert rules
    return [each.group().strip() for each in rules if not re.match(r"\s+# .{5,}", each["reason"])]


def test_an_ignored_rule_without_a_reason_is_found():
    assert unreasoned('ignore = [\n    "D105",    # known\n    "TC",\n]\n') == ['"TC",']
