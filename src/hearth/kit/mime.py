"""Documents of several parts, as cloud-init takes them for user data. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Part:
    """One part. kind: what it is, below `text/`; by default what its name begins with."""

    text: str
    kind: str = ""
    name: str = ""


def multipart(parts: Iterable[Part]) -> str:
    """The parts as one document: the same parts always give the same text."""
    made = list(parts)
    digest = sha256(repr(made).encode("utf-8", "surrogatepass")).hexdigest()
    document = MIMEMultipart(boundary=f"===={digest[:32]}====")
    for part in made:
        document.attach(_attached(part))
    return document.as_string(policy=SMTP.clone(linesep="\n"))


def parts_of(text: str) -> tuple[Part, ...] | None:
    """The parts of a document of several, as deep as they are; None if it is none."""
    document = message_from_string(text)
    return tuple(_inside(document)) if document.is_multipart() else None


def _inside(document: Message) -> Iterator[Part]:
    payload = document.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if not isinstance(part, Message):
            continue
        if part.is_multipart():
            yield from _inside(part)
            continue
        content = part.get_payload(decode=True)
        charset = part.get_content_charset("utf-8")
        text = content.decode(charset, "replace") if isinstance(content, bytes) else ""
        yield Part(text, part.get_content_subtype(), part.get_filename() or "")


def _attached(part: Part) -> MIMEText:
    charset = "us-ascii" if part.text.isascii() else "utf-8"
    kind = part.kind or part.name.rpartition(".")[0] or part.name or "plain"
    made = MIMEText(part.text, kind, charset)
    if part.name:
        made.add_header("Content-Disposition", "attachment", filename=part.name)
    return made
