"""Whatever is given for a template: no crash, no hang, no end of memory."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.fuzzing import carry, documents, environments, names, texts, values
from tests.support.measuring import HANG_S, MOST_MB

SHORT = settings(
    max_examples=150,
    deadline=HANG_S * 1000,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
GIVEN = st.dictionaries(names, values, max_size=3)


@SHORT
@given(documents, environments, GIVEN, documents)
def test_any_document_is_understood_or_refused(document, environment, parameters, nested):
    carry(document, environment, parameters, nested)


@SHORT
@given(texts)
def test_any_text_is_understood_or_refused(text):
    carry(text)


@SHORT
@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(data):
    carry(data)


REPORT = Path(__file__).parents[2] / "bench" / "reports" / "fuzz.md"
ROOT = Path(__file__).parents[2]
GRACE_S = 180
"""How much longer than it was told to a part may take until it counts as hanging."""


@pytest.mark.soak
def test_an_hour_of_chance_finds_nothing(tmp_path):
    """One process after the other, each alone with what it measures; then a report is written."""
    seconds = float(os.environ.get("HEARTH_FUZZ_S", "3600"))
    guided = importlib.util.find_spec("atheris") is not None
    share = seconds / 2 if guided else seconds

    parts = [by_chance(share, tmp_path)]
    if guided:
        parts.append(by_coverage(share, tmp_path))

    slowest = max(one["slowest_s"] for one in parts)
    peak = max(one["peak_mb"] for one in parts)
    lines = (
        "# Fuzzing the template language",
        "",
        f"`make soak T=tests/fuzz`, {seconds:.0f} s: no crash, no hang, no end of memory.",
        "",
        "| by | inputs | slowest, CPU s | peak, MB | steepest step, MB |",
        "|---|---|---|---|---|",
        *(
            f"| {one['by']} | {one['tried']} | {one['slowest_s']:.3f} | {one['peak_mb']:.0f}"
            f" | {one['steepest_mb']:.0f} |"
            for one in parts
        ),
        "",
        "Each input is carried through parser, environment, binding, validation and evaluation,",
        f"and measured by itself: more than {HANG_S:.0f} s of CPU for one, or more than",
        f"{MOST_MB:.0f} MB for the process, would have ended it.",
        "" if guided else "Atheris has no wheel for this Python: Hypothesis alone.",
    )
    REPORT.write_text("\n".join(lines).rstrip() + "\n")
    assert slowest <= HANG_S
    assert peak <= MOST_MB


def by_chance(seconds: float, folder: Path) -> dict[str, Any]:
    """What Hypothesis has measured."""
    report = folder / "chance.json"
    ran("tests.fuzz.chance", seconds, report)
    found: dict[str, Any] = json.loads(report.read_text())
    first, last = found["seeds"]
    return {"by": f"Hypothesis, seeds {first} to {last}", **found}


def by_coverage(seconds: float, folder: Path) -> dict[str, Any]:
    """What Atheris has measured."""
    corpus = folder / "corpus"
    corpus.mkdir()
    samples = Path(os.environ.get("HEARTH_SAMPLES", ROOT.parent / "shared" / "samples"))
    for number, path in enumerate(sorted([*samples.rglob("*.yaml"), *samples.rglob("*.template")])):
        (corpus / f"sample-{number}").write_bytes(b"\x01" + path.read_bytes())
    report = folder / "guided.json"
    ran("tests.fuzz.guided", seconds, report, corpus)
    found: dict[str, Any] = json.loads(report.read_text())
    return {"by": f"Atheris, {len(list(corpus.iterdir()))} inputs kept", **found}


def ran(module: str, seconds: float, *paths: Path) -> None:
    """Run a part in a process of its own, in which nothing else takes memory."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(seconds), *map(str, paths)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True, text=True, errors="replace", timeout=seconds + GRACE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
