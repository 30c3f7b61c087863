"""How SQLite's threads wake event loops: by a counter of the kernel where there is one, else as asyncio offers it."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.sqlite_outbox import Outbox

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
