"""Documents that clients parse."""

import json

import msgspec

from hearth.api.heat.documents import shown_output
from hearth.stack import Output


def test_an_output_may_be_a_number_that_json_does_not_have():
    output = Output("load", {"most": float("inf"), "all": [1.5, float("-inf")]}, "", None)

    text = msgspec.json.encode(shown_output(output)).decode()

    assert json.loads(text)["output_value"] == {"most": float("inf"), "all": [1.5, float("-inf")]}
