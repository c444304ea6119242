"""What a type may know and change of the configs and deployments that hearth itself keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hearth.base import plain, secret_in
from hearth.stack import ConfigRecord, DeploymentRecord, ResourceRecord


@dataclass(frozen=True, slots=True)
class Seen:
    """A server that is a resource, and what is deployed to it, as it is recorded now."""

    record: ResourceRecord
    configs: tuple[ConfigRecord, ...] = ()


class Software(Protocol):
    """Configs and deployments. What a verb changes is recorded with its step's next write.

    The step's own outcome is such a write, so that a type which touches nothing else has no
    moment at which the one is there without the other. `ctx.keep` is one, too: what must be
    there before the verb goes on is there when it returns.
    """

    async def config(self, ident: str) -> ConfigRecord | None:
        """A config of the stack's project, by its id."""
        ...

    async def deployment(self, ident: str) -> DeploymentRecord | None:
        """A deployment of the stack's project, by its id."""
        ...

    async def server(self, ident: str) -> Seen | None:
        """The resource of the project that is the server of this id, if it takes deployments."""
        ...

    async def put(self, record: ConfigRecord | DeploymentRecord) -> None:
        """A new one; a project has so many and no more."""
        ...

    def change(self, ident: str, fields: Mapping[str, Any], version: int | None = None) -> None:
        """Change a deployment; with a version, if it is still as it was read."""
        ...

    def forget_config(self, ident: str) -> None:
        """A config that goes; that there is none is no error."""
        ...

    def forget_deployment(self, ident: str) -> None:
        """A deployment that goes; that there is none is no error."""
        ...


class Nothing:
    """Where nobody keeps anything: nothing is there, and nothing may be changed."""

    async def config(self, _ident: str) -> ConfigRecord | None:
        """There is none."""
        return None

    async def deployment(self, _ident: str) -> DeploymentRecord | None:
        """There is none."""
        return None

    async def server(self, _ident: str) -> Seen | None:
        """There is none."""
        return None

    async def put(self, record: ConfigRecord | DeploymentRecord) -> None:
        """Nobody would keep it."""
        raise NotImplementedError(f"nobody keeps {record.id}")

    def change(self, ident: str, fields: Mapping[str, Any], version: int | None = None) -> None:
        """Nobody would keep it."""
        raise NotImplementedError(f"nobody keeps {ident} with {sorted(fields)}, {version}")

    def forget_config(self, _ident: str) -> None:
        """There is none."""

    def forget_deployment(self, _ident: str) -> None:
        """There is none."""


async def text_of(software: Software, value: str) -> tuple[str, bool]:
    """The text of the config that goes by this id, or the value itself; and whether it is secret.

    A config that is no text has none that anybody could run.
    """
    found = await software.config(value)
    if found is None:
        return value, False
    text = plain(found.config)
    return text if isinstance(text, str) else "", secret_in(found.config)
