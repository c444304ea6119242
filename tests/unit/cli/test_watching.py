"""A watch outlives a server that is away for a while, and does not wait for one for ever."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from hearth.cli.auth import Login
from hearth.cli.client import Heat
from hearth.cli.errors import Exit, Stop
from hearth.cli.output import Output
from hearth.cli.watching import Watch


@contextmanager
def served(*statuses: str | int) -> Iterator[str]:
    """Where a stack has one status after the other: a number is an error, 0 no answer at all."""
    left = list(statuses)

    class Replies(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            events = self.path.split("?")[0].endswith("/events")
            status = "" if events else left.pop(0) if len(left) > 1 else left[0]
            if status == 0:
                return  # the connection is closed
            code = status if isinstance(status, int) else 200
            body: dict[str, Any] = {"events": []} if events else {"stack": {"stack_status": status}}
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - as it is called
            """Be silent."""

    server = HTTPServer(("127.0.0.1", 0), Replies)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def watch(url: str, patience_s: float) -> Watch:
    heat = Heat(Login(auth={"endpoint": url}, auth_type="none", endpoint=url))
    return Watch(heat, Output(), "id", "web", patience_s=patience_s)


@pytest.mark.parametrize("away", [0, 503])
def test_a_server_that_was_away_is_watched_again(away: int) -> None:
    with served("CREATE_IN_PROGRESS", away, "CREATE_COMPLETE") as url:
        stack = watch(url, 60.0).follow(60.0)

    assert stack == {"stack_status": "CREATE_COMPLETE"}


def test_where_nobody_answers_any_more_the_work_is_said_to_go_on() -> None:
    with served("CREATE_IN_PROGRESS", 0) as url, pytest.raises(Stop) as ended:
        watch(url, 0.1).follow(60.0)

    assert ended.value.code == Exit.STILL_RUNNING
    assert ended.value.sentence == f"nobody answers at {url}; the work goes on"
    assert ended.value.next_command == "heat watch web"


def test_what_a_server_refuses_ends_the_watch() -> None:
    with served("CREATE_IN_PROGRESS", 403) as url, pytest.raises(Stop) as ended:
        watch(url, 60.0).follow(60.0)

    assert ended.value.code == Exit.NOT_ALLOWED
