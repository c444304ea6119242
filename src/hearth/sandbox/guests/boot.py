"""What a server finds in its user data when it first boots. Pure."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from urllib.parse import unquote

import msgspec
import yaml

from hearth.sandbox.guests.requests import Request
from hearth.sandbox.guests.shell import Shell
from hearth.sandbox.web import Json

METADATA = "cfn-init-data"


@dataclass(frozen=True, slots=True)
class Boot:
    """What there is to be done: requests that scripts send; and metadata, for the agent."""

    requests: tuple[Request, ...] = ()
    metadata: dict[str, Json] = field(default_factory=dict)


def booted(user_data: str | None, facts: Mapping[str, str]) -> Boot:
    """What user data, in base64 as Nova keeps it, come to."""
    try:
        text = b64decode(user_data or "").decode()
    except ValueError:
        return Boot()
    shell = Shell(facts=facts)
    metadata: dict[str, Json] = {}
    for name, kind, content in parts(text):
        if name == METADATA:
            metadata = _object(content)
        elif kind == "cloud-config" or content.startswith("#cloud-config"):
            for line in _commands(content):
                shell.run(line)
        elif kind == "x-shellscript" or content.startswith("#!") or name == "cfn-userdata":
            shell.run(content)
    return Boot(tuple(shell.requests), metadata or _ignited(text))


def parts(text: str) -> Iterator[tuple[str, str, str]]:
    """The name, the kind and the content of each part; a plain script is the one part."""
    document = message_from_string(text)
    if not document.is_multipart():
        yield "", "", text
        return
    for part in document.walk():
        if not part.is_multipart():
            yield part.get_filename() or "", part.get_content_subtype(), _content(part)


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _commands(content: str) -> Iterator[str]:
    """The commands of a cloud-config, as lines."""
    try:
        document = yaml.load(content, yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    listed = document.get("runcmd") if isinstance(document, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, list):
            yield " ".join(f"'{word}'" for word in one)
        else:
            yield str(one)


def _ignited(text: str) -> dict[str, Json]:
    """The metadata among the files that Ignition writes."""
    storage = _object(text).get("storage")
    files = storage.get("files") if isinstance(storage, dict) else None
    for one in files if isinstance(files, list) else ():
        if isinstance(one, dict) and str(one.get("path", "")).endswith(METADATA):
            return _object(unquote(str(one["contents"]["source"]).removeprefix("data:,")))
    return {}


def _object(text: str) -> dict[str, Json]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
