import asyncio

from hearth.cloud.gate import LONGEST_S, Gate
from tests.support.virtual import LoopClock, run


def made(limit: int) -> Gate:
    return Gate(limit, LoopClock(), lambda: 0.0)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_so_many_are_let_in_and_projects_take_turns():
    async def story() -> None:
        gate, order, leave = made(2), [], asyncio.Semaphore(0)

        async def visit(name: str, project: str) -> None:
            async with gate.turn(project):
                order.append(name)
                await leave.acquire()

        names = [(f"big-{number}", "big") for number in range(5)] + [("small", "small")]
        tasks = [asyncio.ensure_future(visit(*one)) for one in names]
        await settle()
        inside = list(order)
        for _ in names:
            leave.release()
        await asyncio.gather(*tasks)

        assert inside == ["big-0", "big-1"]
        assert order.index("small") == 3

    asyncio.run(story())


def test_who_gives_up_waiting_takes_no_place():
    async def story() -> None:
        gate, leave = made(1), asyncio.Event()

        async def visit() -> str:
            async with gate.turn("p"):
                await leave.wait()
            return "been"

        first, second, third = (asyncio.ensure_future(visit()) for _ in range(3))
        await settle()
        second.cancel()
        leave.set()

        assert await asyncio.wait_for(third, 5) == "been"
        assert await first == "been"
        assert second.cancelled() or second.done()
        async with gate.turn("q"):
            pass

    asyncio.run(story())


async def entered_at(gate: Gate, project: str) -> float:
    """When a request that is made at this moment is let in."""
    async with gate.turn(project):
        return asyncio.get_running_loop().time()


def test_a_project_that_asked_too_much_waits_as_long_as_it_is_told_and_nobody_else_does():
    async def story() -> tuple[float, float]:
        gate = made(4)
        gate.too_many("large", 7.0)
        large = asyncio.ensure_future(entered_at(gate, "large"))
        return await entered_at(gate, "small"), await large

    assert run(story()) == (0.0, 7.0)


def test_a_service_that_is_overloaded_is_left_alone_by_all():
    async def story() -> tuple[float, float]:
        gate = made(4)
        gate.overloaded(3.0)
        large = asyncio.ensure_future(entered_at(gate, "large"))
        return await entered_at(gate, "small"), await large

    assert run(story()) == (3.0, 3.0)


def test_who_already_waits_for_a_place_waits_out_the_pause_too():
    async def story() -> float:
        gate, leave = made(1), asyncio.Event()

        async def visit() -> None:
            async with gate.turn("p"):
                await leave.wait()

        first = asyncio.ensure_future(visit())
        await settle()
        second = asyncio.ensure_future(entered_at(gate, "p"))
        await settle()
        gate.too_many("p", 5.0)
        leave.set()
        await first
        return await second

    assert run(story()) == 5.0


def test_without_a_time_told_the_pause_doubles_until_an_answer_is_well():
    async def story() -> list[float]:
        gate, waited = made(8), []
        for refused in (True, True, True, False, True):
            before = await entered_at(gate, "p")
            if refused:
                gate.overloaded()
            else:
                gate.well("p")
                await LoopClock().sleep(2.0)
            waited.append(await entered_at(gate, "p") - before)
            await LoopClock().sleep(2.0)
        return waited

    assert run(story()) == [0.5, 1.0, 2.0, 2.0, 0.5]


def test_no_service_closes_the_gate_for_hours():
    async def story() -> float:
        gate = made(4)
        gate.too_many("p", 86_400.0)
        return await entered_at(gate, "p")

    assert run(story()) == LONGEST_S


def test_an_overloaded_service_gets_half_and_more_again_with_each_round_that_goes_well():
    async def most(gate: Gate) -> int:
        inside, leave = 0, asyncio.Event()

        async def visit(project: str) -> None:
            nonlocal inside
            async with gate.turn(project):
                inside += 1
                await leave.wait()

        tasks = [asyncio.ensure_future(visit(f"p{at % 3}")) for at in range(40)]
        await LoopClock().sleep(60.0)
        found = inside
        leave.set()
        await asyncio.gather(*tasks)
        return found

    async def story() -> list[int]:
        gate = made(16)
        found = [await most(gate)]
        for _answer in range(5):  # five answers to what was under way together
            gate.overloaded()
        found.append(await most(gate))
        for _answer in range(10):
            gate.well("p0")
        found.append(await most(gate))
        for _answer in range(500):
            gate.well("p0")
        found.append(await most(gate))
        return found

    assert run(story()) == [16, 8, 9, 16]


def test_what_is_remembered_of_projects_ends_with_them():
    async def story() -> int:
        gate = made(4)
        for at in range(100):
            await entered_at(gate, f"p{at}")
        return len(gate._projects)

    assert run(story()) == 0
