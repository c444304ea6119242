"""Where clients learn which versions and extensions there are."""

from hearth.sandbox.compute.state import HIGHEST, LOWEST, Nova
from hearth.sandbox.versions import described
from hearth.sandbox.web import Answer, Call, Json, Route


def versions(nova: Nova, call: Call) -> Answer:
    """All versions."""
    return Answer(200, {"versions": [_version(nova)]})


def version(nova: Nova, call: Call) -> Answer:
    """The one version."""
    return Answer(200, {"version": _version(nova)})


def extensions(nova: Nova, call: Call) -> Answer:
    """Extensions are part of the API itself; none is optional."""
    return Answer(200, {"extensions": []})


def _version(nova: Nova) -> Json:
    url = nova.world.url("/compute/v2.1/")
    return described("v2.1", url, lowest=LOWEST, highest=HIGHEST)


ROUTES = (
    Route("GET", "", versions, open=True),
    Route("GET", "/v2.1", version, open=True),
    Route("GET", "/v2.1/extensions", extensions),
)
