"""Accounts and containers: their metadata, their listings."""

from collections.abc import Sequence
from urllib.parse import unquote

import msgspec

from hearth.sandbox.lists import stamp
from hearth.sandbox.objectstore.access import admit
from hearth.sandbox.objectstore.listing import Wanted, select
from hearth.sandbox.objectstore.state import Swift, merged, meta, titled
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_MOST = 10000
_SPECIAL = (
    "x-container-read",
    "x-container-write",
    "x-versions-location",
    "x-history-location",
    "x-versions-enabled",
    "x-container-sync-to",
    "x-container-sync-key",
    "x-storage-policy",
)
_LIMITS = {
    "max_file_size": 5368709122,
    "max_meta_count": 90,
    "max_meta_name_length": 128,
    "max_meta_value_length": 256,
    "max_object_name_length": 1024,
    "account_listing_limit": _MOST,
    "container_listing_limit": _MOST,
    "max_container_name_length": 256,
}
_POLICY = "Policy-0"


def _info(swift: Swift, call: Call) -> Answer:
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    return Answer(
        200,
        {
            "swift": {
                "version": "2.33.0",
                **_LIMITS,
                "policies": [{"name": _POLICY, "default": True, "aliases": _POLICY}],
            },
            "tempurl": {"methods": methods, "allowed_digests": ["sha1", "sha256", "sha512"]},
            "versioned_writes": {"allowed_flags": ["x-versions-location", "x-history-location"]},
            "bulk_delete": {"max_deletes_per_request": _MOST, "max_failed_deletes": 1000},
        },
    )


def _account_headers(swift: Swift, name: str) -> dict[str, str]:
    row = swift.account(name)
    containers = swift.containers.where("account", name)
    held = [one for container in containers for one in swift.held(container)]
    return {
        **titled(row["headers"]),
        "X-Account-Container-Count": str(len(containers)),
        "X-Account-Object-Count": str(len(held)),
        "X-Account-Bytes-Used": str(sum(one["size"] for one in held)),
        "X-Timestamp": f"{row['created_at']:.5f}",
        "Accept-Ranges": "bytes",
    }


def _list_account(swift: Swift, call: Call) -> Answer:
    account = call.params["account"]
    admit(swift, call, account)
    rows = {one["name"]: one for one in swift.containers.where("account", account)}

    def entry(name: str) -> Json:
        held = swift.held(rows[name])
        return {
            "name": name,
            "count": len(held),
            "bytes": sum(one["size"] for one in held),
            "last_modified": _modified(rows[name]["created_at"]),
        }

    found: list[Json] = [
        {"subdir": name} if cut else entry(name)
        for name, cut in select(sorted(rows), _wanted(call))
    ]
    return _listing(call, found, _account_headers(swift, account))


def _head_account(swift: Swift, call: Call) -> Answer:
    admit(swift, call, call.params["account"])
    return Answer(204, None, _account_headers(swift, call.params["account"]))


def _post_account(swift: Swift, call: Call) -> Answer:
    account = call.params["account"]
    admit(swift, call, account)
    if "bulk-delete" in call.query:
        return _bulk_delete(swift, call, account)
    row = swift.kept_account(account)
    headers = merged(row["headers"], meta("account", dict(call.headers)))
    swift.accounts.change(account, headers=headers)
    return Answer(204)


def _bulk_delete(swift: Swift, call: Call, account: str) -> Answer:
    deleted = absent = 0
    errors: list[list[str]] = []
    for line in call.body.decode(errors="replace").splitlines():
        path = unquote(line.strip()).lstrip("/")
        if not path:
            continue
        key = f"{account}/{path.rstrip('/')}"
        table = swift.objects if "/" in path.rstrip("/") else swift.containers
        row = table.get(key)
        if row is None:
            absent += 1
        elif table is swift.containers and swift.held(row):
            errors.append([path, "409 Conflict"])
        else:
            table.remove(key)
            deleted += 1
    status = "400 Bad Request" if errors else "200 OK" if deleted or not absent else "404 Not Found"
    return Answer(
        200,
        {
            "Response Status": status,
            "Response Body": "",
            "Number Deleted": deleted,
            "Number Not Found": absent,
            "Errors": errors,
        },
    )


def _container_headers(swift: Swift, row: Document) -> dict[str, str]:
    held = swift.held(row)
    return {
        "X-Storage-Policy": _POLICY,
        **titled(row["headers"]),
        "X-Container-Object-Count": str(len(held)),
        "X-Container-Bytes-Used": str(sum(one["size"] for one in held)),
        "X-Timestamp": f"{row['created_at']:.5f}",
        "Last-Modified": str(stamp(row["created_at"], "%a, %d %b %Y %H:%M:%S GMT")),
        "Accept-Ranges": "bytes",
    }


def _named(swift: Swift, call: Call) -> Document | None:
    """The container of the request, the caller admitted."""
    row = swift.container(call.params["account"], call.params["container"])
    admit(swift, call, call.params["account"], row)
    return row


def _needed(swift: Swift, call: Call) -> Document:
    row = _named(swift, call)
    if row is None:
        raise Refusal(404, "The resource could not be found.")
    return row


def _list_container(swift: Swift, call: Call) -> Answer:
    row = _needed(swift, call)
    rows = {one["name"]: one for one in swift.world.listed(swift.held(row))}

    def entry(name: str) -> Json:
        one = rows[name]
        return {
            "name": name,
            "hash": one["etag"],
            "bytes": one["size"],
            "content_type": one["content_type"],
            "last_modified": _modified(one["modified"]),
        }

    found: list[Json] = [
        {"subdir": name} if cut else entry(name)
        for name, cut in select(sorted(rows), _wanted(call))
    ]
    return _listing(call, found, _container_headers(swift, row))


def _head_container(swift: Swift, call: Call) -> Answer:
    return Answer(204, None, _container_headers(swift, _needed(swift, call)))


def _kept(call: Call) -> dict[str, str]:
    special = {name: call.headers[name] for name in _SPECIAL if name in call.headers}
    return {**meta("container", dict(call.headers)), **special}


def _put_container(swift: Swift, call: Call) -> Answer:
    account, name = call.params["account"], call.params["container"]
    row = _named(swift, call)
    if row is not None:
        swift.containers.change(row["id"], headers=merged(row["headers"], _kept(call)))
        return Answer(202)
    if len(name) > _LIMITS["max_container_name_length"]:
        raise Refusal(
            400,
            f"Container name length of {len(name)} longer than "
            f"{_LIMITS['max_container_name_length']}",
        )
    swift.kept_account(account)
    swift.containers.add(
        {
            "id": f"{account}/{name}",
            "account": account,
            "name": name,
            "project_id": account.removeprefix("AUTH_"),
            "headers": merged({}, _kept(call)),
            "created_at": swift.world.now,
        }
    )
    return Answer(201)


def _post_container(swift: Swift, call: Call) -> Answer:
    row = _needed(swift, call)
    swift.containers.change(row["id"], headers=merged(row["headers"], _kept(call)))
    return Answer(204)


def _delete_container(swift: Swift, call: Call) -> Answer:
    row = _needed(swift, call)
    if swift.held(row):
        raise Refusal(409, "There was a conflict when trying to complete your request.")
    swift.containers.remove(row["id"])
    return Answer(204)


def _wanted(call: Call) -> Wanted:
    text = call.arg("limit") or str(_MOST)
    if not text.isdigit():
        raise Refusal(400, f"Invalid limit: {text}")
    if int(text) > _MOST:
        raise Refusal(412, f"Maximum limit is {_MOST}")
    path = call.arg("path")
    prefix, delimiter = call.arg("prefix") or "", call.arg("delimiter") or ""
    if path is not None:
        prefix, delimiter = (path.rstrip("/") + "/" if path else ""), "/"
    return Wanted(
        limit=int(text),
        marker=call.arg("marker") or "",
        prefix=prefix,
        delimiter=delimiter,
        end_marker=call.arg("end_marker") or "",
        reverse=call.flag("reverse"),
    )


def _listing(call: Call, found: Sequence[Json], headers: dict[str, str]) -> Answer:
    form = call.arg("format") or ""
    if form == "json" or (not form and "application/json" in call.headers.get("accept", "")):
        body = msgspec.json.encode(list(found))
        return Answer(200, body, headers, "application/json; charset=utf-8")
    if not found:
        return Answer(204, None, headers)
    lines = "".join(str(one.get("name") or one.get("subdir")) + "\n" for one in found)
    return Answer(200, lines.encode(), headers, "text/plain; charset=utf-8")


def _modified(seconds: float) -> str:
    return str(stamp(seconds, "%Y-%m-%dT%H:%M:%S.%f"))


INFO = Route("GET", "/info", _info, open=True)
ROUTES = (
    Route("GET", "/v1/{account}", _list_account, open=True),
    Route("HEAD", "/v1/{account}", _head_account, open=True),
    Route("POST", "/v1/{account}", _post_account, open=True),
    Route("GET", "/v1/{account}/{container}", _list_container, open=True),
    Route("HEAD", "/v1/{account}/{container}", _head_container, open=True),
    Route("PUT", "/v1/{account}/{container}", _put_container, open=True),
    Route("POST", "/v1/{account}/{container}", _post_container, open=True),
    Route("DELETE", "/v1/{account}/{container}", _delete_container, open=True),
)
