"""What programs are told is JSON that any reader takes."""

import json
from math import inf, nan

import pytest

from hearth.cli.output import Output


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def test_numbers_that_json_does_not_have_are_texts(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"a": [nan, (inf, {"b": -inf})], "c": 1.5, "d": None}

    Output(as_json=True).document("output", output=value)

    told = json.loads(capsys.readouterr().out, parse_constant=_refused)
    assert told["output"] == {"a": ["NaN", ["Infinity", {"b": "-Infinity"}]], "c": 1.5, "d": None}
