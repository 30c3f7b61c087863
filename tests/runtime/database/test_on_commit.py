"""What is to happen once a transaction is there to stay."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.heroes import Team
from ormgen import ORM, connections, in_transaction
from ormgen.exceptions import TransactionManagementError
from ormgen.signals import post_save
from ormgen.transactions import atomic, on_commit


@pytest.fixture
async def orm(db_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=db_url, modules={"models": ["models.heroes"]})
    await ORM.generate_schemas()
    yield
    await ORM.close_connections()


async def test_after_the_commit_in_order(orm: None) -> None:
    seen: list[Any] = []

    async def look() -> None:
        seen.append(await Team.all().count())

    async with in_transaction() as connection:
        connection.on_commit(lambda: seen.append("first"))
        on_commit(look)
        on_commit(lambda: seen.append("last"), "default")
        await Team.create(name="a")
        assert seen == []
    assert seen == ["first", 1, "last"]


async def test_never_after_a_rollback(orm: None) -> None:
    seen: list[str] = []

    @atomic()
    async def fail() -> None:
        on_commit(lambda: seen.append("never"))
        raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with in_transaction() as connection:
        on_commit(lambda: seen.append("never"))
        await connection.rollback()
        with pytest.raises(TransactionManagementError):
            connection.on_commit(lambda: seen.append("never"))
    assert seen == []


async def test_of_savepoints(orm: None) -> None:
    seen: list[str] = []
    async with in_transaction():
        async with in_transaction():
            on_commit(lambda: seen.append("inner"))
        async with in_transaction() as undone:
            on_commit(lambda: seen.append("never"))
            await undone.rollback()
        on_commit(lambda: seen.append("outer"))
        assert seen == []
    assert seen == ["inner", "outer"]


async def test_committed_by_hand(orm: None) -> None:
    seen: list[int] = []
    async with in_transaction() as connection:
        connection.on_commit(lambda: seen.append(1))
        await connection.commit()
        assert seen == [1]
    assert seen == [1]


async def test_without_a_transaction_it_is_now(orm: None) -> None:
    seen: list[str] = []
    done = asyncio.Event()

    async def later() -> None:
        done.set()

    on_commit(lambda: seen.append("now"))
    connections.get("default").on_commit(lambda: seen.append("here"))
    assert seen == ["now", "here"]
    on_commit(later)
    await asyncio.wait_for(done.wait(), 5)


async def test_an_error_reaches_who_commits_and_what_was_written_stays(orm: None) -> None:
    def fail() -> None:
        raise LookupError

    @atomic()
    async def store() -> None:
        await Team.create(name="a")
        on_commit(fail)

    with pytest.raises(LookupError):
        await store()
    assert await Team.all().count() == 1
    async with in_transaction():
        await Team.create(name="b")
    assert await Team.all().count() == 2


@pytest.mark.feature(207)
async def test_from_a_handler_of_a_signal(orm: None) -> None:
    told: list[str] = []

    @post_save(Team)
    async def publish(sender: Any, team: Team, created: bool, using_db: Any, update_fields: Any) -> None:
        using_db.on_commit(lambda: told.append(team.name))

    try:
        async with in_transaction() as connection:
            await asyncio.gather(Team.create(name="a"), Team.create(name="b"))
            await connection.rollback()
        assert told == []
        await Team.create(name="c")
        async with in_transaction():
            await asyncio.gather(Team.create(name="d"), Team.create(name="e"))
            assert told == ["c"]
        assert sorted(told) == ["c", "d", "e"]
    finally:
        post_save.disconnect(publish)
