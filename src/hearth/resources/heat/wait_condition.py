"""OS::Heat::WaitCondition and AWS::CloudFormation::WaitCondition."""

from hearth.kit import Context
from hearth.resources.heat.waiting import Condition, in_arn
from hearth.schema import Record, attr, prop, since

LONGEST_S = 43_200


class WaitCondition(Condition):
    """Waits until a handle has been signalled so many times, and fails when its time is over."""

    name = "OS::Heat::WaitCondition"
    support = since("2014.2")
    names = ("handle", "count", "timeout")
    words = ("status", "reason", "data", "id")
    handles = ("OS::Heat::WaitConditionHandle",)

    class Properties(Record):
        count: int = prop("How many signals it waits for.", default=1, range=(1, None), update=True)
        handle: str = prop("The handle that it waits upon.")
        timeout: float = prop("How long it waits, in seconds.", range=(1, LONGEST_S))

    class Attributes(Record):
        data: str = attr("What the signals carry, by their ids, as JSON.", cached=False, live=True)


class SignedCondition(Condition):
    """Waits until a handle's URL has been put to so many times, and fails when its time is over."""

    name = "AWS::CloudFormation::WaitCondition"
    support = since("2014.1")
    names = ("Handle", "Count", "Timeout")
    words = ("Status", "Reason", "Data", "UniqueId")
    handles = ("AWS::CloudFormation::WaitConditionHandle", "OS::Heat::UpdateWaitConditionHandle")

    class Properties(Record):
        Count: int = prop("How many signals it waits for.", default=1, range=(1, None), update=True)
        Handle: str = prop("The URL of the handle that it waits upon.")
        Timeout: int = prop("How long it waits, in seconds.", range=(1, LONGEST_S))

    class Attributes(Record):
        Data: str = attr("What the signals carry, by their ids, as JSON.", cached=False, live=True)

    def named(self, ctx: Context, reference: str) -> str:
        return in_arn(ctx, reference)
