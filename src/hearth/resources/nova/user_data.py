"""How user data is wrapped for the server's first boot. Pure."""

from base64 import b64encode
from dataclasses import dataclass

from hearth.kit import Part, multipart
from hearth.resources.nova.guest import BOOTHOOK, BOTO, CLOUD_CONFIG, LOG_USER_DATA, PART_HANDLER


@dataclass(frozen=True, slots=True)
class Guest:
    """What the tools inside the server are told.

    metadata_url: where the tools ask for metadata. user: who may log in.
    """

    metadata_url: str = ""
    user: str = ""
    secure: bool = False
    verify: bool = True


def encoded(user_data: str, form: str, guest: Guest) -> str:
    """The `user_data` of the creating call: base64, empty for none."""
    text = tools(user_data, guest) if form == "HEAT_CFNTOOLS" else user_data
    return b64encode(text.encode()).decode()


def tools(user_data: str, guest: Guest) -> str:
    """The user's script among the parts that the in-guest tools need, as one MIME document."""
    config = CLOUD_CONFIG.format(user=guest.user) if guest.user else CLOUD_CONFIG_PLAIN
    parts = [
        Part(config, "cloud-config"),
        Part(BOOTHOOK.format(user=guest.user or "root"), "cloud-boothook", "boothook.sh"),
        Part(PART_HANDLER, "part-handler", "part-handler.py"),
    ]
    if user_data:
        parts.append(Part(user_data, "x-cfninitdata", "cfn-userdata"))
    parts.append(Part(LOG_USER_DATA, "x-shellscript", "loguserdata.py"))
    if guest.metadata_url:
        parts.append(Part(guest.metadata_url, "x-cfninitdata", "cfn-metadata-server"))
        host = guest.metadata_url.split("://")[-1].split("/")[0].rsplit(":", 1)[0]
        boto = BOTO.format(host=host, secure=int(guest.secure), verify=int(guest.verify))
        parts.append(Part(boto, "x-cfninitdata", "cfn-boto-cfg"))
    return multipart(parts)


CLOUD_CONFIG_PLAIN = CLOUD_CONFIG.replace("user: {user}\n", "")
