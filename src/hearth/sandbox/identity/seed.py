"""What a fresh Keystone holds: domains, roles, projects, users, and the catalogue."""

from hearth.sandbox.identity.state import Identity, sealed
from hearth.sandbox.store import Document

ROLES = ("admin", "manager", "member", "reader", "service", "heat_stack_owner", "heat_stack_user")
_IMPLIES = {"admin": ("manager",), "manager": ("member",), "member": ("reader",)}

_CATALOGUE = (
    ("keystone", "identity", "/identity/v3"),
    ("nova", "compute", "/compute/v2.1"),
    ("neutron", "network", "/network"),
    ("glance", "image", "/image"),
    ("cinderv3", "volumev3", "/volume/v3/%(tenant_id)s"),
    ("cinder", "block-storage", "/volume/v3/%(tenant_id)s"),
    ("swift", "object-store", "/object-store/v1/AUTH_%(tenant_id)s"),
    ("placement", "placement", "/placement"),
    ("zaqar", "messaging", "/messaging"),
    ("barbican", "key-manager", "/key-manager"),
)


def seed(identity: Identity) -> None:
    """Make the default content."""
    for key, name in (("default", "Default"), (identity.world.hex(), "heat")):
        identity.domains.add(domain(identity, key, name))
    heat_domain = identity.domains.where("name", "heat")[0]["id"]
    _roles(identity)
    projects = {
        name: identity.projects.add(project(identity, name, "default"))["id"]
        for name in ("admin", "demo", "alt_demo", "service")
    }
    users = {
        name: _user(identity, name, heat_domain if name == "heat_domain_admin" else "default")
        for name in ("admin", "demo", "alt_demo", "heat", "heat_domain_admin")
    }
    for name in ("demo", "alt_demo"):
        for role in ("member", "reader", "heat_stack_owner"):
            _grant(identity, users[name], role, projects[name])
        _grant(identity, users["admin"], "heat_stack_owner", projects[name])
    for project_id in projects.values():
        _grant(identity, users["admin"], "admin", project_id)
    _grant(identity, users["admin"], "admin", "default", kind="domain")
    _grant(identity, users["heat"], "admin", projects["service"])
    _grant(identity, users["heat"], "service", projects["service"])
    _grant(identity, users["heat_domain_admin"], "admin", heat_domain, kind="domain")
    _catalogue(identity)


def domain(identity: Identity, key: str, name: str) -> Document:
    """A new domain's document."""
    return {
        "id": key,
        "name": name,
        "description": "",
        "enabled": True,
        "tags": [],
        "options": {},
        "created_at": identity.world.now,
    }


def project(identity: Identity, name: str, domain_id: str) -> Document:
    """A new project's document."""
    return {
        "id": identity.world.hex(),
        "name": name,
        "description": "",
        "domain_id": domain_id,
        "parent_id": domain_id,
        "is_domain": False,
        "enabled": True,
        "tags": [],
        "options": {},
        "created_at": identity.world.now,
    }


def grant_id(actor: str, target: str, role_id: str) -> str:
    """Under which a grant is kept: the same grant has the same."""
    return f"{actor}:{target}:{role_id}"


def _roles(identity: Identity) -> None:
    ids = {name: identity.world.hex() for name in ROLES}
    for name, key in ids.items():
        identity.roles.add(
            {
                "id": key,
                "name": name,
                "description": None,
                "domain_id": None,
                "options": {},
                "implies": [ids[one] for one in _IMPLIES.get(name, ())],
                "created_at": identity.world.now,
            }
        )


def _user(identity: Identity, name: str, domain_id: str) -> str:
    key = identity.world.hex()
    password = identity.world.settings.passwords.get(name, "secret")
    identity.users.add(
        {
            "id": key,
            "name": name,
            "domain_id": domain_id,
            "enabled": True,
            "default_project_id": None,
            "description": None,
            "email": None,
            "options": {},
            "password_expires_at": None,
            "secret": sealed(password, key),
            "created_at": identity.world.now,
        }
    )
    return key


def _grant(identity: Identity, user_id: str, role: str, target: str, kind: str = "project") -> None:
    role_id = identity.roles.where("name", role)[0]["id"]
    identity.grants.add(
        {
            "id": grant_id(user_id, target, role_id),
            "actor": user_id,
            "actor_kind": "user",
            "target": target,
            "target_kind": kind,
            "role_id": role_id,
        }
    )


def _catalogue(identity: Identity) -> None:
    world, settings = identity.world, identity.world.settings
    identity.regions.add({"id": settings.region, "description": "", "parent_region_id": None})
    entries = [(name, kind, world.url(path)) for name, kind, path in _CATALOGUE]
    entries.append(("heat", "orchestration", settings.orchestration_url))
    entries.append(("heat-cfn", "cloudformation", settings.cloudformation_url))
    for name, kind, url in entries:
        service = identity.services.add(
            {"id": world.hex(), "name": name, "type": kind, "enabled": True, "description": ""}
        )
        for interface in ("public", "internal", "admin"):
            identity.endpoints.add(
                {
                    "id": world.hex(),
                    "service_id": service["id"],
                    "interface": interface,
                    "region": settings.region,
                    "region_id": settings.region,
                    "url": url,
                    "enabled": True,
                }
            )
