"""What programs are told is JSON that any reader takes."""

import json
from math import inf, nan

import pytest

from hearth.cli.output import Output
from hearth.cli.why import waits


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def test_numbers_that_json_does_not_have_are_texts(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"a": [nan, (inf, {"b": -inf})], "c": 1.5, "d": None}

    Output(as_json=True).document("output", output=value)

    told = json.loads(capsys.readouterr().out, parse_constant=_refused)
    assert told["output"] == {"a": ["NaN", ["Infinity", {"b": "-Infinity"}]], "c": 1.5, "d": None}


def test_what_waits_is_told_with_its_place_its_times_and_who_must_act(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = {
        "path": ["group"], "stack_name": "web-group-x", "action": "UPDATE",
        "since": "2026-09-21T14:13:20Z", "until": "2026-09-21T15:13:20Z",
        "message": "Somebody must act.",
    }  # fmt: skip

    waits(Output(as_json=False), [one] * 7)

    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        "Waits   group: UPDATE, since 2026-09-21T14:13:20Z, until 2026-09-21T15:13:20Z",
        "        Somebody must act.",
    ]
    assert told[-1] == "        and 2 more"
