"""Functions and lookups of PostgreSQL's arrays; elsewhere they are refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.heroes import Hero
from models.tagged import Shelf, Tagged
from ormgen import ORM, F, Q
from ormgen.contrib.postgres.functions import (
    ArrayAgg,
    ArrayAppend,
    ArrayConcat,
    ArrayLength,
    ArrayPosition,
    ArrayPrepend,
    ArrayRemove,
    ArrayReplace,
    ArrayToString,
    Unnest,
)
from ormgen.exceptions import UnSupportedError
from ormgen.expressions import Subquery, Value


@pytest.fixture
async def things(postgres_url: str) -> AsyncIterator[list[Any]]:
    await ORM.init(db_url=postgres_url, modules={"models": ["models.tagged"]})
    await ORM.generate_schemas()
    shelf = await Shelf.create(name="full")
    await Shelf.create(name="empty")
    first = await Tagged.create(name="a", tags=["x", "y"], numbers=[3, 1, 3], shelf=shelf)
    yield [first, await Tagged.create(name="b", tags=["y"], shelf=shelf)]
    await ORM.close_connections()


async def of_first(**computed: Any) -> list[Any]:
    row = await Tagged.filter(name="a").annotate(**computed).get().values(*computed)
    return [row[name] for name in computed]


@pytest.mark.feature(96, only="postgres")
async def test_elements(things: list[Any]) -> None:
    assert await of_first(
        a=ArrayAppend("tags", "z"), b=ArrayAppend("numbers", 4), c=ArrayAppend("numbers", F("id") - F("id"))
    ) == [["x", "y", "z"], [3, 1, 3, 4], [3, 1, 3, 0]]
    assert await of_first(a=ArrayPrepend("tags", "z"), b=ArrayPrepend("numbers", 4)) == [
        ["z", "x", "y"],
        [4, 3, 1, 3],
    ]
    assert await of_first(a=ArrayRemove("tags", "x"), b=ArrayRemove("numbers", 3)) == [["y"], [1]]
    assert await of_first(a=ArrayReplace("tags", "x", "q"), b=ArrayReplace("numbers", 3, 7)) == [
        ["q", "y"],
        [7, 1, 7],
    ]
    assert await of_first(a=ArrayConcat("tags", ["q", "r"]), b=ArrayConcat("numbers", F("numbers"))) == [
        ["x", "y", "q", "r"],
        [3, 1, 3, 3, 1, 3],
    ]
    assert await of_first(
        a=ArrayPosition("tags", "y"), b=ArrayPosition("numbers", 9), c=ArrayLength("tags"), d=ArrayToString("tags", "|")
    ) == [2, None, 2, "x|y"]
    rows = await Tagged.annotate(tag=Unnest("tags")).order_by("id").values_list("name", "tag")
    assert sorted(rows) == [("a", "x"), ("a", "y"), ("b", "y")]


@pytest.mark.feature(96, 157, only="postgres")
async def test_they_are_stored(things: list[Any]) -> None:
    changed = Tagged.filter(name="a").update(tags=ArrayAppend("tags", "new"), numbers=ArrayRemove("numbers", 3))
    assert await changed == 1
    found = await Tagged.get(name="a")
    assert (found.tags, found.numbers) == (["x", "y", "new"], [1])
    made: Any = await Tagged.create(name="c", tags=ArrayAppend(Value(["k"]), "l"))
    assert made.tags == ["k", "l"]


@pytest.mark.feature(96, 188, only="postgres")
async def test_values_of_many_rows_as_a_list(things: list[Any]) -> None:
    (row,) = await Tagged.all().values(names=ArrayAgg("name"), shelves=ArrayAgg("shelf_id", distinct=True))
    assert (sorted(row["names"]), len(row["shelves"])) == (["a", "b"], 1)
    shelves = Shelf.annotate(names=ArrayAgg("things__name"), some=ArrayAgg("things__name", _filter=Q(things__name="b")))
    assert [
        (shelf.name, shelf.names and sorted(shelf.names), shelf.some) for shelf in await shelves.order_by("id")
    ] == [
        ("full", ["a", "b"], ["b"]),
        ("empty", None, None),
    ]
    assert await shelves.filter(names__contains=["a"]).count() == 1
    grouped = Tagged.annotate(names=ArrayAgg("name")).group_by("shelf__name").values_list("shelf__name", "names")
    assert [(name, sorted(names)) for name, names in await grouped] == [("full", ["a", "b"])]


@pytest.mark.feature(96, 176, only="postgres")
@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ({"tags__contains": ["x"]}, "a"),
        ({"tags__contains": []}, "ab"),
        ({"tags__contained_by": ["y", "k"]}, "b"),
        ({"tags__overlap": ["x", "k"]}, "a"),
        ({"tags__len": 1}, "b"),
        ({"numbers__len": 3}, "a"),
        ({"numbers__contains": [1, 3]}, "a"),
        ({"tags": ["y"]}, "b"),
        ({"tags__not": ["y"]}, "a"),
        ({"numbers__isnull": True}, "b"),
    ],
)
async def test_lookups(things: list[Any], keywords: dict[str, Any], found: str) -> None:
    assert "".join(await Tagged.filter(**keywords).order_by("name").values_list("name", flat=True)) == found


@pytest.mark.feature(96, 185, only="postgres")
async def test_in_conditions(things: list[Any]) -> None:
    assert await Tagged.annotate(n=ArrayLength("tags")).filter(n__gt=1).count() == 1
    numbers = Subquery(Tagged.filter(name="a").annotate(n=Unnest("numbers")).values("n"))
    assert await Shelf.annotate(one=Value(1)).filter(one__in=numbers).count() == 2
    assert await Shelf.annotate(one=Value(2)).filter(one__in=numbers).count() == 0


@pytest.mark.feature(96)
@pytest.mark.parametrize("function", [ArrayAgg("name"), ArrayAppend("name", "x"), ArrayLength("name"), Unnest("name")])
async def test_other_databases_have_none(db_url: str, function: Any) -> None:
    if db_url.startswith("postgres"):
        return
    await ORM.init(db_url=db_url, modules={"models": ["models.heroes"]})
    try:
        with pytest.raises(UnSupportedError, match="exists on postgres only, not on"):
            await Hero.annotate(x=function).values("x")
    finally:
        await ORM.close_connections()
