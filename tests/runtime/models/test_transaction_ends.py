"""How transactions end: forgotten, undone with those who want to know of it, or not at all while one inside is open."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any, cast

import pytest

from models.heroes import Team
from ormgen import ORMContext, connections, in_transaction
from ormgen.exceptions import FieldError, NotInitialised, ParamsError, TransactionManagementError
from ormgen.transactions import on_rollback


class Stop(Exception):
    """Leaves a block on purpose."""


async def test_a_forgotten_transaction_is_undone(orm: str) -> None:
    async def forget() -> None:
        await in_transaction().__aenter__()
        await Team.create(name="lost")

    await asyncio.create_task(forget())
    await asyncio.sleep(0)
    with pytest.warns(ResourceWarning, match="neither committed nor rolled back"):
        gc.collect()
    await asyncio.sleep(0.05)
    assert await Team.all().count() == 0
    await Team.create(name="next")


async def test_a_transaction_on_a_closed_context(orm: str) -> None:
    async with ORMContext():
        with pytest.raises(NotInitialised, match=r"ORM\.init"):
            await in_transaction().__aenter__()


async def test_isolation_is_a_word(orm: str) -> None:
    with pytest.raises(ParamsError, match="unknown isolation level"):
        await in_transaction(isolation=cast(Any, 5)).__aenter__()


@pytest.mark.parametrize("data", [{"using_db": "default"}, {"using_db": 5}, {"join_type": "OR"}, {"_connector": "OR"}])
async def test_data_is_no_option(orm: str, data: Any) -> None:
    await Team.create(name="a")
    asked: list[Callable[[], Any]] = [
        lambda: Team.filter(**data),
        lambda: Team.exclude(**data),
        lambda: Team.get(**data),
        lambda: Team.get_or_none(**data),
        lambda: Team.exists(**data),
        lambda: Team.create(**data, name="b"),
        lambda: Team.get_or_create(**data, name="b"),
        lambda: Team.update_or_create(**data, name="b"),
        lambda: Team.all().filter(**data),
        lambda: Team.all().filter(**data).delete(),
    ]
    for ask in asked:
        with pytest.raises((FieldError, ParamsError, TypeError)):
            await ask()
    assert await Team.all().count() == 1


async def test_what_a_rollback_calls(orm: str) -> None:
    called: list[str] = []

    async def later() -> None:
        called.append("later")

    async def inner() -> None:
        async with in_transaction():
            on_rollback(lambda: called.append("inner"))
            on_rollback(later)
            raise Stop

    async def outer() -> None:
        async with in_transaction() as connection:
            connection.on_commit(lambda: called.append("wrong"))
            async with in_transaction() as inside:
                inside.on_rollback(lambda: called.append("outer"))
            with pytest.raises(TransactionManagementError, match="finalised"):
                inside.on_rollback(later)
            raise Stop

    on_rollback(lambda: called.append("without a transaction"))
    async with in_transaction() as connection:
        on_rollback(lambda: called.append("never"))
        with pytest.raises(Stop):
            await inner()
        assert called == ["inner", "later"]
        connection.on_commit(lambda: called.append("committed"))
    assert called == ["inner", "later", "committed"]
    with pytest.raises(Stop):
        await outer()
    assert called[3:] == ["outer"]


async def test_the_outer_transaction_cannot_end_inside_the_inner_one(orm: str) -> None:
    async def work() -> None:
        async with in_transaction() as outer:
            await Team.create(name="a")
            async with in_transaction():
                await outer.commit()

    with pytest.raises(TransactionManagementError, match="is still open"):
        await work()
    assert await Team.all().count() == 0
    assert connections.databases["default"].statistics().in_use == 0
