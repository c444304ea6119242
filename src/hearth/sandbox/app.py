"""From HTTP to handlers: routes, tokens, faults, and one transaction for each request."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

import msgspec
from falcon.asgi import App, Request, Response

from hearth.sandbox.faults import Fault, Faults
from hearth.sandbox.store import NoRoom
from hearth.sandbox.web import Answer, Call, Refusal, ReplyLost, Route, absurd
from hearth.sandbox.world import Service, World

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Responder = Callable[..., Awaitable[None]]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "COPY", "OPTIONS")
_encode = msgspec.json.Encoder().encode
_PEACE = Fault()
_PERFORMER = "hearth.sandbox.performer"
"""Under this key a connection's scope says in which cloud its requests are carried out."""


class Gate:
    """The ASGI application: Falcon, and the closing of connections whose answer gets lost."""

    def __init__(self, app: "App[Request, Response]", performer: "Performer") -> None:
        self.app = app
        self.performer = performer

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        try:
            await self.app({**scope, _PERFORMER: self.performer}, receive, send)
        except ReplyLost:
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            if transport is None:
                raise
            transport.abort()
            while (await receive())["type"] != "http.disconnect":
                pass


class Performer:
    """Carries requests out against the world, each as one step."""

    def __init__(self, world: World, services: Mapping[str, Service], faults: Faults) -> None:
        self.world = world
        self.services = services
        self.faults = faults

    async def respond(
        self, name: str, route: Route, req: Request, resp: Response, params: dict[str, str]
    ) -> None:
        """Meet the request's fault, carry it out, and fill the response."""
        service = self.services[name]
        fault = self.faults.decide(service.name, req.method, req.path) or _PEACE
        if fault.delay:
            await self.world.clock.sleep(fault.delay)
        body = await req.stream.read() if req.method not in ("GET", "HEAD", "DELETE") else b""
        call = Call(
            req.method, req.path, params, req.params, req.headers, body, "", 0.0, doomed=fault.error
        )
        call.request_id = "req-" + self.world.ids.uuid()
        answer = (
            self._refused(service, call, fault)
            if fault.refuse
            else self._performed(service, route, call)
        )
        if fault.lose:
            raise ReplyLost(f"the reply to {req.method} {req.path} is lost, as asked for")
        _fill(resp, answer, service, call)

    def _performed(self, service: Service, route: Route, call: Call) -> Answer:
        world = self.world
        store = world.store
        call.now = world.clock.now()
        store.settle(call.now, world.at)
        store.mark()
        world.now = call.now
        try:
            if not route.open:
                self._admit(call)
            service.prepare(call)
            answer = route.handler(service, call)
            store.commit()
        except Refusal as refusal:
            store.undo()
            answer = service.refusal(call, refusal)
        except NoRoom as error:
            words = f"The cloud cannot keep what it holds: {error}"
            return service.refusal(call, Refusal(503, words, "NoRoom"))
        except (OverflowError, ValueError):
            # A number that no service has room for breaks it wherever it first meets it.
            if not absurd(call):
                raise
            wrong = Refusal(400, "Invalid input: a number is out of range.", "badRequest")
            answer = service.refusal(call, wrong)
        finally:
            store.undo()
        return self._settled(service, call, answer)

    def _settled(self, service: Service, call: Call, answer: Answer) -> Answer:
        """The answer, once all is kept that time has brought about."""
        try:
            self.world.store.commit()
        except NoRoom as error:
            words = f"The cloud cannot keep what it holds: {error}"
            return service.refusal(call, Refusal(503, words, "NoRoom"))
        return answer

    def _admit(self, call: Call) -> None:
        identity = self.world.neighbours.identity
        text = call.headers.get("x-auth-token", "")
        token = identity.token(text, call.now) if identity is not None and text else None
        if token is None:
            url = self.world.url("/identity")
            challenge = {"WWW-Authenticate": f"Keystone uri='{url}'"}
            message = "The request you have made requires authentication."
            raise Refusal(401, message, "Unauthorized", headers=challenge)
        call.token = token

    def _refused(self, service: Service, call: Call, fault: Fault) -> Answer:
        if fault.body is not None:
            return Answer(fault.refuse, fault.body)
        words = "The server is currently unavailable. (a fault that was asked for)"
        return service.refusal(call, Refusal(fault.refuse, words, "Fault"))


class Endpoint:
    """A Falcon resource: one path of one service, a handler for each method."""

    def __init__(self, name: str, routes: Mapping[str, Route]) -> None:
        for method in _METHODS:
            route = routes.get(method) or (routes.get("GET") if method == "HEAD" else None)
            if route is not None:
                setattr(self, "on_" + method.lower(), _responder(name, route))


def make_app(
    world: World, services: Sequence[tuple[Service, Sequence[Route]]], faults: Faults
) -> Gate:
    """The application of all services' routes."""
    served = tuple((one.name, one.prefix, tuple(routes)) for one, routes in services)
    performer = Performer(world, {one.name: one for one, _ in services}, faults)
    return Gate(_falcon(served), performer)


@cache
def _falcon(served: tuple[tuple[str, str, tuple[Route, ...]], ...]) -> "App[Request, Response]":
    """Falcon with these routes.

    It holds nothing of any cloud, and all share it: compiling the routes takes longer than
    making a cloud.
    """
    app: App[Request, Response] = App()
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.keep_blank_qs_values = True
    app.req_options.auto_parse_qs_csv = False
    app.add_error_handler(ReplyLost, _pass_on)
    for name, prefix, declared in served:
        paths: dict[str, dict[str, Route]] = {}
        for route in declared:
            paths.setdefault(prefix + route.path, {})[route.method] = route
        for path, routes in paths.items():
            app.add_route(path, Endpoint(name, routes))
    return app


def _responder(name: str, route: Route) -> Responder:
    async def respond(req: Request, resp: Response, **params: str) -> None:
        performer: Performer = req.scope[_PERFORMER]
        await performer.respond(name, route, req, resp, params)

    return respond


async def _pass_on(req: Request, resp: Response, error: Exception, params: object) -> None:
    raise error


def _fill(resp: Response, answer: Answer, service: Service, call: Call) -> None:
    resp.status = answer.status
    headers = dict(answer.headers)
    headers.setdefault(service.request_id_header, call.request_id)
    service.finish(call, headers)
    resp.set_headers(headers)
    if answer.body is None:
        if answer.status not in (204, 304):
            resp.data = b""
            resp.content_type = answer.content_type
        return
    body = answer.body
    resp.data = body if isinstance(body, bytes) else _encode(body)
    resp.content_type = answer.content_type
