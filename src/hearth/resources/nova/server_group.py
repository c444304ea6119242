"""OS::Nova::ServerGroup."""

from collections.abc import Iterable
from typing import Any

from hearth.kit import (
    Context,
    ResourceType,
    Rest,
)
from hearth.schema import Record, prop, since


class Rules(Record):
    """How the policy is to be understood."""

    max_server_per_host: float | None = prop("How many of its servers one host may run.")


class ServerGroup(ResourceType):
    """Servers that are to run together, or apart."""

    name = "OS::Nova::ServerGroup"
    support = since("2014.2")
    rest = Rest("compute", "/os-server-groups", wraps="server_group", batched=False)

    class Properties(Record):
        name: str | None = prop("A symbolic name.")
        policies: list[str] = prop(
            "Where its servers run: together or apart.",
            default=["anti-affinity"],
            allowed=("anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"),
        )
        rules: Rules | None = prop("How the policy is to be understood.", since="17.0.0")

    class Attributes(Record):
        """None beside `show`."""

    def problems(self, props: Any) -> Iterable[str]:
        if isinstance(props.policies, list) and len(props.policies) > 1:
            yield "A server group has one policy."
        if props.rules is not None and props.policies in (["affinity"], ["soft-affinity"]):
            yield "rules goes with the policy anti-affinity."

    async def create(self, ctx: Context, props: Any) -> str:
        """One policy with rules where Nova knows of such, else a list of policies."""
        compute = ctx.cloud["compute"]
        asked: dict[str, Any] = {"name": props.name or ctx.physical_name}
        version = "2.64" if await compute.supports("2.64") else None
        if version:
            asked["policy"] = props.policies[0]
            if props.rules is not None:
                asked["rules"] = rules_of(props.rules)
        else:
            asked["policies"] = props.policies
        made = await compute.post(
            "/os-server-groups", {"server_group": asked}, microversion=version
        )
        return str(made["server_group"]["id"])


def rules_of(rules: Rules) -> dict[str, int]:
    """The rules as Nova takes them."""
    most = rules.max_server_per_host
    return {} if most is None else {"max_server_per_host": int(most)}
