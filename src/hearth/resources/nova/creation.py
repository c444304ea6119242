"""The documents that make a server, or make it anew."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from hearth.kit import (
    OCC,
    Context,
    Marker,
    carried,
    cfn_metadata_url,
    contactable,
    guest_metadata,
    text_of,
)
from hearth.resources.nova.block_devices import mapping
from hearth.resources.nova.changes import texts
from hearth.resources.nova.user_data import Guest, encoded

SOFTWARE_CONFIG = "SOFTWARE_CONFIG"


async def reachable(ctx: Context, props: Any, changed: frozenset[str] = frozenset()) -> None:
    """Have the agent in the server know where its metadata is found, if it has one."""
    if props.user_data_format == SOFTWARE_CONFIG:
        await contactable(ctx, props, changed, ("ec2",))


async def user_data(ctx: Context, props: Any) -> str:
    """What the server is given for its first boot, in base64; empty for nothing."""
    form = props.user_data_format
    if form == "HEAT_CFNTOOLS":
        guest = Guest(await cfn_metadata_url(ctx), ctx.metadata)
        return encoded(props.user_data, form, guest)
    text, _secret = await text_of(ctx.software, props.user_data)
    if form == SOFTWARE_CONFIG:
        metadata = guest_metadata(ctx.data[OCC], ctx.metadata, ())
        return encoded(text, form, Guest(metadata=metadata))
    return encoded(text, form, Guest())


def server(ctx: Context, props: Any, boot: str) -> dict[str, Any]:
    """The server to be created, but for its networks. boot: its user data."""
    more = {
        "name": props.name or ctx.physical_name,
        "metadata": texts(props.metadata),
        "user_data": boot,
        "block_device_mapping_v2": mapping(
            props.block_device_mapping_v2, props.block_device_mapping, props.image
        ),
        "security_groups": [{"name": str(group)} for group in props.security_groups],
        "personality": [
            {"path": path, "contents": b64encode(str(text).encode()).decode()}
            for path, text in props.personality.items()
        ],
    }
    sent = props.wire() | {key: value for key, value in more.items() if value}
    return carried(sent, Marker.METADATA, ctx.marker)


def scheduling(ctx: Context, wanted: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the scheduler is told: the user's hints, and ours where an operator wants them."""
    given = {key: value for key, value in (wanted or {}).items() if value}
    if not ctx.settings.get("stack_scheduler_hints"):
        return given
    return given | {
        "heat_root_stack_id": ctx.stack.root_id,
        "heat_stack_id": ctx.stack.id,
        "heat_stack_name": ctx.stack.name,
        "heat_path_in_stack": list(ctx.stack.path),
        "heat_resource_name": ctx.name,
        "heat_resource_uuid": ctx.row,
    }


async def rebuilding(
    ctx: Context, props: Any, changed: frozenset[str], now: dict[str, Any]
) -> dict[str, Any]:
    """What a rebuild is to be asked with; empty when none is called for."""
    image = (now.get("image") or {}).get("id")
    anew = "user_data" in changed and props.user_data_update_policy == "REBUILD"
    if not anew and ("image" not in changed or image == props.image):
        return {}
    asked: dict[str, Any] = {"imageRef": props.image}
    if props.image_update_policy == "REBUILD_PRESERVE_EPHEMERAL":
        asked["preserve_ephemeral"] = True
    if props.admin_pass:
        asked["adminPass"] = props.admin_pass
    if anew:
        asked["user_data"] = await user_data(ctx, props) or None
    return asked
