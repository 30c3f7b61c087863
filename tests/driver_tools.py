"""What tests of the drivers share: tables in each database's words, cancellation at a chosen await."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Collection, Coroutine, Generator
from typing import Any, TypeVar

from ormgen.drivers.driver import Driver
from ormgen.drivers.mysql import MysqlDriver
from ormgen.drivers.postgres import PostgresDriver
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.url import parse_url

T = TypeVar("T")
AnyDriver = SqliteDriver | PostgresDriver | MysqlDriver
DRIVERS: dict[str, Callable[..., AnyDriver]] = {
    "sqlite": SqliteDriver,
    "postgres": PostgresDriver,
    "mysql": MysqlDriver,
}
LONG_READ = {  # until stopped
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99000000) SELECT max(i) FROM n",
    "postgres": "SELECT pg_sleep(60)",
    "mysql": "SELECT BENCHMARK(1000000000, SHA2('x', 256))",
}
KEYS = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgres": "SERIAL PRIMARY KEY",
    "mysql": "INT AUTO_INCREMENT PRIMARY KEY",
}
TABLES = """
CREATE TABLE team (
    id {key}, name VARCHAR(50) NOT NULL UNIQUE, score INT DEFAULT 0, CONSTRAINT score_range CHECK (score < 1000)
);
CREATE TABLE hero (id {key}, team_id INT NOT NULL, CONSTRAINT hero_team FOREIGN KEY (team_id) REFERENCES team (id));
INSERT INTO team (name) VALUES ('counter');
"""

ADVISORY_LOCKS = """SELECT objid FROM pg_locks WHERE locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""Those of this database of PostgreSQL: servers are shared with other tests."""

LONG = {  # a statement that takes longer than any test
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    "postgres": "SELECT pg_sleep(9)",
    "mysql": "SELECT sleep(9)",
}


def as_driver(driver: AnyDriver) -> Driver:
    """Type checkers see here that each driver is what the rest of ormgen takes it for."""
    return driver


def make_driver(url: str, **options: Any) -> AnyDriver:
    parsed = parse_url(url)
    return DRIVERS[parsed.dialect](**{**parsed.credentials, **options})


def spelled(driver: AnyDriver, sql: str) -> str:
    """`sql`, written with `?` and `%`, as the driver wants it."""
    if driver.dialect == "mysql":
        return sql.replace("%", "%%").replace("?", "%s")
    if driver.dialect == "postgres":
        numbers = itertools.count(1)
        return "".join(f"${next(numbers)}" if letter == "?" else letter for letter in sql)
    return sql


async def make_tables(driver: AnyDriver) -> None:
    await driver.script(TABLES.format(key=KEYS[driver.dialect]))


class CancelAt:
    """Awaits `work` and has the task cancelled at those of its suspensions whose numbers are `at`, from 0."""

    def __init__(self, work: Awaitable[T], at: Collection[int]) -> None:
        self.work = work
        self.at = at
        self.suspensions = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        task = asyncio.current_task()
        assert task is not None
        steps = self.work.__await__()
        resume: Callable[[], Any] = lambda: next(steps)  # noqa: E731
        while True:
            try:
                awaited = resume()
            except StopIteration as end:
                return end.value
            if self.suspensions in self.at:
                asyncio.get_running_loop().call_soon(task.cancel)
            self.suspensions += 1
            try:
                yield awaited
                resume = lambda: next(steps)  # noqa: E731
            except BaseException as error:
                resume = lambda error=error: steps.throw(error)  # type: ignore[misc]  # noqa: E731


async def cancelled_at(work: Coroutine[Any, Any, object], *at: int) -> tuple[bool, int]:
    """Whether `work` came to its end although cancelled at these suspensions, and how many there were."""
    cancelling = CancelAt(work, at)

    async def run() -> None:
        await cancelling

    task = asyncio.create_task(run())
    await asyncio.wait((task,))
    if task.cancelled():
        return False, cancelling.suspensions
    task.result()
    return True, cancelling.suspensions


async def whole(driver: AnyDriver, seconds: float = 5.0) -> None:
    """Waits until nobody holds a connection of `driver`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while driver.idle != driver.size:
        assert asyncio.get_running_loop().time() < deadline, f"{driver.size - driver.idle} connections are lost"
        await asyncio.sleep(0.005)


async def count(driver: AnyDriver) -> int:
    ((score,),) = await driver.fetch("SELECT score FROM team WHERE name = 'counter'", ())
    return int(score)


INCREMENT = "UPDATE team SET score = score + 1 WHERE name = 'counter'"
