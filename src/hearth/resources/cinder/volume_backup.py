"""The backup that a snapshot makes of a volume."""

from typing import Any

from hearth.cloud import Conflict, Failing
from hearth.kit import Context, Copy, Marker, Phase, Phases, Rest, carried


class VolumeBackup(Copy):
    """A backup of a volume, which may be in use meanwhile."""

    name = "OS::Cinder::Volume/backup"
    key = "backup_id"
    needs = "backups_enabled"
    rest = Rest("volume", "/backups", wraps="backup", marker=Marker.DESCRIPTION, detail="/detail")
    phases = Phases(
        "status",
        ready=("available", "restoring"),
        failed=("error", "error_deleting"),
        gone=("deleted",),
        reason="fail_reason",
    )

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        sent = {"volume_id": props.source, "force": True, "name": ctx.physical_name}
        return carried(sent, Marker.DESCRIPTION, ctx.marker)

    async def delete(self, ctx: Context, ident: str) -> None:
        """Ask it to go, unless it is going; what is being restored from it comes first."""
        seen = await self.observe(ctx, ident)
        if seen.phase is Phase.GONE or seen.status == "deleting":
            return
        if seen.status == "restoring":
            words = "a volume is being restored from it"
            raise Conflict(Failing("volume", "DELETE", f"/backups/{ident}", message=words))
        await super().delete(ctx, ident)
