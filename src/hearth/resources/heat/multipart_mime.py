"""OS::Heat::MultipartMime."""

from typing import Any

from hearth.base import Secret, Value
from hearth.kit import Context, Part, multipart, parts_of, text_of
from hearth.resources.heat.kept_config import KeptConfig
from hearth.schema import Record, prop, since


class ConfigPart(Record):
    """One part of the document."""

    config: str = prop("A text, or the config whose text it is.")
    filename: str | None = prop("The name of the file that it becomes.")
    subtype: str | None = prop("What it is, below text/; by default, its file name's beginning.")
    type: str = prop(
        "Whether it is one part, or a document whose parts are taken over.",
        default="text",
        allowed=("text", "multipart"),
    )


class MultipartMime(KeptConfig):
    """Several configurations as one document, for a server's first boot."""

    name = "OS::Heat::MultipartMime"
    support = since("2014.1")

    class Properties(Record):
        group: str = prop("What applies it.", default="Heat::Ungrouped", since="14.0.0")
        parts: list[ConfigPart] = prop("The parts, in order.", default=[])

    async def content(self, ctx: Context, props: Any) -> Value:
        parts: list[Part] = []
        hidden = False
        for one in props.parts or ():
            text, secret = await text_of(ctx.software, one.config)
            hidden = hidden or secret
            if one.type == "multipart":
                parts.extend(parts_of(text) or ())
            else:
                parts.append(Part(text, one.subtype or "", one.filename or ""))
        made = multipart(parts)
        return Secret(made) if hidden else made
