"""The log: a line for each thing, whatever was sent."""

import json
import logging
import sys

from hearth.serve.runners import OneLine, tell


def told(message: str, *args: object, fault: bool = False) -> str:
    """The line, or lines, for a message."""
    info = sys.exc_info() if fault else None
    record = logging.LogRecord("hearth", logging.INFO, "f", 1, message, args, info)
    return OneLine("%(message)s").format(record)


def test_nobody_writes_a_line_of_their_own_by_what_they_ask_for():
    line = told("GET %s 404", "/a\n2026 INFO all is well\x1b[2J\x85é")

    assert line == "GET /a\\x0a2026 INFO all is well\\x1b[2J\\x85é 404"


def test_each_reason_of_a_refusal_has_a_line_of_its_own(caplog):
    tell("heat.conf:2: this is wrong\nheat.conf:4: and that")

    assert caplog.messages == ["heat.conf:2: this is wrong", "heat.conf:4: and that"]


def test_a_traceback_keeps_its_lines():
    try:
        json.loads("[")
    except ValueError:
        lines = told("it failed", fault=True).splitlines()

    assert lines[:2] == ["it failed", "Traceback (most recent call last):"]
