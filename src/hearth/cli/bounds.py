"""How large a text may become once it is read: found out before anything is made of it.

The server's reader has the same bounds. A short text can hold more than memory does, by aliases
of aliases, and one that is nested deeply enough ends the process that composes it.
"""

from typing import Any

import yaml

MAX_NODES = 500_000
MAX_DEPTH = 120
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Beyond(yaml.YAMLError):
    """A text that is larger or deeper than it may be, or whose aliases lead nowhere."""

    def __init__(self, sentence: str, event: Any) -> None:
        super().__init__(f"{sentence} (line {event.start_mark.line + 1})")


def measured(text: str) -> None:
    """Raises Beyond, or the YAMLError of a text that is no YAML. No recursion, and no tree."""
    get = _LOADER(text).get_event
    sizes: dict[str, int] = {}
    outer: list[tuple[str | None, int]] = []
    count = 0
    while not isinstance(event := get(), yaml.StreamEndEvent):
        if isinstance(event, _STARTS):
            if len(outer) >= MAX_DEPTH:
                raise Beyond(f"it is nested more than {MAX_DEPTH} levels deep", event)
            outer.append((event.anchor, count))
            count += 1
        elif isinstance(event, _ENDS):
            anchor, before = outer.pop()
            if anchor is not None:
                sizes[anchor] = count - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise Beyond(f"found undefined alias {event.anchor!r}", event)
            count += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        if count > MAX_NODES:
            raise Beyond(f"it has more than {MAX_NODES} values, aliases included", event)
