"""A task that waits for a lock of its own waiting parent is told so; whoever may yet get the lock waits on."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from models.heroes import Team
from ormgen import ORM, F, connections, in_transaction
from ormgen.drivers import pool
from ormgen.exceptions import BaseORMException, DBConnectionError, OperationalError
from ormgen.transactions import TransactionConnection

HEROES = {"models": ["models.heroes"]}
LONG = 1.2  # seconds: more than three times the tests look for tasks that wait for themselves


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools look four times as often."""
    monkeypatch.setattr(pool, "EVERY", 0.25)


@pytest.fixture
async def heroes(db_url: str) -> AsyncIterator[str]:
    await ORM.init(
        config={
            "connections": {"default": db_url, "other": db_url},
            "apps": {"models": {"models": ["models.heroes"], "default_connection": "default"}},
        }
    )
    await ORM.generate_schemas(safe=False)
    await Team.create(id=1, name="a")
    yield db_url
    await ORM.close_connections()


async def rename(name: str) -> None:
    await Team.filter(id=1).update(name=name)


async def rename_in_a_transaction(name: str) -> None:
    async with in_transaction("default"):
        await rename(name)


async def lock(name: str) -> None:
    async with in_transaction("default"):
        await Team.select_for_update().get(id=1)


async def save(name: str) -> None:
    await Team(id=1, name=name, _saved_in_db=True).save(force_update=True)


async def with_gather(work: Coroutine[Any, Any, None]) -> None:
    await asyncio.gather(work)


async def with_a_group(work: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(work, name="the child")


def flat(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [found for each in error.exceptions for found in flat(each)]
    return [error]


@pytest.mark.parametrize("work", [rename, rename_in_a_transaction, lock])
@pytest.mark.parametrize("wait", [with_gather, with_a_group])
async def test_a_child_that_needs_a_row_of_its_parent(
    heroes: str,
    work: Callable[[str], Coroutine[Any, Any, None]],
    wait: Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]],
) -> None:
    async def parent() -> None:
        async with in_transaction("default"):
            await rename("b")
            await wait(work("c"))

    began = time.monotonic()
    with pytest.raises((OperationalError, ExceptionGroup)) as caught:
        await asyncio.create_task(parent(), name="the parent")
    assert time.monotonic() - began < 10
    (error,) = flat(caught.value)
    assert isinstance(error, OperationalError)
    assert not error.retryable
    assert re.search("the parent.* which itself waits for .*: .*Give it the transaction", str(error))
    assert await Team.get(id=1).values_list("name", flat=True) == "a"
    await rename("d")
    assert connections.databases["default"].statistics().in_use == 0


async def test_the_message_names_both_tasks_and_the_parent_goes_on(server_url: str) -> None:
    await ORM.init(db_url=server_url, modules=HEROES)
    await ORM.generate_schemas()
    await Team.create(id=1, name="a")

    async def parent() -> str:
        async with in_transaction():
            await rename("b")
            child = asyncio.create_task(rename("c"), name="the child")
            with pytest.raises(OperationalError) as caught:
                await child
            await Team.create(id=2, name="kept")
        assert caught.value.sqlstate == "40P01"
        return str(caught.value)

    message = await asyncio.create_task(parent(), name="the parent")
    assert message.startswith(
        "the child waits for a lock that the parent has in a transaction, which itself waits for the child"
    )
    assert await Team.all().order_by("id").values_list("name", flat=True) == ["b", "kept"]
    await ORM.close_connections()


async def test_a_task_that_waits_for_itself_over_another_connection(heroes: str) -> None:
    async def work() -> None:
        async with in_transaction("default"):
            await rename("b")
            await Team.filter(id=1).using_db(connections.get("other")).update(name="c")

    began = time.monotonic()
    with pytest.raises(BaseORMException) as caught:
        await asyncio.create_task(work(), name="the task")
    assert time.monotonic() - began < 10
    if not heroes.startswith("sqlite"):  # there the file is busy for as long as `busy_timeout` says
        assert "the task waits for a lock that the task has in a transaction, its own" in str(caught.value)
    assert await Team.get(id=1).values_list("name", flat=True) == "a"


async def test_several_children_wait_in_a_row(heroes: str) -> None:
    async def parent() -> list[BaseException | None]:
        async with in_transaction("default"):
            await rename("b")
            return await asyncio.gather(*(rename(f"c{number}") for number in range(3)), return_exceptions=True)

    began = time.monotonic()
    ended = await asyncio.create_task(parent(), name="the parent")
    assert time.monotonic() - began < 20
    assert [type(each) for each in ended] in ([OperationalError] * 3, [DBConnectionError] * 3)
    assert await Team.get(id=1).values_list("name", flat=True) == "b"


async def test_a_lock_that_somebody_else_gives_back_is_waited_for(heroes: str) -> None:
    """The parent has locked another row, and waits for a child that a third task holds up."""
    await Team.create(id=2, name="of the parent")

    async def third(held: asyncio.Event) -> None:
        async with in_transaction("default"):
            await rename("third")
            held.set()
            await asyncio.sleep(LONG)

    async def parent() -> None:
        async with in_transaction("default"):
            await Team.select_for_update().get(id=2)
            await asyncio.gather(rename("child"))

    if heroes.startswith("sqlite"):
        pytest.skip("one transaction after the other")
    held = asyncio.Event()
    other = asyncio.create_task(third(held))
    await held.wait()
    await asyncio.create_task(parent())
    await other
    assert await Team.get(id=1).values_list("name", flat=True) == "child"


async def test_a_parent_that_waits_for_some_time_only(heroes: str) -> None:
    async def parent() -> asyncio.Task[None]:
        async with in_transaction("default"):
            await rename("b")
            child = asyncio.create_task(rename("c"))
            await asyncio.wait({child}, timeout=LONG)
            assert not child.done()
        return child

    await (await asyncio.create_task(parent()))
    assert await Team.get(id=1).values_list("name", flat=True) == "c"


async def test_a_slow_statement_of_a_child_is_let_be(heroes: str) -> None:
    slow = {"postgres": f"SELECT pg_sleep({LONG})", "mysql": f"SELECT SLEEP({LONG})"}
    if heroes.startswith("sqlite"):
        pytest.skip("SQL of one's own waits for the connection that writes")

    async def child(connection: str) -> None:
        database = connections.get(connection)
        await database.execute_query(slow[database.dialect])

    async with in_transaction("default"):
        await Team.filter(id=1).update(name=F("name"))
        await asyncio.gather(child("default"), child("other"))


async def test_without_the_right_to_ask_the_timeout_explains(mysql_url: str) -> None:
    """Without the privilege PROCESS the server tells nothing of locks; its own timeout gets the explanation."""
    await ORM.init(db_url=mysql_url, modules=HEROES)
    await ORM.generate_schemas()
    admin, database = connections.get("default"), mysql_url.rpartition("/")[2].partition("?")[0]
    await admin.execute_query("DROP USER IF EXISTS ormgen_test_plain@'%'")
    await admin.execute_query("CREATE USER ormgen_test_plain@'%' IDENTIFIED BY 'x'")
    await admin.execute_query(f"GRANT SELECT, INSERT, UPDATE ON `{database}`.* TO ormgen_test_plain@'%'")
    try:
        await Team.create(id=1, name="a")
        await ORM.close_connections()
        await ORM.init(db_url=plain_user(mysql_url), modules=HEROES)
        await asyncio.create_task(in_vain(), name="the parent")
    finally:
        await ORM.close_connections()
        await ORM.init(db_url=mysql_url, modules=HEROES)
        await connections.get("default").execute_query("DROP USER ormgen_test_plain@'%'")
        await ORM.close_connections()


def plain_user(url: str) -> str:
    scheme, _, rest = url.partition("://")
    place = rest.rpartition("@")[2]
    return f"{scheme}://ormgen_test_plain:x@{place}?init_command=SET innodb_lock_wait_timeout=2"


async def in_vain() -> None:
    async with in_transaction() as connection:
        assert isinstance(connection, TransactionConnection)
        await rename("b")
        with pytest.raises(OperationalError, match="which itself waits for"):
            await asyncio.gather(rename("c"))
