"""The lock of a transaction: in order, and never lost with a task that is cancelled."""

import asyncio

from ormgen.drivers.turn import Turn


async def test_in_the_order_of_asking() -> None:
    turn, order = Turn(), list[int]()

    async def work(number: int) -> None:
        await turn.acquire()
        order.append(number)
        await asyncio.sleep(0)
        turn.release()

    assert turn.take()
    assert not turn.take()
    tasks = [asyncio.create_task(work(number)) for number in range(5)]
    await asyncio.sleep(0)
    turn.release()
    assert not turn.take()  # it belongs to the first who waits, though that task has not run yet
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]
    assert not turn.locked


async def test_a_task_that_is_cancelled_while_it_waits() -> None:
    turn = Turn()
    assert turn.take()
    first, second = (asyncio.create_task(turn.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    turn.release()
    await asyncio.wait_for(second, 1)
    turn.release()
    assert not turn.locked


async def test_a_task_that_is_cancelled_when_its_turn_comes() -> None:
    turn = Turn()
    assert turn.take()
    first, second = (asyncio.create_task(turn.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    turn.release()
    first.cancel()
    await asyncio.wait_for(second, 1)
    assert first.cancelled()
    turn.release()
    assert turn.take()
