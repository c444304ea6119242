"""Domains, projects, users, groups, roles, and the catalogue's collections."""

from dataclasses import replace

from hearth.sandbox.identity.kinds import Kind, find, listing, routes, view
from hearth.sandbox.identity.state import Identity, need_self, sealed
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route


def _user_made(identity: Identity, document: Document) -> Document:
    password = document.pop("password", None)
    document["domain_id"] = document["domain_id"] or "default"
    document["secret"] = sealed(password, document["id"]) if password else ""
    document["password_expires_at"] = None
    return document


def _user_changed(identity: Identity, document: Document) -> Document:
    password = document.pop("password", None)
    if password:
        document["secret"] = sealed(password, document["id"])
    if password or not document["enabled"]:
        identity.revoke(document["id"])
    return document


def _user_gone(identity: Identity, document: Document) -> None:
    key = document["id"]
    identity.revoke(key)
    for table in (identity.credentials, identity.application_credentials):
        for one in table.where("user_id", key):
            table.remove(one["id"])
    for grant in identity.grants.where("actor", key):
        identity.grants.remove(grant["id"])
    for trust in identity.trusts:
        if key in (trust["trustor_user_id"], trust["trustee_user_id"]):
            identity.trusts.remove(trust["id"])
    for group in identity.groups:
        if key in group["members"]:
            members = [one for one in group["members"] if one != key]
            identity.groups.change(group["id"], members=members)


def _target_gone(identity: Identity, document: Document) -> None:
    key = document["id"]
    for grant in identity.grants.where("target", key):
        identity.grants.remove(grant["id"])
    for token in identity.tokens:
        if key in (token["project_id"], token["domain_id"]):
            identity.tokens.remove(token["id"])
    for one in identity.application_credentials:
        if one["project_id"] == key:
            identity.application_credentials.remove(one["id"])
    for trust in identity.trusts:
        if trust["project_id"] == key:
            identity.trusts.remove(trust["id"])


def _project_made(identity: Identity, document: Document) -> Document:
    document["domain_id"] = document["domain_id"] or "default"
    document["parent_id"] = document["parent_id"] or document["domain_id"]
    if identity.domains.get(document["domain_id"]) is None:
        raise Refusal(404, f"Could not find domain: {document['domain_id']}.")
    return document


def _domain_gone(identity: Identity, document: Document) -> None:
    if document["enabled"]:
        raise Refusal(403, "Cannot delete a domain that is enabled, please disable it first.")
    for project in identity.projects.where("domain_id", document["id"]):
        _target_gone(identity, project)
        identity.projects.remove(project["id"])
    for user in identity.users.where("domain_id", document["id"]):
        _user_gone(identity, user)
        identity.users.remove(user["id"])
    _target_gone(identity, document)


def _role_gone(identity: Identity, document: Document) -> None:
    for grant in identity.grants:
        if grant["role_id"] == document["id"]:
            identity.grants.remove(grant["id"])
    for token in identity.tokens:
        if document["id"] in token["roles"]:
            identity.tokens.remove(token["id"])


def _service_gone(identity: Identity, document: Document) -> None:
    for endpoint in identity.endpoints.where("service_id", document["id"]):
        identity.endpoints.remove(endpoint["id"])


def _endpoint_made(identity: Identity, document: Document) -> Document:
    if identity.services.get(str(document["service_id"])) is None:
        raise Refusal(400, f"Could not find service: {document['service_id']}.")
    region = document.get("region_id") or document.get("region")
    return {**document, "region": region, "region_id": region}


def _with_implied(identity: Identity, document: Document) -> Document:
    return {**document, "implies": []}


def _with_members(identity: Identity, document: Document) -> Document:
    return {**document, "domain_id": document["domain_id"] or "default", "members": []}


_PLAIN = {"description": "", "enabled": True}
_OWN = {**_PLAIN, "options": {}}

DOMAINS = Kind("domains", "domain", {**_OWN, "tags": []}, gone=_domain_gone)
PROJECTS = Kind(
    "projects",
    "project",
    {**_OWN, "tags": [], "domain_id": None, "parent_id": None, "is_domain": False},
    filters=("name", "domain_id", "parent_id", "is_domain"),
    unique=("name", "domain_id"),
    made=_project_made,
    gone=_target_gone,
    readable=lambda identity, call, one: call.admin or call.project_id == one["id"],
)
USERS = Kind(
    "users",
    "user",
    {**_OWN, "description": None, "email": None, "domain_id": None, "default_project_id": None},
    filters=("name", "domain_id"),
    unique=("name", "domain_id"),
    made=_user_made,
    changed=_user_changed,
    gone=_user_gone,
    readable=lambda identity, call, one: call.admin or call.token.user_id == one["id"],
)
GROUPS = Kind(
    "groups",
    "group",
    {"description": "", "domain_id": None},
    filters=("name", "domain_id"),
    unique=("name", "domain_id"),
    made=_with_members,
)
ROLES = Kind(
    "roles",
    "role",
    {"description": None, "domain_id": None, "options": {}},
    filters=("name", "domain_id"),
    made=_with_implied,
    gone=_role_gone,
    readable=lambda identity, call, one: True,
)
REGIONS = Kind(
    "regions",
    "region",
    {"description": "", "parent_region_id": None},
    required=(),
    unique=("id",),
    readable=lambda identity, call, one: True,
)
SERVICES = Kind(
    "services",
    "service",
    _PLAIN,
    required=("type",),
    filters=("name", "type"),
    unique=(),
    gone=_service_gone,
)
ENDPOINTS = Kind(
    "endpoints",
    "endpoint",
    {"enabled": True, "region": None, "region_id": None},
    required=("service_id", "interface", "url"),
    filters=("service_id", "interface", "region_id"),
    unique=(),
    made=_endpoint_made,
    changed=_endpoint_made,
)


def change_password(identity: Identity, call: Call) -> Answer:
    """Set one's own password, knowing the old one."""
    user = identity.users.get(call.params["user_id"])
    given = call.wrapped("user")
    if user is None or sealed(str(given.get("original_password")), user["id"]) != user["secret"]:
        raise Refusal(401, "The request you have made requires authentication.")
    identity.users.change(user["id"], secret=sealed(str(given["password"]), user["id"]))
    identity.revoke(user["id"])
    return Answer(204)


def projects_of(identity: Identity, call: Call) -> Answer:
    """Projects that a user has a role on."""
    user_id = call.params["user_id"]
    need_self(call, user_id, "identity:list_user_projects")
    mine = [one for one in identity.projects if identity.role_ids(user_id, one["id"])]
    shown = [view(identity, PROJECTS, one) for one in mine]
    return listing(identity, f"/users/{user_id}/projects", "projects", shown)


def groups_of(identity: Identity, call: Call) -> Answer:
    """Groups that a user is in."""
    user_id = call.params["user_id"]
    need_self(call, user_id, "identity:list_groups_for_user")
    mine = [view(identity, GROUPS, one) for one in identity.groups if user_id in one["members"]]
    return listing(identity, f"/users/{user_id}/groups", "groups", mine)


def members(identity: Identity, call: Call) -> Answer:
    """Users in a group."""
    group = find(identity, GROUPS, call, call.params["group_id"])
    found = [user for one in group["members"] if (user := identity.users.get(one)) is not None]
    shown = [view(identity, USERS, one) for one in found]
    return listing(identity, f"/groups/{group['id']}/users", "users", shown)


def join(identity: Identity, call: Call) -> Answer:
    """Put a user into a group, take one out, or ask whether one is in."""
    group = find(identity, GROUPS, call, call.params["group_id"])
    user = find(identity, USERS, call, call.params["user_id"])
    others = [one for one in group["members"] if one != user["id"]]
    present = user["id"] in group["members"]
    if call.method == "PUT":
        identity.groups.change(group["id"], members=[*others, user["id"]])
    elif not present:
        raise Refusal(404, f"User {user['id']} is not in group {group['id']}.")
    elif call.method == "DELETE":
        identity.groups.change(group["id"], members=others)
        identity.revoke(user["id"])
    return Answer(204)


def _settable(kind: Kind) -> Kind:
    return replace(kind, required=(), filters=())


ROUTES = (
    *(route for kind in (DOMAINS, PROJECTS, USERS, GROUPS, ROLES) for route in routes(kind)),
    *(route for kind in (_settable(REGIONS), SERVICES, ENDPOINTS) for route in routes(kind)),
    Route("POST", "/v3/users/{user_id}/password", change_password, open=True),
    Route("GET", "/v3/users/{user_id}/projects", projects_of),
    Route("GET", "/v3/users/{user_id}/groups", groups_of),
    Route("GET", "/v3/groups/{group_id}/users", members),
    Route("PUT", "/v3/groups/{group_id}/users/{user_id}", join),
    Route("GET", "/v3/groups/{group_id}/users/{user_id}", join),
    Route("DELETE", "/v3/groups/{group_id}/users/{user_id}", join),
)
