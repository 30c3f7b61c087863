"""The tests' own ground: databases come empty whatever ran before, and coroutines run in the loop of their test."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import urlsplit

import asyncmy
import asyncpg
import pytest

from databases import Servers, Unavailable

STATE: ContextVar[str] = ContextVar("STATE", default="untouched")


async def tables_after_adding_one(url: str) -> int:
    """How many tables the database holds once `leftover` has been created in it."""
    count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = "
    parts = urlsplit(url)
    if parts.scheme == "postgres":
        postgres = await asyncpg.connect(url)
        await postgres.execute("CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE leftover (mood mood)")
        found = await postgres.fetchval(count + "'public'")
        await postgres.close()
        return int(found)
    if parts.scheme == "mysql":
        host, port, password = parts.hostname or "", parts.port or 3306, parts.password or ""
        mysql = await asyncmy.connect(host=host, port=port, user=parts.username, password=password, db=parts.path[1:])
        async with mysql.cursor() as cursor:
            await cursor.execute("CREATE TABLE leftover (id INT)")
            await cursor.execute(count + "database()")
            ((found,),) = await cursor.fetchall()
        await mysql.ensure_closed()
        return int(found)
    file = sqlite3.connect(url.removeprefix("sqlite://"))
    file.execute("CREATE TABLE leftover (id INT)")
    ((found,),) = file.execute("SELECT count(*) FROM sqlite_master")
    file.close()
    return int(found)


@pytest.mark.parametrize("again", [1, 2])
async def test_databases_come_empty(db_url: str, again: int) -> None:
    assert await tables_after_adding_one(db_url) == 1


@pytest.fixture
async def state() -> AsyncIterator[asyncio.AbstractEventLoop]:
    STATE.set("set by the fixture")
    yield asyncio.get_running_loop()
    assert STATE.get() == "set by the test"


@pytest.fixture
async def answer(state: object) -> int:
    return 42


async def test_fixtures_share_loop_and_context(state: asyncio.AbstractEventLoop, answer: int) -> None:
    assert asyncio.get_running_loop() is state
    assert (STATE.get(), answer) == ("set by the fixture", 42)
    STATE.set("set by the test")


async def test_context_starts_anew() -> None:
    assert STATE.get() == "untouched"


@pytest.mark.parametrize(("kind", "variable"), [("postgres", "ORMGEN_TEST_POSTGRES"), ("mysql", "ORMGEN_TEST_MYSQL")])
def test_what_is_switched_off_is_unavailable(
    kind: str, variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, "off")
    with pytest.raises(Unavailable, match=f"^{variable}=off$"):
        Servers().get(kind)


@pytest.mark.parametrize(
    ("kind", "variable", "url"),
    [
        ("postgres", "ORMGEN_TEST_POSTGRES", "postgres://nobody@127.0.0.1:1/none"),
        ("mysql", "ORMGEN_TEST_MYSQL", "mysql://nobody@127.0.0.1:1/none"),
    ],
)
def test_what_is_named_must_answer(kind: str, variable: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, url)
    with pytest.raises((OSError, asyncmy.errors.OperationalError)):
        Servers().get(kind)
