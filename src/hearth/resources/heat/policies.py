"""What scaling policies have in common: a signal to one asks something of its group."""

from typing import Any

from hearth.base import plain
from hearth.kit import ALARM, Context, Responder, Scale, Told, WrongSignal, cfn_url, heat_url

SENSES = {
    "change_in_capacity": "change",
    "exact_capacity": "exact",
    "percent_change_in_capacity": "percent",
    "ChangeInCapacity": "change",
    "ExactCapacity": "exact",
    "PercentChangeInCapacity": "percent",
}


class Policy(Responder):
    """Scales a group when it is signalled. A subclass says in `wish` what it asks."""

    async def hand_out(self, ctx: Context, props: Any) -> None:
        """A signed URL, with which no more is needed, and one for who has a token."""
        ctx.data["alarm_url"] = await cfn_url(ctx, ALARM)
        ctx.data["signal_url"] = await heat_url(ctx)

    def wish(self, props: Any) -> Scale:
        """What is asked; the group by its reference."""
        raise NotImplementedError

    async def signal(self, ctx: Context, ident: str, details: object) -> Told:
        """Whatever the details say, the group is scaled."""
        wish = self.wish(self.Properties.of(plain(ctx.record.properties)))
        group = await ctx.near(wish.group)
        if group is None:
            words = f'Alarm {ctx.name} could not find scaling group named "{wish.group}"'
            raise WrongSignal(words, kind="NotFound")
        return Told(scale=Scale(
            group.record.id, wish.by, wish.sense, wish.least, wish.cooldown_s, wish.words
        ))  # fmt: skip
