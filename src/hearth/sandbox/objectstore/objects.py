"""Objects: their data, their metadata, copies, ranges, old versions."""

import re
from hashlib import md5
from mimetypes import guess_type
from urllib.parse import unquote

from hearth.sandbox.lists import stamp
from hearth.sandbox.objectstore.access import admit, signed
from hearth.sandbox.objectstore.state import Swift, merged, meta, titled
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route

_KEPT = ("content-encoding", "content-disposition", "x-object-manifest", "x-delete-at")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_LONGEST = 1024


def _container(swift: Swift, call: Call) -> Document:
    """The container of the request, the caller admitted."""
    account = call.params["account"]
    row = swift.container(account, call.params["container"])
    admit(swift, call, account, row)
    if row is None:
        raise Refusal(404, "The resource could not be found.")
    return row


def _found(swift: Swift, call: Call) -> Document:
    container = _container(swift, call)
    row = swift.objects.get(f"{container['id']}/{call.params['name']}")
    if row is None:
        raise Refusal(404, "The resource could not be found.")
    return row


def _get(swift: Swift, call: Call) -> Answer:
    row = _found(swift, call)
    headers = {
        **titled(row["headers"]),
        "ETag": row["etag"],
        "Last-Modified": _date(row["modified"]),
        "X-Timestamp": f"{row['modified']:.5f}",
        "Accept-Ranges": "bytes",
    }
    if signed(call):
        name = call.arg("filename") or row["name"].rpartition("/")[2]
        form = "inline" if "inline" in call.query else "attachment"
        headers.setdefault("Content-Disposition", f'{form}; filename="{name}"')
    match = call.headers.get("if-match")
    if match is not None and match.strip('"') not in (row["etag"], "*"):
        raise Refusal(412, "A precondition for this request was not met.")
    if call.headers.get("if-none-match", "").strip('"') in (row["etag"], "*"):
        return Answer(304, None, headers, row["content_type"])
    return _part(call, _data(swift, row), headers, row["content_type"])


def _data(swift: Swift, row: Document) -> bytes:
    """An object's data; a manifest's is that of its segments in order."""
    manifest = row["headers"].get("x-object-manifest")
    if not manifest:
        return bytes(row["data"])
    name, _, prefix = unquote(manifest).partition("/")
    container = swift.container(row["container"].partition("/")[0], name)
    parts = swift.held(container) if container is not None else []
    parts = sorted(
        (one for one in parts if one["name"].startswith(prefix)), key=lambda one: str(one["name"])
    )
    return b"".join(one["data"] for one in parts)


def _part(call: Call, data: bytes, headers: dict[str, str], content_type: str) -> Answer:
    wanted = _RANGE.fullmatch(call.headers.get("range", ""))
    if wanted is None or wanted.group(0) == "bytes=-":
        return Answer(200, data, headers, content_type)
    first, last = wanted.groups()
    start = int(first) if first else max(len(data) - int(last), 0)
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if start > end:
        raise Refusal(416, "The range is not in the object.")
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Answer(206, data[start : end + 1], headers, content_type)


def _put(swift: Swift, call: Call) -> Answer:
    container = _container(swift, call)
    source = call.headers.get("x-copy-from")
    if source is not None:
        account = call.headers.get("x-copy-from-account") or call.params["account"]
        return _copied(
            swift, call, _source(swift, call, account, source), container, call.params["name"]
        )
    key = f"{container['id']}/{call.params['name']}"
    if call.headers.get("if-none-match") == "*" and swift.objects.get(key) is not None:
        raise Refusal(412, "A precondition for this request was not met.")
    etag = call.headers.get("etag", "").strip('"').lower()
    if etag and etag != _digest(call.body):
        raise Refusal(422, "Unable to process the contained instructions")
    kind = call.headers.get("content-type") or guess_type(call.params["name"])[0]
    row = write(
        swift,
        container,
        call.params["name"],
        call.body,
        {
            "content_type": kind or "application/octet-stream",
            "headers": merged({}, _headers(call)),
        },
    )
    return _written(row)


def _written(row: Document) -> Answer:
    headers = {"ETag": row["etag"], "Last-Modified": _date(row["modified"])}
    return Answer(201, None, headers, "text/html; charset=UTF-8")


def write(swift: Swift, container: Document, name: str, data: bytes, extra: Document) -> Document:
    """Put an object in a container, the one that was there kept as an old version if asked."""
    key = f"{container['id']}/{name}"
    if len(name) > _LONGEST:
        raise Refusal(400, f"Object name length of {len(name)} longer than {_LONGEST}")
    before = swift.objects.get(key)
    if before is not None:
        _archive(swift, container, before)
        swift.objects.remove(key)
    until = extra["headers"].get("x-delete-at", "")
    return swift.objects.add(
        {
            "id": key,
            "container": container["id"],
            "name": name,
            "data": data,
            "size": len(data),
            "etag": _digest(data),
            "project_id": container["project_id"],
            "created_at": swift.world.now,
            "modified": swift.world.now,
            "due": float(until) if until else None,
            **extra,
        }
    )


def _archive(swift: Swift, container: Document, row: Document) -> None:
    """Keep what an object was, where the container's `X-Versions-Location` says."""
    place = _archive_of(swift, container)
    if place is None:
        return
    name = f"{_versions(row['name'])}{row['modified']:.5f}"
    write(
        swift,
        place,
        name,
        row["data"],
        {
            "content_type": row["content_type"],
            "headers": row["headers"],
        },
    )


def _archive_of(swift: Swift, container: Document) -> Document | None:
    headers = container["headers"]
    name = headers.get("x-versions-location") or headers.get("x-history-location")
    return swift.container(container["account"], unquote(name)) if name else None


def _versions(name: str) -> str:
    """What the names of an object's old versions begin with."""
    return f"{len(name):03x}{name}/"


def _delete(swift: Swift, call: Call) -> Answer:
    row = _found(swift, call)
    container = swift.needed_container(call.params["account"], call.params["container"])
    place = _archive_of(swift, container)
    swift.objects.remove(row["id"])
    if place is None:
        return Answer(204)
    if "x-history-location" in container["headers"]:
        _archive(swift, container, row)
        return Answer(204)
    old = [one for one in swift.held(place) if one["name"].startswith(_versions(row["name"]))]
    if old:
        latest = max(old, key=lambda one: str(one["name"]))
        swift.objects.remove(latest["id"])
        write(
            swift,
            container,
            row["name"],
            latest["data"],
            {
                "content_type": latest["content_type"],
                "headers": latest["headers"],
            },
        )
    return Answer(204)


def _post(swift: Swift, call: Call) -> Answer:
    row = _found(swift, call)
    kept = {name: value for name, value in row["headers"].items() if name == "x-object-manifest"}
    headers = merged(kept, _headers(call))
    until = headers.get("x-delete-at", "")
    kind = call.headers.get("content-type") or row["content_type"]
    swift.objects.change(
        row["id"],
        headers=headers,
        content_type=kind,
        modified=swift.world.now,
        due=float(until) if until else None,
    )
    return Answer(202)


def _copy(swift: Swift, call: Call) -> Answer:
    row = _found(swift, call)
    path = unquote(call.headers.get("destination", "")).lstrip("/")
    name, _, key = path.partition("/")
    if not key:
        raise Refusal(412, "Destination header must be of the form <container name>/<object name>")
    account = call.headers.get("destination-account") or call.params["account"]
    admit(swift, call, account, swift.container(account, name))
    return _copied(swift, call, row, swift.needed_container(account, name), key)


def _source(swift: Swift, call: Call, account: str, path: str) -> Document:
    name, _, key = unquote(path).lstrip("/").partition("/")
    container = swift.container(account, name)
    admit(swift, call, account, container)
    row = swift.objects.get(f"{account}/{name}/{key}")
    if row is None:
        raise Refusal(404, "The resource could not be found.")
    return row


def _copied(swift: Swift, call: Call, row: Document, container: Document, name: str) -> Answer:
    fresh = str(call.headers.get("x-fresh-metadata", "")).lower() == "true"
    headers = merged({} if fresh else row["headers"], _headers(call))
    made = write(
        swift,
        container,
        name,
        _data(swift, row),
        {
            "content_type": row["content_type"],
            "headers": headers,
        },
    )
    answer = _written(made)
    source = row["id"].partition("/")[2]
    return Answer(201, None, {**answer.headers, "X-Copied-From": source}, answer.content_type)


def _headers(call: Call) -> dict[str, str]:
    """The headers of a request that are kept with an object."""
    found = meta("object", dict(call.headers))
    found |= {name: call.headers[name] for name in _KEPT if name in call.headers}
    after = call.headers.get("x-delete-after")
    if after is not None:
        if not after.isdigit():
            raise Refusal(400, "Non-integer X-Delete-After")
        found["x-delete-at"] = str(int(call.now) + int(after))
    until = found.get("x-delete-at", "")
    if until and (not until.isdigit() or int(until) <= call.now):
        raise Refusal(400, "X-Delete-At in past")
    return found


def _digest(data: bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()


def _date(seconds: float) -> str:
    return str(stamp(seconds, "%a, %d %b %Y %H:%M:%S GMT"))


_PATH = "/v1/{account}/{container}/{name:path}"
ROUTES = (
    Route("GET", _PATH, _get, open=True),
    Route("PUT", _PATH, _put, open=True),
    Route("POST", _PATH, _post, open=True),
    Route("DELETE", _PATH, _delete, open=True),
    Route("COPY", _PATH, _copy, open=True),
)
