"""AWS::CloudFormation::WaitConditionHandle and OS::Heat::UpdateWaitConditionHandle."""

from typing import Any

from hearth.base import Value
from hearth.kit import WAIT, Context, cfn_url
from hearth.resources.heat.handles import Handle
from hearth.schema import Record, since
from hearth.stack import ResourceRecord


class SignedHandle(Handle):
    """Something that a wait condition waits upon: a signed URL, to which guests put signals."""

    name = "AWS::CloudFormation::WaitConditionHandle"
    support = since("2014.1")
    words = ("Status", "Reason", "Data", "UniqueId")

    class Properties(Record):
        pass

    class Attributes(Record):
        pass

    async def hand_out(self, ctx: Context, props: Any) -> None:
        ctx.data["ec2_signed_url"] = await cfn_url(ctx, WAIT)

    def reference(self, record: ResourceRecord) -> Value:
        """The URL is what it is good for."""
        return record.data.get("ec2_signed_url", record.name)


class UpdateWaitConditionHandle(SignedHandle):
    """The same, made anew by every update: whoever waits upon it waits again."""

    name = "OS::Heat::UpdateWaitConditionHandle"
    renewed = True
