"""Lists as Neutron answers them: filters on any attribute, tags, fields, sorting, pages."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from hearth.sandbox.lists import ordered, parsed
from hearth.sandbox.network.collection import Collection
from hearth.sandbox.network.fields import refused
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_TAGS = ("tags", "tags-any", "not-tags", "not-tags-any")
_CONTROL = frozenset(
    {
        "fields",
        "sort_key",
        "sort_dir",
        "limit",
        "marker",
        "page_reverse",
        "changed_since",
        *_TAGS,
    }
)
_TRUE = ("true", "1", "yes", "on", "t", "y")

Test = Callable[[Document], bool]


def answer(collection: Collection, call: Call) -> Document:
    """The document that answers a list request."""
    world = collection.shelf.world
    collection.before_list(call)
    rows = [row for row in _candidates(collection, call) if collection.sees(call, row)]
    tags = [_tagged(name, call.args(name)) for name in _TAGS if name in call.query]
    rows = [row for row in rows if all(test(row) for test in tags)]
    tests = _tests(collection, call)
    shown = [collection.show(call, row) for row in world.listed(rows)]
    found = [one for one in shown if all(test(one) for test in tests)]
    found = _sorted(call, found)
    part, links = _page(call, found)
    body: Document = {collection.plural: [trimmed(call, one) for one in part]}
    if links:
        body[f"{collection.plural}_links"] = [
            {"rel": rel, "href": f"{world.url(call.path)}?{query}"} for rel, query in links
        ]
    return body


def _candidates(collection: Collection, call: Call) -> Iterable[Document]:
    """Rows among which the filters may find something, by an index where there is one."""
    table = collection.table
    if "id" in call.query:
        keys = dict.fromkeys(call.args("id"))
        return [row for key in keys if (row := table.get(key)) is not None]
    if "name" in call.query:
        names = call.args("name")
        return [row for row in table if row.get("name") in names]
    for name in collection.indexed:
        if name in call.query:
            return [row for key in dict.fromkeys(call.args(name)) for row in table.where(name, key)]
    return table


def _tests(collection: Collection, call: Call) -> list[Test]:
    names = [name for name in call.query if name not in _CONTROL]
    known = {*collection.fields, "status"}
    if unknown := [name for name in names if name not in known]:
        raise refused(f"{unknown} is invalid attribute for filtering")
    tests: list[Test] = [_filter(name, call.args(name)) for name in names]
    since = call.arg("changed_since")
    if since is not None:
        moment = parsed(since)
        tests.append(lambda shown: parsed(shown["updated_at"]) >= moment)
    return tests


def _filter(name: str, wanted: list[str]) -> Test:
    if name == "fixed_ips":
        return _fixed(wanted)
    return lambda shown: any(_same(shown.get(name), text) for text in wanted)


def _same(value: Any, text: str) -> bool:
    match value:
        case bool():
            return value is (text.lower() in _TRUE)
        case None:
            return text in ("", "None", "null")
        case list():
            return any(_same(one, text) for one in value)
        case _:
            return str(value) == text


def _fixed(wanted: list[str]) -> Test:
    """`fixed_ips=ip_address=…&fixed_ips=subnet_id=…`: one address of the port meets them all."""
    asked: dict[str, list[str]] = {}
    for text in wanted:
        name, _, value = text.partition("=")
        if name not in ("ip_address", "subnet_id", "ip_address_substr"):
            raise refused(f"Invalid filter for fixed_ips: {text}")
        asked.setdefault(name, []).append(value)

    def meets(one: dict[str, str]) -> bool:
        for name, values in asked.items():
            if name == "ip_address_substr":
                if not any(value in one["ip_address"] for value in values):
                    return False
            elif one[name] not in values:
                return False
        return True

    return lambda shown: any(meets(one) for one in shown.get("fixed_ips", ()))


def _tagged(name: str, given: list[str]) -> Test:
    wanted = {tag for text in given for tag in text.split(",")}

    def test(shown: Document) -> bool:
        tags = set(shown.get("tags", ()))
        found = bool(wanted & tags) if name.endswith("any") else wanted <= tags
        return found is not name.startswith("not")

    return test


def _sorted(call: Call, found: list[Document]) -> list[Document]:
    keys, directions = call.args("sort_key"), call.args("sort_dir")
    if directions and len(keys) != len(directions):
        raise refused("The number of sort_keys and sort_dirs must be same")
    for key in keys:
        if any(isinstance(one.get(key), list | dict) for one in found):
            raise refused(f"{key} is invalid attribute for sort_keys")
    downs = [one == "desc" for one in directions] or [False] * len(keys)
    return ordered(found, list(zip(keys, downs, strict=True))) if keys else found


def _page(call: Call, found: list[Document]) -> tuple[Sequence[Document], list[tuple[str, str]]]:
    text, marker = call.arg("limit"), call.arg("marker")
    if text is not None and not text.isdigit():
        raise refused(f"Limit must be an integer 0 or greater and not '{text}'")
    limit = int(text or 0)
    backwards = call.flag("page_reverse")
    found = found[::-1] if backwards else found
    if marker:
        place = next((i for i, one in enumerate(found) if one["id"] == marker), None)
        if place is None:
            message = f"Marker {marker} could not be found."
            raise Refusal(404, message, "MarkerNotFound")
        found = found[place + 1 :]
    if limit <= 0:
        return found[::-1] if backwards else found, []
    part = found[:limit]
    full = len(part) == limit
    if backwards:
        part = part[::-1]
    links = []
    if part and (backwards or full):
        links.append(("next", _query(call, part[-1]["id"], back=False)))
    if part and ((backwards and full) or (not backwards and marker)):
        links.append(("previous", _query(call, part[0]["id"], back=True)))
    return part, links


def _query(call: Call, marker: str, *, back: bool) -> str:
    kept = [
        (name, value)
        for name in call.query
        if name not in ("marker", "page_reverse")
        for value in call.args(name)
    ]
    extra = [("marker", marker)] + ([("page_reverse", "True")] if back else [])
    return urlencode(kept + extra)


def trimmed(call: Call, shown: Document) -> Document:
    """Only the attributes that `fields` names."""
    names = call.args("fields")
    if not names:
        return shown
    return {name: shown[name] for name in names if name in shown}
