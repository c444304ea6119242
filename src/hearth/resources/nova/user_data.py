"""How user data is wrapped for the server's first boot. Pure."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec

from hearth.base import Value, plain
from hearth.base.errors import HearthError
from hearth.kit import Part, multipart, parts_of
from hearth.resources.nova.guest import BOOTHOOK, BOTO, CLOUD_CONFIG, LOG_USER_DATA, PART_HANDLER


@dataclass(frozen=True, slots=True)
class Guest:
    """What the tools inside the server are told.

    metadata_url: where the tools ask for metadata. metadata: what they find of it at once.
    user: who may log in.
    """

    metadata_url: str = ""
    metadata: Mapping[str, Value] = field(default_factory=dict)
    user: str = ""
    secure: bool = False
    verify: bool = True


def encoded(user_data: str, form: str, guest: Guest) -> str:
    """The `user_data` of the creating call: base64, empty for none."""
    if form == "HEAT_CFNTOOLS":
        text = tools(user_data, guest)
    elif form == "SOFTWARE_CONFIG":
        text = software(user_data, guest)
    else:
        text = user_data
    return b64encode(text.encode()).decode()


def tools(user_data: str, guest: Guest) -> str:
    """The user's script among the parts that the in-guest tools need, as one MIME document."""
    parts = _first(guest)
    if user_data:
        parts.append(Part(user_data, "x-cfninitdata", "cfn-userdata"))
    parts.append(Part(LOG_USER_DATA, "x-shellscript", "loguserdata.py"))
    parts += _metadata(guest)
    if guest.metadata_url:
        parts.append(Part(guest.metadata_url, "x-cfninitdata", "cfn-metadata-server"))
        host = guest.metadata_url.split("://")[-1].split("/")[0].rsplit(":", 1)[0]
        boto = BOTO.format(host=host, secure=int(guest.secure), verify=int(guest.verify))
        parts.append(Part(boto, "x-cfninitdata", "cfn-boto-cfg"))
    return multipart(parts)


def software(user_data: str, guest: Guest) -> str:
    """The user's parts, and what the agent that applies deployments needs.

    Where the first boot is Ignition's, the metadata is among the files that it writes.
    """
    ignition = _ignition(user_data)
    if ignition is not None:
        return _with_files(ignition, guest)
    inner = parts_of(user_data)
    own = inner if inner is not None else ((Part(user_data),) if user_data else ())
    return multipart([*_first(guest), *own, *_metadata(guest)])


def _first(guest: Guest) -> list[Part]:
    config = CLOUD_CONFIG.format(user=guest.user) if guest.user else CLOUD_CONFIG_PLAIN
    return [
        Part(config, "cloud-config"),
        Part(BOOTHOOK.format(user=guest.user or "root"), "cloud-boothook", "boothook.sh"),
        Part(PART_HANDLER, "part-handler", "part-handler.py"),
    ]


def _metadata(guest: Guest) -> list[Part]:
    if not guest.metadata:
        return []
    return [Part(_json(guest), "x-cfninitdata", "cfn-init-data")]


def _json(guest: Guest) -> str:
    return msgspec.json.encode(plain(dict(guest.metadata))).decode()


def _ignition(user_data: str) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(user_data)
    except msgspec.DecodeError:
        return None
    known = isinstance(document, dict) and isinstance(document.get("ignition"), dict)
    return document if known and "version" in document["ignition"] else None


def _with_files(document: dict[str, Any], guest: Guest) -> str:
    storage = document.setdefault("storage", {})
    files = storage.setdefault("files", []) if isinstance(storage, dict) else None
    if not isinstance(files, list):
        words = 'In Ignition "storage" is a map, and "files" in it a list.'
        raise HearthError(words, kind="ValueError")
    source = f"data:,{quote(_json(guest))}"
    files += [
        {
            "filesystem": "root",
            "path": path,
            "mode": 0o640,
            "user": {"name": "root"},
            "group": {"name": "root"},
            "contents": {"source": source, "verification": {}},
        }
        for path in METADATA_FILES
    ]
    return msgspec.json.encode(document).decode()


METADATA_FILES = ("/var/lib/heat-cfntools/cfn-init-data", "/var/lib/cloud/data/cfn-init-data")
CLOUD_CONFIG_PLAIN = CLOUD_CONFIG.replace("user: {user}\n", "")
