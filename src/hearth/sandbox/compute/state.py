"""What Nova keeps, its error documents and its microversions."""

from typing import ClassVar

from hearth.sandbox.seams import ImageSide, NetworkSide, VolumeSide
from hearth.sandbox.store import Document, Table
from hearth.sandbox.versions import dotted, negotiate
from hearth.sandbox.web import Answer, Call, Refusal, Token
from hearth.sandbox.world import Service, World

LOWEST, HIGHEST = (2, 1), (2, 96)

_KEYS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    429: "overLimit",
    501: "notImplemented",
    503: "serviceUnavailable",
}


class Nova(Service):
    """The simulated Nova."""

    name: ClassVar[str] = "compute"
    prefix: ClassVar[str] = "/compute"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        self.servers: Table = table("compute.servers", indexes=("project_id", "host"))
        self.deleted: Table = table("compute.deleted", indexes=("project_id",), listed=False)
        self.flavors: Table = table("compute.flavors", indexes=("name",))
        self.keypairs: Table = table("compute.keypairs", indexes=("user_id",))
        self.groups: Table = table("compute.server_groups", indexes=("project_id",))
        self.attachments: Table = table(
            "compute.volume_attachments", indexes=("server_id", "volume_id")
        )
        self.errands: Table = table("compute.errands", indexes=("server_id",), listed=False)
        self.usage: Table = table("compute.usage", listed=False)
        self.quotas: Table = table("compute.quotas", listed=False)

    @property
    def network(self) -> NetworkSide | None:
        """Neutron, if the cloud has it."""
        return self.world.neighbours.network

    @property
    def volume(self) -> VolumeSide | None:
        """Cinder, if the cloud has it."""
        return self.world.neighbours.volume

    @property
    def image(self) -> ImageSide | None:
        """Glance, if the cloud has it."""
        return self.world.neighbours.image

    def server_name(self, server_id: str) -> str | None:
        """The name of a server, None if there is no such server."""
        server = self.servers.get(server_id)
        return server["name"] if server is not None else None

    def prepare(self, call: Call) -> None:
        """Negotiate the microversion."""
        call.version = negotiate(
            call.headers, "compute", LOWEST, HIGHEST, "x-openstack-nova-api-version"
        )

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Say which microversion was spoken."""
        version = dotted(call.version if call.version != (0, 0) else LOWEST)
        headers["OpenStack-API-Version"] = f"compute {version}"
        headers["X-OpenStack-Nova-API-Version"] = version
        headers["Vary"] = "OpenStack-API-Version, X-OpenStack-Nova-API-Version"

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Nova's error document: one key that names the error."""
        key = _KEYS.get(refusal.status, "computeFault")
        body = {key: {"code": refusal.status, "message": refusal.message}}
        if refusal.status == 401:
            body = {"error": {"code": 401, "message": refusal.message, "title": "Unauthorized"}}
        return Answer(refusal.status, body, refusal.headers)


def find_server(nova: Nova, call: Call, key: str | None = None) -> Document:
    """The server of the path, if the caller may see it."""
    server_id = key or call.params["server_id"]
    server = nova.servers.get(server_id)
    if server is None or (server["project_id"] != call.project_id and not call.admin):
        raise Refusal(404, f"Instance {server_id} could not be found.")
    return server


def as_owner(server: Document) -> Token:
    """Nova, acting for a server's owner after the request has gone."""
    return Token(
        id="",
        user_id=server["user_id"],
        user_name="",
        user_domain_id="default",
        roles=tuple(server["roles"]),
        expires_at=0.0,
        project_id=server["project_id"],
    )


def need_admin(call: Call, rule: str) -> None:
    """Refuse all but administrators."""
    if not call.admin:
        raise Refusal(403, f"Policy doesn't allow {rule} to be performed.")


def invalid(name: str, value: object, why: str) -> Refusal:
    """A field of the body does not meet its schema."""
    return Refusal(400, f"Invalid input for field/attribute {name}. Value: {value}. {why}")


def unexpected(name: str) -> Refusal:
    """A field that there is not."""
    return Refusal(400, f"Additional properties are not allowed ('{name}' was unexpected)")
