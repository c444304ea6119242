"""What comes of a config that is deployed to a guest: seen, and not run. Pure.

Comments in a config say what a script could not show:

    # guest: fail 3 the disk is full      it ends with code 3, and says so in its stderr
    # guest: output NAME VALUE            an output
    # guest: take 20                      it takes 20 seconds
    # guest: silent                       it never answers
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from hearth.sandbox.guests.requests import Request
from hearth.sandbox.guests.shell import Shell
from hearth.sandbox.web import Json

_DIRECTIVE = re.compile(r"^\s*(?:#|//|;)\s*guest:\s*(\w+)[ \t]*(.*?)\s*$", re.MULTILINE)
_OUTPUTS = "/var/lib/heat-config/outputs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a config has come to. takes_s: after how long; None if it never answers."""

    answer: dict[str, Json]
    takes_s: float | None = 0.0
    requests: tuple[Request, ...] = ()


@dataclass(slots=True)
class _Said:
    """What a config's comments say."""

    code: int = 0
    stderr: str = ""
    takes_s: float | None = 0.0
    outputs: dict[str, str] = field(default_factory=dict)


def inputs_of(config: Mapping[str, Json]) -> dict[str, Json]:
    """The values of a config's inputs."""
    return {one["name"]: one.get("value") for one in config.get("inputs") or ()}


def applied(config: Mapping[str, Json], facts: Mapping[str, str]) -> Outcome | None:
    """What comes of a config; None if there is nothing in it for this action."""
    inputs = inputs_of(config)
    tool, content = _tool(config, str(inputs.get("deploy_action")))
    if tool is None:
        return None
    text = content if isinstance(content, str) else ""
    said = _directives(text)
    place = f"{_OUTPUTS}/{config['id']}"
    shell = Shell({**_environment(inputs), "heat_outputs_path": place}, facts)
    if tool == "script":
        shell.run(text)
    answer: dict[str, Json] = {
        "deploy_stdout": shell.stdout,
        "deploy_stderr": shell.stderr + said.stderr,
        "deploy_status_code": said.code or shell.code,
    }
    for one in config.get("outputs") or ():
        written = shell.files.get(f"{place}.{one['name']}")
        value = said.outputs.get(one["name"], written)
        if value is not None:
            answer[one["name"]] = value
    return Outcome(answer, said.takes_s, tuple(shell.requests))


def _tool(config: Mapping[str, Json], action: str) -> tuple[str | None, Json]:
    """What applies a config, and what is applied; of a component, what this action has."""
    if config.get("group") != "component":
        return str(config.get("group")), config.get("config")
    for one in (config.get("config") or {}).get("configs", ()):
        if action in one["actions"]:
            return str(one["tool"]), one.get("config")
    return None, None


def _environment(inputs: Mapping[str, Json]) -> dict[str, str]:
    """Inputs as a script finds them among its variables."""
    return {
        name: value if isinstance(value, str) else _text(value) for name, value in inputs.items()
    }


def _text(value: Json) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()


def _directives(text: str) -> _Said:
    said = _Said()
    for word, rest in _found(text):
        first, _, more = rest.partition(" ")
        match word:
            case "fail":
                said.code = int(first) if first.isdecimal() and int(first) else 1
                said.stderr += f"{more}\n" if more else ""
            case "output":
                said.outputs[first] = more
            case "take" if said.takes_s is not None:
                said.takes_s = float(first) if first.replace(".", "", 1).isdecimal() else 0.0
            case "silent":
                said.takes_s = None
            case _:
                continue
    return said


def _found(text: str) -> Iterator[tuple[str, str]]:
    return ((found[1], found[2]) for found in _DIRECTIVE.finditer(text))
