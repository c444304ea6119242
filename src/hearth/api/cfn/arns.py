"""The names by which the CloudFormation API calls stacks and resources. Pure."""

from dataclasses import dataclass

from hearth.base.errors import Refused


@dataclass(frozen=True, slots=True)
class Arn:
    """`arn:openstack:heat::<project>:stacks/<name>/<id>[/resources/<name>]`."""

    project_id: str
    name: str
    stack_id: str
    resource: str = ""

    def __str__(self) -> str:
        where = f"stacks/{self.name}/{self.stack_id}"
        if self.resource:
            where += f"/resources/{self.resource}"
        return f"arn:openstack:heat::{self.project_id}:{where}"


def is_arn(text: str) -> bool:
    """Whether the text is meant to be one."""
    return text.startswith("arn:")


def read(text: str) -> Arn:
    """The ARN that a text is."""
    fields = text.split(":", 5)
    parts = fields[-1].split("/")
    if len(fields) != 6 or fields[:4] != ["arn", "openstack", "heat", ""] or len(parts) < 3:
        raise Refused(f'"{text}" is not a valid ARN', kind="ValueError")
    kind, name, stack_id, *below = parts
    resource = "/".join(below[1:]) if below[:1] == ["resources"] else ""
    if kind != "stacks" or (below and not resource):
        raise Refused(f'"{text}" is not a valid ARN', kind="ValueError")
    return Arn(fields[4], name, stack_id, resource)
