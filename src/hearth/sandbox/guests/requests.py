"""The commands by which scripts in servers signal, as the requests that they would send. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be sent, again until it is answered."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def asked(name: str, given: Sequence[str]) -> Request | None:
    """What a command sends, if it is one that does."""
    match name:
        case "curl":
            return _curl(given)
        case "cfn-signal":
            return _cfn_signal(given)
        case _:
            return None


_WITH_VALUE = frozenset("bcomuwxyAEFTe") | {"connect-timeout", "max-time", "retry", "cacert"}
_DATA = frozenset({"d", "data", "data-binary", "data-raw", "data-ascii"})


def _curl(given: Sequence[str]) -> Request | None:
    headers: dict[str, str] = {}
    method, url, body = "", "", ""
    for option, value in _options(given, _WITH_VALUE | _DATA | {"X", "H", "request", "header"}):
        if option in ("X", "request"):
            method = value
        elif option in ("H", "header"):
            name, _, said = value.partition(":")
            headers[name.strip()] = said.strip()
        elif option in _DATA:
            body = value
        elif option in ("", "url") and "://" in value:
            url = value
    if not url:
        return None
    return Request(method or ("POST" if body else "GET"), url, headers, body.encode())


_SIGNAL = {
    "s": "success", "e": "exit-code", "r": "reason", "d": "data", "i": "id",
}  # fmt: skip


def _cfn_signal(given: Sequence[str]) -> Request | None:
    said = {"reason": "", "data": "Application has completed configuration.", "id": "00000"}
    url = ""
    for option, value in _options(given, {*_SIGNAL, *_SIGNAL.values()}):
        if option:
            said[_SIGNAL.get(option, option)] = value
        elif "://" in value:
            url = value
    if not url:
        return None
    well = said.get("exit-code", "0") == "0" and said.get("success", "true") == "true"
    body = {
        "Status": "SUCCESS" if well else "FAILURE",
        "Reason": said["reason"],
        "UniqueId": said["id"],
        "Data": said["data"],
    }
    return Request("PUT", url, {"Content-Type": ""}, msgspec.json.encode(body))


def _options(given: Sequence[str], valued: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    """Options with their values, and under "" what is none."""
    words = iter(given)
    for word in words:
        if word.startswith("--"):
            name, has, value = word[2:].partition("=")
            if not has and name in valued:
                value = next(words, "")
            yield name, value
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word[1:], valued, words)
        else:
            yield "", word


def _short(
    letters: str, valued: frozenset[str] | set[str], words: Iterator[str]
) -> Iterator[tuple[str, str]]:
    """Options of one letter, perhaps several in one word, the last with its value."""
    for place, letter in enumerate(letters):
        if letter in valued:
            yield letter, letters[place + 1 :] or next(words, "")
            return
        yield letter, ""
