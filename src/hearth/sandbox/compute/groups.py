"""Server groups: which servers stand together, and which apart."""

from hearth.sandbox.compute.quotas import counted
from hearth.sandbox.compute.state import Nova, invalid
from hearth.sandbox.lists import page
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_POLICIES = ("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity")


def list_groups(nova: Nova, call: Call) -> Answer:
    """The project's groups."""
    if call.flag("all_projects") and call.admin:
        found = list(nova.groups)
    else:
        found = nova.groups.where("project_id", call.project_id)
    offset = call.arg("offset") or "0"
    shown, _ = page(call, found[int(offset) if offset.isdigit() else 0 :])
    return Answer(200, {"server_groups": [_view(call, one) for one in shown]})


def create_group(nova: Nova, call: Call) -> Answer:
    """Make a group."""
    given = call.wrapped("server_group")
    name = given.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise invalid("name", name, "A server group needs a name")
    policy = given.get("policy")
    if call.version < (2, 64):
        policies = given.get("policies")
        if not isinstance(policies, list) or len(policies) != 1:
            raise invalid("policies", policies, f"{policies} is not a list of one policy")
        policy = policies[0]
    soft = str(policy).startswith("soft") and call.version < (2, 15)
    if policy not in _POLICIES or soft:
        raise invalid("policy", policy, f"'{policy}' is not one of {list(_POLICIES)}")
    rules = given.get("rules") or {}
    if rules and (call.version < (2, 64) or policy != "anti-affinity"):
        raise Refusal(400, "Only anti-affinity policy supports rules.")
    used = len(nova.groups.where("project_id", call.project_id))
    counted(nova, call.project_id, "server_groups", used)
    group = nova.groups.add(
        {
            "id": nova.world.ids.uuid(),
            "name": name,
            "policy": policy,
            "rules": rules,
            "members": [],
            "project_id": call.project_id,
            "user_id": call.token.user_id,
            "created_at": call.now,
        }
    )
    return Answer(200, {"server_group": _view(call, group)})


def show_group(nova: Nova, call: Call) -> Answer:
    """A group."""
    return Answer(200, {"server_group": _view(call, _find(nova, call))})


def delete_group(nova: Nova, call: Call) -> Answer:
    """Dissolve a group; its servers stay."""
    nova.groups.remove(_find(nova, call)["id"])
    return Answer(204)


def _find(nova: Nova, call: Call) -> Document:
    group = nova.groups.get(call.params["group_id"])
    if group is None or (group["project_id"] != call.project_id and not call.admin):
        raise Refusal(404, f"Instance group {call.params['group_id']} could not be found.")
    return group


def _view(call: Call, group: Document) -> Json:
    shown = {"id": group["id"], "name": group["name"], "members": group["members"]}
    if call.version >= (2, 64):
        shown |= {"policy": group["policy"], "rules": group["rules"]}
    else:
        shown |= {"policies": [group["policy"]], "metadata": {}}
    if call.version >= (2, 13):
        shown |= {"project_id": group["project_id"], "user_id": group["user_id"]}
    return shown


ROUTES = (
    Route("GET", "/v2.1/os-server-groups", list_groups),
    Route("POST", "/v2.1/os-server-groups", create_group),
    Route("GET", "/v2.1/os-server-groups/{group_id}", show_group),
    Route("DELETE", "/v2.1/os-server-groups/{group_id}", delete_group),
)
