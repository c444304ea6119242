"""Microversions and the documents by which clients discover a service's versions."""

import re
from collections.abc import Mapping

from hearth.sandbox.web import Json, Refusal

_FORM = re.compile(r"^([1-9]\d*)\.([1-9]\d*|0)$")

Version = tuple[int, int]


def negotiate(
    headers: Mapping[str, str], service: str, lowest: Version, highest: Version, old: str = ""
) -> Version:
    """The microversion that the request asks for; the lowest where it asks for none.

    `old` is the header of the service's own that came before `OpenStack-API-Version`.
    """
    text = _asked(headers, service, old)
    if text is None:
        return lowest
    if text == "latest":
        return highest
    match = _FORM.match(text)
    if match is None:
        message = f"API Version String {text} is of invalid format."
        raise Refusal(400, message, "badRequest")
    version = int(match[1]), int(match[2])
    if not lowest <= version <= highest:
        message = (
            f"Version {text} is not supported by the API. Minimum is {dotted(lowest)} and "
            f"maximum is {dotted(highest)}."
        )
        raise Refusal(406, message, "computeFault")
    return version


def _asked(headers: Mapping[str, str], service: str, old: str) -> str | None:
    for part in headers.get("openstack-api-version", "").split(","):
        words = part.split()
        if len(words) == 2 and words[0].lower() == service:
            return words[1].lower()
    text = headers.get(old) if old else None
    return text.strip().lower() if text else None


def dotted(version: Version) -> str:
    """As people write it."""
    return f"{version[0]}.{version[1]}"


def described(
    identity: str,
    url: str,
    *,
    status: str = "CURRENT",
    lowest: Version | None = None,
    highest: Version | None = None,
    media: str = "",
) -> dict[str, Json]:
    """One version in a discovery document."""
    document: dict[str, Json] = {
        "id": identity,
        "status": status,
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": url}],
    }
    if media:
        base = "application/json"
        document["media-types"] = [{"base": base, "type": f"{base};version={media}"}]
    if lowest is not None and highest is not None:
        document["min_version"] = dotted(lowest)
        document["version"] = dotted(highest)
    return document
