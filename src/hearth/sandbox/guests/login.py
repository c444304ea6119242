"""Logging in to Keystone from inside a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.sandbox.guests.outside import JSON, Outside, Reply, written
from hearth.sandbox.web import Json


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request carries beside the token."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Login:
    """A token, and where it may be used."""

    token: str
    catalogue: Json

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries."""
        return {**JSON, "X-Auth-Token": self.token}

    def endpoint(self, service: str, region: str | None) -> str | None:
        """Where a service is, for who stands outside the cloud's own network."""
        for one in self.catalogue:
            for place in one["endpoints"] if one["type"] == service else ():
                if place["interface"] == "public" and region in (None, place["region"]):
                    return str(place["url"]).rstrip("/")
        return None


class Logins:
    """Tokens by user, used until they are refused; and the requests that carry them."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self._known: dict[tuple[str, str], Login] = {}

    async def send(
        self, known: Mapping[str, Any], service: str, way: tuple[str, str], more: Sent | None = None
    ) -> Reply | None:
        """Ask a service, as the user of these credentials; None if nothing comes of it.

        known: `auth_url`, `user_id`, `password`, `project_id` and perhaps `region_name`.
        way: the method, and the path below the service's endpoint.
        """
        key = (str(known["user_id"]), str(known["password"]))
        who = self._known.get(key) or await self._login(known)
        if who is None or (root := who.endpoint(service, known.get("region_name"))) is None:
            return None
        self._known[key] = who
        method, path = way
        more = more or Sent()
        headers = {**who.headers, **more.headers}
        reply = await self.outside.send(method, root + path, headers, more.body)
        if reply is not None and reply.status == 401:
            self._known.pop(key)
            return None
        return reply

    async def _login(self, known: Mapping[str, Any]) -> Login | None:
        user = {"id": known["user_id"], "password": known["password"]}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"id": known["project_id"]}},
        }
        url = f"{str(known['auth_url']).rstrip('/')}/auth/tokens"
        reply = await self.outside.send("POST", url, JSON, written({"auth": auth}))
        if reply is None or reply.status != 201:
            return None
        return Login(reply.headers["x-subject-token"], reply.json["token"].get("catalog", ()))
