"""Imports go down, never up or sideways; import-linter knows the order (pyproject.toml)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.code import HEARTH, ROOT, SRC, Module, imports, module, ours, within

TOOL = Path(sys.executable).parent / "lint-imports"
# Beyond the layers: a package, and the only ones of ours that it may know.
KNOWS = {"hearth.sandbox": ("hearth.base", "hearth.sandbox")}
# And a package, with those below it that it may not know all the same.
SHUNS = {"hearth.resources": ("hearth.store", "hearth.bus", "hearth.policy")}


def lint(source: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package `hearth` in a folder, with this repository's rules."""
    return subprocess.run(
        [TOOL, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_down():
    done = lint(SRC)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(HEARTH, tmp_path / "hearth", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_an_import_that_goes_up_is_found(copy):
    if not (copy / "hearth" / "stack").exists():
        write(copy / "hearth" / "stack" / "__init__.py", "")
    write(copy / "hearth" / "base" / "climber.py", "import hearth.stack\n")

    done = lint(copy)

    assert done.returncode == 1
    assert "hearth.base.climber -> hearth.stack" in done.stdout


def test_a_package_without_a_place_is_found(copy):
    write(copy / "hearth" / "stranger" / "__init__.py", "")

    done = lint(copy)

    assert done.returncode == 1
    assert "hearth.stranger" in done.stdout


def test_the_core_that_asks_for_the_time_is_found(copy):
    write(copy / "hearth" / "base" / "hasty.py", "import time\n")

    done = lint(copy)

    assert done.returncode == 1
    assert "hearth.base.hasty -> time" in done.stdout


def test_no_package_knows_more_than_it_may():
    found = [each for one in ours() for each in indiscreet(one)]

    assert found == []


def indiscreet(one: Module) -> Iterator[str]:
    names = [(line, name) for line, name in imports(one.tree) if within(name, ["hearth"])]
    for line, name in names:
        if name.startswith("hearth.__"):
            continue
        for package, known in KNOWS.items():
            if within(one.name, [package]) and not within(name, known):
                yield f"{one.path}:{line}: {package} may not know {name}"
        for package, shunned in SHUNS.items():
            if within(one.name, [package]) and within(name, shunned):
                yield f"{one.path}:{line}: {package} may not know {name}"


def test_a_sandbox_that_knows_the_store_is_found():
    text = "from hearth import __version__\nfrom hearth.base import Clock\nimport hearth.store\n"

    assert list(indiscreet(module(text, "hearth.sandbox.nova"))) == [
        "src/hearth/sandbox/nova.py:3: hearth.sandbox may not know hearth.store"
    ]


def test_a_type_that_knows_the_bus_is_found():
    text = "from hearth.kit import ResourceType\nfrom hearth.bus import Bus\n"

    assert list(indiscreet(module(text, "hearth.resources.nova.server"))) == [
        "src/hearth/resources/nova/server.py:2: hearth.resources may not know hearth.bus.Bus"
    ]
