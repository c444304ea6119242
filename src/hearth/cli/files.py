"""What a request carries beside the template: nested templates, get_file contents, environments.

The template's text is sent as the user wrote it, so that problems are reported at its own lines;
files are uploaded under the names by which the templates call them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlparse
from urllib.request import urlopen

import yaml

from hearth.base.jsontext import loaded, tokens
from hearth.cli.bounds import measured
from hearth.cli.errors import Exit, Stop, unreadable

_MAX_FILES = 1000
_MAX_BYTES = 8 * 1024 * 1024
_TIMEOUT_S = 60.0
_TEMPLATE_SUFFIXES = (".yaml", ".template")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which dates stay text, as heat reads it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class Bundle:
    """A template and all that goes with it, ready for a request's body.

    name: what the template is called wherever something is said of it: the path as it was given.
    place: where the template was read from, as its user said.
    files: the name used in a template or environment → text. texts: the same for showing
    excerpts, with the template itself under its own name.
    """

    template: str
    name: str
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    environment_files: list[str] = field(default_factory=list)
    place: str = ""
    lenient: bool = False

    def body(self) -> dict[str, Any]:
        """The keys of a create, update or validate request."""
        body: dict[str, Any] = {
            "template": self.template, "files": self.files, "environment": self.environment
        }  # fmt: skip
        if self.environment_files:
            body["environment_files"] = self.environment_files
        return body

    def texts(self) -> dict[str, str]:
        """Every text by the name that `told` gives it."""
        texts = {_title(name): text for name, text in self.files.items()}
        return {**texts, self.name: self.template}

    def told(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A server's problems, with the files called as their user calls them."""
        names = {"template": self.name, None: None}
        return [
            one | {"file": names[file] if file in names else _title(str(file))}
            for one in problems
            for file in (one.get("file"),)
        ]


def bundle(template: str, environments: tuple[str, ...] = (), *, lenient: bool = False) -> Bundle:
    """Read a template (a path or a URL) and everything that it and the environments name.

    lenient: a file that is not there is left out, for validation to tell who names it.
    """
    base = _url(template)
    result = Bundle(_fetch(base), _title(template), place=template, lenient=lenient)
    _collect(result, _parsed(result.template), base)
    for environment in environments:
        _add_environment(result, environment)
    return result


def _add_environment(result: Bundle, environment: str) -> None:
    base = _url(environment)
    text = _fetch(base)
    try:
        document = _document(text)
    except yaml.YAMLError as error:
        if not environment.endswith(_TEMPLATE_SUFFIXES):
            said, after = unreadable(environment, error)
            raise Stop(said, Exit.INVALID, next_command=after) from error
        document = {}  # the server explains it
    if not isinstance(document, dict):
        document = {}  # the server says what it must be
    registry = document.get("resource_registry")
    moved: dict[str, str] = {}
    if isinstance(registry, dict):
        root = registry.pop("base_url", None)
        document["resource_registry"] = _registry(
            result, registry, root or urljoin(base, "."), moved
        )
    result.files[base] = _pointed(text, moved)
    result.environment_files.append(base)
    for section, given in document.items():
        value = given
        before = result.environment.get(section)
        if isinstance(before, dict) and isinstance(value, dict):
            value = before | value
        result.environment[section] = value


def _registry(
    result: Bundle, registry: dict[str, Any], base: str, moved: dict[str, str]
) -> dict[str, Any]:
    """The registry with templates by their URLs; `moved` notes what was called otherwise."""
    mapped: dict[str, Any] = {}
    for name, target in registry.items():
        if isinstance(target, dict):
            mapped[name] = _registry(result, target, target.pop("base_url", None) or base, moved)
        elif isinstance(target, str) and _is_template(target):
            url = urljoin(base if base.endswith(".yaml") else f"{base.rstrip('/')}/", target)
            _add(result, url, url, nested=True)
            mapped[name] = moved[target] = url
        else:
            mapped[name] = target
    return mapped


def _pointed(text: str, moved: dict[str, str]) -> str:
    """An environment's text that names templates by their URLs; all else stays in its line."""
    if not moved:
        return text
    done, end = [], 0
    for value, start, stop in _registered(text):
        if value in moved:
            done += [text[end:start], json.dumps(moved[value])]
            end = stop
    return "".join([*done, text[end:]])


def _registered(text: str) -> Iterator[tuple[str, int, int]]:
    """The texts in the registry of an environment, and where each begins and ends."""
    if loaded(text) is None:
        for node in _scalars(dict(_pairs(yaml.compose(text, _Loader))).get("resource_registry")):
            yield node.value, node.start_mark.index, node.end_mark.index
        return
    depth, section = 0, None
    for kind, value, start, end in tokens(text):
        depth += (kind in "{[") - (kind in "}]")
        if kind == "key" and depth == 1:
            section = value
        elif kind == "value" and depth > 1 and section == "resource_registry":
            yield value, start, end


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """The values of a registry, as they stand in the text."""
    for _, value in _pairs(node):
        if isinstance(value, yaml.ScalarNode):
            yield value
        else:
            yield from _scalars(value)


def _collect(result: Bundle, document: Any, base: str) -> None:
    """Upload every file that a parsed template names."""
    for name, nested in _named(document):
        _add(result, name, urljoin(base, name), nested=nested)


def _add(result: Bundle, name: str, url: str, *, nested: bool) -> None:
    try:
        text = _fetch(url)
    except Stop as stop:
        if result.lenient and isinstance(stop.__cause__, FileNotFoundError):
            return
        raise
    if name in result.files:
        if result.files[name] != text:
            raise Stop(
                f'two different files are both called "{name}" in these templates; '
                "name one of them by its full path",
                Exit.INVALID,
            )
        return
    if len(result.files) >= _MAX_FILES:
        raise Stop(f"the templates name more than {_MAX_FILES} files", Exit.INVALID)
    result.files[name] = text
    if nested:
        _collect(result, _parsed(text), url)


def _named(node: Any) -> Iterator[tuple[str, bool]]:
    """(name, whether it is a template) for each file that a document names."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "get_file" and isinstance(value, str):
                yield value, False
            elif key == "type" and isinstance(value, str) and _is_template(value):
                yield value, True
            else:
                yield from _named(value)
    elif isinstance(node, list):
        for item in node:
            yield from _named(item)


def _is_template(name: str) -> bool:
    return name.endswith(_TEMPLATE_SUFFIXES)


def _title(name: str) -> str:
    """A file as its user would call it: from here, where it is below."""
    parts = urlparse(name)
    if parts.scheme != "file":
        return name
    path = Path(unquote(parts.path))
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _url(name: str) -> str:
    if urlparse(name).scheme in {"http", "https", "file"}:
        return name
    return Path(name).expanduser().resolve().as_uri()


def _fetch(url: str) -> str:
    """The text at a file:, http: or https: URL, bounded in size and time."""
    parts = urlparse(url)
    try:
        if parts.scheme == "file":
            data = Path(unquote(parts.path)).read_bytes()
        else:
            with urlopen(url, timeout=_TIMEOUT_S) as reply:  # noqa: S310 - scheme checked above
                data = reply.read(_MAX_BYTES + 1)
    except IsADirectoryError as error:
        name = _title(url)
        raise Stop(f"{name} is a directory", next_command=f"ls {name}") from error
    except OSError as error:
        name = _title(url)
        reason = getattr(error, "reason", None) or error
        said = getattr(reason, "strerror", None) or str(reason)
        after = f"ls {_nearest(name)}" if parts.scheme == "file" else f"curl -I {url}"
        raise Stop(f"{name} cannot be read: {said}", next_command=after) from error
    if len(data) > _MAX_BYTES:
        raise Stop(f"{url} is larger than {_MAX_BYTES} bytes", Exit.INVALID)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Stop(f"{url} is not text in UTF-8", Exit.INVALID) from error


def _nearest(name: str) -> Path:
    """The folder to look into for what was not found: the nearest above it that there is."""
    return next((folder for folder in Path(name).parents if folder.is_dir()), Path(name))


def _parsed(text: str) -> Any:
    """The document of a template; what cannot be read is for the server to explain."""
    try:
        return _document(text)
    except yaml.YAMLError:
        return {}


def _document(text: str) -> Any:
    """The document in a text: JSON is tried first, as the server does."""
    found = loaded(text)
    if found is not None:
        return found
    measured(text)
    return yaml.load(text, _Loader) or {}  # noqa: S506 - a safe loader
