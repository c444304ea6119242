"""What Heat was recorded to answer, asked of a live hearth through its REST API.

The cases and the program that compares lie beside the checkout, in ../shared/golden, or where
HEARTH_GOLDEN says. left_out.txt names the cases that do not pass yet, each with a reason; the
list may shrink and never grow: a case on it that passes fails the test, until it is taken off.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.running import Running, running

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("left_out.txt")
LENGTH = 18
"""How many cases the list names. It only ever becomes smaller."""

FAMILIES = "^[a-j]/"
JOBS = 10
WITHIN_S = 600


def corpus() -> Path:
    """Where the recorded answers are."""
    given = os.environ.get("HEARTH_GOLDEN")
    beside = (above / "shared" / "golden" for above in ROOT.parents[:2])
    return Path(given) if given else next((p for p in beside if p.is_dir()), ROOT / "no-golden")


pytestmark = pytest.mark.skipif(
    not corpus().is_dir(),
    reason="the recorded answers are not beside this checkout; set HEARTH_GOLDEN",
)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is different in the answer to each case; [] where nothing is."""
    folder = tmp_path_factory.mktemp("golden")
    with running(folder / "state", "--speed", "fast") as hearth:
        results = asked(hearth, folder / "results.json")
    return {one["name"]: [line for line in one["diff"] if matters(line)] for one in results}


def asked(hearth: Running, results: Path) -> list[dict[str, Any]]:
    """The outcome of all cases."""
    clouds = yaml.safe_load((hearth.state_dir / "clouds.yaml").read_text())["clouds"]
    auth = clouds["hearth"]["auth"]
    done = subprocess.run(
        [
            sys.executable, "-B", corpus() / "run_rest.py", corpus() / "open",
            "--auth-url", auth["auth_url"], "--username", auth["username"],
            "--password", auth["password"], "--project", auth["project_name"],
            "--match", FAMILIES, "--templates", corpus().parent / "samples",
            "--texts", "named", "--jobs", str(JOBS), "--json", results, "--quiet",
        ],
        capture_output=True, text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert results.is_file(), done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(results.read_text())
    return found


_MISTAKE = re.compile(r"\.http:\s+expected 500\s+actual +400$")
_SENTENCE = re.compile(r"\(resource_schema\)\.body\.\S+\.description:")


def matters(line: str) -> bool:
    """Whether a difference is one. docs/decisions/0030 says why two kinds are none.

    A caller's mistake is answered with 400 where it was recorded as 500, under the same name; and
    the sentences that describe properties and attributes are our own.
    """
    return not _MISTAKE.search(line) and not _SENTENCE.search(line)


def left_out() -> dict[str, str]:
    """The cases that do not pass, and why."""
    lines = LIST.read_text().splitlines()
    parts = [line.partition(" - ") for line in lines if line and not line.startswith("#")]
    return {name: reason for name, _, reason in parts}


def test_hearth_answers_as_recorded(wrong: dict[str, list[str]]) -> None:
    excused = left_out()

    found = {name: lines for name, lines in wrong.items() if lines and name not in excused}

    assert found == {}


def test_what_passes_is_taken_off_the_list(wrong: dict[str, list[str]]) -> None:
    passing = sorted(name for name in left_out() if not wrong.get(name))

    assert passing == [], "take these off left_out.txt, and make LENGTH smaller"


def test_the_list_only_shrinks() -> None:
    excused = left_out()

    assert len(excused) == LENGTH
    assert all(reason.strip() for reason in excused.values())
