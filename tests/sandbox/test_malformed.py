"""Whatever is sent to a route, the service answers in its own words: never a 500."""

import re
from typing import Any

import pytest

from hearth.sandbox.cloud import PARTS

VALUES: list[Any] = [None, [], {}, "x", 5, [None], {"name": 5}, {"name": {}}]
BODIES: list[Any] = [b"", b"{", b"[]", b"null", {"x": None}, *({"KEY": one} for one in VALUES)]


def keys(route):
    """What the body of a route is likely to be wrapped in."""
    words = [one for one in route.path.split("/") if one and "{" not in one]
    last = words[-1] if words else "x"
    return {last, last.removesuffix("s"), last.replace("-", "_").removesuffix("s")}


@pytest.mark.parametrize("index", range(len(PARTS)))
def test_a_malformed_body_never_breaks_a_service(admin, index):
    part = PARTS[index]
    prefix = list(admin.cloud.services.values())[index].prefix
    broken = []

    for route in part.routes:
        if route.method not in ("POST", "PUT", "PATCH"):
            continue
        path = prefix + re.sub(r"{[^}]*}", "x", route.path)
        for body in BODIES:
            for key in keys(route) if isinstance(body, dict) else {"x"}:
                sent = {key: body["KEY"]} if isinstance(body, dict) and "KEY" in body else body
                reply = admin.ask(route.method, path, sent)
                if reply.status == 500:
                    broken.append((route.method, path, sent))

    assert broken == []
