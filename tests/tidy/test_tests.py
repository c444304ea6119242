"""Tests do not sleep, and do not imitate what they test."""

import ast
from collections.abc import Iterator

import pytest

from tests.tidy.code import Module, around, dotted, excused, imports, module, own_nodes, scopes
from tests.tidy.exceptions import SLEEPS

SLEEPLESS = ("tests/unit/", "tests/wire/", "tests/lifecycle/", "tests/simulation/")
SLEEPERS = {"sleep", "time.sleep", "asyncio.sleep", "trio.sleep", "anyio.sleep"}


def test_no_test_sleeps():
    found = [each for one in _fast() for each in sleeps(one) if not excused(each, SLEEPS)]

    assert found == []


def test_every_excuse_is_in_use():
    places = [place for one in _fast() for place in sleeps(one)]

    assert [each for each in SLEEPS if not any(excused(p, [each]) for p in places)] == []


def _fast() -> list[Module]:
    return [one for one in around() if one.path.startswith(SLEEPLESS)]


def sleeps(one: Module) -> Iterator[str]:
    """The places, as `module:function`, that wait. Waiting for nothing only gives way."""
    for name, scope in scopes(one.tree):
        for node in own_nodes(scope):
            match node:
                case ast.Call(args=[ast.Constant(value=0)]):
                    pass
                case ast.Call(func=func) if dotted(func) in SLEEPERS:
                    yield f"{one.name}:{name}"


@pytest.mark.parametrize("call", ["time.sleep(1)", "asyncio.sleep(0.1)", "sleep(moment)"])
def test_a_sleep_is_found(call):
    assert list(sleeps(module(f"def test_it():\n    {call}\n"))) == ["hearth.base.sample:test_it"]


def test_giving_way_and_virtual_time_are_let_be():
    text = "async def test_it(clock):\n    await asyncio.sleep(0)\n    await clock.sleep(9)\n"

    assert list(sleeps(module(text))) == []


def test_no_test_imitates_our_own_code():
    found = [each for one in around() for each in imitations(one)]

    assert found == []


def imitations(one: Module) -> Iterator[str]:
    for line, name in imports(one.tree):
        if name.startswith(("unittest.mock", "mock", "pytest_mock")):
            yield f"{one.path}:{line}: imports {name}"
    for node in ast.walk(one.tree):
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=str(target)), *_]) if dotted(
                func
            ).endswith("monkeypatch.setattr") and target.startswith("hearth."):
                yield f"{one.path}:{node.lineno}: replaces {target}"


@pytest.mark.parametrize(
    "text",
    [
        "from unittest import mock",
        "from unittest.mock import patch",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('hearth.serve.main', None)",
    ],
)
def test_an_imitation_is_found(text):
    assert len(list(imitations(module(text)))) == 1


def test_replacing_what_is_not_ours_is_let_be():
    text = "def test_it(monkeypatch):\n    monkeypatch.setenv('TZ', 'UTC')"

    assert list(imitations(module(text))) == []
