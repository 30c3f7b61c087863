"""Functions of JSON and of arrays: names are checked, paths are text or lists of keys; annotations type values."""

from typing import Any, assert_type

from odd.pets import Keeper, Shape

from heroes.models import Hero, Team
from ormgen.contrib.postgres.functions import ArrayAgg, ArrayAppend, ArrayLength
from ormgen.expressions import F
from ormgen.functions import (
    GroupConcat,
    JSONArray,
    JSONArrayLength,
    JSONExtract,
    JSONObject,
    JSONRemove,
    JSONSet,
)


async def documents() -> None:
    assert_type(await Hero.filter(name="x").update(data=JSONSet("data", "a__b", F("power"))), int)
    for hero in await Hero.annotate(size=JSONArrayLength("data", ["a", 0]), inner=JSONExtract("data", "a")):
        assert_type(hero.size, int | None)
        print(hero.inner)
    await Hero.annotate(all=JSONObject(name="name", twice=F("power") * 2, more=JSONArray("name", 3))).values("all")
    await Hero.annotate(less=JSONRemove("data", "a")).filter(name="x")
    for team in await Team.annotate(texts=GroupConcat("heroes__name", separator="|")):
        assert_type(team.texts, str | None)
    JSONExtract("data")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JSONSet("data", 3, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    GroupConcat("name", separator=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def arrays() -> None:
    await Team.annotate(list_of=ArrayAgg("heroes__name", distinct=True)).filter(name="x")
    await Team.annotate(longer=ArrayAppend("name", "x"), size=ArrayLength("name"))
    ArrayLength("name", 3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def annotated(keeper: Keeper) -> None:
    assert_type(keeper.prefs, dict[str, bool])
    assert_type(keeper.tags, list[str])
    assert_type(keeper.shape, Shape | None)
    assert_type(keeper.bare, dict[str, Any])
    assert_type(keeper.later, list[dict[str, Any]])
    assert_type(keeper.anything, Any)
    assert_type(await Keeper.all().values_list("prefs", flat=True), list[dict[str, bool]])
    await Keeper.create(mail="x", prefs={"news": True}, shape={"legs": 4})
    await Keeper.create(mail="x", prefs=["news"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Keeper.create(mail="x", tags=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    keeper.prefs["news"] = 3  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
    keeper.shape["legs"]  # type: ignore[index]  # pyright: ignore[reportOptionalSubscript]
