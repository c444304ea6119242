"""Imports stand at the top of a file, where all can see what it needs."""

import ast
from collections.abc import Iterator

from tests.tidy.code import FUNCTION, Module, excused, module, ours, own_nodes, scopes
from tests.tidy.exceptions import LATE_IMPORTS


def test_nothing_is_imported_late_without_a_reason():
    found = [each for one in ours() for each in late(one) if not excused(each, LATE_IMPORTS)]

    assert found == []


def test_every_excuse_is_in_use():
    places = [place for one in ours() for place in late(one)]

    unused = [each for each in LATE_IMPORTS if not any(excused(p, [each]) for p in places)]

    assert unused == []


def late(one: Module) -> Iterator[str]:
    """The functions, as `module:function`, that import something."""
    for name, scope in scopes(one.tree):
        if isinstance(scope, FUNCTION) and any(
            isinstance(node, ast.Import | ast.ImportFrom) for node in own_nodes(scope)
        ):
            yield f"{one.name}:{name}"


def test_a_late_import_is_found():
    text = "import re\nclass A:\n    def f(self):\n        if self:\n            import json\n"

    assert list(late(module(text))) == ["hearth.base.sample:A.f"]


def test_no_import_is_for_the_type_checker_alone():
    found = [one.path for one in ours() if for_types_only(one)]

    assert found == []


def for_types_only(one: Module) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
        or (isinstance(node, ast.alias) and node.name == "TYPE_CHECKING")
        for node in ast.walk(one.tree)
    )


def test_an_import_for_the_type_checker_alone_is_found():
    assert for_types_only(module("import typing\nif typing.TYPE_CHECKING:\n    import json\n"))
    assert for_types_only(module("from typing import TYPE_CHECKING as T\n"))
    assert not for_types_only(module("import typing\n"))
