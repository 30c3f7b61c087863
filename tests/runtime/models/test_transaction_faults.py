"""Transactions used in odd ways: refused with a message, never a hang, a leak or half of what was written."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from models.heroes import Team
from ormgen import ORM, connections, in_transaction
from ormgen.exceptions import BaseORMException, DBConnectionError, TransactionManagementError
from ormgen.transactions import TransactionConnection, on_commit, on_rollback

from .world import names

HEROES = {"models": ["models.heroes"]}


@pytest.fixture
async def narrow(db_url: str) -> AsyncIterator[str]:
    """An ORM with a single connection to write with."""
    await ORM.init(db_url=db_url if db_url.startswith("sqlite") else f"{db_url}?maxsize=1", modules=HEROES)
    await ORM.generate_schemas()
    yield db_url
    await ORM.close_connections()


def in_use() -> int:
    number: int = connections.databases["default"].statistics().in_use
    return number


async def add(name: str) -> None:
    await Team.create(name=name)


async def with_gather() -> None:
    await asyncio.gather(add("child"))


async def with_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(add("child"))


async def with_wait() -> None:
    done, _ = await asyncio.wait([asyncio.create_task(add("child"))])
    done.pop().result()


async def over_two_tasks() -> None:
    await asyncio.create_task(with_gather())


def messages(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [text for each in error.exceptions for text in messages(each)]
    return [str(error)]


@pytest.mark.feature(205)
@pytest.mark.parametrize("wait", [with_gather, with_a_group, with_wait, over_two_tasks])
async def test_a_task_that_waits_for_its_child_has_every_connection(
    narrow: str, wait: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """What would never end is refused at once, with the names of both tasks."""

    async def parent() -> None:
        async with in_transaction():
            await add("parent")
            await wait()

    began = time.monotonic()
    with pytest.raises((DBConnectionError, ExceptionGroup)) as caught:
        await asyncio.create_task(parent(), name="the parent")
    assert time.monotonic() - began < 10
    assert connections.databases["default"].statistics().timeouts == 1
    (message,) = messages(caught.value)
    assert "held by: the parent, in a transaction, which itself waits for " in message
    assert "Give it the transaction" in message
    assert await names(Team.all()) == []
    assert in_use() == 0


@pytest.mark.feature(205)
async def test_a_task_nobody_waits_for_gets_its_turn(narrow: str) -> None:
    async with in_transaction():
        late = asyncio.create_task(add("late"))
        await asyncio.sleep(0.3)
        await add("first")
    await late
    assert await names(Team.all().order_by("id")) == ["first", "late"]


@pytest.mark.feature(205)
async def test_children_that_are_handed_the_transaction_take_turns(narrow: str) -> None:
    async def child(connection: TransactionConnection, number: int) -> None:
        async with in_transaction(connection):
            await add(f"child {number}")
            await asyncio.sleep(0.01)
            if number % 2:
                raise KeyError

    async with in_transaction() as connection:
        await asyncio.gather(*(child(connection, number) for number in range(4)), return_exceptions=True)
    assert await names(Team.all().order_by("name")) == ["child 0", "child 2"]


ENDING = {"COMMIT": ["a"], "ROLLBACK": []}


@pytest.mark.parametrize("word", ENDING)
@pytest.mark.parametrize("way", ["execute_query", "execute_script"])
async def test_sql_that_ends_the_transaction(narrow: str, word: str, way: str) -> None:
    """What follows would be written outside of it, and last whatever becomes of the block."""

    async def work() -> None:
        async with in_transaction() as connection:
            await add("a")
            with pytest.raises(TransactionManagementError, match="the statement ended the transaction"):
                await getattr(connection, way)(word)
            with pytest.raises(TransactionManagementError, match="the statement ended the transaction"):
                await add("b")

    with pytest.raises(TransactionManagementError, match="the statement ended the transaction"):
        await work()
    assert await names(Team.all()) == ENDING[word]
    assert in_use() == 0


TABLES = ["CREATE TABLE made (id INT)", "\n drop  table team", "ALTER TABLE team ADD extra INT", "TRUNCATE TABLE team"]


@pytest.mark.parametrize("sql", TABLES)
@pytest.mark.parametrize("nested", [False, True])
async def test_changed_tables_do_not_commit(narrow: str, sql: str, nested: bool) -> None:
    """MariaDB and MySQL would commit for them, so they are refused there; the others undo them."""
    await add("kept")
    kind = narrow.partition(":")[0]

    async def change(connection: TransactionConnection) -> None:
        if kind != "mysql":
            await connection.execute_query("DELETE FROM team" if sql.startswith("TRUNC") else sql)
            return
        with pytest.raises(TransactionManagementError, match="inside a transaction commits it on MariaDB and MySQL"):
            await connection.execute_query(sql)

    async def work() -> None:
        async with in_transaction() as connection:
            if sql.startswith("CREATE"):
                await add("undone")
            if nested:
                async with in_transaction() as inner:
                    await change(inner)
            else:
                await change(connection)
            raise KeyError

    if "drop" in sql and kind == "sqlite":
        sql = "DROP TABLE friendship"
    if "drop" in sql and kind == "postgres":
        sql += " CASCADE"
    with pytest.raises(KeyError):
        await work()
    assert await names(Team.all()) == ["kept"]


async def test_temporary_tables_inside_a_transaction(narrow: str) -> None:
    async with in_transaction() as connection:
        await add("a")
        await connection.execute_query("CREATE TEMPORARY TABLE short (id INT)")
        await connection.execute_query(
            "DROP TABLE short" if not narrow.startswith("mysql") else "DROP TEMPORARY TABLE short"
        )
        await connection.rollback()
    assert await names(Team.all()) == []


async def test_blocks_left_in_the_wrong_order(narrow: str) -> None:
    outer, inner = in_transaction(), in_transaction()
    await outer.__aenter__()
    await inner.__aenter__()
    await add("lost")
    with pytest.raises(TransactionManagementError, match="a transaction inside this one is still open"):
        await outer.__aexit__(None, None, None)
    assert in_use() == 0
    with pytest.raises(TransactionManagementError, match="finalised"):
        await inner.__aexit__(None, None, None)
    assert await names(Team.all()) == []
    await add("next")


async def test_functions_that_fail_after_the_end(narrow: str) -> None:
    """Each is called, what was written stays, and whoever commits gets to know."""
    called: list[str] = []

    def fail(name: str) -> None:
        called.append(name)
        raise KeyError(name)

    async def work(*failing: str) -> None:
        async with in_transaction():
            await Team.create(name=f"team {len(failing)}")
            for name in failing:
                on_commit(lambda name=name: fail(name))  # type: ignore[misc]
            on_commit(lambda: called.append("last"))

    with pytest.raises(KeyError, match="one"):
        await work("one")
    assert called == ["one", "last"]
    with pytest.raises(ExceptionGroup) as caught:
        await work("one", "two")
    assert messages(caught.value) == ["'one'", "'two'"]
    assert called[2:] == ["one", "two", "last"]
    assert await names(Team.all().order_by("name")) == ["team 1", "team 2"]

    async def undone() -> None:
        async with in_transaction():
            on_rollback(lambda: fail("undone"))
            on_rollback(lambda: called.append("told"))
            raise ZeroDivisionError

    with pytest.raises(KeyError) as told:
        await undone()
    assert isinstance(told.value.__context__, ZeroDivisionError)
    assert called[-2:] == ["undone", "told"]
    assert in_use() == 0


async def test_closing_inside_a_transaction_does_not_wait_for_it(narrow: str) -> None:
    async def work() -> None:
        async with in_transaction():
            await add("lost")
            await ORM.close_connections()

    async def with_a_child() -> None:
        async with in_transaction():
            await add("lost")
            await asyncio.gather(ORM.close_connections())

    for close in (work, with_a_child):
        began = time.monotonic()
        with pytest.raises(BaseORMException):
            await close()
        assert time.monotonic() - began < 5
        await ORM.init(db_url=narrow, modules=HEROES)
        assert await names(Team.all()) == []
