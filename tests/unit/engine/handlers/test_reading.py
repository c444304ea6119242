"""What a request gives is read, and what it cannot be is told."""

import pytest

from hearth.bus import Source
from hearth.engine.handlers.reading import read

TEMPLATE = "heat_template_version: 2021-04-16\n"


@pytest.mark.parametrize("content", [5, True, ["a"]])
def test_a_file_that_is_no_text_is_told_by_its_name(content):
    [problem] = read(Source(template=TEMPLATE, files={"f.yaml": content})).report

    assert problem.kind == "HTTPBadRequest"
    assert "f.yaml" in problem.sentence


def test_a_file_that_a_client_has_parsed_is_a_text_again():
    found = read(Source(template=TEMPLATE, files={"f.yaml": {"a": 1}, "g": "x", "h": None}))

    assert found.report.ok
    assert found.source.files == {"f.yaml": '{"a": 1}', "g": "x"}
