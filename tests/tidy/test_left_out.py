"""What cannot run is left out aloud; in CI it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.code import ROOT

SAMPLE = """
import pytest

@pytest.mark.services("rabbitmq")
def test_that_needs_rabbitmq(): ...

@pytest.mark.soak
def test_that_takes_hours(): ...

def test_that_needs_nothing(): ...
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of its own under this repository's conftest, on a machine without services."""
    support = tmp_path / "tests" / "support"
    support.mkdir(parents=True)
    for name in ("tests/conftest.py", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for path in (ROOT / "tests" / "support").glob("*.py"):
        (support / path.name).write_bytes(path.read_bytes())
    (tmp_path / "tests" / "test_sample.py").write_text(SAMPLE)
    return tmp_path


def run(suite: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "HOME": str(suite), **environment}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=suite,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_a_missing_service_is_named_and_its_tests_are_left_out(suite, arguments):
    done = run(suite, *arguments)

    assert done.returncode == 0, done.stdout
    assert "left out 1 marked services: rabbitmq not running; run `make services`" in done.stdout
    assert "left out 1 marked soak" in done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("required", [{"CI": "true"}, {"HEARTH_SERVICES": "required"}], ids=str)
def test_in_ci_a_missing_service_is_a_failure(suite, required):
    done = run(suite, **required)

    assert done.returncode == 1
    assert "rabbitmq not running" in done.stdout
    assert "1 passed, 1 " in done.stdout.splitlines()[-1] or "1 error" in done.stdout


def test_soak_tests_run_when_asked_for(suite):
    done = run(suite, "-m", "soak")

    assert "1 passed" in done.stdout.splitlines()[-1]
