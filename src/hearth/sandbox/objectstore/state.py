"""What Swift keeps: accounts, containers and objects, with the headers that belong to each."""

from html import escape
from typing import ClassVar

from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Refusal
from hearth.sandbox.world import Service, World

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    411: "Length Required",
    412: "Precondition Failed",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
    500: "Internal Error",
    503: "Service Unavailable",
}


class Swift(Service):
    """The simulated Swift."""

    name: ClassVar[str] = "object-store"
    # Signed URLs are made for `/v1/…` on the bare host, so both places answer; see `routes`.
    prefix: ClassVar[str] = ""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        self.accounts: Table = table("object-store.accounts", listed=False)
        self.containers: Table = table("object-store.containers", indexes=("account",))
        self.objects: Table = table(
            "object-store.objects", indexes=("container",), settle=self._expire
        )

    def prepare(self, call: Call) -> None:
        """Find out who calls; whether they may is decided by each handler."""
        identity = self.world.neighbours.identity
        text = call.headers.get("x-auth-token", "") or call.headers.get("x-storage-token", "")
        if text and identity is not None:
            token = identity.token(text, call.now)
            if token is None:
                raise Refusal(
                    401,
                    "This server could not verify that you are authorized to "
                    "access the document you requested.",
                )
            call.token = token

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Swift's own name for the id of a request."""
        headers["X-Trans-Id"] = call.request_id.replace("req-", "tx")

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Swift's error document, a small page of HTML."""
        title = _TITLES.get(refusal.status, "Error")
        page = f"<html><h1>{title}</h1><p>{escape(refusal.message)}</p></html>"
        return Answer(refusal.status, page.encode(), refusal.headers, "text/html; charset=UTF-8")

    def account(self, name: str) -> Document:
        """An account; one that nobody has written to yet is empty."""
        return self.accounts.get(name) or {"id": name, "headers": {}, "created_at": self.world.now}

    def kept_account(self, name: str) -> Document:
        """An account, made if it must be."""
        row = self.accounts.get(name)
        return row if row is not None else self.accounts.add(self.account(name))

    def container(self, account: str, name: str) -> Document | None:
        """A container of an account."""
        return self.containers.get(f"{account}/{name}")

    def needed_container(self, account: str, name: str) -> Document:
        """A container that must be there."""
        row = self.container(account, name)
        if row is None:
            raise Refusal(404, "The resource could not be found.")
        return row

    def held(self, container: Document) -> list[Document]:
        """The objects in a container."""
        return self.objects.where("container", container["id"])

    def _expire(self, one: Document) -> None:
        self.objects.remove(one["id"])


def meta(kind: str, headers: Document) -> dict[str, str]:
    """Headers of a request that are kept with an account, a container or an object.

    An empty value stands for one that is taken away.
    """
    prefix = f"x-{kind}-meta-"
    found = {name: value for name, value in headers.items() if name.startswith(prefix)}
    gone = f"x-remove-{kind}-"
    found |= {
        f"x-{kind}-{name.removeprefix(gone)}": "" for name in headers if name.startswith(gone)
    }
    return found


def merged(before: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Kept headers after a change."""
    return {name: value for name, value in {**before, **given}.items() if value}


def titled(headers: dict[str, str]) -> dict[str, str]:
    """Kept headers as they are answered."""
    return {
        "-".join(part.capitalize() for part in name.split("-")): value
        for name, value in headers.items()
    }
