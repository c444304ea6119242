"""Who requires whom in the templates of Heat's users, as recorded from Heat in process."""

import json
from pathlib import Path
from typing import Any

import pytest

from hearth.engine.aside import Here
from hearth.engine.blueprint import Blueprint, Library, Source
from hearth.engine.checks import Checks
from hearth.engine.needs import Asked
from hearth.serve.registry import registry
from hearth.serve.seams import SystemClock
from hearth.template import Environment, Pseudo, parse
from tests.golden.test_golden import corpus

SAMPLES = corpus().parent / "samples"
TYPES = registry()

pytestmark = pytest.mark.skipif(
    not corpus().is_dir(),
    reason="the recorded answers are not beside this checkout; set HEARTH_GOLDEN",
)


def cases() -> list[dict[str, Any]]:
    """The graphs of templates that are beside this checkout."""
    if not corpus().is_dir():
        return []
    document = json.loads((corpus() / "open" / "h-upstream-templates.json").read_text())
    return [case for case in document["cases"] if case["op"] == "dependencies" and found(case)]


def found(case: dict[str, Any]) -> bool:
    return all(
        (SAMPLES / path).is_file() for path in (case["template_path"], *files(case).values())
    )


def files(case: dict[str, Any]) -> dict[str, str]:
    paths: dict[str, str] = case.get("file_paths") or {}
    return paths


@pytest.mark.parametrize("case", cases(), ids=lambda case: Path(case["template_path"]).name)
def test_resources_require_one_another_as_recorded(case: dict[str, Any]):
    template, report = parse((SAMPLES / case["template_path"]).read_text(), "sample")
    assert template is not None, list(report)
    texts = {name: (SAMPLES / path).read_text() for name, path in files(case).items()}
    source = Source(template, Environment(), texts, case["parameters"])

    checks = Checks(SystemClock())
    made = Blueprint(source, Pseudo("gc"), Library(TYPES, checks, Here()), Asked(checks))

    expected = case["expected"]["required_by"]
    assert {name: sorted(made.required_by(name)) for name in made.active.resources} == expected
