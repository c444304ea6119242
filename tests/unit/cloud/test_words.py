import json
from typing import Any

import pytest

from hearth.cloud import Response
from hearth.cloud.words import said


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"badRequest": {"code": 400, "message": "Bad flavor"}}, ("", "Bad flavor")),
        (
            {"NeutronError": {"type": "PortInUse", "message": "In use", "detail": ""}},
            ("PortInUse", "In use"),
        ),
        ({"NeutronError": "plain words"}, ("", "plain words")),
        ({"error": {"code": 404, "title": "Not Found", "message": "x"}}, ("Not Found", "x")),
        ({"faultcode": "Client", "faultstring": "No such pool"}, ("Client", "No such pool")),
        ({"errors": [{"code": "placement.x", "detail": "Gone"}]}, ("placement.x", "Gone")),
        ({"message": "Not there", "type": "zone_not_found"}, ("zone_not_found", "Not there")),
    ],
)
def test_each_services_way_of_reporting_is_understood(document: Any, found: tuple[str, str]):
    assert said(Response(400, {}, json.dumps(document).encode())) == found


def test_a_page_is_read_as_text_and_nothing_as_what_the_status_says():
    page = b"<html><head><title>x</title></head><body><h1>Conflict</h1> In use.</body></html>"

    assert said(Response(409, {}, page)) == ("", "Conflict In use.")
    assert said(Response(404, {}, b"")) == ("", "Not Found")
    assert said(Response(599, {}, b"")) == ("", "unknown error")
