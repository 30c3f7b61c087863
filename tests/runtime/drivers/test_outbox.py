"""How SQLite's threads wake event loops: by a counter of the kernel where there is one, else as asyncio offers it."""

import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from ormgen.drivers import sqlite_outbox, sqlite_thread
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.sqlite_connection import connector, open_connection
from ormgen.drivers.sqlite_outbox import Outbox
from ormgen.drivers.sqlite_thread import STOP, Desk, serve
from ormgen.exceptions import DBConnectionError

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such counters")


def counters() -> int:
    """How many counters this process has open."""
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:  # that of the listing itself
            continue
    return sum("eventfd" in link for link in links)


def readers() -> int:
    """How many files the loop looks at."""
    return len(asyncio.get_running_loop()._selector.get_map())  # type: ignore[attr-defined]  # pyright: ignore


async def settled(done: Callable[[], bool]) -> bool:
    """Whether something comes to be within ten seconds."""
    for _ in range(1_000):
        if done():
            return True
        await asyncio.sleep(0.01)
    return False


async def ask(driver: SqliteDriver) -> None:
    assert await driver.fetch("SELECT ?", (7,)) == [(7,)]
    rows = await asyncio.gather(*[driver.fetch("SELECT ?", (number,)) for number in range(50)])
    assert rows == [[(number,)] for number in range(50)]


@linux
async def test_counters_are_closed_with_their_connections(tmp_path: Path) -> None:
    before = counters()
    for _ in range(5):
        driver = SqliteDriver(str(tmp_path / "db.sqlite3"))
        await ask(driver)
        assert counters() > before
        await driver.close()
    assert await settled(lambda: counters() <= before)


@linux
def test_counters_are_closed_after_their_loop(tmp_path: Path) -> None:
    before = counters()

    async def forget() -> SqliteDriver:
        driver = SqliteDriver(str(tmp_path / "db.sqlite3"))
        await ask(driver)
        return driver

    driver = asyncio.run(forget())
    with pytest.warns(RuntimeWarning, match="another event loop"):
        asyncio.run(ask_and_close(driver))
    del driver
    gc.collect()
    assert asyncio.run(settled(lambda: counters() <= before))


async def ask_and_close(driver: SqliteDriver) -> None:
    await ask(driver)
    await driver.close()


async def test_without_a_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: int) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "eventfd", refuse, raising=False)
    driver = SqliteDriver(str(tmp_path / "db.sqlite3"))
    await ask_and_close(driver)


async def test_a_loop_that_is_not_asyncios_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ormgen.drivers.sqlite_outbox.BaseSelectorEventLoop", int)
    driver = SqliteDriver(str(tmp_path / "db.sqlite3"))
    await ask_and_close(driver)


def test_nobody_waits_at_a_closed_loop() -> None:
    loop = asyncio.new_event_loop()
    outbox = Outbox(loop)
    outbox.listen()
    future = loop.create_future()
    future.set_result(None)
    loop.close()
    outbox.put((future, None, None))
    outbox.end()


async def test_every_answer_arrives() -> None:
    """A thread that puts answers while the loop takes them, at every point of that."""
    loop = asyncio.get_running_loop()
    outbox = Outbox(loop)
    outbox.listen()
    futures = [loop.create_future() for _ in range(20_000)]

    def put() -> None:
        for number, future in enumerate(futures):
            outbox.put((future, number, None))
        outbox.end()

    thread = threading.Thread(target=put)
    thread.start()
    assert await asyncio.wait_for(asyncio.gather(*futures), 60) == list(range(20_000))
    thread.join()


@linux
def test_a_child_leaves_the_counters_of_its_parent_alone(tmp_path: Path) -> None:
    code = """
import asyncio, gc, os, sys
from ormgen.drivers.sqlite import SqliteDriver

async def main() -> None:
    driver = SqliteDriver(sys.argv[1])
    for number in range(20):
        assert await driver.fetch("SELECT ?", (number,)) == [(number,)]
        if number == 10:
            child = os.fork()
            if not child:
                del driver
                gc.collect()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
    await driver.close()

asyncio.run(main())
"""
    command = [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "db.sqlite3")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert not done.returncode, done.stderr


async def refused(path: Path) -> None:
    with pytest.raises(DBConnectionError):
        await SqliteDriver(str(path.parent)).fetch("SELECT 1", ())  # a folder
    with pytest.raises(DBConnectionError):
        await SqliteDriver(__file__).fetch("SELECT 1", ())


async def cancelled(path: Path) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def connect() -> sqlite3.Connection:
        begun.set()
        goes_on.wait(10)
        return connector(str(path), {}, 1)()

    opening = asyncio.ensure_future(open_connection(connect, only_reads=False, limit=1.0))
    assert await settled(begun.is_set)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    goes_on.set()


async def without_a_thread(path: Path) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            await open_connection(connector(str(path), {}, 1), only_reads=False, limit=1.0)


@linux
@pytest.mark.parametrize("fails", [refused, cancelled, without_a_thread])
async def test_what_does_not_open_leaves_nothing_behind(
    tmp_path: Path, fails: Callable[[Path], Awaitable[None]]
) -> None:
    await fails(tmp_path / "first")
    files, looked_at = len(os.listdir("/proc/self/fd")), readers()
    for number in range(30):
        await fails(tmp_path / f"{number}.sqlite3")
        assert readers() == looked_at
    assert await settled(lambda: len(os.listdir("/proc/self/fd")) <= files)


def served(loops: list[asyncio.AbstractEventLoop], outbox: Outbox, desk: Desk) -> list[asyncio.Future[int]]:
    """The futures of these loops, in order, after a thread has answered them by their numbers."""
    queue: SimpleQueue[sqlite_thread.Task] = SimpleQueue()
    futures = [loop.create_future() for loop in loops]
    for number, future in enumerate(futures):
        queue.put((future, lambda number=number: number))  # type: ignore[misc]
    queue.put((None, lambda: STOP))
    serve(queue, desk, outbox)
    return futures


def test_one_outbox_for_each_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Outbox] = []

    def make(loop: asyncio.AbstractEventLoop) -> Outbox:
        made.append(Outbox(loop))
        return made[-1]

    monkeypatch.setattr(sqlite_thread, "Outbox", make)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    outbox = Outbox(first)
    outbox.listen()
    futures = served([first] * 3 + [second] * 50, outbox, Desk(1.0))
    assert [each.loop for each in made] == [second]
    for loop in (first, second):
        answers = [future for future in futures if future.get_loop() is loop]
        loop.run_until_complete(asyncio.wait_for(asyncio.gather(*answers), 10))
    assert [future.result() for future in futures] == [*range(53)]
    if outbox.counter is not None:
        assert not first.remove_reader(outbox.counter)  # nobody looks at it any more
    first.close()
    second.close()


@pytest.mark.parametrize(("ordered", "locked", "called"), [(True, 0, 1), (False, 5, 5)])
def test_what_is_seen_late_without_a_gil(
    monkeypatch: pytest.MonkeyPatch, ordered: bool, locked: int, called: int
) -> None:
    """There the thread takes the lock at each statement, and calls the loop for each answer."""
    monkeypatch.setattr(sqlite_thread, "ORDERED", ordered)
    monkeypatch.setattr(sqlite_outbox, "ORDERED", ordered)
    desk, loop, calls = Desk(1.0), asyncio.new_event_loop(), list[object]()
    with desk.held():
        assert desk.watched
    assert desk.watched is not ordered
    desk.lock = lock = CountingLock()  # type: ignore[assignment]  # pyright: ignore
    outbox = Outbox(loop)
    monkeypatch.setattr(loop, "call_soon_threadsafe", lambda function, *arguments: calls.append(function))
    served([loop] * 5, outbox, desk)
    assert (lock.taken, len(calls)) == (locked, called)
    loop.close()


class CountingLock:
    """A lock that tells how often it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __enter__(self) -> None:
        self.taken += 1

    def __exit__(self, *error: object) -> None:
        pass
