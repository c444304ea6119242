"""Role assignments: who has which role on which project or domain."""

from hearth.sandbox.identity.kinds import listing, view
from hearth.sandbox.identity.people import ROLES
from hearth.sandbox.identity.seed import grant_id
from hearth.sandbox.identity.state import Identity, forbidden, missing, need_admin
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Route


def list_grants(identity: Identity, call: Call) -> Answer:
    """Roles of an actor on a target."""
    need_admin(call, "identity:list_grants")
    actor, target = _ends(identity, call)
    held = [one for one in identity.grants.where("actor", actor) if one["target"] == target]
    roles = [role for one in held if (role := identity.roles.get(one["role_id"])) is not None]
    shown = [view(identity, ROLES, role) for role in roles]
    return listing(identity, call.path.partition("/v3")[2], "roles", shown)


def change_grant(identity: Identity, call: Call) -> Answer:
    """Give a role (PUT), take it (DELETE), or ask whether it is held (GET, HEAD)."""
    need_admin(call, "identity:create_grant")
    actor, target = _ends(identity, call)
    role_id = call.params["role_id"]
    if identity.roles.get(role_id) is None:
        raise missing("role", role_id)
    key = grant_id(actor, target, role_id)
    held = identity.grants.get(key)
    if call.method == "PUT":
        if held is None:
            identity.grants.add(_grant(call, key, actor, target))
        return Answer(204)
    if held is None:
        raise missing("role assignment with role", role_id)
    if call.method == "DELETE":
        identity.grants.remove(key)
        _revoke(identity, actor, target)
    return Answer(204)


def list_assignments(identity: Identity, call: Call) -> Answer:
    """All assignments, narrowed by user, group, role and scope."""
    user = call.arg("user.id")
    if not call.admin and user != call.token.user_id:
        raise forbidden("identity:list_role_assignments")
    wanted = {
        "actor": user or call.arg("group.id"),
        "target": call.arg("scope.project.id") or call.arg("scope.domain.id"),
        "role_id": call.arg("role.id"),
    }
    found = [
        one
        for one in identity.grants
        if all(value is None or one[field] == value for field, value in wanted.items())
    ]
    if call.flag("effective"):
        found = _effective(identity, found)
    names = call.flag("include_names")
    shown = [_assignment(identity, one, names=names) for one in found]
    return listing(identity, "/role_assignments", "role_assignments", shown)


def _effective(identity: Identity, grants: list[Document]) -> list[Document]:
    found = []
    for one in grants:
        actors = [one["actor"]]
        if one["actor_kind"] == "group":
            group = identity.groups.get(one["actor"])
            actors = group["members"] if group is not None else []
        for role_id in identity.with_implied([one["role_id"]]):
            found += [
                {**one, "actor": actor, "actor_kind": "user", "role_id": role_id}
                for actor in actors
            ]
    return found


def _assignment(identity: Identity, grant: Document, *, names: bool) -> Json:
    actors = identity.users if grant["actor_kind"] == "user" else identity.groups
    targets = identity.projects if grant["target_kind"] == "project" else identity.domains
    return {
        grant["actor_kind"]: _named(identity, actors, grant["actor"], names=names),
        "scope": {grant["target_kind"]: _named(identity, targets, grant["target"], names=names)},
        "role": _named(identity, identity.roles, grant["role_id"], names=names),
        "links": {"assignment": identity.world.url("/identity/v3/role_assignments")},
    }


def _named(identity: Identity, table: Table, key: str, *, names: bool) -> Json:
    document = table.get(key)
    if not names or document is None:
        return {"id": key}
    shown = {"id": key, "name": document["name"]}
    domain = identity.domains.get(document.get("domain_id") or "")
    if domain is not None:
        shown["domain"] = {"id": domain["id"], "name": domain["name"]}
    return shown


def _grant(call: Call, key: str, actor: str, target: str) -> Document:
    return {
        "id": key,
        "actor": actor,
        "actor_kind": "user" if "user_id" in call.params else "group",
        "target": target,
        "target_kind": "project" if "project_id" in call.params else "domain",
        "role_id": call.params["role_id"],
    }


def _ends(identity: Identity, call: Call) -> tuple[str, str]:
    ends = []
    tables = {
        "user_id": identity.users,
        "group_id": identity.groups,
        "project_id": identity.projects,
        "domain_id": identity.domains,
    }
    for name, table in tables.items():
        if name in call.params:
            key = call.params[name]
            if table.get(key) is None:
                raise missing(name.removesuffix("_id"), key)
            ends.append(key)
    return ends[0], ends[1]


def _revoke(identity: Identity, actor: str, target: str) -> None:
    group = identity.groups.get(actor)
    for user_id in group["members"] if group is not None else [actor]:
        identity.revoke(user_id, target)


def _routes() -> tuple[Route, ...]:
    routes = []
    for target in ("projects/{project_id}", "domains/{domain_id}"):
        for actor in ("users/{user_id}", "groups/{group_id}"):
            path = f"/v3/{target}/{actor}/roles"
            routes.append(Route("GET", path, list_grants))
            routes += [
                Route(method, path + "/{role_id}", change_grant)
                for method in ("PUT", "GET", "DELETE")
            ]
    return tuple(routes)


ROUTES = (Route("GET", "/v3/role_assignments", list_assignments), *_routes())
