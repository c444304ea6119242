"""What the simulated services ask of one another, as the real ones do over their own APIs.

Each refuses by raising `Refusal` with the message of the service that was asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth.sandbox.web import Json, Token


@dataclass(frozen=True, slots=True)
class Nic:
    """A network card that a server asks for: a port that exists, or one to make in a network."""

    port_id: str | None = None
    network_id: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Vif:
    """A server's port as Nova shows it."""

    port_id: str
    network_id: str
    network_label: str
    mac: str
    status: str
    fixed: tuple[tuple[str, str], ...]
    """(address, subnet id), in the port's order."""
    floating: tuple[str, ...] = ()
    """Floating addresses that lead to the port."""


class NetworkSide(Protocol):
    """What Nova asks of Neutron."""

    def usable_networks(self, project_id: str) -> list[str]:
        """Ids of the networks a server of the project gets when it names none.

        Its own ones and the shared ones, that are not external and have a subnet.
        """
        ...

    def auto_network(self, project_id: str) -> str:
        """The network that `networks: auto` leads to, made if it must be (router included)."""
        ...

    def check_nic(self, token: Token, nic: Nic) -> None:
        """Refuse what cannot be had.

        PortNotFound, NetworkNotFound, PortInUse (409), ExternalNetworkAttachForbidden,
        FixedIpAlreadyInUse, or a network without a subnet.
        """
        ...

    def attach(self, token: Token, nic: Nic, device_id: str, groups: Sequence[str]) -> str:
        """Give the nic's port to the server, making one where it has none; its id.

        `groups` are security group ids for a port that is made; empty for the project's default
        group. The port gets `device_id`, `device_owner` compute:nova, and becomes ACTIVE in time.
        """
        ...

    def detach(self, port_id: str) -> None:
        """Take the port from its server: delete it if `attach` made it, else only unbind it."""
        ...

    def release(self, device_id: str) -> None:
        """`detach` for all ports of a server."""
        ...

    def vifs(self, device_id: str) -> list[Vif]:
        """The server's ports in the order in which it got them."""
        ...

    def group_id(self, project_id: str, name_or_id: str) -> str:
        """A security group of the project; 404, or 409 when several have the name."""
        ...

    def groups(self, device_id: str) -> list[str]:
        """Names of the security groups on a server's ports."""
        ...

    def set_group(self, device_id: str, group_id: str, *, present: bool) -> None:
        """Put a security group on all ports of a server, or take it off."""
        ...


class VolumeSide(Protocol):
    """What Nova asks of Cinder."""

    def volume(self, project_id: str, volume_id: str) -> Json:
        """The volume's document; 404 VolumeNotFound.

        `id`, `status`, `size`, `bootable` as a bool, `multiattach`, `image_metadata`.
        """
        ...

    def reserve(self, project_id: str, volume_id: str, server_id: str) -> None:
        """Hold a volume for a server.

        Refused (400 InvalidVolume) if it is neither available nor multiattach and in use. Its
        status becomes `reserved` (multiattach: stays).
        """
        ...

    def attach(self, volume_id: str, server_id: str, device: str) -> None:
        """The reserved volume is attached: `in-use`, with an attachment."""
        ...

    def begin_detaching(self, volume_id: str, server_id: str) -> None:
        """The server is about to let go of it: `detaching`, unless others may have it too."""
        ...

    def detach(self, volume_id: str, server_id: str) -> None:
        """The server has let go of it, or of its reservation. Absence is no error."""
        ...

    def make(
        self, token: Token, size: int, image_id: str | None, snapshot_id: str | None, name: str
    ) -> str:
        """Make a volume for a server (boot from image or snapshot), quota checked; its id."""
        ...

    def remove(self, volume_id: str) -> None:
        """Delete a volume that goes with its server (delete_on_termination), with its end."""
        ...


class ImageSide(Protocol):
    """What Nova and Cinder ask of Glance."""

    def image(self, token: Token, image_id: str) -> Json | None:
        """The image's document, None when the caller cannot see it.

        `id`, `name`, `status`, `size`, `min_disk`, `min_ram`, `properties` as a dict.
        """
        ...

    def save(self, token: Token, name: str, properties: dict[str, str], busy_s: float) -> str:
        """Make an image from a server or volume, `saving` and in time `active`; its id."""
        ...


class ComputeSide(Protocol):
    """What Neutron and Cinder ask of Nova."""

    def server_name(self, server_id: str) -> str | None:
        """The name of a server, None if there is no such server."""
        ...


class IdentitySide(Protocol):
    """What all ask of Keystone."""

    def token(self, token_id: str, now: float) -> Token | None:
        """Who a token is for, None if it is no good (unknown, expired, revoked)."""
        ...

    def project_ids(self) -> list[str]:
        """All projects that are there, in order of making."""
        ...

    def project_id(self, name: str) -> str | None:
        """A project of the Default domain by its name."""
        ...
