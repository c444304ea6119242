"""What Glance keeps, who sees which image, and what the other services ask of it."""

from hashlib import md5, sha512
from html import escape
from typing import ClassVar

from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Refusal, Token
from hearth.sandbox.world import Service, World

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

_SEEDED = (
    ("cirros", "qcow2", 21233664, 1, 64),
    ("fedora", "qcow2", 512753664, 5, 512),
    ("ubuntu", "qcow2", 697237504, 5, 512),
)


class Glance(Service):
    """The simulated Glance."""

    name: ClassVar[str] = "image"
    prefix: ClassVar[str] = "/image"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        self.images: Table = table("image.images", indexes=("owner", "visibility"))
        self.members: Table = table("image.members", indexes=("image_id", "member_id"))
        self.files: Table = table("image.files", listed=False)

    def seed(self) -> None:
        """Make the public images."""
        identity = self.world.neighbours.identity
        owner = identity.project_id("admin") if identity is not None else None
        for name, form, size, disk_gb, memory_mb in _SEEDED:
            image = self.fresh(self.world.ids.uuid(), owner or "", name)
            image.update(disk_format=form, container_format="bare", visibility="public")
            image.update(size=size, virtual_size=disk_gb << 30, min_disk=disk_gb)
            image.update(min_ram=memory_mb, status="active", properties={"os_type": "linux"})
            image.update(checksums(f"sandbox:{name}"))
            self.images.add(image)

    def fresh(self, key: str, owner: str, name: str | None) -> Document:
        """A new image's document."""
        now = self.world.now
        return {
            "id": key,
            "name": name,
            "status": "queued",
            "visibility": "shared",
            "protected": False,
            "os_hidden": False,
            "owner": owner,
            "project_id": owner,
            "size": None,
            "virtual_size": None,
            "checksum": None,
            "os_hash_algo": None,
            "os_hash_value": None,
            "min_disk": 0,
            "min_ram": 0,
            "disk_format": None,
            "container_format": None,
            "tags": [],
            "properties": {},
            "created_at": now,
            "updated_at": now,
            "doomed": False,
            "due": None,
        }

    def settle(self, image: Document) -> None:
        """The data of an image is there, or could not be had."""
        fields: Document = {"updated_at": self.world.now, "status": "active"}
        if image["doomed"]:
            fields["status"] = "killed"
        self.images.change(image["id"], **fields)

    def visible(self, token: Token, image: Document) -> bool:
        """Whether a caller may look at an image when it knows the id."""
        if token.admin or image["owner"] == token.project_id:
            return True
        if image["visibility"] in ("public", "community"):
            return True
        return image["visibility"] == "shared" and self._member(token, image) is not None

    def offered(self, token: Token, image: Document, member_status: str = "accepted") -> bool:
        """Whether an image stands in a caller's own list."""
        if image["owner"] == token.project_id or image["visibility"] == "public":
            return True
        if image["visibility"] == "shared":
            member = self._member(token, image)
            return member is not None and member_status in ("all", member["status"])
        return token.admin and image["visibility"] == "private"

    def image(self, token: Token, image_id: str) -> Json | None:
        """The image's document, None when the caller cannot see it."""
        image = self.images.get(image_id)
        return image if image is not None and self.visible(token, image) else None

    def save(self, token: Token, name: str, properties: dict[str, str], busy_s: float) -> str:
        """Make an image from a server or volume, `saving` and in time `active`."""
        image = self.fresh(self.world.ids.uuid(), token.project_id, name)
        image.update(status="saving", visibility="private", properties=properties)
        image.update(disk_format="qcow2", container_format="bare", size=25165824)
        image.update(checksums(image["id"]))
        image["due"] = self.world.due(busy_s)
        return str(self.images.add(image)["id"])

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Glance's error document, a small page of HTML."""
        title = f"{refusal.status} {_TITLES.get(refusal.status, 'Error')}"
        page = (
            f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n"
            f"  {escape(refusal.message)}<br /><br />\n\n\n </body>\n</html>"
        )
        return Answer(refusal.status, page.encode(), refusal.headers, "text/html; charset=UTF-8")

    def _member(self, token: Token, image: Document) -> Document | None:
        return self.members.get(f"{image['id']}:{token.project_id}")


def checksums(text: str | bytes) -> Document:
    """The sums that go with an image's data."""
    from_text = text.encode() if isinstance(text, str) else text
    return {
        "checksum": md5(from_text, usedforsecurity=False).hexdigest(),
        "os_hash_algo": "sha512",
        "os_hash_value": sha512(from_text).hexdigest(),
    }


def view(image: Document) -> Json:
    """An image as Glance shows it: its own properties stand among the fields."""
    hidden = ("properties", "project_id", "created_at", "updated_at", "doomed", "due")
    path = f"/v2/images/{image['id']}"
    return {
        **image["properties"],
        **{key: value for key, value in image.items() if key not in hidden},
        "created_at": stamp(image["created_at"]),
        "updated_at": stamp(image["updated_at"]),
        "self": path,
        "file": path + "/file",
        "schema": "/v2/schemas/image",
    }
