"""Whatever is sent to a route, the service answers in its own words: never a 500."""

import re
from typing import Any

import pytest

from hearth.sandbox import Settings
from hearth.sandbox.cloud import PARTS
from tests.sandbox.conftest import open_cloud

LARGE = 2**70
VALUES: list[Any] = [
    None, [], {}, "x", 5, [None], {"name": 5}, {"name": {}}, LARGE,
    {"name": "n", "size": LARGE, "ram": LARGE, "vcpus": "9" * 5000, "disk": "²", "mtu": LARGE},
]  # fmt: skip
BODIES: list[Any] = [
    b"", b"{", b"[]", b"null", b'{"x": "\xff"}', b"\xff", b"[" * 9000, {"x": None},
    {"server_group": {"name": "n", "policies": 5}},
    *({"KEY": one} for one in VALUES),
]  # fmt: skip
QUERIES = tuple(f"limit={one}&offset={one}&minRam={one}" for one in ("9" * 5000, "%C2%B2", LARGE))


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


@pytest.mark.parametrize("index", range(len(PARTS)))
def test_a_malformed_query_never_breaks_a_service(admin, index):
    part = PARTS[index]
    prefix = list(admin.cloud.services.values())[index].prefix
    broken = []

    for route in part.routes:
        if route.method != "GET" or "{" in route.path.replace("{account}", ""):
            continue
        path = prefix + re.sub(r"{[^}]*}", "x", route.path)
        for query in QUERIES:
            reply = admin.ask("GET", f"{path}?{query}")
            if reply.status == 500:
                broken.append((path, query[:30]))

    assert broken == []


def test_a_number_that_cannot_be_kept_is_refused_and_the_cloud_goes_on(tmp_path):
    demo = open_cloud(Settings(path=str(tmp_path / "cloud.sqlite"))).login("demo", "demo")
    project = demo.get("/network/v2.0/quotas/project")["tenant"]["project_id"]
    huge = {"volume": {"size": LARGE}}

    refused = demo.ask("POST", f"/volume/v3/{project}/volumes", huge)
    kept = demo.ask("POST", "/network/v2.0/networks", {"network": {"name": "n"}})

    demo.cloud.close()
    assert refused.status == 400
    assert kept.status == 201


def test_a_full_disk_is_told_and_passes(tmp_path):
    demo = open_cloud(Settings(path=str(tmp_path / "cloud.sqlite"))).login("demo", "demo")
    file = demo.cloud.world.store._file
    assert file is not None
    (pages,) = file.execute("PRAGMA page_count").fetchone()
    described = {"description": "x" * 255}
    file.execute(f"PRAGMA max_page_count = {pages + 2}")

    asked = [
        demo.ask("POST", "/network/v2.0/networks", {"network": described | {"name": f"n{number}"}})
        for number in range(60)
    ]
    held = demo.get("/network/v2.0/networks?fields=name")["networks"]
    file.execute(f"PRAGMA max_page_count = {pages + 500}")
    later = demo.ask("POST", "/network/v2.0/networks", {"network": described})

    demo.cloud.close()
    statuses = [reply.status for reply in asked]
    assert set(statuses) == {201, 503}
    assert sum(one["name"].startswith("n") for one in held) == statuses.count(201)
    assert later.status == 201
