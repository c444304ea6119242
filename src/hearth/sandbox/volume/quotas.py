"""How much storage a project may have."""

from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Refusal

_DEFAULTS = {
    "volumes": 10,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
    "groups": 10,
    "per_volume_gigabytes": -1,
}
_WORDS = {"volumes": "volumes", "snapshots": "snapshots", "backups": "backups"}
_MOST = 2**31 - 1


class Quotas:
    """Limits by project, and what is used of them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.counted: tuple[Table, Table, Table] = (table, table, table)
        """Volumes, snapshots, backups."""

    def defaults(self) -> dict[str, int]:
        """The limits of a project for which nothing was set."""
        return dict(_DEFAULTS)

    def limits(self, project_id: str) -> dict[str, int]:
        """All limits of a project."""
        row = self.table.get(project_id)
        return {**_DEFAULTS, **(row["limits"] if row is not None else {})}

    def used(self, project_id: str) -> dict[str, int]:
        """What a project has of each."""
        volumes, snapshots, backups = (one.where("project_id", project_id) for one in self.counted)
        return {
            "volumes": len(volumes),
            "snapshots": len(snapshots),
            "gigabytes": _total(volumes) + _total(snapshots),
            "backups": len(backups),
            "backup_gigabytes": _total(backups),
            "groups": 0,
            "per_volume_gigabytes": 0,
        }

    def charge(self, project_id: str, **wanted: int) -> None:
        """Refuse what would be more than the project may have."""
        limits = {name: self.limits(project_id)[name] for name in wanted}
        if all(limit < 0 for limit in limits.values()):
            return
        used = self.used(project_id)
        for name, count in wanted.items():
            limit = limits[name]
            if not 0 <= limit < used[name] + count:
                continue
            if name in _WORDS:
                message = f"Maximum number of {name} allowed ({limit}) exceeded for quota '{name}'."
            else:
                message = (
                    f"Requested volume or snapshot exceeds allowed {name} quota. Requested "
                    f"{count}G, quota is {limit}G and {used[name]}G has been consumed."
                )
            raise Refusal(413, message, headers={"Retry-After": "0"})

    def set(self, project_id: str, sent: Document) -> None:
        """Set limits of a project from a document."""
        given = {name: value for name, value in sent.items() if name not in ("force", "tenant_id")}
        for name, value in given.items():
            known = name in _DEFAULTS or name.partition("_")[0] in _DEFAULTS
            if not known or not isinstance(value, int | str):
                raise Refusal(400, f"Bad key in quota set: {name}")
            if not str(value).lstrip("-").isdigit() or not -1 <= int(value) <= _MOST:
                raise Refusal(400, f"Quota limit of {name} must be -1 or greater: {value}")
        self.keep(project_id, {name: int(value) for name, value in given.items()})

    def keep(self, project_id: str, limits: dict[str, int]) -> None:
        """Write limits down."""
        row = self.table.get(project_id)
        if row is None:
            self.table.add({"id": project_id, "limits": limits})
        else:
            self.table.change(project_id, limits={**row["limits"], **limits})


def _total(rows: list[Document]) -> int:
    return sum(int(row["size"]) for row in rows)
