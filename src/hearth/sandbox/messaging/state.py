"""What Zaqar keeps: queues by project and name, messages in them, and claims upon messages."""

from typing import ClassVar
from uuid import UUID

from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Refusal
from hearth.sandbox.world import Service, World

MOST = 20
"""So many are listed, posted or claimed at once."""

DEFAULT = 10
TTL_S = 3600.0
LONGEST_TTL_S = 1_209_600.0


class Zaqar(Service):
    """The simulated Zaqar."""

    name: ClassVar[str] = "messaging"
    prefix: ClassVar[str] = "/messaging"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        self.queues: Table = table("messaging.queues", indexes=("project_id",))
        self.messages: Table = table("messaging.messages", indexes=("queue",), settle=self._expire)
        self.claims: Table = table("messaging.claims", indexes=("queue",), settle=self._release)

    def prepare(self, call: Call) -> None:
        """Every client names itself, so that it need not hear its own messages."""
        if call.path.count("/") <= 2:
            return
        try:
            UUID(call.headers.get("client-id", ""))
        except ValueError as error:
            words = "Malformed hexadecimal UUID in the Client-ID header."
            raise Refusal(400, words, "Wrong header value") from error

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Zaqar's error document."""
        title = refusal.kind or "Error"
        body = {"title": title, "description": refusal.message}
        return Answer(refusal.status, body, refusal.headers)

    def queue(self, call: Call) -> Document | None:
        """The queue of the request."""
        return self.queues.get(self.key(call))

    def needed(self, call: Call) -> Document:
        """The queue of the request, which must be there."""
        found = self.queue(call)
        if found is None:
            words = f"Queue {call.params['queue']} does not exist."
            raise Refusal(404, words, "Not found")
        return found

    def made(self, call: Call) -> Document:
        """The queue of the request, made if need be."""
        found = self.queue(call)
        if found is not None:
            return found
        name = call.params["queue"]
        if len(name) > 64 or not name.replace("-", "").replace("_", "").isalnum():
            words = "Queue names may have 64 letters, digits, dashes and underscores at most."
            raise Refusal(400, words, "Invalid queue identification")
        return self.queues.add(
            {
                "id": self.key(call),
                "name": name,
                "project_id": call.project_id,
                "metadata": {},
                "last": 0,
                "created_at": call.now,
            }
        )

    def held(self, queue: Document) -> list[Document]:
        """The messages in a queue, the oldest first."""
        return sorted(self.messages.where("queue", queue["id"]), key=lambda one: int(one["number"]))

    def claimed(self, message: Document) -> bool:
        """Whether somebody has claimed the message, and still does."""
        return self.claims.get(message["claim"] or "") is not None

    def empty(self, queue: Document) -> None:
        """Let everything in a queue go."""
        for table in (self.messages, self.claims):
            for one in table.where("queue", queue["id"]):
                table.remove(one["id"])

    def key(self, call: Call) -> str:
        """Under which a project's queue is kept."""
        return f"{call.project_id}/{call.params['queue']}"

    def _expire(self, message: Document) -> None:
        self.messages.remove(message["id"])

    def _release(self, claim: Document) -> None:
        self.claims.remove(claim["id"])


def ttl(given: object, default: float = TTL_S) -> float:
    """For how long something lives."""
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 60:
        raise Refusal(400, "The TTL is a number of seconds, 60 at least.", "Invalid API request")
    if given > LONGEST_TTL_S:
        words = f"The TTL is {LONGEST_TTL_S:.0f} seconds at most."
        raise Refusal(400, words, "Invalid API request")
    return float(given)


def limit(call: Call) -> int:
    """How many are wanted."""
    text = call.arg("limit") or str(DEFAULT)
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        words = f"Limit must be at least 1 and may not be greater than {MOST}."
        raise Refusal(400, words, "Invalid API request")
    return int(text)
