"""Transactions keep all of a block or nothing, nest as savepoints, and belong to the task that opened them."""

import asyncio
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import ORM, atomic, get_connection, in_transaction
from ormgen.exceptions import (
    ConfigurationError,
    IntegrityError,
    OperationalError,
    ParamsError,
    TransactionManagementError,
    UnSupportedError,
)
from ormgen.transactions import TransactionConnection, run_transaction

from .world import names


class Stop(Exception):
    """Leaves a block on purpose."""


@pytest.mark.feature(200)
async def test_commit(orm: str) -> None:
    async with in_transaction() as connection:
        await Team.create(name="a")
        await Team.create(name="b", using_db=connection)
        assert await Team.all().count() == 2
        assert await Team.all().using_db(connection).count() == 2
    assert await Team.all().count() == 2


@pytest.mark.feature(200)
async def test_rollback_on_an_exception(orm: str) -> None:
    with pytest.raises(Stop):  # noqa: PT012
        async with in_transaction():
            await Team.create(name="a")
            raise Stop
    assert await Team.all().count() == 0


@pytest.mark.feature(202, 203)
async def test_rollback_and_commit_by_hand(orm: str) -> None:
    async with in_transaction() as connection:
        await Team.create(name="a")
        await connection.rollback()
    assert await Team.all().count() == 0
    async with in_transaction() as connection:
        await Team.create(name="b")
        await connection.commit()
        with pytest.raises(TransactionManagementError, match="already finalised"):
            await connection.rollback()
    assert await names(Team.all()) == ["b"]
    with pytest.raises(TransactionManagementError):
        await Team.create(name="c", using_db=connection)
    assert await names(Team.all()) == ["b"]


@pytest.mark.feature(202)
async def test_nested_blocks_are_savepoints(orm: str) -> None:
    async with in_transaction():
        await Team.create(name="a")
        with pytest.raises(Stop):  # noqa: PT012
            async with in_transaction():
                await Team.create(name="b")
                async with in_transaction():
                    await Team.create(name="c")
                raise Stop
        async with in_transaction():
            await Team.create(name="d")
        with pytest.raises(IntegrityError):
            async with in_transaction():
                await Team.create(name="a")
        assert await names(Team.all().order_by("name")) == ["a", "d"]
    assert await names(Team.all().order_by("name")) == ["a", "d"]
    with pytest.raises(Stop):  # noqa: PT012
        async with in_transaction():
            async with in_transaction():
                await Team.create(name="e")
            raise Stop
    assert await Team.all().count() == 2


@pytest.mark.feature(201)
async def test_atomic(orm: str) -> None:
    @atomic()
    async def add(name: str, fail: bool = False) -> Team:
        made = await Team.create(name=name)
        if fail:
            raise Stop
        return made

    @atomic("default")
    async def both() -> None:
        await add("b")
        with pytest.raises(Stop):
            await add("c", fail=True)

    assert (await add("a")).name == "a"
    with pytest.raises(Stop):
        await add("x", fail=True)
    await both()
    assert await names(Team.all().order_by("name")) == ["a", "b"]
    assert add.__name__ == "add"
    await asyncio.gather(*[add(f"t{number}") for number in range(5)])
    assert await Team.all().count() == 7


async def test_query_sets_made_outside_run_inside(orm: str) -> None:
    question = Team.all()
    async with in_transaction() as connection:
        await Team.create(name="a")
        assert len(await question) == 1
        await connection.rollback()
    assert await question == []


@pytest.mark.feature(205)
async def test_a_child_task_does_not_use_its_parents_transaction(orm: str) -> None:
    await Team.create(name="before")
    async with in_transaction() as connection:
        await Team.create(name="inside")
        seen = await asyncio.create_task(count())
        assert await Team.all().count() == 2
        await connection.rollback()
    assert seen == 1


async def test_what_is_made_inside_a_transaction_belongs_to_it_whoever_awaits_it(orm: str) -> None:
    async with in_transaction() as connection:
        await asyncio.gather(*[Team.create(name=f"t{number}") for number in range(5)])
        assert await asyncio.gather(Team.all().count(), Team.filter(name="t1").exists()) == [5, True]
        await connection.rollback()
    assert await Team.all().count() == 0
    async with in_transaction():
        kept = Team.create(name="late")
    assert (await asyncio.create_task(kept)).id


@pytest.mark.feature(55)
async def test_filter_and_exclude_take_a_connection(orm: str) -> None:
    async with in_transaction() as connection:
        await Team.create(name="inside", using_db=connection)
        assert await Team.filter(name="inside", using_db=connection).count() == 1
        assert await Team.exclude(name="other", using_db=connection).count() == 1


async def count() -> int:
    return await Team.all().count()


@pytest.mark.feature(205)
async def test_transactions_of_several_tasks_do_not_mix(orm: str) -> None:
    async def add(number: int) -> None:
        async with in_transaction() as connection:
            await Team.create(name=f"t{number}")
            await asyncio.sleep(0.01)
            assert await Team.filter(name=f"t{number}").exists()
            if number % 2:
                await connection.rollback()

    await asyncio.gather(*[add(number) for number in range(6)])
    assert await names(Team.all().order_by("name")) == ["t0", "t2", "t4"]


async def test_cancelled_transactions_are_undone(orm: str) -> None:
    entered = asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await Team.create(name="a")
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await Team.all().count() == 0
    await Team.create(name="b")


async def test_writing_through_relations_inside_a_transaction(orm: str) -> None:
    with pytest.raises(Stop):  # noqa: PT012
        async with in_transaction():
            team = await Team.create(name="a")
            hero = await team.heroes.create(name="h")
            await hero.friends.add(await Hero.create(name="f"))
            assert await names((await Hero.get(id=hero.id)).friends) == ["f"]
            assert (await hero.team).name == "a"
            await team.fetch_related("heroes")
            raise Stop
    assert await Hero.all().count() == 0


@pytest.mark.feature(193, 194)
async def test_raw_sql_on_a_connection(orm: str) -> None:
    connection = get_connection("default")
    assert ORM.get_connection("default").alias == "default"
    async with in_transaction() as inside:
        await Team.create(name="a")
        assert get_connection("default") is inside
        number, rows = await inside.execute_query("SELECT name FROM team")
        assert (number, rows) == (1, [{"name": "a"}])
    assert await connection.execute_query_dict("SELECT name AS n FROM team") == [{"n": "a"}]
    changed, _ = await connection.execute_query("UPDATE team SET size = 3")
    assert changed == 1


@pytest.mark.feature(204)
async def test_naming_the_connection(orm: str) -> None:
    async with in_transaction("default"):
        await Team.create(name="a")
    async with in_transaction(get_connection("default")):
        await Team.create(name="b")
    with pytest.raises(ConfigurationError, match='there is no connection called "defautl"; did you mean "default"'):
        async with in_transaction("defautl"):
            pass
    assert await Team.all().count() == 2


@pytest.mark.parametrize("wrong", [5, object()])
async def test_connections_of_the_wrong_type(orm: str, wrong: Any) -> None:
    with pytest.raises((ConfigurationError, ParamsError)):
        async with in_transaction(wrong):
            pass


@pytest.mark.feature(206)
async def test_modes_of_a_transaction(orm: str) -> None:
    async with in_transaction(isolation="serializable") as connection:
        await Team.create(name="a")
        if orm == "postgres":
            _, rows = await connection.execute_query("SELECT current_setting('transaction_isolation') AS level")
            assert rows == [{"level": "serializable"}]
    with pytest.raises(OperationalError):
        async with in_transaction(read_only=True):
            await Team.create(name="b")
    with pytest.raises(ParamsError, match="unknown isolation level"):
        async with in_transaction(isolation="strict"):
            pass
    assert await Team.all().count() == 1


@pytest.mark.feature(206)
async def test_deferrable_transactions(orm: str) -> None:
    transaction = in_transaction(isolation="serializable", read_only=True, deferrable=True)
    if orm != "postgres":
        with pytest.raises(UnSupportedError, match=f"on PostgreSQL only, not on {orm}"):
            await transaction.__aenter__()
        return
    async with transaction as connection:
        _, rows = await connection.execute_query("SELECT current_setting('transaction_deferrable') AS deferrable")
    assert rows == [{"deferrable": "on"}]


class Conflicts:
    """Work that fails `times` times as it does when the database asks for another attempt."""

    def __init__(self, times: int, retryable: bool = True) -> None:
        self.times = times
        self.retryable = retryable
        self.attempts = 0

    async def __call__(self, connection: TransactionConnection) -> str:
        self.attempts += 1
        await Team.create(name="once")
        if self.attempts <= self.times:
            raise OperationalError("could not serialize access", sqlstate="40001", retryable=self.retryable)
        return connection.alias


async def test_a_transaction_is_run_again(orm: str) -> None:
    work = Conflicts(2)
    assert await run_transaction(work, retries=2) == "default"
    assert work.attempts == 3
    assert await Team.all().count() == 1


@pytest.mark.parametrize(("work", "attempts"), [(Conflicts(3), 3), (Conflicts(1, retryable=False), 1)])
async def test_attempts_come_to_an_end(orm: str, work: Conflicts, attempts: int) -> None:
    work.attempts = 0
    with pytest.raises(OperationalError, match="could not serialize access"):
        await run_transaction(work, retries=2)
    assert work.attempts == attempts
    assert await Team.all().count() == 0


async def test_nothing_is_repeated_inside_another_transaction(orm: str) -> None:
    work = Conflicts(1)
    with pytest.raises(OperationalError):
        async with in_transaction():
            await run_transaction(work)
    assert work.attempts == 1


async def test_lost_updates_are_repeated(orm: str) -> None:
    """Eight tasks read, add one and save; each counts."""
    team = await Team.create(name="a", size=0)

    @atomic(isolation="serializable", retries=50)
    async def add() -> None:
        found = await Team.get(id=team.id)
        found.size += 1
        await found.save()

    await asyncio.gather(*[add() for _ in range(8)])
    assert (await Team.get(id=team.id)).size == 8
