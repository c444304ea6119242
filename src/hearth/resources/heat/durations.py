"""Durations as CloudFormation writes them: PT1H30M5S. Pure."""

import re

from hearth.base.errors import HearthError

_FORM = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
HOUR_S = 3600


def seconds_of(text: str) -> float:
    """How many seconds a duration is; it may be an hour at most."""
    found = _FORM.fullmatch(text)
    if found is None:
        words = f'"{text}" is no duration of the form PT#H#M#S.'
        raise HearthError(words, kind="ValueError")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    whole = hours * HOUR_S + minutes * 60 + seconds
    if whole > HOUR_S:
        raise HearthError("PauseTime may be one hour at most.", kind="ValueError")
    return float(whole)
