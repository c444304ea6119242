"""The core decides and does nothing else: no clock, no chance, no input, no output."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.tidy.code import Module, dotted, imports, module, ours, within

CORE = tuple(
    f"hearth.{name}"
    for name in (
        "base", "schema", "graph", "identity", "stack", "template", "plan", "watch",
        "engine.machine",
    )
)  # fmt: skip
FORBIDDEN = {
    "asyncio", "concurrent", "ftplib", "http", "multiprocessing", "os", "pathlib", "random",
    "secrets", "select", "selectors", "shutil", "signal", "smtplib", "socket", "socketserver",
    "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
# Parsers and encoders: functions from text to values.
WELCOME = {"hearth", "msgspec", "yaml"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
ACTS = {"open", "print", "input", "exec", "eval", "__import__"}


def test_the_core_is_pure():
    core = [one for one in ours() if within(one.name, CORE)]

    found = [each for one in core for each in impure(one)]

    assert core
    assert found == []


def impure(one: Module) -> Iterator[str]:
    for line, name in imports(one.tree):
        if within(name, FORBIDDEN):
            yield f"{one.path}:{line}: the core may not import {name}"
        elif (top := name.split(".")[0]) not in sys.stdlib_module_names | WELCOME:
            yield f"{one.path}:{line}: the core may not import {top or name}"
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called in ACTS or any(f".{called}".endswith(f".{clock}") for clock in CLOCKS):
                yield f"{one.path}:{node.lineno}: the core may not call {called}"


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "import os.path",
        "from asyncio import sleep",
        "from urllib.request import urlopen",
        "from uuid import UUID",
        "import sqlalchemy",
        "from aiohttp import web",
        "import datetime\nnow = datetime.datetime.now()",
        "from datetime import datetime\nnow = datetime.now(None)",
        "text = open('a')",
        "def f():\n    import random",
    ],
)
def test_what_is_impure_is_found(text):
    assert list(impure(module(text))) != []


def test_what_is_pure_is_let_be():
    text = (
        "import re\nimport yaml\nfrom urllib.parse import urlsplit\n"
        "from datetime import datetime\nfrom hearth.base import Clock\n"
        "def late(clock: Clock, due: float): return clock.now() > due\n"
    )

    assert list(impure(module(text))) == []
