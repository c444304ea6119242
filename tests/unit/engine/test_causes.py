"""Where a failure is, and what hearth knows about it beyond what the service said."""

import pytest

from hearth.cloud import Conflict, Failing, Forbidden, NotFound
from hearth.engine.causes import places
from hearth.engine.hints import hint
from hearth.kit import InError
from hearth.store.causes import Above


def test_places_are_told_of_templates_that_somebody_wrote():
    above = (
        Above("group", "template:7", "OS::Heat::ResourceGroup"),
        Above("0", "template:1", "db.yaml"),
        Above("inner", "template:4", "file:///x/inner.yaml"),
    )

    assert places(above, "template:9") == ("template:7", "db.yaml:4", "file:///x/inner.yaml:9")
    assert places((), "template:3") == ("template:3",)
    assert places(above[:1], "template:1") == ("template:7",)
    assert places((), "") == ()


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (InError("ERROR", "No valid host was found."), "flavor"),
        (Forbidden(Failing("compute", message="Quota exceeded for cores")), "quota"),
        (Forbidden(Failing("compute", message="Policy doesn't allow it")), "role"),
        (Conflict(Failing("network", code="IpAddressInUse")), "address"),
    ],
)
def test_a_known_failure_comes_with_what_helps(error, word):
    assert word in hint(error)


@pytest.mark.parametrize(
    "error",
    [
        NotFound(Failing("network", message="no quota named x")),
        ValueError("no valid host"),
        InError("ERROR"),
    ],
)
def test_nothing_is_guessed(error):
    assert hint(error) == ""
