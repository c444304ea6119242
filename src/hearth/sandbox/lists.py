"""Pages of a list, sorting, and times as text: what all services' lists have in common."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal


def stamp(seconds: float | None, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str | None:
    """A time as Nova, Glance and Neutron write it, None as it is."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime(form)


def parsed(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 text; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Refusal(400, f"Invalid time: {text}", "badRequest") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def page(
    call: Call,
    documents: Sequence[Document],
    *,
    most: int = 1000,
    key: str = "id",
    missing: int = 400,
) -> tuple[Sequence[Document], str | None]:
    """The part of a list that `limit` and `marker` ask for, and the next page's query string.

    `missing` is the status that a marker which is not in the list is refused with.
    """
    limit = _limit(call, most)
    marker = call.arg("marker")
    if marker:
        index = next((i for i, one in enumerate(documents) if one[key] == marker), None)
        if index is None:
            raise Refusal(missing, f"marker [{marker}] not found", "badRequest")
        documents = documents[index + 1 :]
    if len(documents) <= limit:
        return documents, None
    documents = documents[:limit]
    if not documents:
        return documents, None
    query = [(name, one) for name in call.query if name != "marker" for one in call.args(name)]
    return documents, urlencode([*query, ("marker", documents[-1][key])])


def _limit(call: Call, most: int) -> int:
    text = call.arg("limit")
    if text is None:
        return most
    if not text.isdigit():
        raise Refusal(400, f"Invalid input for query parameters limit: {text}", "badRequest")
    return min(int(text), most) or most


def ordered(documents: Iterable[Document], orders: Sequence[tuple[str, bool]]) -> list[Document]:
    """Sorted by several fields, each with whether it runs down; absent values come first."""
    result = list(documents)
    for field, down in reversed(orders):
        result.sort(key=_rank(field), reverse=down)
    return result


def _rank(field: str) -> Callable[[Document], tuple[bool, Any]]:
    def rank(document: Document) -> tuple[bool, Any]:
        value = document.get(field)
        return value is not None, value if value is not None else 0

    return rank
