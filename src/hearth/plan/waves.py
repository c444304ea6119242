"""A plan whose changes come in waves: batch after batch, each when the one before is done. Pure.

    = wave 1: make 3, change 2 ──▶ gate (and a pause) ──▶ wave 2: change 1 … ──▶ wave 4: 3 goes

The members of a wave wait for the gate of the one before, and what goes in a wave waits for its
members. Who is changed in which wave is settled when the plan is made: a member that is as it is
wanted takes nobody's turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hearth.graph import Graph
from hearth.plan.values import BARRIER, Do, Plan, Step, Waves


def waved(plan: Plan, waves: Waves) -> Plan:
    """The plan with its changes in waves. What is in no wave waits for none of them."""
    turns = _turns(plan, waves)
    goes = {name: index for index, wave in enumerate(waves.waves) for name in wave.gone}
    members = [step for step in plan.steps if step.key in turns]
    leaving = _leaving(step for step in members if step.key in goes)
    own = {step.key for step in leaving}
    cleanups = [s for s in plan.steps if s.key.startswith("-") and s.key not in own]
    last = {s.key: goes.get(s.resource, turns.get(s.resource)) for s in (*cleanups, *leaving)}
    places = _places(turns, last)
    turns = {key: places[index] for key, index in turns.items()}
    last = {key: None if index is None else places[index] for key, index in last.items()}
    made: dict[int, list[str]] = {}
    for step in members:
        made.setdefault(turns[step.key], []).append(step.key)
    done = [_after_gate(step, turns[step.key]) for step in members]
    done += [_cleaned(step, last[step.key], made, turns, last) for step in (*cleanups, *leaving)]
    rest = [s for s in plan.steps if s.key not in turns and not s.key.startswith("-")]
    pauses = [waves.waves[index].pause_s for index in places]
    return replace(plan, steps=_sorted([*rest, *done, *_gates(pauses, made, last)]))


def _places(turns: Mapping[str, int], last: Mapping[str, int | None]) -> dict[int, int]:
    """The waves in which there is something to do, each with its place among them."""
    live = {*turns.values(), *(index for index in last.values() if index is not None)}
    return {index: place for place, index in enumerate(sorted(live))}


def _turns(plan: Plan, waves: Waves) -> dict[str, int]:
    """In which wave each name has its turn, of those that are to be made or changed."""
    steps = {step.key: step for step in plan.steps}
    turns = {
        name: index for index, wave in enumerate(waves.waves) for name in wave.born if name in steps
    }
    waiting = [
        name
        for name in waves.order
        if name in steps and name not in turns and not (steps[name].idle or steps[name].quiet)
    ]
    for index, wave in enumerate(waves.waves):
        turns |= dict.fromkeys(waiting[: wave.room], index)
        waiting = waiting[wave.room :]
    return turns | dict.fromkeys(waiting, len(waves.waves) - 1)


def _leaving(passing: Iterable[Step]) -> list[Step]:
    """What has a member gone again that was there only for a while, whatever row it has."""
    found = []
    for step in passing:
        goes = Step(
            f"-{step.row}", step.resource, Do.DELETE, step.row, step.type,
            where=step.where, requires=(step.key,), reason="it stood in for a while",
        )  # fmt: skip
        found.append(goes)
        if step.do is Do.UPDATE and step.new_row:
            new = replace(goes, key=f"-{step.new_row}", row=step.new_row, only_if=step.key)
            found.append(new)
    return found


def _after_gate(step: Step, index: int) -> Step:
    return replace(step, requires=(*step.requires, *_gate(index - 1)))


def _cleaned(
    step: Step,
    index: int | None,
    made: Mapping[int, list[str]],
    turns: Mapping[str, int],
    last: Mapping[str, int | None],
) -> Step:
    """Cleaning up that comes when its wave is done, and not when all is."""
    if index is None:
        return step

    def before(key: str) -> bool:
        if not key.startswith("-"):
            return turns.get(key, index) <= index
        turn = last.get(key)
        return turn is not None and turn <= index

    needs = [key for key in step.requires if key != BARRIER and before(key)]
    needs += [*made.get(index, ()), *_gate(index - 1)]
    return replace(step, requires=tuple(dict.fromkeys(needs)))


def _gates(
    pauses: Sequence[float], made: Mapping[int, list[str]], last: Mapping[str, int | None]
) -> list[Step]:
    """Where each wave but the last waits for all of it to be done, and then for a while."""
    gates = []
    for index, pause_s in enumerate(pauses[:-1]):
        gone = [key for key, turn in last.items() if turn == index]
        needs = (*made.get(index, ()), *gone, *_gate(index - 1))
        do = Do.PAUSE if pause_s > 0 else Do.NONE
        gates.append(Step(_gate(index)[0], "", do, "", requires=needs, pause_s=pause_s))
    return gates


def _gate(index: int) -> tuple[str, ...]:
    """The key of the gate behind a wave; nothing stands before the first."""
    return (f"{BARRIER}{index + 1}",) if index >= 0 else ()


def _sorted(steps: list[Step]) -> tuple[Step, ...]:
    by_key = {step.key: step for step in steps}
    return tuple(by_key[key] for key in Graph({s.key: s.requires for s in steps}).order())
