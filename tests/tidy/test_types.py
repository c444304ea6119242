"""mypy finds nothing, as strict as it can be."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.code import ROOT


def mypy(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_mypy_finds_nothing():
    done = mypy()

    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_finds_what_is_wrong(tmp_path: Path):
    bad = tmp_path / "bad.py"
    bad.write_text("def f(x: int):\n    return x + 1\n")

    done = mypy("--cache-dir", str(tmp_path), str(bad))

    assert done.returncode == 1
    assert "no-untyped-def" in done.stdout
