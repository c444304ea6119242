"""How much of each kind a project may have."""

from hearth.sandbox.network.fields import number, only_admin, refused
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

_DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "security_group": 10,
    "security_group_rule": 100,
    "subnetpool": -1,
    "rbac_policy": 10,
    "trunk": -1,
}
_limit = number(-1, 2**31 - 1)


class Quotas:
    """Limits by project, the defaults where nothing was set, and what is used of them."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.counted: dict[str, Table] = {
            "network": shelf.networks,
            "subnet": shelf.subnets,
            "port": shelf.ports,
            "router": shelf.routers,
            "floatingip": shelf.floatingips,
            "security_group": shelf.groups,
            "security_group_rule": shelf.rules,
            "subnetpool": shelf.subnetpools,
            "rbac_policy": shelf.grants,
            "trunk": shelf.trunks,
        }

    def charge(self, project_id: str, resource: str, count: int) -> None:
        """Refuse what would be more than the project may have."""
        limit = self.limits(project_id)[resource]
        if 0 <= limit < self._used(project_id, resource) + count:
            raise Refusal(409, f"Quota exceeded for resources: ['{resource}'].", "OverQuota")

    def limits(self, project_id: str) -> dict[str, int]:
        """All limits of a project."""
        row = self.shelf.quotas.get(project_id)
        return {**_DEFAULTS, **(row["limits"] if row is not None else {})}

    def details(self, project_id: str) -> Document:
        """All limits with what is used."""
        return {
            name: {"limit": limit, "used": self._used(project_id, name), "reserved": 0}
            for name, limit in self.limits(project_id).items()
        }

    def defaults(self) -> dict[str, int]:
        """The limits of a project for which nothing was set."""
        return dict(_DEFAULTS)

    def set(self, call: Call, project_id: str, sent: Document) -> dict[str, int]:
        """Set limits of a project."""
        only_admin(call, "quotas")
        if unknown := [name for name in sent if name not in (*_DEFAULTS, "force", "check_limit")]:
            raise refused(f"Unrecognized attribute(s) '{', '.join(unknown)}'")
        try:
            given = {name: _limit(sent[name]) for name in _DEFAULTS if name in sent}
        except ValueError as error:
            raise refused(f"Invalid input for quota. Reason: {error}.") from error
        self.keep(project_id, given)
        return self.limits(project_id)

    def keep(self, project_id: str, limits: dict[str, int]) -> None:
        """Write limits down."""
        row = self.shelf.quotas.get(project_id)
        if row is None:
            self.shelf.quotas.add({"id": project_id, "limits": limits})
        else:
            self.shelf.quotas.change(project_id, limits={**row["limits"], **limits})

    def reset(self, call: Call, project_id: str) -> None:
        """Forget what was set for a project."""
        only_admin(call, "quotas")
        if self.shelf.quotas.get(project_id) is None:
            message = f"Quota for tenant {project_id} could not be found."
            raise Refusal(404, message, "TenantQuotaNotFound")
        self.shelf.quotas.remove(project_id)

    def _used(self, project_id: str, resource: str) -> int:
        return self.counted[resource].count("project_id", project_id)
