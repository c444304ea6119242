"""How long a group rests after it was scaled: recorded in its metadata, as upstream has it.

{"cooldown_end": {"2026-11-22T18:00:00": "change_in_capacity : 1"}, "scaling_in_progress": false}
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from hearth.base import Value

END, BUSY = "cooldown_end", "scaling_in_progress"
KEYS = frozenset({END, BUSY})


def end_of(metadata: Mapping[str, Value]) -> float:
    """When the group may be scaled again, in seconds since the epoch; 0 if at any time."""
    found = metadata.get(END)
    moments = found if isinstance(found, dict) else {}
    return max((_seconds(moment) for moment in moments), default=0.0)


def rested(before: Mapping[str, Value], end: float, words: str) -> dict[str, Value]:
    """The metadata of a group that rests until then at least; an earlier rest is not cut short."""
    given = {key: value for key, value in before.items() if key not in KEYS}
    moment = datetime.fromtimestamp(max(end, end_of(before)), UTC).replace(tzinfo=None)
    return {**given, END: {moment.isoformat(): words}, BUSY: False}


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
