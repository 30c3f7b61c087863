"""Aggregates of groups over several relations to many: they do not multiply each other."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Hero, Mission, Report, Team
from ormgen import F, Q
from ormgen.exceptions import ParamsError
from ormgen.functions import Avg, Count, Max, Min, StringAgg, Sum


async def fill(dice: random.Random) -> None:
    """Random heroes with minions, missions and reports; few enough values that groups have several rows."""
    teams = [await Team.create(name=f"t{at}", city=dice.choice(["Oslo", "Rome", None])) for at in range(4)]
    missions = [await Mission.create(title=f"m{at}", reward=Decimal(dice.randrange(9))) for at in range(4)]
    heroes: list[Hero] = []
    for at in range(12):
        boss = dice.choice([None, *heroes])
        hero = await Hero.create(
            name=f"h{at}",
            nick=dice.choice([None, "a", "b"]),
            power=dice.randrange(5),
            price=Decimal(dice.randrange(400)) / 4,
            active=dice.random() < 0.5,
            team=dice.choice([None, *teams]),
            boss=boss,
        )
        await hero.missions.add(*dice.sample(missions, dice.randrange(4)))
        heroes.append(hero)
    for at in range(14):
        await Report.create(
            text=f"r{at}", stars=dice.randrange(6), mission=dice.choice(missions), author=dice.choice(heroes)
        )


async def everyone() -> list[Any]:
    found: list[Any] = await Hero.all().prefetch_related("minions", "missions", "reports", "team", "missions__reports")
    return found


Rows = Iterable[Any]
WANTED: dict[str, tuple[Callable[[], Any], Callable[[list[Any]], Any]]] = {
    "x_heroes": (lambda: Count("id"), len),
    "x_money": (lambda: Sum("price"), lambda heroes: sum(hero.price for hero in heroes)),
    "x_minions": (lambda: Count("minions"), lambda heroes: sum(len(hero.minions) for hero in heroes)),
    "x_missions": (lambda: Count("missions"), lambda heroes: sum(len(hero.missions) for hero in heroes)),
    "x_distinct": (
        lambda: Count("missions", distinct=True),
        lambda heroes: len({mission.id for hero in heroes for mission in hero.missions}),
    ),
    "x_stars": (lambda: Sum("reports__stars"), lambda heroes: none_if(sum, stars(heroes))),
    "x_mean": (lambda: Avg("reports__stars"), lambda heroes: none_if(lambda all: sum(all) / len(all), stars(heroes))),
    "x_weakest": (
        lambda: Min("minions__power"),
        lambda heroes: none_if(min, [minion.power for hero in heroes for minion in hero.minions]),
    ),
    "x_richest": (
        lambda: Max("missions__reward"),
        lambda heroes: none_if(max, [mission.reward for hero in heroes for mission in hero.missions]),
    ),
    "x_good": (
        lambda: Count("reports", _filter=Q(reports__stars__gte=3)),
        lambda heroes: len([star for star in stars(heroes) if star >= 3]),
    ),
    "x_deep": (
        lambda: Count("missions__reports"),
        lambda heroes: sum(len(mission.reports) for hero in heroes for mission in hero.missions),
    ),
    "x_both": (
        lambda: Sum("reports__stars") + Count("minions"),
        lambda heroes: None if not stars(heroes) else sum(stars(heroes)) + sum(len(hero.minions) for hero in heroes),
    ),
    "x_nicks": (
        lambda: Count("minions__nick", distinct=True),
        lambda heroes: len({minion.nick for hero in heroes for minion in hero.minions if minion.nick is not None}),
    ),
}
KEYS: dict[str, Callable[[Any], Any]] = {
    "active": lambda hero: hero.active,
    "nick": lambda hero: hero.nick,
    "team__city": lambda hero: hero.team and hero.team.city,
    "power": lambda hero: hero.power,
}


def stars(heroes: list[Any]) -> list[int]:
    return [report.stars for hero in heroes for report in hero.reports]


def none_if(compute: Callable[[Any], Any], values: list[Any]) -> Any:
    return compute(values) if values else None


def rounded(value: Any) -> Any:
    return round(float(value), 9) if isinstance(value, float | Decimal) else value


@pytest.mark.feature(149, 188)
@pytest.mark.parametrize("seed", range(4))
async def test_as_python_counts(orm: str, seed: int) -> None:
    dice = random.Random(seed)
    await fill(dice)
    loaded = await everyone()
    for _ in range(6):
        keys = dice.sample(sorted(KEYS), dice.choice([1, 1, 2]))
        chosen = dice.sample(sorted(WANTED), dice.randrange(1, 6))
        weakest = dice.randrange(3)
        heroes = [hero for hero in loaded if hero.power >= weakest]
        groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for hero in heroes:
            groups[tuple([KEYS[key](hero) for key in keys])].append(hero)
        expected = {
            key: tuple([rounded(WANTED[name][1](members)) for name in chosen]) for key, members in groups.items()
        }
        asked = Hero.filter(power__gte=weakest)
        computed = {name: WANTED[name][0]() for name in chosen}
        aliases = {f"key{at}": key for at, key in enumerate(keys)}
        forms = [
            asked.annotate(**computed).group_by(*keys).values(*chosen, **aliases),
            asked.values(**aliases).annotate(**computed),
        ]
        for form in forms:
            rows: Any = await form
            found = {
                tuple([row[alias] for alias in aliases]): tuple([rounded(row[name]) for name in chosen]) for row in rows
            }
            assert len(rows) == len(found)
            assert found == expected, (keys, chosen)


@pytest.mark.feature(149, 178)
async def test_conditions_and_orders_on_them(orm: str) -> None:
    await fill(random.Random(7))
    loaded = await everyone()
    sizes: dict[bool, list[int]] = {
        active: [
            sum(len(hero.minions) for hero in loaded if hero.active is active),
            sum(len(hero.missions) for hero in loaded if hero.active is active),
        ]
        for active in {hero.active for hero in loaded}
    }
    asked = Hero.annotate(n=Count("minions"), m=Count("missions")).group_by("active")
    assert sorted(await asked.values_list("active", "n", "m")) == sorted((key, *pair) for key, pair in sizes.items())
    least = min(pair[0] for pair in sizes.values())
    kept = sorted((key, pair[1]) for key, pair in sizes.items() if pair[0] > least)
    assert sorted(await asked.filter(n__gt=least).values_list("active", "m")) == kept
    assert await asked.filter(n__gt=least).count() == len(kept)
    ordered = await asked.order_by("-m", "active").values_list("m", flat=True)
    assert list(ordered) == sorted([pair[1] for pair in sizes.values()], reverse=True)
    with_own = (
        await Hero.filter(reports__stars__gte=3)
        .annotate(r=Count("reports"), m=Count("minions"))
        .group_by("active")
        .values("active", "r", "m")
    )
    for row in with_own:
        members = [hero for hero in loaded if hero.active == row["active"]]
        rated = [hero for hero in members if any(report.stars >= 3 for report in hero.reports)]
        assert row["r"] == len([star for star in stars(members) if star >= 3])
        assert row["m"] == sum(len(hero.minions) for hero in rated)


@pytest.mark.feature(149)
async def test_aggregates_of_what_each_row_has(orm: str) -> None:
    await fill(random.Random(3))
    loaded = await everyone()
    rows = await Hero.annotate(own=Count("minions")).values("active").annotate(most=Max("own"), all=Sum("own"))
    for row in rows:
        sizes = [len(hero.minions) for hero in loaded if hero.active == row["active"]]
        assert (row["most"], row["all"]) == (max(sizes), sum(sizes))


@pytest.mark.feature(149, 150)
async def test_values_then_annotate(orm: str) -> None:
    await fill(random.Random(5))
    rows = await Team.all().values("city").annotate(n=Count("heroes"), texts=StringAgg("heroes__name"))
    assert sum(row["n"] for row in rows) == await Hero.filter(team__not_isnull=True).count()
    assert len(rows) == len({team.city for team in await Team.all()})
    plain = await Team.all().values("name").annotate(twice=F("size") * 2)
    assert len(plain) == 4
    listed = await Team.all().values_list("city").annotate(n=Count("id")).order_by("-n", "city").limit(1)
    assert len(listed[0]) == 2
    filtered = await Team.all().values("city").annotate(n=Count("id")).filter(n__gt=1).order_by("city")
    assert all(row["n"] > 1 for row in filtered)
    with pytest.raises(ParamsError, match="annotate before it"):
        Team.all().values_list("city", flat=True).annotate(n=Count("id"))
