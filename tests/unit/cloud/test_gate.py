import asyncio

from hearth.cloud.gate import Gate


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_so_many_are_let_in_and_projects_take_turns():
    async def story() -> None:
        gate, order, leave = Gate(2), [], asyncio.Semaphore(0)

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
        gate, leave = Gate(1), asyncio.Event()

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
