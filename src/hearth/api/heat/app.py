"""The heat API as an ASGI application: Falcon carries requests to the responders and back."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import falcon
import msgspec
from falcon.asgi import App, Request, Response

from hearth.api.heat.asking import Ask
from hearth.api.heat.body import read_body, read_json
from hearth.api.heat.door import Door
from hearth.api.heat.faults import NoSuchPath, WrongProject, envelope, status_of
from hearth.api.heat.parts import Parts, Reply
from hearth.api.heat.routes import ROUTES, Route
from hearth.api.tokens import TokenValidator
from hearth.base import Secret, Unknown, masked
from hearth.base.errors import HearthError, Refused, Unauthenticated

log = logging.getLogger(__name__)

HeatApp = App[Request, Response]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def make_app(parts: Parts, tokens: TokenValidator) -> HeatApp:
    """The application: the door, then the routes; every error becomes a document."""
    app: HeatApp = App(middleware=[Door(parts, tokens)])
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.keep_blank_qs_values = True
    app.req_options.auto_parse_qs_csv = False
    faults = Faults(tokens)
    app.add_error_handler(Exception, faults.internal)
    app.add_error_handler(falcon.HTTPError, faults.http)
    app.add_error_handler(HearthError, faults.told)
    for path, routes in _by_path().items():
        app.add_route(f"/{{project}}{path}", Endpoint(parts, routes))
    return app


def _by_path() -> dict[str, list[Route]]:
    paths: dict[str, list[Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, []).append(route)
    return paths


class Endpoint:
    """A Falcon resource: one path, a responder for each method."""

    def __init__(self, parts: Parts, routes: list[Route]) -> None:
        for route in routes:
            setattr(self, f"on_{route.method.lower()}", _responder(parts, route))


def _responder(parts: Parts, route: Route) -> Callable[..., Awaitable[None]]:
    async def respond(req: Request, resp: Response, project: str, **path: str) -> None:
        caller = req.context.caller
        if project != caller.project_id and not caller.is_admin:
            raise WrongProject("The address is of another project than the token.")
        if route.rule is not None and not parts.policy.allows(caller, route.rule):
            raise WrongProject(f"You are not authorized to use {route.rule}.")
        limit = parts.settings.max_json_body_size
        read = read_json if route.free else read_body
        ask = Ask(
            caller=caller,
            root=f"{req.scheme}://{req.netloc}{req.root_path}/v1",
            path=path,
            query=_many(req.params),
            query_text=req.query_string,
            body=await read(req, limit) if req.method in _WITH_BODY else None,
        )
        _fill(resp, await route.responder(parts, ask))

    return respond


def _many(params: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: v if isinstance(v, list) else [v] for name, v in params.items()}


def _fill(resp: Response, reply: Reply) -> None:
    resp.status = reply.status
    resp.set_headers(dict(reply.headers or {}))
    if reply.body is not None:
        resp.data = encode(reply.body)
    elif reply.status == 200:
        resp.data = b"null"
    else:  # clients would take nothing for bad JSON
        resp.content_type = "text/plain"


def encode(document: Any) -> bytes:
    """The document as JSON. What slipped through unknown or secret is never shown."""
    return msgspec.json.encode(document, enc_hook=_shown)


def _shown(value: Any) -> Any:
    match value:
        case Secret():
            return masked(value)
        case Unknown():
            return None
        case _:
            raise NotImplementedError(f"{type(value)} is no JSON")


class Faults:
    """What is answered when something was raised."""

    def __init__(self, tokens: TokenValidator) -> None:
        self._tokens = tokens

    async def told(self, _req: Request, resp: Response, error: HearthError, _path: object) -> None:
        """An error with a sentence for its user."""
        resp.status = status_of(error)
        if isinstance(error, Unauthenticated):
            resp.set_header("WWW-Authenticate", self._tokens.challenge)
            told = {"code": 401, "title": "Unauthorized", "message": error.sentence}
            resp.data = encode({"error": told})
            return
        if status_of(error) >= 500:
            log.warning("%s: %s", error.kind, error.sentence)
        resp.data = encode(envelope(error))

    async def http(
        self, _req: Request, resp: Response, error: falcon.HTTPError, _path: object
    ) -> None:
        """What Falcon found: no such path, no such method, a request that is none."""
        resp.set_headers(error.headers or {})
        if error.status_code == 405:
            raised: HearthError = Refused(
                "The method is not allowed for this resource.", kind="HTTPMethodNotAllowed"
            )
        elif error.status_code == 404:
            raised = NoSuchPath("The resource could not be found.")
        else:
            raised = Refused(error.description or error.title or "", kind="HTTPBadRequest")
        resp.status = status_of(raised)
        resp.data = encode(envelope(raised))

    async def internal(self, req: Request, resp: Response, error: Exception, _path: object) -> None:
        """A fault of ours: told in the log, and to the client without a traceback."""
        log.error("%s %s failed", req.method, req.path, exc_info=error)
        resp.status = 500
        resp.data = encode(
            envelope(HearthError("heat-api met an internal fault.", kind=type(error).__name__))
        )
