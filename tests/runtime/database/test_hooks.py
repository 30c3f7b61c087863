"""Hooks and the log: told of every statement and transaction, and never in its way."""

import asyncio
import logging
import re
from typing import Any

import pytest

from models.heroes import Team
from ormgen import ORM, ORMContext, connections, get_connection, in_transaction
from ormgen.exceptions import DBConnectionError, OperationalError, ParamsError
from ormgen.hooks import AcquireEvent, QueryEvent, ReleaseEvent, TransactionEvent, log_slow

HEROES = {"models": ["models.heroes"]}


@pytest.fixture
async def told(db_url: str) -> Any:
    """What the hooks of an initialised ORM are told."""
    events: list[Any] = []
    await ORM.init(db_url=db_url, modules=HEROES)
    await ORM.generate_schemas()
    ORM.hooks.on_query(events.append)
    ORM.hooks.on_transaction(events.append)
    yield events
    await ORM.close_connections()


def queries(events: list[Any]) -> list[tuple[str, int | None]]:
    return [(each.sql.split()[0], each.rows) for each in events if isinstance(each, QueryEvent)]


async def test_every_statement(told: list[Any]) -> None:
    team = await Team.create(name="a")
    assert await Team.all() == [team]
    assert await Team.filter(name="b").count() == 0
    assert [each async for each in Team.all()] == [team]
    assert await Team.all().values_list("name", flat=True) == ["a"]
    await Team.filter(name="a").update(city="Rome")
    await team.delete()
    verbs = [("INSERT", 1), *[("SELECT", 1)] * 4, ("UPDATE", 1), ("DELETE", 1)]
    assert queries(told) == verbs
    first = told[0]
    assert "a" in first.values
    assert (first.connection, first.error) == ("default", None)
    assert 0 < first.seconds < 10
    assert first.dialect == get_connection("default").dialect


async def test_what_fails_is_told_too(told: list[Any]) -> None:
    with pytest.raises(OperationalError):
        await get_connection("default").execute_query("SELECT nonsense FROM nowhere")
    (event,) = told
    assert isinstance(event.error, OperationalError)
    assert event.rows is None


async def test_transactions(told: list[Any]) -> None:
    async with in_transaction():
        await Team.create(name="a")
        with pytest.raises(KeyError):
            async with in_transaction():
                raise KeyError
    actions = [each.action if isinstance(each, TransactionEvent) else "query" for each in told]
    assert actions == ["begin", "query", "savepoint", "rollback", "commit"]


async def test_a_hook_that_fails_is_logged(told: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: object) -> None:
        raise ZeroDivisionError

    ORM.hooks.on_query(fail)
    await Team.create(name="a")
    assert [record.name for record in caplog.records] == ["ormgen"]
    assert queries(told) == [("INSERT", 1)]
    ORM.hooks.remove(fail)
    await Team.create(name="b")
    assert len(caplog.records) == 1


@pytest.mark.feature(254)
async def test_the_log_hides_values(told: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "ormgen"):
        await Team.create(name="somebody")
        await Team.bulk_create([Team(name="somebody 2"), Team(name="somebody 3")])
        async with in_transaction() as connection:
            await Team.filter(name__in=["somebody"]).update(city="somebody's")
            if connection.dialect == "sqlite":
                await connection.execute_query("SELECT ?", ["somebody"])
        with pytest.raises(OperationalError):
            await Team.create(name="somebody")
        assert [each async for each in Team.filter(name="somebody")]
        log_slow(ORM.hooks, query=0)
        await Team.filter(name="somebody").delete()
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) >= 6
    assert not [each for each in messages if "somebody" in each]
    assert "INSERT INTO" in messages[0]
    assert "values]" in messages[0]


@pytest.mark.feature(254)
async def test_the_log_shows_values_where_that_is_wished(db_url: str, caplog: pytest.LogCaptureFixture) -> None:
    await ORM.init(db_url=db_url, modules=HEROES, hide_parameters=False)
    await ORM.generate_schemas()
    caplog.set_level(logging.DEBUG, "ormgen.db_client")
    await Team.create(name="somebody")
    caplog.set_level(logging.INFO, "ormgen.db_client")
    await Team.all()
    (record,) = caplog.records
    assert record.name == "ormgen.db_client"
    assert "INSERT" in record.message
    assert "'somebody'" in record.message
    await ORM.close_connections()


async def test_connections_that_are_handed_out(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules=HEROES)
    await ORM.generate_schemas()
    events: list[AcquireEvent] = []
    released: list[ReleaseEvent] = []
    ORM.hooks.on_acquire(events.append)
    ORM.hooks.on_release(released.append)
    await Team.create(name="a")
    await Team.all()
    async with in_transaction():
        await Team.create(name="b")
        before = len(released)
        await asyncio.sleep(0.1)
    assert len(released) == len(events) == before + 1
    assert released[-1].seconds >= 0.1
    assert {event.connection for event in released} == {"default"}
    with pytest.raises(OperationalError):
        await get_connection("default").execute_query("SELECT nothing FROM nowhere")
    assert len(released) == len(events)
    ORM.hooks.remove(released.append)
    await Team.all()
    assert (len(released), len(events)) == (before + 2, before + 3)
    assert len(events) >= 3
    assert {event.connection for event in events} == {"default"}
    assert all(0 <= event.seconds < 10 for event in events)
    await ORM.close_connections()


async def test_statistics_of_a_pool(db_url: str) -> None:
    option = "acquire_timeout=0.2" + ("" if db_url.startswith("sqlite") else "&maxsize=1")
    await ORM.init(db_url=f"{db_url}{'&' if '?' in db_url else '?'}{option}", modules=HEROES)
    await ORM.generate_schemas()
    database = connections.databases["default"]
    assert database.statistics().in_use == 0
    async with in_transaction():
        await Team.create(name="a")
        statistics = database.statistics()
        task = asyncio.current_task()
        assert task is not None
        assert statistics.holders == (task.get_name(),)
        assert statistics.in_use == 1
        with pytest.raises(DBConnectionError, match=task.get_name()):
            await asyncio.create_task(write())
    statistics = database.statistics()
    assert (statistics.timeouts, statistics.holders, statistics.in_use) == (1, (), 0)
    assert statistics.wait_seconds >= 0.2
    await ORM.close_connections()


async def write() -> None:
    await Team.create(name="b")


async def test_the_log_names_the_line(told: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "ormgen.db_client"):
        await Team.filter(name="a").count()
    (record,) = [each for each in caplog.records if each.name == "ormgen.db_client"]
    assert re.search(r"SELECT .* ms\) at \S+test_hooks\.py:\d+$", record.getMessage())


async def test_slow_statements_and_waits_are_warned_of(told: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    log_slow(ORM.hooks, query=60, acquire=60)
    await Team.filter(name="secret").count()
    assert caplog.records == []
    log_slow(ORM.hooks, query=0, acquire=0)
    await Team.filter(name="secret").count()
    texts = {record.getMessage() for record in caplog.records if record.name == "ormgen.slow"}
    assert any(re.search(r"\d s for SELECT .* at \S+test_hooks\.py:\d+$", text) for text in texts)
    assert any("waited" in text for text in texts)
    assert "secret" not in str(texts)


async def test_hooks_are_called_not_awaited() -> None:
    async def hook(event: object) -> None: ...

    hooks = ORMContext().hooks
    for watch in (hooks.on_query, hooks.on_transaction, hooks.on_acquire, hooks.on_release):
        with pytest.raises(ParamsError, match="hook is a coroutine function, and hooks are called, not awaited"):
            watch(hook)


async def test_only_who_waits_is_warned_of(db_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A pool of one connection, held by a transaction that takes its time."""
    sign = "&" if "?" in db_url else "?"
    limits = "" if "sqlite" in db_url else f"{sign}minsize=1&maxsize=1"
    await ORM.init(db_url=f"{db_url}{limits}", modules={"models": ["models.heroes"]})
    await ORM.generate_schemas()
    log_slow(ORM.hooks, query=60, acquire=0.2)
    held = asyncio.Event()

    async def hold() -> None:
        async with in_transaction():
            await Team.create(name="a")
            held.set()
            await asyncio.sleep(0.5)

    holding = asyncio.create_task(hold())
    await held.wait()
    await Team.create(name="b")
    await holding
    await ORM.close_connections()
    told = [record.getMessage() for record in caplog.records if record.name == "ormgen.slow"]
    assert len(told) == 1, told
    assert "for a connection at " in told[0]
    assert "test_hooks.py" in told[0]
