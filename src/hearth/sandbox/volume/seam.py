"""Cinder as Nova sees it."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume.attachments import complete, release, reserve
from hearth.sandbox.volume.finding import missing
from hearth.sandbox.volume.state import HOST, Cinder
from hearth.sandbox.volume.volumes import create_volume, remove_volume
from hearth.sandbox.web import Call, Json, Refusal, Token


class ForCompute:
    """What Nova asks for its servers."""

    def __init__(self, cinder: Cinder) -> None:
        self.cinder = cinder

    def volume(self, project_id: str, volume_id: str) -> Json:
        """The volume's document."""
        row = self.cinder.volumes.get(volume_id)
        if row is None or row["project_id"] != project_id:
            raise Refusal(404, f"Volume {volume_id} could not be found.", "VolumeNotFound")
        return row

    def reserve(self, project_id: str, volume_id: str, server_id: str) -> None:
        """Hold a volume for a server, or refuse."""
        row = self.volume(project_id, volume_id)
        reserve(self.cinder, row, server_id, row)

    def attach(self, volume_id: str, server_id: str, device: str) -> None:
        """The reserved volume is attached."""
        row = self._held(volume_id, server_id)
        if row is None:
            raise missing("Attachment of volume", volume_id)
        complete(self.cinder, row, device, HOST.partition("@")[0])

    def begin_detaching(self, volume_id: str, server_id: str) -> None:
        """The server is about to let go of it."""
        row = self._held(volume_id, server_id)
        volume = self.cinder.volumes.get(volume_id)
        alone = volume is not None and volume["status"] == "in-use" and not volume["multiattach"]
        if row is not None and alone:
            self.cinder.set(self.cinder.volumes, volume_id, status="detaching")

    def detach(self, volume_id: str, server_id: str) -> None:
        """The server has let go of it, or of its reservation."""
        row = self._held(volume_id, server_id)
        if row is not None:
            release(self.cinder, row)

    def make(
        self, token: Token, size: int, image_id: str | None, snapshot_id: str | None, name: str
    ) -> str:
        """Make a volume for a server; its id."""
        call = Call("", "", {}, {}, {}, b"", "", self.cinder.world.now, token)
        asked: Document = {"size": size, "name": name}
        if image_id is not None:
            asked["imageRef"] = image_id
        if snapshot_id is not None:
            asked["snapshot_id"] = snapshot_id
        return str(create_volume(self.cinder, call, asked)["id"])

    def remove(self, volume_id: str) -> None:
        """Delete a volume that goes with its server; what others still use stays."""
        row = self.cinder.volumes.get(volume_id)
        if row is None:
            return
        if not self.cinder.attachments.where("volume_id", volume_id):
            remove_volume(self.cinder, row, cascade=True, force=True)

    def _held(self, volume_id: str, server_id: str) -> Document | None:
        rows = self.cinder.attachments.where("volume_id", volume_id)
        return next((one for one in rows if one["instance"] == server_id), None)
