"""Functions that read, change and build JSON, on each database; paths and values are bound."""

from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import F
from ormgen.exceptions import ParamsError
from ormgen.expressions import Value
from ormgen.functions import (
    Coalesce,
    GroupConcat,
    JSONArray,
    JSONArrayAgg,
    JSONArrayLength,
    JSONExtract,
    JSONObject,
    JSONRemove,
    JSONSet,
    Sum,
)

DATA = {"a": {"b": 1, "list": [1, 2, 3]}, "x y": 2, "none": None, "text": 'é"q'}


async def computed(**values: Any) -> list[Any]:
    row = await Hero.filter(name="ann").annotate(**values).get().values(*values)
    return [row[name] for name in values]


@pytest.fixture
async def hero(orm: str) -> Hero:
    return await Hero.create(name="ann", power=5, price=Decimal("1.50"), data=DATA)


@pytest.mark.feature(182, 189)
async def test_reading(hero: Hero) -> None:
    assert await computed(
        number=JSONExtract("data", "a__b"),
        place=JSONExtract("data", ["a", "list", 1]),
        key=JSONExtract("data", ["x y"]),
        missing=JSONExtract("data", "nope__x"),
        text=JSONExtract("data", "text"),
        whole=JSONExtract("data", "a"),
    ) == [1, 2, 2, None, 'é"q', DATA["a"]]
    assert await computed(
        inner=JSONArrayLength("data", "a__list"), whole=JSONArrayLength("data"), other=JSONArrayLength("data", "a")
    ) == [3, None, None]
    found = Hero.annotate(b=JSONExtract("data", "a__b"), size=JSONArrayLength("data", "a__list"))
    assert (await found.filter(b=1, size__gte=3).count(), await found.filter(b=2).count()) == (1, 0)


@pytest.mark.feature(182)
@pytest.mark.parametrize("value", [1, 1.5, "s", "it's % {} ?", True, False, None, [1, {"q": 2}], {"k": None}, []])
async def test_setting_values(hero: Hero, value: Any) -> None:
    changed = JSONSet("data", "a__b", value)
    assert await computed(x=JSONExtract(changed, "a__b"), rest=JSONExtract(changed, "a__list")) == [value, [1, 2, 3]]
    assert await Hero.filter(name="ann").update(data=JSONSet("data", "new", value)) == 1
    assert (await Hero.get(name="ann")).data == {**DATA, "new": value}


@pytest.mark.feature(182)
async def test_setting_what_columns_hold(hero: Hero) -> None:
    names = {"power": 5, "name": "ann", "active": True, "price": 1.5, "data": DATA, "nick": None}
    for name, expected in names.items():
        assert await computed(x=JSONExtract(JSONSet("data", "new", F(name)), "new")) == [expected], name
    assert await computed(x=JSONExtract(JSONSet("data", "a__list__1", F("power") * 2), "a__list")) == [[1, 10, 3]]
    assert await computed(x=JSONSet("data", "nope__inner", 1)) == [DATA]  # nowhere to set it in
    assert await computed(x=JSONExtract(JSONSet(JSONSet("data", "p", 1), "q", 2), "q")) == [2]


@pytest.mark.feature(182)
async def test_removing(hero: Hero) -> None:
    without = JSONRemove(JSONRemove("data", "a__list__0"), "none")
    assert await computed(x=without) == [{"a": {"b": 1, "list": [2, 3]}, "x y": 2, "text": 'é"q'}]
    assert await computed(x=JSONRemove("data", "nope")) == [DATA]
    loaded: Any = await Hero.get(name="ann")
    loaded.data = JSONRemove("data", "a")
    await loaded.save()
    kept: dict[str, Any] = getattr(loaded, "data")  # noqa: B009
    assert sorted(kept) == ["none", "text", "x y"]


@pytest.mark.feature(189)
async def test_building(hero: Hero) -> None:
    built = JSONObject(
        name="name",
        twice=F("power") * 2,
        active="active",
        price="price",
        data="data",
        nick="nick",
        team="team__name",
        several=JSONArray("power", 3, None, True, Value("text"), {"k": [1]}),
    )
    assert await computed(x=built) == [
        {
            "name": "ann",
            "twice": 10,
            "active": True,
            "price": 1.5,
            "data": DATA,
            "nick": None,
            "team": None,
            "several": [5, 3, None, True, "text", {"k": [1]}],
        }
    ]
    made = await Hero.create(name="bob", data=JSONObject(n=3, text=Value("q"), **{"it's": 1}))
    assert made.data == {"n": 3, "text": "q", "it's": 1}
    await Hero.filter(name="bob").update(data=JSONSet(Coalesce("data", JSONObject()), "k", 1))
    assert (await Hero.get(name="bob")).data["k"] == 1
    assert await computed(x=JSONObject(), y=JSONArray()) == [{}, []]


@pytest.mark.feature(188)
async def test_many_rows_in_one_value(hero: Hero) -> None:
    team = await Team.create(name="t")
    await Team.create(name="empty")
    await Hero.create(name="bob", power=7, active=False, team=team)
    (row,) = await Hero.all().values(powers=JSONArrayAgg("power"), truths=JSONArrayAgg("active"))
    assert (sorted(row["powers"]), sorted(row["truths"])) == ([5, 7], [False, True])
    (texts,) = await Hero.all().values(names=GroupConcat("name", separator="|"), total=Sum("power"))
    assert (sorted(texts["names"].split("|")), texts["total"]) == (["ann", "bob"], 12)
    teams = Team.annotate(names=GroupConcat("heroes__name"), data=JSONArrayAgg("heroes__name")).order_by("id")
    assert [team.names for team in await teams] == ["bob", None]


async def test_paths_are_bound_and_checked(hero: Hero) -> None:
    hostile = "x') --"
    question = Hero.annotate(x=JSONExtract("data", [hostile]), y=JSONObject(**{hostile: 1}))
    assert hostile not in question.sql()
    assert (await question.values_list("x", "y"))[0] == (None, {hostile: 1})
    for path in ("", "a__", [], ["a", ""]):
        with pytest.raises(ParamsError, match="leads nowhere"):
            JSONExtract("data", path)
