"""What is imported is declared, and what is declared is pinned for tests."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions

from tests.tidy.code import ROOT, Module, imports, module, ours

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def plain(requirement: str) -> str:
    """A distribution's name as all spell it: no version, no extra, one way to write it."""
    name = re.split(r"[\[<>=!~; ]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_is_a_declared_dependency():
    declared = {plain(each) for each in PROJECT["dependencies"]}

    found = [each for one in ours() for each in undeclared(one, declared)]

    assert found == []


def undeclared(one: Module, declared: Iterable[str]) -> Iterator[str]:
    makers = packages_distributions()
    for line, name in imports(one.tree):
        top = name.split(".")[0]
        if top in sys.stdlib_module_names or top == "hearth":
            continue
        if not {plain(each) for each in makers.get(top, [])} & set(declared):
            yield f"{one.path}:{line}: {top} is not a dependency in pyproject.toml"


def test_an_undeclared_import_is_found():
    text = "import json\nimport hypothesis\nfrom sqlalchemy import text\nimport nowhere\n"

    found = list(undeclared(module(text), {"sqlalchemy"}))

    assert [each.split()[1] for each in found] == ["hypothesis", "nowhere"]


def test_every_dependency_is_pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {plain(line) for line in lines if "==" in line}
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]

    assert unpinned(wanted, pinned) == []


def unpinned(wanted: Iterable[str], pinned: Iterable[str]) -> list[str]:
    return sorted({plain(each) for each in wanted} - set(pinned))


def test_an_unpinned_dependency_is_found():
    assert unpinned(["PyYAML>=6", "oslo.config"], {"pyyaml"}) == ["oslo-config"]
