"""What an instance that is there is made like, in the words of launch configurations."""

from hearth.base import Value
from hearth.cloud import Cloud


async def seeded(cloud: Cloud, ident: str) -> dict[str, Value]:
    """Image, flavor, key and security groups of a server, as properties."""
    server = (await cloud["compute"].get(f"/servers/{ident}"))["server"]
    flavor = server.get("flavor") or {}
    image = server.get("image") or {}
    groups = [one["name"] for one in server.get("security_groups") or ()]
    found: dict[str, Value] = {
        "ImageId": image.get("id"),
        "InstanceType": flavor.get("id") or flavor.get("original_name"),
        "KeyName": server.get("key_name"),
        "SecurityGroups": list(dict.fromkeys(groups)),
    }
    return {key: value for key, value in found.items() if value}
