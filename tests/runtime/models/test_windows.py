"""Window functions: over all rows, over parts of them, with frames, in filters."""

from decimal import Decimal
from typing import Any, cast

import pytest

from models.heroes import Hero, Team
from ormgen import F, Q
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import RowRange, ValueRange, Window
from ormgen.functions import (
    Avg,
    Count,
    CumeDist,
    DenseRank,
    FirstValue,
    Lag,
    LastValue,
    Lead,
    Lower,
    Max,
    NthValue,
    NTile,
    PercentRank,
    Rank,
    RowNumber,
    Sum,
)

from .world import names


@pytest.fixture
async def squad(orm: str) -> None:
    """Two teams of three; in the first, two of equal power."""
    first, second = await Team.create(name="a"), await Team.create(name="b")
    powers = [(first, "ann", 5), (first, "bob", 5), (first, "cid", 1), (second, "dan", 2), (second, "eve", 9)]
    for team, name, power in powers:
        await Hero.create(name=name, team=team, power=power, price=Decimal(power) / 10)


@pytest.mark.usefixtures("squad")
async def test_ranks() -> None:
    heroes = Hero.annotate(
        row=Window(RowNumber(), order_by=["-power", "name"]),
        place=Window(Rank(), partition_by="team", order_by="-power"),
        dense=Window(DenseRank(), partition_by=[F("team_id")], order_by=F("power").desc()),
        share=Window(PercentRank(), order_by="power"),
        cume=Window(CumeDist(), order_by="power"),
        half=Window(NTile(2), order_by=["power", "name"]),
    )
    rows = await heroes.order_by("name").values_list("name", "row", "place", "dense", "share", "cume", "half")
    assert rows == [
        ("ann", 2, 1, 1, 0.5, 0.8, 1),
        ("bob", 3, 1, 1, 0.5, 0.8, 2),
        ("cid", 5, 3, 2, 0.0, 0.2, 1),
        ("dan", 4, 2, 2, 0.25, 0.4, 1),
        ("eve", 1, 1, 1, 1.0, 1.0, 2),
    ]
    assert [(hero.name, hero.row) for hero in await heroes.order_by("row").limit(2)] == [("eve", 1), ("ann", 2)]


@pytest.mark.usefixtures("squad")
async def test_neighbours() -> None:
    by_name: dict[str, Any] = {"partition_by": "team", "order_by": "name"}
    whole = RowRange(None, None)
    rows = Hero.annotate(
        before=Window(Lag("name"), **by_name),
        after=Window(Lead("power", 2, 0), **by_name),
        first=Window(FirstValue("price"), **by_name),
        last=Window(LastValue(Lower("name")), **by_name, frame=whole),
        second=Window(NthValue("name", 2), **by_name, frame=whole),
    )
    assert await rows.order_by("name").values_list("before", "after", "first", "last", "second") == [
        (None, 1, Decimal("0.50"), "cid", "bob"),
        ("ann", 0, Decimal("0.50"), "cid", "bob"),
        ("bob", 0, Decimal("0.50"), "cid", "bob"),
        (None, 0, Decimal("0.20"), "eve", "eve"),
        ("dan", 0, Decimal("0.20"), "eve", "eve"),
    ]


@pytest.mark.usefixtures("squad")
async def test_aggregates_over_windows() -> None:
    rows = Hero.annotate(
        total=Window(Sum("power")),
        running=Window(Sum("price"), order_by="name", frame=RowRange(None, 0)),
        near=Window(Count("id"), order_by="name", frame=RowRange(-1, 1)),
        mean=Window(Avg("power"), partition_by="team"),
        peers=Window(Count("*"), order_by="power", frame=ValueRange(None, 0)),
        strong=Window(Count("id", _filter=Q(power__gt=4)), partition_by="team"),
        over=F("power") * 100 / Window(Sum("power"), partition_by="team"),
    )
    found = await rows.order_by("name").values_list("total", "running", "near", "mean", "peers", "strong")
    assert found == [
        (22, Decimal("0.50"), 2, pytest.approx(11 / 3), 4, 2),
        (22, Decimal("1.00"), 3, pytest.approx(11 / 3), 4, 2),
        (22, Decimal("1.10"), 3, pytest.approx(11 / 3), 1, 2),
        (22, Decimal("1.30"), 3, 5.5, 2, 1),
        (22, Decimal("2.20"), 2, 5.5, 5, 1),
    ]
    assert int((await rows.filter(name="dan").values_list("over", flat=True))[0]) == 100  # filtered before
    assert await rows.order_by("-running").values_list("name", flat=True) == ["eve", "dan", "cid", "bob", "ann"]


@pytest.mark.usefixtures("squad")
async def test_conditions_on_windows() -> None:
    ranked = Hero.annotate(place=Window(RowNumber(), partition_by="team", order_by=["-power", "name"]))
    best = ranked.filter(place=1)
    assert [(hero.name, hero.place) for hero in await best] == [("ann", 1), ("eve", 1)]
    assert await ranked.filter(place__gt=1).order_by("place", "name").values_list("name", "place") == [
        *(("bob", 2), ("dan", 2), ("cid", 3))
    ]
    assert await ranked.filter(place=1, power__lt=9).order_by("name").values_list("name", "place") == [
        *(("ann", 1), ("dan", 1))
    ]
    assert await ranked.filter(Q(place=3) | Q(name="eve")).values_list("name", flat=True) == ["cid", "eve"]
    assert (await best.count(), await best.exists(), await ranked.filter(place=4).exists()) == (2, True, False)
    assert await names(best.limit(1).offset(1)) == ["eve"]
    assert await names(best.select_related("team")) == ["ann", "eve"]
    assert await names(Team.filter(heroes__in=ranked.filter(place=3))) == ["a"]
    assert await names(ranked.filter(place=F("power") - 3)) == ["bob"]
    assert await names(ranked.filter(team__name="b", place=2)) == ["dan"]
    assert await ranked.filter(place__gte=3).delete() == 1
    assert await ranked.filter(place=1).update(power=100) == 2
    assert await Hero.filter(power=100).count() == 2


@pytest.mark.usefixtures("squad")
async def test_what_windows_refuse() -> None:
    with pytest.raises(FieldError, match=r"write Window\(Rank"):
        await Hero.annotate(x=Rank())
    with pytest.raises(FieldError, match='did you mean "power"'):
        await Hero.annotate(x=Window(Max("powr")))
    with pytest.raises(ParamsError, match="window function or an aggregate"):
        Window(cast("Any", "power"))
    with pytest.raises(ParamsError, match="cannot begin at 2 and end at 1"):
        RowRange(2, 1)
    with pytest.raises(ParamsError, match="whole numbers or None"):
        RowRange(cast("Any", "1; DROP TABLE hero"))
    with pytest.raises(ParamsError, match="RowRange or a ValueRange"):
        Window(Rank(), frame=cast("Any", "ROWS 1"))
    with pytest.raises(ParamsError, match="at least 1"):
        NTile(0)
    with pytest.raises(ParamsError, match="at least 0"):
        Lag("power", -1)
