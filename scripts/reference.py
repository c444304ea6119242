"""Writes docs/reference/: types, settings, routes and commands, from their declarations.

    python scripts/reference.py            writes the pages
    python scripts/reference.py --check    names what is stale; exits with 1 where there is any

A folder may be named after it, instead of docs/reference.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from hearth.api.heat.routes import ROUTES
from hearth.base import plain
from hearth.cli.hearth import hearth
from hearth.cli.heat import heat
from hearth.config import Declared, options
from hearth.resources import TYPES
from hearth.schema import Field, TypeSchema

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hearth"
MADE = "<!-- Made by `make docs` from the declarations in the code. Do not edit. -->"


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    check = "--check" in arguments
    named = [one for one in arguments if not one.startswith("-")]
    folder = Path(named[0]) if named else ROOT / "docs" / "reference"
    wanted = {name: f"{MADE}\n\n{text}" for name, text in pages().items()}
    if check:
        stale = sorted(name for name in wanted if _read(folder / name) != wanted[name])
        stale += sorted(path.name for path in folder.glob("*.md") if path.name not in wanted)
        for name in stale:
            print(f"{folder / name} is stale: `make docs` writes it anew")
        return 1 if stale else 0
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    schemas = sorted((kind().schema() for kind in TYPES), key=lambda one: one.name)
    services = {
        service: list(found)
        for service, found in groupby(schemas, key=lambda one: one.name.rpartition("::")[0])
    }
    types = {_file(service): _service(service, found) for service, found in services.items()}
    return {
        "README.md": _index(services),
        "settings.md": _settings(),
        "routes.md": _routes(),
        "commands.md": _commands(),
        **types,
    }


def _index(services: Mapping[str, list[TypeSchema]]) -> str:
    lines = [
        "# Reference",
        "",
        "[Commands](commands.md) · [settings](settings.md) · [REST routes](routes.md) ·",
        "resource types:",
        "",
    ]
    for service, schemas in services.items():
        links = ", ".join(
            f"[{_short(one)}]({_file(service)}#{_anchor(one.name)})" for one in schemas
        )
        lines.append(f"- **{service}**: {links}")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------ resource types


def _service(service: str, schemas: Iterable[TypeSchema]) -> str:
    lines = [f"# {service}", "", _LEGEND, ""]
    for schema in schemas:
        lines += [f"## {schema.name}", "", _prose(schema.description), ""]
        lines += _facts(schema)
        lines += _table("Properties", _properties(schema.properties))
        lines += _table("Update policy", _properties(schema.update_policy))
        lines += _attributes(schema)
    return "\n".join(lines).rstrip() + "\n"


_LEGEND = (
    "*Required* properties must be given. A change is made *in place*, by making the object anew"
    " (*replaces*), or is *refused*. `a.b` is a key of the map `a`, `a[].b` one of each entry of"
    " the list `a`. Every type also has the attribute `show`."
)


def _facts(schema: TypeSchema) -> list[str]:
    facts = []
    if schema.nesting:
        facts.append("It is a stack of its own: see [nested stacks](../nested.md).")
    if schema.anything_goes:
        facts.append("It takes any property and answers any attribute.")
    if schema.support.status != "SUPPORTED":
        facts.append(f"It is {schema.support.status.lower()}. {schema.support.message or ''}")
    return [" ".join(facts).strip(), ""] if facts else []


def _properties(declared: Mapping[str, Field], above: str = "") -> Iterator[tuple[str, ...]]:
    for key, one in declared.items():
        if one.support.hidden:
            continue
        path = f"{above}{key}"
        yield (f"`{path}`", _kind(one), _changing(one), _cell(_meaning(one)))
        inner = one.item if one.item is not None and one.item.fields else one
        suffix = "[]." if inner is one.item else "."
        yield from _properties(inner.fields, f"{path}{suffix}")


def _kind(one: Field) -> str:
    item = one.item
    of = f" of {item.kind.value}" if item is not None and item.kind.value != "Any" else ""
    return f"{one.kind.value}{of}"


def _changing(one: Field) -> str:
    if one.immutable:
        return "refused"
    return "in place" if one.update else "replaces"


def _meaning(one: Field) -> str:
    parts = [one.doc]
    if one.required:
        parts.insert(0, "*Required.*")
    parts += [_constraint(each.document()) for each in one.constraints]
    if one.defaulted and one.default is not None:
        parts.append(f"Default `{_value(one.default)}`.")
    if not one.implemented:
        parts.append("Accepted, without effect.")
    if one.support.status == "DEPRECATED":
        parts.append(f"*Deprecated.* {one.support.message or ''}".strip())
    return " ".join(part for part in parts if part)


def _constraint(document: Mapping[str, Any]) -> str:
    for name, told in document.items():
        match name:
            case "allowed_values":
                return f"One of {', '.join(f'`{_value(one)}`' for one in told)}."
            case "allowed_pattern":
                return f"Matches `{told}`."
            case "custom_constraint":
                return f"Checked as `{told}`."
            case "length" | "range":
                words = [f"{end[:3]}. {told[end]}" for end in ("min", "max") if end in told]
                return f"{name.capitalize()}: {', '.join(words)}."
            case "modulo":
                return f"{told['offset']} more than a multiple of {told['step']}."
            case _:
                continue
    return ""


def _attributes(schema: TypeSchema) -> list[str]:
    rows = [
        (f"`{key}`", _kind(one), _cell(one.doc + (" Asked each time it is read." * one.live)))
        for key, one in schema.attributes.items()
        if not one.support.hidden
    ]
    return _table("Attribute", rows, ("Attribute", "is", "meaning"))


# ------------------------------------------------------------------------------------- settings


_OF_SETTINGS = """\
What `heat.conf` may say. The names are Heat's where the meaning is the same. The programs read the
files named by `--config-file`, else `/etc/heat/heat.conf` and the like. `hearth up` reads
`heat.conf` in its state folder, if there is one, and sets `host`, `auth_encryption_key`,
`[database]` and `[trustee]` itself where it says nothing. A wrong value is refused at the start
with the file and the line. The groups `[keystone_authtoken]` and `[oslo_policy]` belong to their
libraries.

† is accepted, so that a `heat.conf` stays valid, and nothing reads it yet."""


def _settings() -> str:
    lines = [
        "# Settings",
        "",
        _OF_SETTINGS,
        "",
    ]
    for group, declared in options().items():
        rows = [_option(group, name, one) for name, one in declared.items()]
        lines += [f"## [{group or 'DEFAULT'}]", ""]
        lines += _table("", rows, ("Option", "is", "default", "meaning"))
    return "\n".join(lines).rstrip() + "\n"


def _option(group: str | None, name: str, one: Declared) -> tuple[str, ...]:
    told = one.field.metadata
    words = [told["doc"]]
    if told["choices"]:
        words.append(f"One of {', '.join(f'`{each}`' for each in told['choices'])}.")
    if told["least"] is not None:
        words.append(f"At least {told['least']}.")
    if told["most"] is not None:
        words.append(f"At most {told['most']}.")
    default = one.field.default
    shown = "" if default in (None, ()) else f"`{_value(default)}`"
    mark = "" if _is_read(group, name) else " †"
    return (f"`{name}`{mark}", _KINDS[one.kind], shown, _cell(" ".join(words)))


_KINDS = {str: "text", int: "integer", float: "number", bool: "boolean", tuple: "list"}


def _is_read(group: str | None, name: str) -> bool:
    """Whether anything asks for the option: `settings.name`, or a name that types are handed."""
    holders = {None: "settings", "trustee": "user"}
    listening = group is not None and group.startswith("heat_api")
    holder = "where" if listening else holders.get(group, rf"settings\.{group}")
    if re.search(rf"\b{holder}\.{name}\b", _code()):
        return True
    handed = (SOURCE / "engine" / "contexts.py").read_text(encoding="utf-8")
    return group is None and f'"{name}"' in handed


@cache
def _code() -> str:
    """All of our code that may read a setting; the sandbox has settings of its own."""
    paths = (path for path in sorted(SOURCE.rglob("*.py")) if "sandbox" not in path.parts)
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


# --------------------------------------------------------------------------------------- routes


_OF_ROUTES = """\
Below `/v1/{project}` of heat-api, in the order in which they are declared. The rule is the one that
`policy.yaml` may set; where there is none, the operation asks for those of what it finds. `GET /`
lists the versions. An error is a document `{code, title, explanation, error: {type, message,
traceback, problems}}`; `problems` lists a template's mistakes with line and column.

heat-api-cfn takes signals and describes resources to agents in servers; all else there, and
heat-api-cloudwatch, answers 501 for now."""


def _routes() -> str:
    rows = [
        (one.method, f"`{one.path}`", f"`{one.rule}`" if one.rule else "", _cell(_deed(one)))
        for one in ROUTES
    ]
    table = _table("", rows, ("Method", "path", "rule", "what it does"))
    return "\n".join(["# REST routes", "", _OF_ROUTES, "", *table])


def _deed(route: Any) -> str:
    """The first sentence of what the responder says of itself, without the route before it."""
    told = (route.responder.__doc__ or "").partition("\n")[0]
    deed = _ROUTE_BEFORE.sub("", told)
    return deed[:1].upper() + deed[1:]


_ROUTE_BEFORE = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE) \S+?: ")


# ------------------------------------------------------------------------------------- commands


_OF_COMMANDS = """\
What `heat --help` and `hearth --help` say, in one place. [The command line](../cli.md) tells how
they are meant, what the exit codes are, and what `--json` answers."""


def _commands() -> str:
    lines = ["# Commands", "", _OF_COMMANDS, ""]
    for program in (heat, hearth):
        lines += [f"## {program.name}", "", _prose(program.help or ""), ""]
        lines += _table("", _options(program), ("Option", "meaning"))
        for command in sorted(program.commands.values(), key=lambda one: str(one.name)):
            lines += _command(str(program.name), command)
    return "\n".join(lines).rstrip() + "\n"


def _command(program: str, command: click.Command) -> list[str]:
    context = click.Context(command, info_name=f"{program} {command.name}")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = _prose(command.help or "")
    return [f"### {program} {command.name}", "", f"`{usage}`", "", text, "",
            *_table("", _options(command), ("Option", "meaning"))]  # fmt: skip


def _options(command: click.Command) -> Iterator[tuple[str, ...]]:
    for one in command.params:
        if isinstance(one, click.Option) and not one.hidden:
            names = ", ".join([*one.opts, *one.secondary_opts])
            value = "" if one.is_flag else f" {one.metavar or one.type.name.upper()}"
            shown = one.show_default and one.default not in (None, False)
            default = f" Default `{one.default}`." if shown else ""
            yield (f"`{names}{value}`", _cell(f"{one.help or ''}{default}"))


# --------------------------------------------------------------------------------------- tables


def _table(
    title: str,
    rows: Iterable[tuple[str, ...]],
    heads: tuple[str, ...] = ("", "is", "change", "meaning"),
) -> list[str]:
    found = list(rows)
    if not found:
        return []
    first = (title or heads[0], *heads[1:])
    lines = [first, tuple("---" for _ in heads), *found]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def _value(value: Any) -> str:
    value = plain(value)
    if isinstance(value, str):
        return value
    return json.dumps(value, default=list)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    """A docstring's paragraphs, unindented."""
    return "\n".join(line.strip() for line in text.splitlines())


def _short(schema: TypeSchema) -> str:
    return schema.name.rpartition("::")[2]


def _file(service: str) -> str:
    return f"types-{service.replace('::', '-').lower()}.md"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
