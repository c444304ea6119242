"""Messages: posted, listed, removed, popped; and claims, by which one client has them alone."""

from hearth.sandbox.messaging.state import MOST, Zaqar, limit, ttl
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route


def _post(zaqar: Zaqar, call: Call) -> Answer:
    given = call.document().get("messages")
    if not isinstance(given, list) or not given or len(given) > MOST:
        words = f"From 1 to {MOST} messages are posted at once."
        raise Refusal(400, words, "Invalid API request")
    queue = zaqar.made(call)
    made = []
    for number, one in enumerate(given, int(queue["last"]) + 1):
        if not isinstance(one, dict) or "body" not in one:
            raise Refusal(400, "A message needs a body.", "Invalid API request")
        key = zaqar.world.hex()[:24]
        zaqar.messages.add(
            {
                "id": key,
                "queue": queue["id"],
                "number": number,
                "client": call.headers["client-id"],
                "body": one["body"],
                "ttl": ttl(one.get("ttl")),
                "claim": None,
                "created_at": call.now,
                "due": call.now + ttl(one.get("ttl")),
            }
        )
        made.append(f"/v2/queues/{queue['name']}/messages/{key}")
    zaqar.queues.change(queue["id"], last=int(queue["last"]) + len(made))
    return Answer(201, {"resources": made}, {"Location": made[0]})


def _list(zaqar: Zaqar, call: Call) -> Answer:
    queue = zaqar.queue(call)
    held = zaqar.held(queue) if queue is not None else []
    ids = call.arg("ids")
    if ids is not None:
        found = [one for one in held if one["id"] in ids.split(",")]
        return Answer(200, {"messages": [_shown(zaqar, call, one) for one in found]})
    after = int(call.arg("marker") or 0)
    mine, taken = call.flag("echo"), call.flag("include_claimed")
    found = [
        one
        for one in held
        if one["number"] > after
        and (mine or one["client"] != call.headers["client-id"])
        and (taken or not zaqar.claimed(one))
    ][: limit(call)]
    last = found[-1]["number"] if found else after
    href = f"/v2/queues/{call.params['queue']}/messages?marker={last}&limit={limit(call)}"
    links = [{"rel": "next", "href": href}]
    return Answer(200, {"messages": [_shown(zaqar, call, one) for one in found], "links": links})


def _remove(zaqar: Zaqar, call: Call) -> Answer:
    """Remove those of these ids; or take the oldest out at once (`pop`)."""
    queue = zaqar.queue(call)
    held = zaqar.held(queue) if queue is not None else []
    ids, pop = call.arg("ids"), call.arg("pop")
    if (ids is None) == (pop is None):
        raise Refusal(400, "Either ids or pop is wanted.", "Invalid API request")
    if ids is not None:
        for one in held:
            if one["id"] in ids.split(","):
                zaqar.messages.remove(one["id"])
        return Answer(204)
    if not str(pop).isdigit() or not 1 <= int(str(pop)) <= MOST:
        raise Refusal(400, f"From 1 to {MOST} are popped at once.", "Invalid API request")
    found = [one for one in held if not zaqar.claimed(one)][: int(str(pop))]
    for one in found:
        zaqar.messages.remove(one["id"])
    return Answer(200, {"messages": [_shown(zaqar, call, one) for one in found]})


def _found(zaqar: Zaqar, call: Call) -> Document:
    message = zaqar.messages.get(call.params["key"])
    if message is None or message["queue"] != zaqar.key(call):
        raise Refusal(404, "The message does not exist.", "Not found")
    return message


def _show(zaqar: Zaqar, call: Call) -> Answer:
    return Answer(200, _shown(zaqar, call, _found(zaqar, call)))


def _delete(zaqar: Zaqar, call: Call) -> Answer:
    message = zaqar.messages.get(call.params["key"])
    if message is None:
        return Answer(204)
    if zaqar.claimed(message) and message["claim"] != call.arg("claim_id"):
        raise Refusal(403, "A message was attempted to be deleted that is claimed.", "Forbidden")
    zaqar.messages.remove(message["id"])
    return Answer(204)


def _claim(zaqar: Zaqar, call: Call) -> Answer:
    given = call.document() if call.body.strip() else {}
    queue = zaqar.queue(call)
    held = zaqar.held(queue) if queue is not None else []
    free = [one for one in held if not zaqar.claimed(one)][: limit(call)]
    if not free:
        return Answer(204)
    lives = ttl(given.get("ttl"), 300.0)
    key = zaqar.world.hex()[:24]
    zaqar.claims.add(
        {
            "id": key,
            "queue": zaqar.key(call),
            "ttl": lives,
            "created_at": call.now,
            "due": call.now + lives,
        }
    )
    grace = call.now + lives + ttl(given.get("grace"), 60.0)
    taken = [
        zaqar.messages.change(one["id"], claim=key, due=max(float(one["due"]), grace))
        for one in free
    ]
    shown = [_shown(zaqar, call, one, key) for one in taken]
    location = f"/v2/queues/{call.params['queue']}/claims/{key}"
    return Answer(201, {"messages": shown}, {"Location": location})


def _claimed(zaqar: Zaqar, call: Call) -> Document:
    claim = zaqar.claims.get(call.params["claim"])
    if claim is None or claim["queue"] != zaqar.key(call):
        raise Refusal(404, "The claim does not exist.", "Not found")
    return claim


def _show_claim(zaqar: Zaqar, call: Call) -> Answer:
    claim = _claimed(zaqar, call)
    queue = zaqar.needed(call)
    held = [one for one in zaqar.held(queue) if one["claim"] == claim["id"]]
    shown = [_shown(zaqar, call, one, claim["id"]) for one in held]
    age = int(call.now - claim["created_at"])
    return Answer(200, {"ttl": claim["ttl"], "age": age, "messages": shown})


def _renew_claim(zaqar: Zaqar, call: Call) -> Answer:
    claim = _claimed(zaqar, call)
    lives = ttl(call.document().get("ttl"), 300.0)
    zaqar.claims.change(claim["id"], ttl=lives, created_at=call.now, due=call.now + lives)
    return Answer(204)


def _drop_claim(zaqar: Zaqar, call: Call) -> Answer:
    if zaqar.claims.get(call.params["claim"]) is not None:
        zaqar.claims.remove(call.params["claim"])
    return Answer(204)


def _shown(zaqar: Zaqar, call: Call, message: Document, claim: str = "") -> Json:
    href = f"/v2/queues/{call.params['queue']}/messages/{message['id']}"
    return {
        "id": message["id"],
        "href": f"{href}?claim_id={claim}" if claim else href,
        "ttl": int(message["ttl"]),
        "age": int(call.now - message["created_at"]),
        "body": message["body"],
        "claim_count": int(message["claim"] is not None),
    }


_MESSAGES = "/v2/queues/{queue}/messages"
_CLAIMS = "/v2/queues/{queue}/claims"

ROUTES = (
    Route("POST", _MESSAGES, _post),
    Route("GET", _MESSAGES, _list),
    Route("DELETE", _MESSAGES, _remove),
    Route("GET", _MESSAGES + "/{key}", _show),
    Route("DELETE", _MESSAGES + "/{key}", _delete),
    Route("POST", _CLAIMS, _claim),
    Route("GET", _CLAIMS + "/{claim}", _show_claim),
    Route("PATCH", _CLAIMS + "/{claim}", _renew_claim),
    Route("DELETE", _CLAIMS + "/{claim}", _drop_claim),
)
