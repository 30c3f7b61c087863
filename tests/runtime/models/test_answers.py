"""Answers other than objects: aggregates, plans, membership; and how questions are spelled and limited."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Hero, Log, Mission, Mood, Report, Team
from ormgen import F, Q, connections, in_transaction
from ormgen.exceptions import FieldError, ParamsError, UnSupportedError
from ormgen.functions import Avg, Count, Max, Min, Sum

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_aggregate(world: World) -> None:
    assert await Hero.aggregate(total=Sum("power"), mean=Avg("power"), n=Count("id")) == {
        "total": 10,
        "mean": 2.5,
        "n": 4,
    }
    assert await Hero.filter(power__gt=1).aggregate(low=Min("power"), high=Max("price")) == {
        "low": 2,
        "high": Decimal("10.00"),
    }
    assert await Hero.filter(name="nobody").aggregate(n=Count("id"), total=Sum("power")) == {"n": 0, "total": None}
    assert await Hero.aggregate(teams=Count("team_id", distinct=True)) == {"teams": 2}
    assert await Hero.aggregate(strong=Count("id", _filter=Q(power__gte=3))) == {"strong": 2}
    assert await Hero.aggregate(sizes=Sum("team__size")) == {"sizes": 5}
    assert await Hero.filter(active=True).aggregate(double=Sum("power") * 2 + Count("id")) == {"double": 19}


async def test_aggregates_of_several_relations_are_not_multiplied(world: World) -> None:
    expected = {"heroes": 4, "power": 10, "crews": 4, "stars": 9}
    assert (
        await Hero.aggregate(
            heroes=Count("id"), power=Sum("power"), crews=Count("missions"), stars=Sum("reports__stars")
        )
        == expected
    )
    assert await Mission.aggregate(crew=Sum("crew__power"), reward=Sum("reward")) == {
        "crew": 7,
        "reward": Decimal("100.50"),
    }


async def test_aggregate_counts_a_row_once(world: World) -> None:
    busy = Hero.filter(missions__title__in=["rescue", "parade"])
    assert await busy.aggregate(n=Count("id"), power=Sum("power")) == {"n": 3, "power": 6}
    starred = Hero.filter(reports__stars__gte=3)
    assert await starred.aggregate(n=Count("id"), stars=Sum("reports__stars"), missions=Count("missions")) == {
        "n": 2,
        "stars": 8,
        "missions": 3,
    }


async def test_aggregate_of_some_rows(world: World) -> None:
    first = Hero.all().order_by("power").limit(2)
    assert await first.aggregate(n=Count("id"), power=Sum("power"), missions=Count("missions")) == {
        "n": 2,
        "power": 3,
        "missions": 3,
    }
    assert await Hero.all().order_by("-power").offset(1).limit(2).aggregate(power=Sum("power")) == {"power": 5}
    assert await world.rescue.crew.all().aggregate(n=Count("id"), power=Sum("power")) == {"n": 3, "power": 6}
    assert await world.alpha.heroes.all().aggregate(n=Count("missions")) == {"n": 3}
    assert await Hero.all().none().aggregate(n=Count("id")) == {"n": 0}


async def test_aggregate_of_annotations(world: World) -> None:
    teams = Team.annotate(heroes_=Count("heroes"), double=F("size") * 2)
    assert await teams.aggregate(most=Max("heroes_"), sizes=Sum("double"), heroes=Sum("heroes_")) == {
        "most": 2,
        "sizes": 6,
        "heroes": 3,
    }
    async with in_transaction() as connection:
        await Hero.filter(name="dan").delete()
        assert await Hero.aggregate(n=Count("id")).using_db(connection) == {"n": 3}


async def test_what_is_no_aggregate(world: World) -> None:
    with pytest.raises(FieldError, match=r"aggregate\(x=…\) takes an aggregate"):
        await Hero.aggregate(x=F("power"))
    wrong: list[dict[str, Any]] = [{}, {"x": 3}, {"x": "power"}]
    for aggregates in wrong:
        with pytest.raises(ParamsError, match="aggregate"):
            await Hero.aggregate(**aggregates)
    with pytest.raises(ParamsError, match="group_by"):
        Hero.annotate(n=Count("id")).group_by("team_id").aggregate(m=Max("n"))
    with pytest.raises(FieldError, match='did you mean "power"'):
        await Hero.aggregate(x=Sum("powr"))


@pytest.mark.feature(155)
async def test_contains(world: World) -> None:
    strong = Hero.filter(power__gte=3)
    assert await strong.contains(world.cid) is True
    assert await strong.contains(world.ann) is False
    assert await strong.order_by("-power").limit(1).contains(world.cid) is False
    assert await strong.order_by("-power").limit(1).contains(world.dan) is True
    for wrong in (world.alpha, 3, Hero(name="new")):
        with pytest.raises(ParamsError, match="contains"):
            await strong.contains(wrong)


async def test_none(world: World) -> None:
    nothing = Hero.all().none()
    assert await nothing == await nothing.order_by("name").values("id") == await nothing.filter(name="ann") == []
    assert await nothing.count() == await nothing.update(power=9) == await nothing.delete() == 0
    assert await nothing.exists() is False
    assert await nothing.first() is None
    assert [hero async for hero in nothing] == []
    assert await Hero.all().count() == 4


@pytest.mark.feature(161)
async def test_explain(orm: str) -> None:
    await build()
    question = Hero.filter(name="ann", team__name="alpha")
    plan = await question.explain()
    assert len(plan) > 0
    assert "hero" in str(plan)
    assert "hero" in str(await question.values("id").explain())
    assert await Hero.get(name="ann").explain()
    wrong: list[dict[str, Any]] = [{"output_fmt": "morse"}, {"aalyze": True}, {"analyze; drop table x": True}]
    if orm == "sqlite":
        wrong += [{"output_fmt": "json"}, {"analyze": True}]
    else:
        assert "hero" in str(await question.explain(output_fmt="json"))
        assert "actual" in str(await question.explain(analyze=True)).lower() or orm == "mysql"
        ran = str(await question.explain("json", analyze=True)).lower()
        assert "r_total" in ran or "actual" in ran  # MariaDB's word, and that of the others
    if orm == "postgres":
        assert "Buffers" not in str(await question.explain(analyze=True, buffers=False))
        assert "<explain" in str(await question.explain("xml", verbose=True, costs=False))
    for options in wrong:
        with pytest.raises(UnSupportedError, match="does not support"):
            await question.explain(**options)


@pytest.mark.feature(163)
async def test_index_hints(orm: str) -> None:
    index = "PRIMARY"
    hinted = Hero.filter(pk=1).only("id").force_index(index)
    written: list[Any] = [hinted, hinted.values("id"), hinted.values_list("id"), hinted.count(), hinted.exists()]
    for each in written:
        assert ("FORCE INDEX (`PRIMARY`)" in each.sql()) is (orm == "mysql")
    assert ("USE INDEX (`PRIMARY`)" in Hero.filter(pk=1).use_index(index).sql()) is (orm == "mysql")
    assert "INDEX" not in Hero.filter(pk=1).only("id").sql()
    hero = await Hero.create(name="x")
    assert await Hero.filter(team=None).use_index(index) == await Hero.all().force_index(index) == [hero]
    assert "`a``b`" in Hero.all().use_index("a`b").sql(dialect="mysql")
    with pytest.raises(ParamsError, match="use_index"):
        Hero.all().use_index()


@pytest.mark.feature(162)
async def test_locks_name_tables_of_the_question(orm: str) -> None:
    question = Hero.filter(team__name="x")
    assert question.select_for_update(of=("hero",)).sql(dialect="postgres").endswith(' FOR UPDATE OF "hero"')
    assert question.select_for_update(of=("self", "hero")).sql(dialect="postgres").endswith(' FOR UPDATE OF "hero"')
    assert question.select_for_update(of=("team",)).sql(dialect="postgres").endswith(' FOR UPDATE OF "team"')
    assert Hero.all().select_for_update(no_key=True).sql(dialect="postgres").endswith(" FOR NO KEY UPDATE")
    assert Hero.all().select_for_update(no_key=True).sql(dialect="mysql").endswith(" FOR UPDATE")
    assert Hero.all().select_for_update(skip_locked=True).sql(dialect="mysql").endswith(" FOR UPDATE SKIP LOCKED")
    assert "FOR" not in Hero.all().select_for_update(nowait=True).sql(dialect="sqlite")
    async with in_transaction():
        with pytest.raises(FieldError, match='"tem" is no table here; did you mean "team"'):
            await question.select_for_update(of=("tem",))
        assert await question.select_for_update(nowait=True, of=("hero",), no_key=True) == []
        assert await Hero.all().select_for_update(skip_locked=True).select_related("team") == []


ODD = ["it's", "a\\b", 'x"y', "%s ? $1", "é", "\n", "--", "';", "\\'"]


@pytest.mark.feature(160)
async def test_sql_with_values_is_the_same_question(orm: str) -> None:
    connection = connections.get("default")
    for text in ODD:
        await Hero.create(name=text, power=-3, nick=None, price=Decimal("2.50"))
        question = Hero.filter(name=text, power=-3, nick=None, price=Decimal("2.50"), active=True, mood=Mood.GOOD)
        question = question.filter(created__lt=datetime(2999, 1, 1, tzinfo=UTC), id__in=range(1, 10_000)).only("name")
        sql = question.sql(params_inline=True)
        assert [row["name"] for row in await connection.execute_query_dict(sql)] == [text]
    await Log.create(line="%s ?")
    logged = Log.filter(line="%s ?").values("line").sql(params_inline=True)
    assert len(await connection.execute_query_dict(logged)) == 1


@pytest.mark.feature(160)
async def test_sql_of_every_kind_of_question(orm: str) -> None:
    heroes = Hero.filter(name="a'b")
    asked: list[Any] = [
        *(heroes, heroes.values("id"), heroes.values_list("id", flat=True), heroes.count(), heroes.exists()),
        *(heroes.update(power=F("power") + 1), heroes.delete(), heroes.first(), heroes.last(), heroes.get()),
        *(heroes.get_or_none(power=1), heroes.aggregate(n=Count("id")), heroes.latest("id"), heroes.limit(2).delete()),
        *(Hero.get(name="a'b"), heroes.contains(Hero(id=3, name="x")), heroes.none(), heroes[2:4]),
    ]
    for question in asked:
        assert "a'b" not in question.sql()
        assert "'a''b'" in question.sql(params_inline=True)
        assert "hero" in question.sql(dialect="postgres")
        assert "`hero`" in question.sql(dialect="mysql", params_inline=True)
    with pytest.raises(ParamsError, match='did you mean "postgres"'):
        heroes.sql(dialect="postgre")


@pytest.mark.feature(150)
async def test_no_two_values_have_one_name(orm: str) -> None:
    with pytest.raises(FieldError, match="Duplicate key name"):
        Hero.all().values("name", name="id")


@pytest.mark.feature(142, 166)
async def test_errors_say_what_is_unknown(orm: str) -> None:
    with pytest.raises(FieldError, match=r"Unknown filter param 'nam'.*did you mean"):
        await Hero.filter(nam="x")
    with pytest.raises(FieldError, match="Unknown filter param 'name__contain'"):
        await Hero.filter(name__contain="x")
    asked: list[Any] = [
        lambda: Hero.all().order_by("-nam"),
        lambda: Hero.all().values("nam"),
        lambda: Hero.all().values_list("nam"),
        lambda: Hero.all().only("nam"),
        lambda: Hero.latest("nam"),
    ]
    for ask in asked:
        with pytest.raises(FieldError, match='Unknown field "nam" for model "Hero"; did you mean "name"'):
            await ask()
    for relation in ("minions", "missions", "reports", "badge"):
        with pytest.raises(FieldError, match="Filtering by relation is not possible"):
            await Hero.all().order_by(relation)


@pytest.mark.feature(157, 158)
async def test_limits_of_changes_are_kept(world: World) -> None:
    assert await Hero.all().order_by("-power").limit(2).update(nick="top") == 2
    assert await names(Hero.filter(nick="top")) == ["cid", "dan"]
    assert await Hero.all().order_by("power").offset(3).update(nick="last") == 1
    assert await names(Hero.filter(nick="last")) == ["dan"]
    assert await Report.filter(author__name="ann").order_by("-stars").limit(1).delete() == 1
    assert await Report.all().order_by("stars").values_list("stars", flat=True) == [1, 3]
    assert await Hero.filter(missions__title="rescue").order_by("-power").limit(1).update(nick="c") == 1
    assert await names(Hero.filter(nick="c")) == ["cid"]
