"""The documents by which clients find out which versions Cinder speaks."""

from hearth.sandbox.versions import described
from hearth.sandbox.volume.state import HIGHEST, LOWEST, Cinder
from hearth.sandbox.web import Answer, Call, Route


def _versions(cinder: Cinder, call: Call) -> Answer:
    url = cinder.world.url("/volume/v3/")
    media = "application/vnd.openstack.volume+json"
    version = described("v3.0", url, lowest=LOWEST, highest=HIGHEST)
    version["media-types"] = [{"base": "application/json", "type": f"{media};version=3"}]
    return Answer(300 if call.path.rstrip("/") == "/volume" else 200, {"versions": [version]})


ROUTES = (
    Route("GET", "", _versions, open=True),
    Route("GET", "/v3", _versions, open=True),
)
