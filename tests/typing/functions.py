"""Models as arguments: generic functions, query sets, transactions."""

from typing import TypeVar, assert_type

from heroes.models import Hero, Team
from ormgen.models import Model
from ormgen.queryset import QuerySet
from ormgen.transactions import atomic, in_transaction

M = TypeVar("M", bound=Model)


async def generic(model: type[M], pk: int) -> M:
    found = await model.filter(id=pk).first()
    assert found is not None
    return await model.get(id=pk)


def named(queryset: QuerySet[Hero]) -> QuerySet[Hero]:
    return queryset.filter(name="x").order_by("name")


@atomic()
async def in_one(team: Team) -> Hero:
    async with in_transaction() as connection:
        await connection.execute_query("SELECT 1")
        return await Hero.create(name="x", team=team, using_db=connection)


async def rest(team: Team) -> None:
    assert_type(await generic(Hero, 3), Hero)
    named(Hero.filter(id=1))
    named(team.heroes)
    named(Team.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(await in_one(team), Hero)
    await in_one(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    in_one(team)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
