"""Whether the cloud that was named lets the service user in: asked once, at the start."""

from dataclasses import dataclass

from hearth.base import Clock
from hearth.base.errors import HearthError
from hearth.cloud import ServiceAuth
from hearth.cloud.errors import CloudError
from hearth.cloud.tcp import AiohttpTransport
from hearth.cloud.tokens import DirectTokens
from hearth.config import Settings
from hearth.serve.engine import service_user
from hearth.serve.folder import Folder


class NotAdmitted(HearthError):
    """The cloud does not let the service user in."""

    default_kind = "NotAdmitted"


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the login has shown.

    shared: the cloud knows the folder's own passwords, those of its other users too.
    listed: its catalogue sends clients to this heat-api.
    """

    shared: bool
    listed: bool


async def admitted(settings: Settings, folder: Folder, heat_url: str, clock: Clock) -> Admitted:
    """Log in as the service user, or refuse to start with what to do about it."""
    user = service_user(settings)
    transport = AiohttpTransport(ssl=False if settings.clients.insecure else None)
    try:
        token = await DirectTokens(transport, user, clock).token(ServiceAuth())
    except CloudError as error:
        words = (
            f'The cloud at {user.auth_url} does not let the user "{user.username}" in'
            f" ({error.sentence}). Write the section [trustee] with auth_url, username, password"
            f" and user_domain_name of a user with a role in the project"
            f' "{user.project}" into {folder.path / "heat.conf"}; for a cloud of'
            " `hearth sandbox`, start with its --state-dir instead."
        )
        raise NotAdmitted(words) from error
    finally:
        await transport.close()
    own = folder.secrets().passwords["heat"]
    listed = any(
        one.type == "orchestration" and one.url.startswith(heat_url) for one in token.endpoints
    )
    return Admitted(user.username == "heat" and user.password.value == own, listed)
