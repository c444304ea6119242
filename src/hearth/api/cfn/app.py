"""The CloudFormation API as an ASGI application: who has signed, what is asked, in what form."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import falcon
from falcon.asgi import App, Request, Response

from hearth.api.cfn import actions, signals
from hearth.api.cfn.documents import rendered
from hearth.api.cfn.faults import told
from hearth.api.cfn.parts import Ask, Parts
from hearth.api.ec2 import Signed
from hearth.api.query import error_json, error_xml
from hearth.base.errors import HearthError, OverLimit, Refused

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
CfnApp = App[Request, Response]
Responder = Callable[[Parts, Ask, str], Awaitable[Any]]


def make_app(parts: Parts) -> CfnApp:
    """The application. A path below `/v1` is an action's, or that of a signal's signed URL."""
    app: CfnApp = App()
    app.req_options.strip_url_path_trailing_slash = True
    app.add_error_handler(Exception, _internal)
    app.add_error_handler(falcon.HTTPError, _nothing_there)
    app.add_error_handler(HearthError, _told)
    app.add_route("/healthcheck", Health())
    app.add_route("/v1", Actions(parts))
    app.add_route("/v1/waitcondition/{arn:path}", Signal(parts, "put", signals.put_wait))
    app.add_route("/v1/signal/{arn:path}", Signal(parts, "post", signals.post_signal))
    return app


class Health:
    """Whether anybody is there."""

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Yes."""
        resp.text, resp.content_type = "OK", "text/plain"


class Actions:
    """`/v1/?Action=…`, with parameters in the query, in a form, or in both."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def on_get(self, req: Request, resp: Response) -> None:
        """An action asked for in the query."""
        await self._act(req, resp, b"")

    async def on_post(self, req: Request, resp: Response) -> None:
        """An action asked for in a form."""
        await self._act(req, resp, await _body(self._parts, req))

    async def _act(self, req: Request, resp: Response, body: bytes) -> None:
        params = _query(req)
        if (req.content_type or "").partition(";")[0].strip() in ("", FORM):
            params |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        req.context.params = params
        ask = await _ask(self._parts, req, params, body)
        _fill(resp, params, await actions.act(self._parts, ask))


class Signal:
    """A signed URL that leads to one resource, for one verb."""

    def __init__(self, parts: Parts, verb: str, responder: Responder) -> None:
        async def respond(req: Request, resp: Response, arn: str) -> None:
            params, body = _query(req), await _body(parts, req)
            req.context.params = params
            answer = await responder(parts, await _ask(parts, req, params, body), arn)
            if answer is None:
                resp.data = b""
            elif _as_json(params):
                _fill(resp, params, answer)
            else:
                # Upstream's XML has room for its first key alone.
                _fill(resp, params, {"resource": answer["resource"]})

        setattr(self, f"on_{verb}", respond)


async def _ask(parts: Parts, req: Request, params: Mapping[str, str], body: bytes) -> Ask:
    """The request, once it is known who has signed it."""
    headers = {name: value for name, value in req.headers.items() if name.lower() != "host"}
    signed = Signed(req.method, req.netloc, _path(req), params, headers, body)
    caller = await parts.signatures.signer(signed)
    admin = parts.policy.admin(caller)
    caller = replace(caller, is_admin=admin, request_id=f"req-{parts.ids.uuid()}")
    return Ask(caller, params, body)


def _path(req: Request) -> str:
    """As it came, unquoted: Falcon's own has lost the slash at its end."""
    path: str = req.scope["path"]
    return path


def _query(req: Request) -> dict[str, str]:
    return dict(parse_qsl(req.query_string, keep_blank_values=True))


async def _body(parts: Parts, req: Request) -> bytes:
    limit = parts.settings.max_json_body_size
    body: bytes = await req.stream.read(limit + 1)
    if len(body) > limit:
        raise OverLimit(f"The body is larger than {limit} bytes.")
    return body


def _as_json(params: Mapping[str, str]) -> bool:
    return params.get("ContentType") == "JSON"


def _fill(resp: Response, params: Mapping[str, str], document: dict[str, Any]) -> None:
    as_json = _as_json(params)
    resp.data = rendered(document, as_json=as_json)
    resp.content_type = "application/json" if as_json else "application/xml"


def _fault(req: Request, resp: Response, status: int, code: str, words: str) -> None:
    blame = "Server" if status >= 500 else "Sender"
    as_json = _as_json(getattr(req.context, "params", None) or _query(req))
    resp.status = status
    resp.data = (error_json if as_json else error_xml)(blame, code, words)
    resp.content_type = "application/json" if as_json else "application/xml"


async def _told(req: Request, resp: Response, error: HearthError, _path: object) -> None:
    """An error with a sentence for its user."""
    status, code = told(error)
    if status >= 500 and status != 501:
        log.warning("%s: %s", error.kind, error.sentence)
    _fault(req, resp, status, code, error.sentence)


async def _nothing_there(
    req: Request, resp: Response, error: falcon.HTTPError, _path: object
) -> None:
    """What Falcon found: no such path, no such method."""
    resp.set_headers(error.headers or {})
    words = "The action or operation requested is invalid"
    await _told(req, resp, Refused(words, kind="InvalidAction"), None)


async def _internal(req: Request, resp: Response, error: Exception, _path: object) -> None:
    """A fault of ours: told in the log, and to the client without a traceback."""
    log.error("%s %s failed", req.method, req.path, exc_info=error)
    _fault(req, resp, 500, "InternalFailure", "heat-api-cfn met an internal fault.")
