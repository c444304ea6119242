"""Where clients learn which versions there are."""

from hearth.sandbox.identity.state import Identity
from hearth.sandbox.versions import described
from hearth.sandbox.web import Answer, Call, Json, Route


def versions(identity: Identity, call: Call) -> Answer:
    """All versions: a choice to be made."""
    return Answer(300, {"versions": {"values": [_version(identity)]}})


def version(identity: Identity, call: Call) -> Answer:
    """The one version."""
    return Answer(200, {"version": _version(identity)})


def _version(identity: Identity) -> Json:
    url = identity.world.url("/identity/v3/")
    document = described("v3.14", url, status="stable")
    kind = "application/vnd.openstack.identity-v3+json"
    document["media-types"] = [{"base": "application/json", "type": kind}]
    return document


ROUTES = (
    Route("GET", "", versions, open=True),
    Route("GET", "/v3", version, open=True),
)
