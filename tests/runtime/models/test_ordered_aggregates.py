"""Aggregates that keep the order of their rows."""

import sqlite3
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import F, Q
from ormgen.contrib.postgres.functions import ArrayAgg
from ormgen.exceptions import FieldError, UnSupportedError
from ormgen.expressions import Window
from ormgen.functions import Function, GroupConcat, StringAgg

from .world import World, build


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


def _cannot(orm: str) -> bool:
    return orm.startswith("sqlite") and sqlite3.sqlite_version_info < (3, 44)


@pytest.mark.feature(188)
async def test_texts_in_order(world: World, orm: str) -> None:
    powers = dict(await Hero.all().values_list("name", "power"))
    names = sorted(powers)
    by_power = sorted(names, key=lambda name: (-powers[name], name))
    asked = Hero.all().values(
        down=StringAgg("name", delimiter=", ", order_by="-name"),
        both=GroupConcat("name", "|", order_by=["-power", F("name")]),
        some=StringAgg("name", order_by="name", _filter=Q(name__not=names[0])),
        once=StringAgg("name", "/", distinct=True, order_by="-name"),
    )
    if _cannot(orm):
        with pytest.raises(UnSupportedError, match=r"does not order aggregates, 3\.44 does"):
            await asked
        return
    (row,) = await asked
    assert row == {
        "down": ", ".join(reversed(names)),
        "both": "|".join(by_power),
        "some": ",".join(names[1:]),
        "once": "/".join(reversed(names)),
    }
    teams = Team.annotate(names=StringAgg("heroes__name", "+", order_by="-heroes__name")).order_by("id")
    for key, told in await teams.values_list("id", "names"):
        mine = sorted(await Hero.filter(team_id=key).values_list("name", flat=True), reverse=True)
        assert told == ("+".join(mine) or None)
    grouped = Hero.annotate(names=StringAgg("name", order_by=F("name").desc())).group_by("team_id")
    for key, told in await grouped.values_list("team_id", "names"):
        mine = sorted(await Hero.filter(team_id=key).values_list("name", flat=True), reverse=True)
        assert told == ",".join(mine)


@pytest.mark.feature(188)
async def test_arrays_in_order(world: World, orm: str) -> None:
    asked = Hero.all().values(
        down=ArrayAgg("name", order_by="-name"), once=ArrayAgg("team_id", distinct=True, order_by="-team_id")
    )
    if not orm.startswith("postgres"):
        with pytest.raises(UnSupportedError, match="ArrayAgg exists on postgres only"):
            await asked
        return
    (row,) = await asked
    assert row["down"] == sorted(await Hero.all().values_list("name", flat=True), reverse=True)
    keys = {key for key in await Hero.all().values_list("team_id", flat=True) if key is not None}
    assert row["once"] == sorted(keys, reverse=True)


class Cut(Function[Any]):
    """A user's own function of whole numbers."""

    name = "SUBSTR"


@pytest.mark.feature(187)
async def test_functions_of_ones_own_take_whole_numbers(world: World) -> None:
    assert await Hero.filter(name="ann").annotate(cut=Cut("name", 1, 2)).values_list("cut", flat=True) == ["an"]
    assert await Hero.filter(name="ann").annotate(cut=Cut("name", 2, 1)).filter(cut="n").count() == 1


async def test_orders_that_cannot_be(world: World) -> None:
    with pytest.raises(FieldError, match="can be ordered by its own values only"):
        await Hero.all().values(x=StringAgg("name", distinct=True, order_by="power"))
    with pytest.raises(UnSupportedError, match="cannot look through a window"):
        await Hero.annotate(x=Window(StringAgg("name", order_by="name"), order_by="id")).values("x")
    with pytest.raises(FieldError, match='did you mean "name"'):
        await Hero.all().values(x=StringAgg("name", order_by="nam"))
    assert "StringAgg" in repr(StringAgg("name", order_by="name"))
