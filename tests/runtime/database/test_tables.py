"""Tables made by several at once."""

import asyncio

import pytest

from models.heroes import Team
from ormgen import ORMContext, in_transaction
from ormgen.exceptions import OperationalError, TransactionManagementError


async def test_all_workers_may_create_the_tables(db_url: str) -> None:
    """As the workers of a web server do when they start; each has connections of its own."""
    contexts = [ORMContext() for _ in range(6)]
    for context in contexts:
        await context.init(db_url=db_url, modules={"models": ["models.heroes"]})
    await asyncio.gather(*(context.generate_schemas() for context in contexts))
    for name, context in enumerate(contexts):
        async with context:
            await Team.create(name=str(name))
            assert await Team.all().count() == name + 1


async def create_and_fail(context: ORMContext) -> None:
    async with in_transaction():
        await context.generate_schemas()
        raise ZeroDivisionError


async def test_in_a_transaction(db_url: str) -> None:
    """Where the database can, tables are undone like rows; elsewhere none is made, and nothing is committed."""
    async with ORMContext() as context:
        await context.init(db_url=db_url, modules={"models": ["models.heroes"]})
        able = context.db().capabilities.transactional_ddl
        with pytest.raises(ZeroDivisionError if able else TransactionManagementError):
            await create_and_fail(context)
        with pytest.raises(OperationalError):
            await Team.create(name="a")
