"""How user data is wrapped for the server's first boot. Pure."""

from base64 import b64encode
from dataclasses import dataclass
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

from hearth.resources.nova.guest import BOOTHOOK, BOTO, CLOUD_CONFIG, LOG_USER_DATA, PART_HANDLER


@dataclass(frozen=True, slots=True)
class Guest:
    """What the tools inside the server are told.

    marker: makes the boundary between parts, so that the same server gets the same text.
    metadata_url: where the tools ask for metadata. user: who may log in.
    """

    marker: str
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
    boundary = f"===={guest.marker.removeprefix('hearth:')}===="
    document = MIMEMultipart(boundary=boundary)
    config = CLOUD_CONFIG.format(user=guest.user) if guest.user else CLOUD_CONFIG_PLAIN
    _attach(document, config, "cloud-config")
    _attach(document, BOOTHOOK.format(user=guest.user or "root"), "cloud-boothook", "boothook.sh")
    _attach(document, PART_HANDLER, "part-handler", "part-handler.py")
    if user_data:
        _attach(document, user_data, "x-cfninitdata", "cfn-userdata")
    _attach(document, LOG_USER_DATA, "x-shellscript", "loguserdata.py")
    if guest.metadata_url:
        _attach(document, guest.metadata_url, "x-cfninitdata", "cfn-metadata-server")
        host = guest.metadata_url.split("://")[-1].split("/")[0].rsplit(":", 1)[0]
        boto = BOTO.format(host=host, secure=int(guest.secure), verify=int(guest.verify))
        _attach(document, boto, "x-cfninitdata", "cfn-boto-cfg")
    return document.as_string(policy=SMTP.clone(linesep="\n"))


CLOUD_CONFIG_PLAIN = CLOUD_CONFIG.replace("user: {user}\n", "")


def _attach(document: MIMEMultipart, text: str, kind: str, name: str = "") -> None:
    charset = "us-ascii" if text.isascii() else "utf-8"
    part = MIMEText(text, kind, charset)
    if name:
        part.add_header("Content-Disposition", "attachment", filename=name)
    document.attach(part)
