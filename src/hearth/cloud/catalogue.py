"""Which services there are, what they are called, and where. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a service beforehand.

    types: its names in catalogues, the best first.
    version: what its address ends in, where a path does not say it.
    strip: a version that some catalogues add and our paths say themselves.
    project: whether the project's id follows the version.
    microversion: the newest that the types here understand; names the header's service.
    """

    types: tuple[str, ...]
    version: str = ""
    strip: str = ""
    project: bool = False
    microversion: str = ""
    header: str = ""


SERVICES: Mapping[str, Known] = {
    # 2.46 is the last where a server shows its flavor's id; newer ones are asked for call by call.
    "compute": Known(("compute",), "/v2.1", microversion="2.46", header="compute"),
    "network": Known(("network",), strip="/v2.0"),
    "volume": Known(
        ("block-storage", "volumev3", "block-store", "volume"),
        "/v3",
        project=True,
        microversion="3.59",
        header="volume",
    ),
    "image": Known(("image",), strip="/v2"),
    "object-store": Known(("object-store",)),
    "identity": Known(("identity",), strip="/v3"),
    "orchestration": Known(("orchestration",)),
    "cloudformation": Known(("cloudformation",)),
    "placement": Known(("placement",), microversion="1.39", header="placement"),
    "load-balancer": Known(("load-balancer",), strip="/v2.0"),
    "dns": Known(("dns",), strip="/v2"),
    "key-manager": Known(("key-manager",), strip="/v1"),
    "container-infra": Known(
        ("container-infrastructure-management", "container-infra"), strip="/v1"
    ),
    "share": Known(
        ("shared-file-system", "sharev2", "share"),
        "/v2",
        microversion="2.65",
        header="shared-file-system",
    ),
    "database": Known(("database",)),
    "workflow": Known(("workflow", "workflowv2"), strip="/v2"),
    "messaging": Known(("message", "messaging"), strip="/v2"),
    "alarm": Known(("alarm", "alarming"), strip="/v2"),
    "container": Known(("application-container", "container"), strip="/v1"),
    "reservation": Known(("reservation",), strip="/v1"),
    "baremetal": Known(("baremetal",), strip="/v1"),
}

_VERSION = re.compile(r"/v\d+(\.\d+)?(/[^/]*)?$")
_INTERFACE = re.compile(r"URL$")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a service."""

    type: str
    interface: str
    region: str
    url: str


def endpoints(catalogue: Iterable[Mapping[str, Any]]) -> tuple[Endpoint, ...]:
    """The endpoints of a Keystone v3 catalogue."""
    return tuple(
        Endpoint(
            str(service.get("type", "")),
            str(endpoint.get("interface", "")),
            str(endpoint.get("region_id") or endpoint.get("region") or ""),
            str(endpoint.get("url", "")),
        )
        for service in catalogue
        for endpoint in service.get("endpoints", ())
    )


def address(
    known: Known, found: Iterable[Endpoint], interface: str, region: str | None, project: str
) -> str | None:
    """Where a service is to be asked, without a final slash; None when it is not offered."""
    wanted = _INTERFACE.sub("", interface)
    offered = [
        endpoint
        for endpoint in found
        if endpoint.interface == wanted and (not region or endpoint.region == region)
    ]
    for name in known.types:
        for endpoint in offered:
            if endpoint.type == name:
                return _based(known, endpoint.url.rstrip("/"), project)
    return None


def _based(known: Known, url: str, project: str) -> str:
    if known.strip:
        return url.removesuffix(known.strip)
    if not known.version:
        return url
    root = _VERSION.sub("", url)
    return f"{root}{known.version}" + (f"/{project}" if known.project else "")


def version_of(text: str) -> tuple[int, int]:
    """A microversion as numbers, so that 2.9 is older than 2.10."""
    major, _, minor = text.partition(".")
    return (int(major), int(minor or 0)) if major.isdigit() else (0, 0)


def newest(document: Any) -> str:
    """The newest microversion that a service's version document offers; empty when none."""
    if not isinstance(document, dict):
        return ""
    listed = document.get("versions") or [document.get("version") or {}]
    if isinstance(listed, dict):
        listed = listed.get("values", [])
    offered = [
        str(item.get("version") or item.get("max_version") or "")
        for item in listed
        if isinstance(item, dict)
    ]
    return max(offered, key=version_of, default="")
