"""From a name, an id or an ARN to the stack's own address, by redirect."""

from uuid import UUID

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import stack_url
from hearth.api.heat.faults import NoSuchPath
from hearth.api.heat.parts import Parts, Reply, no_such_stack, visible
from hearth.base.errors import Denied
from hearth.stack import StackRecord
from hearth.store import stacks

ARN_SLASH = "\x1f"
"""Stands for the slashes of an ARN, so that the ARN is one part of the path."""

READ_BELOW = frozenset({"resources", "events", "template", "actions", "environment", "files"})
POST_BELOW = frozenset({"resources", "events", "template", "actions"})


async def stack(parts: Parts, ask: Ask) -> Reply:
    """Redirect from a name to the name and the id."""
    return await _redirect(parts, ask, "")


async def below(parts: Parts, ask: Ask) -> Reply:
    """GET on /stacks/{name}/{word}."""
    return await _below(parts, ask, READ_BELOW)


async def below_post(parts: Parts, ask: Ask) -> Reply:
    """Redirect from a name and a word (`actions`) to what is meant."""
    return await _below(parts, ask, POST_BELOW)


async def _below(parts: Parts, ask: Ask, words: frozenset[str]) -> Reply:
    word = ask.path["stack_id"]
    if word not in words:
        raise NoSuchPath("The resource could not be found.")
    return await _redirect(parts, ask, word)


async def _redirect(parts: Parts, ask: Ask, word: str) -> Reply:
    found = await _named(parts, ask, ask.path["name"])
    where = stack_url(ask, found.name, found.id, *([word] if word else []))
    query = f"?{ask.query_text}" if ask.query_text else ""
    document = {
        "code": 302,
        "title": "Found",
        "explanation": "The resource was found at another address.",
        "location": where + query,
    }
    return Reply(document, 302, {"Location": where + query})


async def _named(parts: Parts, ask: Ask, given: str) -> StackRecord:
    name, ident = _arn(ask, given) if given.startswith("arn:") else (given, given)
    if _is_uuid(ident):
        found = await parts.store.read(stacks.find, ident)
        if found is not None and visible(ask, found):
            return found
    found = await parts.store.read(stacks.named, ask.caller.project_id, name)
    if found is None:
        raise no_such_stack(name)
    return found


def _arn(ask: Ask, given: str) -> tuple[str, str]:
    """Name and id out of `arn:openstack:heat::<project>:stacks/<name>/<id>`."""
    fields = given.split(":", 5)
    path = fields[-1].split(ARN_SLASH)
    if len(fields) != 6 or len(path) < 3 or path[0] != "stacks":
        raise no_such_stack(given.replace(ARN_SLASH, "/"))
    if fields[4] != ask.caller.project_id:
        raise Denied("The ARN is of another project.", kind="InvalidTenant")
    return path[1], path[2]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
