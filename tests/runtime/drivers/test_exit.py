"""A driver that nobody closed: a warning, and a process that ends."""

import os
import subprocess
import sys

import pytest

from databases import KINDS
from driver_tools import LONG_READ

PROGRAM = """
import asyncio, os, sys
from ormgen.drivers.mysql import MysqlDriver
from ormgen.drivers.postgres import PostgresDriver
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.url import parse_url

url = parse_url(sys.argv[1])
driver = {"sqlite": SqliteDriver, "postgres": PostgresDriver, "mysql": MysqlDriver}[url.dialect](**url.credentials)

async def main():
    await driver.execute("CREATE TABLE t (a INT)", ())
    await driver.execute("INSERT INTO t VALUES (1)", ())
    if "transaction" in sys.argv:
        transaction = await driver.begin()
        await transaction.execute("INSERT INTO t VALUES (2)", ())
        globals()["kept"] = transaction
    if "running" in sys.argv:
        asyncio.create_task(driver.fetch(sys.argv[3], ()))
        await asyncio.sleep(0.1)
    if "exit" in sys.argv:
        sys.exit(3)
    if "fork" in sys.argv:
        await asyncio.to_thread(lambda: None)

asyncio.run(main())
if "fork" in sys.argv:
    if os.fork() == 0:
        async def child():
            rows = await driver.fetch("SELECT a FROM t", ())
            await driver.close()
            assert [tuple(row) for row in rows] == [(1,)]
        asyncio.run(child())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
print("the end")
"""


def run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "always", "-c", PROGRAM, url, *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment, check=False)


@pytest.mark.parametrize("words", [(), ("transaction",), ("exit",), ("transaction", "exit")])
def test_a_forgotten_close(db_url: str, words: tuple[str, ...]) -> None:
    done = run(db_url, *words)
    assert done.returncode == (3 if "exit" in words else 0), done.stderr
    assert ", opened at <string>:" in done.stderr
    assert "was never closed" in done.stderr
    assert "Traceback" not in done.stderr.replace("sys.exit(3)", ""), done.stderr


def test_a_statement_that_still_runs(db_url: str) -> None:
    kind = next(kind for kind in KINDS if db_url.startswith(kind))
    done = run(db_url, "running", LONG_READ[kind])
    assert (done.returncode, done.stdout) == (0, "the end\n"), done.stderr
    assert "Traceback" not in done.stderr, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork(db_url: str) -> None:
    done = run(db_url, "fork")
    assert done.returncode == 0, done.stderr
    assert "another event loop" in done.stderr or db_url.startswith("sqlite")
