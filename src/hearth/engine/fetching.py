"""Templates that are named by an address: fetched before anything is read, within limits.

Only http and https. Whether an address may be asked is decided by whoever fetches, for each
redirect anew; here is decided what is fetched, how much, and what is told when it fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from hearth.base import Problem
from hearth.base.errors import HearthError, Invalid, OverLimit
from hearth.bus import Source as Given
from hearth.config import Settings
from hearth.engine.blueprint import Source
from hearth.template import Template, is_template, parse

SCHEMES = ("http://", "https://")
MOST = 100
"""Templates that are fetched for one request."""


class Unfetched(HearthError):
    """An address gave no template. Its text is for the user."""

    default_kind = "HTTPBadRequest"


class Fetcher(Protocol):
    """Reads what is at an address."""

    async def fetch(self, url: str, largest: int, timeout_s: float, /) -> str:
        """The text there; raises Unfetched."""
        ...


class Nowhere:
    """Where nothing is fetched."""

    async def fetch(self, _url: str, _largest: int, _timeout_s: float) -> str:
        """Never."""
        raise Unfetched("this service fetches nothing")


async def fetched(fetcher: Fetcher, settings: Settings, given: Given) -> Given:
    """What was given, with the template that it names by an address; its size is checked."""
    if given.template is None and given.template_url:
        text = await fetch_template(fetcher, settings, given.template_url)
        given = msgspec.structs.replace(given, template=text)
    sized(given.template, settings)
    return given


def sized(text: object, settings: Settings) -> None:
    """Refuse a template that is larger than configured."""
    limit = settings.max_template_size
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else 0
    if size > limit:
        raise OverLimit(
            f"Request limit exceeded: Template size ({size} bytes) exceeds maximum allowed size"
            f" ({limit} bytes)."
        )


async def inside(fetcher: Fetcher, settings: Settings, source: Source) -> dict[str, str]:
    """The templates that types name by an address, which are not among the files yet."""
    walk = _Walk(source, settings)
    while walk.missing:
        url = walk.missing.pop()
        if len(walk.fetched) >= MOST:
            raise OverLimit(f"Request limit exceeded: more than {MOST} templates to fetch.")
        kind = "StackValidationFailed"
        walk.fetched[url] = await fetch_template(fetcher, settings, url, kind)
        walk.look_into(url, walk.fetched[url])
    return walk.fetched


@dataclass(slots=True)
class _Walk:
    """Through all templates that templates name; each is looked into once."""

    source: Source
    settings: Settings
    fetched: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.look(self.source.template)

    def look(self, template: Template) -> None:
        for name in self.names(template):
            if name in self.seen:
                continue
            self.seen.add(name)
            if name in self.source.files:
                self.look_into(name, self.source.files[name])
            elif name.startswith(SCHEMES):
                self.missing.append(name)

    def look_into(self, name: str, text: str) -> None:
        sized(text, self.settings)
        template, _report = parse(text, name)
        if template is not None:
            self.look(template)

    def names(self, template: Template) -> Iterator[str]:
        registry = self.source.environment.registry
        for definition in template.resources.values():
            name = registry.resolve(definition.type, definition.name)
            if is_template(name):
                yield name


async def fetch_template(
    fetcher: Fetcher, settings: Settings, url: str, kind: str = "HTTPBadRequest"
) -> str:
    """The template at an address; Invalid where there is none. kind: what upstream calls that."""
    try:
        return await fetcher.fetch(url, settings.max_template_size, settings.template_fetch_timeout)
    except Unfetched as wrong:
        words = f'Could not fetch remote template "{url}": {wrong.sentence}'
        problem = Problem("no-template", words, kind=kind)
        raise Invalid(words, kind=kind, problems=[problem]) from None
