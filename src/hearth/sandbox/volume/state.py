"""What Cinder keeps, its errors, its versions, and the states that its objects pass through.

An object in a transitional state has a `goal`: the status that it gets when it is `due`, or
`gone` when it disappears then.
"""

from typing import ClassVar

from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document, Table
from hearth.sandbox.versions import dotted, negotiate
from hearth.sandbox.volume.quotas import Quotas
from hearth.sandbox.web import Answer, Call, Refusal
from hearth.sandbox.world import Service, World

LOWEST, HIGHEST = (3, 0), (3, 71)
GONE = "gone"
DEFAULT_TYPE = "lvmdriver-1"
ZONE = "nova"
HOST = "sandbox@lvmdriver-1#lvmdriver-1"

_KINDS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    406: "computeFault",
    409: "conflictingRequest",
    413: "overLimit",
}


class Cinder(Service):
    """The simulated Cinder."""

    name: ClassVar[str] = "volume"
    prefix: ClassVar[str] = "/volume"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        owned = ("project_id",)
        self.volumes: Table = table(
            "volume.volumes", indexes=(*owned, "snapshot_id", "source_volid"), settle=self._settle
        )
        self.snapshots: Table = table(
            "volume.snapshots", indexes=(*owned, "volume_id"), settle=self._settle_snapshot
        )
        self.backups: Table = table(
            "volume.backups", indexes=(*owned, "volume_id"), settle=self._settle_backup
        )
        self.attachments: Table = table(
            "volume.attachments", indexes=(*owned, "volume_id", "instance")
        )
        self.types: Table = table("volume.types", listed=False)
        self.qos: Table = table("volume.qos_specs", listed=False)
        self.quotas = Quotas(table("volume.quotas", listed=False))
        self.quotas.counted = (self.volumes, self.snapshots, self.backups)

    def seed(self) -> None:
        """Make the default volume type, and let the project demo have as much as it likes."""
        self.types.add(
            {
                "id": self.world.ids.uuid(),
                "name": DEFAULT_TYPE,
                "description": None,
                "is_public": True,
                "extra_specs": {"volume_backend_name": DEFAULT_TYPE},
                "qos_specs_id": None,
                "access": [],
                "encryption": None,
                "created_at": self.world.now,
            }
        )
        identity = self.world.neighbours.identity
        demo = identity.project_id("demo") if identity is not None else None
        if demo is not None:
            names = ("volumes", "snapshots", "backups", "gigabytes", "backup_gigabytes")
            self.quotas.keep(demo, dict.fromkeys(names, -1))

    def prepare(self, call: Call) -> None:
        """Negotiate the microversion, and keep projects apart."""
        call.version = negotiate(call.headers, "volume", LOWEST, HIGHEST)
        named = call.params.get("project")
        if named is not None and call.token.id and named != call.project_id:
            raise Refusal(400, "Malformed request url")

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Say which microversion was answered."""
        if call.version > (0, 0):
            headers["OpenStack-API-Version"] = f"volume {dotted(call.version)}"
            headers["Vary"] = "OpenStack-API-Version"

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Cinder's error document."""
        kind = _KINDS.get(refusal.status, "computeFault")
        body = {kind: {"code": refusal.status, "message": refusal.message}}
        return Answer(refusal.status, body, refusal.headers)

    def fresh(self, call: Call) -> Document:
        """What every new object of the caller begins with."""
        return {
            "id": self.world.ids.uuid(),
            "project_id": call.project_id,
            "user_id": call.token.user_id,
            "created_at": self.world.now,
            "updated_at": None,
        }

    def begin(self, table: Table, key: str, status: str, goal: str, seconds: float) -> Document:
        """Let an object go through a transitional status to another one."""
        due = self.world.due(seconds)
        return table.change(key, status=status, goal=goal, due=due, updated_at=self.world.now)

    def set(self, table: Table, key: str, **values: object) -> Document:
        """Change fields of an object, and the time of its change."""
        return table.change(key, **values, updated_at=self.world.now)

    def _settle(self, volume: Document) -> None:
        goal, key = volume["goal"], volume["id"]
        if goal == GONE:
            self.volumes.remove(key)
            return
        changed = {"status": goal, "goal": None, **(volume.get("then") or {}), "then": None}
        self.set(self.volumes, key, **changed)

    def _settle_snapshot(self, snapshot: Document) -> None:
        self._arrive(self.snapshots, snapshot)

    def _settle_backup(self, backup: Document) -> None:
        self._arrive(self.backups, backup)

    def _arrive(self, table: Table, row: Document) -> None:
        if row["goal"] == GONE:
            table.remove(row["id"])
        else:
            self.set(table, row["id"], status=row["goal"], goal=None)


def moment(seconds: float | None) -> str | None:
    """A time as Cinder writes it."""
    return stamp(seconds, "%Y-%m-%dT%H:%M:%S.%f")
