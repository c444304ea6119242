"""One of two engines is killed at random moments: the other ends what was begun, in time.

One life is that of a 30-resource stack: created, updated and deleted, with kills in each. What an
engine was killed at may take as long as it takes undisturbed, and WITHIN_S beyond that, and what a
service may take to show what it has made. Everything random comes from the seed.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from hearth.kit import ResourceType
from tests.support.deployment import Deployment
from tests.support.kills import MEMBER, check, live, same, template
from tests.support.kills import WITHIN_S as GIVEN_UP_S
from tests.support.running import Rest

WITHIN_S = 15.0
SHOWN_WITHIN_S = ResourceType.visible_s + 3.5
"""By when a list shows what a request has made, from before it was sent."""
ENGINES = ("engine-1", "engine-2")


@dataclass(frozen=True, slots=True)
class Kill:
    """pause_s: how long before it. at_work: it hits an engine that holds runs, if there is one."""

    pause_s: float
    at_work: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chance has in store for one life."""

    kills: Mapping[str, tuple[Kill, ...]]
    script: str

    @property
    def count(self) -> int:
        """How many kills there will be."""
        return sum(len(kills) for kills in self.kills.values())


@dataclass(slots=True)
class Life:
    """What came of it: what was killed, and how long each operation took after the last kill."""

    seed: int
    kills: list[str] = field(default_factory=list)
    at_work: int = 0
    took_s: dict[str, float] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    """Workers that were killed; runs may still be leased to them."""


def draw(seed: int) -> Drawn:
    """Everything random of a life."""
    chance = random.Random(seed)
    kills = {method: _kills(chance) for method in ("POST", "PUT", "DELETE")}
    return Drawn(kills, chance.choice(["one", "two"]))


def _kills(chance: random.Random) -> tuple[Kill, ...]:
    first = Kill(chance.random() ** 2 * 2.5, chance.random() < 0.8)
    more = chance.choice([0, 1, 1, 2])
    return first, *(Kill(chance.random() * 6, chance.random() < 0.8) for _ in range(more))


CALM = Drawn({"POST": (), "PUT": (), "DELETE": ()}, "two")


def live_through(
    deployment: Deployment, seed: int, drawn: Drawn, usual_s: Mapping[str, float]
) -> Life:
    """Create, update and delete a stack; raises AssertionError if anything of it goes wrong.

    usual_s: how long each takes undisturbed, by method.
    """
    done, name = Life(seed), f"life{seed}"
    rest = deployment.login()
    before = live(rest)
    made = rest.ok("POST", "/stacks", {"stack_name": name, **given("m1.tiny", 3, "one")})
    ended(deployment, rest, name, "POST", drawn, done)
    check(rest, before, "CREATE_COMPLETE", name)
    path = f"/stacks/{name}/{made['stack']['id']}"
    rest.ok("PUT", path, given("m1.small", 4, drawn.script))
    ended(deployment, rest, name, "PUT", drawn, done)
    check(rest, before, "UPDATE_COMPLETE", name)
    rest.ok("DELETE", path)
    ended(deployment, rest, name, "DELETE", drawn, done)
    assert rest.rest(name) is None
    same(rest, before)
    late = {
        method: f"{took:.1f} s; undisturbed {usual_s[method]:.1f} s"
        for method, took in done.took_s.items()
        if usual_s and took > usual_s[method] + WITHIN_S + SHOWN_WITHIN_S
    }
    assert not late, f"seed {seed}: {late}"
    return done


def given(flavor: str, count: int, script: str) -> dict[str, object]:
    """What a request says of the stack."""
    parameters = {"flavor": flavor, "count": count, "script": script}
    return {"template": template(), "files": {"member.yaml": MEMBER}, "parameters": parameters}


def ended(
    deployment: Deployment, rest: Rest, name: str, method: str, drawn: Drawn, done: Life
) -> None:
    """Kill as is drawn, one engine at a time; the operation's end, and how long that took."""
    began = time.monotonic()
    for kill in drawn.kills[method]:
        time.sleep(kill.pause_s)
        victim, at_work = _victim(deployment, kill, done)
        deployment.kill(victim)
        done.kills.append(method)
        done.at_work += at_work
        began = time.monotonic()
        deployment.start("heat-engine", victim)
    rest.rest(name, GIVEN_UP_S)
    done.took_s[method] = time.monotonic() - began


def _victim(deployment: Deployment, kill: Kill, done: Life) -> tuple[str, bool]:
    """The engine to kill, and whether it holds a run."""
    alive = [worker for worker in deployment.held() if worker not in done.dead]
    busy = {worker: deployment.engine_of(worker) for worker in alive}
    chosen = ENGINES[len(done.kills) % len(ENGINES)]
    if kill.at_work and busy:
        chosen = next(iter(busy.values()))
    done.dead.update(worker for worker, name in busy.items() if name == chosen)
    return chosen, chosen in busy.values()
