"""Random orders, aggregates, groups, joins and texts: what databases answer is what Python works out."""

import random
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.heroes import Hero, Mission, Team
from ormgen import F, Q
from ormgen.expressions import Case, When
from ormgen.functions import Avg, Count, Max, Min, Sum

Truth = bool | None
SEEDS = range(3)
NICKS: list[str | None] = [None, "", "a", "A", "b", "é", "É", "z", "%", "_"]


async def world(dice: random.Random) -> tuple[list[Team], list[Hero], list[Mission], set[tuple[int, int]]]:
    """Teams, their heroes, missions, and the pairs of mission and hero."""
    teams = await Team.bulk_create([Team(name=f"t{at}", city=dice.choice([None, "Oslo", "Rome"])) for at in range(5)])
    heroes = await Hero.bulk_create(
        [
            Hero(
                name=dice.choice("abcdé"),
                nick=dice.choice(NICKS),
                power=dice.randrange(-2, 4),
                price=Decimal(dice.randrange(-300, 1000)) / 100,
                team=dice.choice([None, *teams[:4]]),
            )
            for _ in range(40)
        ]
    )
    missions = await Mission.bulk_create([Mission(title=f"m{at}") for at in range(6)])
    pairs: set[tuple[int, int]] = set()
    for mission in missions:
        crew = dice.sample(heroes, dice.randrange(6))
        await mission.crew.add(*crew)
        pairs |= {(mission.id, hero.id) for hero in crew}
    return teams, heroes, missions, pairs


def by_bytes(value: Any) -> Any:
    """Text is compared by its characters' numbers on each database."""
    return value.encode("utf-32-be") if isinstance(value, str) else value


def ordered(rows: Iterable[Hero], orders: list[tuple[str, bool]], nulls_last: bool) -> list[Hero]:
    """Rows sorted by attributes, each with whether it descends; nulls are above all values where `nulls_last`."""
    found = list(rows)
    for name, descending in reversed(orders):
        found.sort(
            key=lambda hero: (
                ((getattr(hero, name) is None) is nulls_last, by_bytes(getattr(hero, name) or 0))
                if getattr(hero, name) is None
                else (not nulls_last, by_bytes(getattr(hero, name)))
            ),
            reverse=descending,
        )
    return found


@pytest.mark.feature(142, 145)
@pytest.mark.parametrize("seed", SEEDS)
async def test_orders(orm: str, seed: int) -> None:
    """Null is above all values on PostgreSQL and below them elsewhere; ties are broken by what is named next."""
    dice = random.Random(seed)
    _, heroes, _, _ = await world(dice)
    for _ in range(25):
        names = dice.sample(["nick", "power", "price", "name", "team_id"], dice.randrange(1, 4))
        orders = [(name, dice.random() < 0.5) for name in names] + [("id", dice.random() < 0.5)]
        texts = [f"{'-' if descending else ''}{name}" for name, descending in orders]
        expected = ordered(heroes, orders, orm == "postgres")
        question = Hero.all().order_by(*texts)
        assert await question == expected, texts
        assert await question.reverse() == expected[::-1], texts
        start, stop = sorted(dice.choices(range(45), k=2))
        assert await question[start:stop] == expected[start:stop]
        assert await question.first() == expected[0]
        assert await question.last() == expected[-1]
        assert await question.values_list("id", flat=True) == [hero.id for hero in expected]
        assert [hero async for hero in question.limit(7)] == expected[:7]


@pytest.mark.feature(142)
async def test_the_place_of_nulls_can_be_said(orm: str) -> None:
    _, heroes, _, _ = await world(random.Random(5))
    for descending in (False, True):
        for last in (False, True):
            order = (
                F("nick").desc(nulls_last=last, nulls_first=not last)
                if descending
                else F("nick").asc(nulls_last=last, nulls_first=not last)
            )
            expected = ordered(heroes, [("nick", descending), ("id", False)], last is not descending)
            assert await Hero.all().order_by(order, "id") == expected, (descending, last)


def numbers(values: Iterable[Any], distinct: bool) -> list[Any]:
    found = [value for value in values if value is not None]
    return sorted(set(found)) if distinct else found


AGGREGATES: dict[str, tuple[Any, Callable[[list[Any]], Any]]] = {
    "count": (Count, len),
    "sum": (Sum, lambda found: sum(found) if found else None),
    "avg": (Avg, lambda found: sum(found) / len(found) if found else None),
    "min": (Min, lambda found: min(found, default=None)),
    "max": (Max, lambda found: max(found, default=None)),
}


def same(value: Any, expected: Any) -> bool:
    if expected is None or value is None:
        return value is expected
    return abs(float(value) - float(expected)) < 1e-6


def aggregated(dice: random.Random, name: str) -> tuple[Any, Callable[[list[Hero]], Any]]:
    """An aggregate of the heroes of a team, and what it is of these."""
    function, work = AGGREGATES[name]
    column = dice.choice(["power", "price", "nick"] if name == "count" else ["power", "price"])
    least = dice.randrange(-2, 4) if dice.random() < 0.5 else None
    distinct = name in ("count", "sum") and dice.random() < 0.5

    def run(mine: list[Hero]) -> Any:
        kept = [hero for hero in mine if least is None or hero.power >= least]
        return work(numbers([getattr(hero, column) for hero in kept], distinct))

    options: dict[str, Any] = {"distinct": True} if distinct else {}
    if least is not None:
        options["_filter"] = Q(heroes__power__gte=least)
    return function(f"heroes__{column}", **options), run


@pytest.mark.feature(148, 188)
@pytest.mark.parametrize("seed", SEEDS)
async def test_aggregates_of_relations(orm: str, seed: int) -> None:
    dice = random.Random(seed)
    teams, heroes, missions, pairs = await world(dice)
    for _ in range(15):
        chosen = {name: aggregated(dice, name) for name in dice.sample(list(AGGREGATES), 3)}
        made = {name: aggregate for name, (aggregate, _) in chosen.items()}
        crews = Count("heroes__missions", distinct=True)
        for team in await Team.annotate(**made, crews=crews).order_by("id"):
            mine = [hero for hero in heroes if hero.team_id == team.id]
            for name, (aggregate, work) in chosen.items():
                assert same(getattr(team, name), work(mine)), (name, aggregate, team.name)
            assert team.crews == len({mission for mission, hero in pairs if hero in {each.id for each in mine}})
    total = await Mission.annotate(size=Count("crew")).order_by("id").values_list("size", flat=True)
    assert total == [sum(first == mission.id for first, _ in pairs) for mission in missions]
    assert len(teams) == 5


@pytest.mark.feature(149)
@pytest.mark.parametrize("seed", SEEDS)
async def test_groups(orm: str, seed: int) -> None:
    dice = random.Random(seed)
    teams, heroes, _, _ = await world(dice)
    names = {team.id: team.name for team in teams}
    keys: dict[str, Callable[[Hero], Any]] = {
        "name": lambda hero: hero.name,
        "nick": lambda hero: hero.nick,
        "power": lambda hero: hero.power,
        "team_id": lambda hero: hero.team_id,
        "team__name": lambda hero: names.get(hero.team_id or 0),
    }
    for _ in range(12):
        by = dice.sample(list(keys), dice.randrange(1, 3))
        bound, least = dice.randrange(-2, 3), dice.randrange(0, 4)
        groups: dict[tuple[Any, ...], list[Hero]] = {}
        for hero in heroes:
            if hero.power >= bound:
                groups.setdefault(tuple(keys[key](hero) for key in by), []).append(hero)
        rows = (
            await Hero.filter(power__gte=bound)
            .annotate(n=Count("id"), total=Sum("power"), best=Max("price"), kinds=Count("nick", distinct=True))
            .filter(n__gte=least)
            .group_by(*by)
            .values(*by, "n", "total", "best", "kinds")
        )
        found = {tuple(row[key] for key in by): (row["n"], row["total"], row["best"], row["kinds"]) for row in rows}
        assert len(found) == len(rows)
        assert found == {
            key: (
                len(mine),
                sum(hero.power for hero in mine),
                max(hero.price for hero in mine),
                len({hero.nick for hero in mine if hero.nick is not None}),
            )
            for key, mine in groups.items()
            if len(mine) >= least
        }


@pytest.mark.feature(146)
async def test_distinct_rows(orm: str) -> None:
    dice = random.Random(9)
    _, heroes, _, _ = await world(dice)
    for names in (["name"], ["nick"], ["power", "name"], ["nick", "power"]):
        rows = await Hero.all().order_by(*names).distinct().values_list(*names)
        assert len(rows) == len(set(rows))
        assert set(rows) == {tuple(getattr(hero, name) for name in names) for hero in heroes}
        assert await Hero.all().distinct().order_by(*names).values_list(*names) == rows


# -- trees of conditions over relations to many: a row for each match, as a join has them

LEAVES: list[tuple[Q, Callable[[Team, Hero | None, int | None], Truth]]] = [
    (Q(name="t1"), lambda team, hero, mission: team.name == "t1"),
    (Q(city="Oslo"), lambda team, hero, mission: None if team.city is None else team.city == "Oslo"),
    (Q(city__isnull=True), lambda team, hero, mission: team.city is None),
    (Q(city__not="Oslo"), lambda team, hero, mission: team.city != "Oslo"),
    (Q(heroes__power__gt=1), lambda team, hero, mission: None if hero is None else hero.power > 1),
    (Q(heroes__nick="a"), lambda team, hero, mission: None if hero is None or hero.nick is None else hero.nick == "a"),
    (Q(heroes__nick__in=["a", "b"]), lambda team, hero, mission: (
        None if hero is None or hero.nick is None else hero.nick in ("a", "b")
    )),
    (Q(heroes__isnull=True), lambda team, hero, mission: hero is None),
    (Q(heroes__missions__title="m1"), lambda team, hero, mission: None if mission is None else mission == 1),
    (Q(heroes__missions__isnull=True), lambda team, hero, mission: mission is None),
]  # fmt: skip


def grown(dice: random.Random, depth: int) -> tuple[Q, Callable[[Team, Hero | None, int | None], Truth]]:
    if depth == 0 or dice.random() < 0.25:
        return dice.choice(LEAVES)
    parts = [grown(dice, depth - 1) for _ in range(dice.randrange(1, 4))]
    word: Literal["AND", "OR"] = dice.choice((Q.AND, Q.OR))
    negated = dice.random() < 0.4

    def test(team: Team, hero: Hero | None, mission: int | None) -> Truth:
        told = [part(team, hero, mission) for _, part in parts]
        found: Truth
        if word == Q.OR:
            found = True if True in told else None if None in told else False
        else:
            found = False if False in told else None if None in told else True
        return found if not negated or found is None else not found

    tree = Q(*[part for part, _ in parts], join_type=word)
    return (~tree if negated else tree), test


def joins(tree: Q) -> str:
    text = repr(tree)
    return "missions" if "missions" in text else "heroes" if "heroes" in text else ""


@pytest.mark.feature(141, 165, 177, 180)
@pytest.mark.parametrize("seed", SEEDS)
async def test_trees_over_relations_and_their_three_parts(orm: str, seed: int) -> None:
    """A tree, its opposite and what is neither share out all rows."""
    dice = random.Random(seed)
    teams, heroes, missions, pairs = await world(dice)
    number = {mission.id: at for at, mission in enumerate(missions)}
    for _ in range(40):
        tree, test = grown(dice, 3)
        reach = joins(tree)
        rows: list[tuple[Team, Hero | None, int | None]] = []
        for team in teams:
            mine: list[Hero | None] = [hero for hero in heroes if hero.team_id == team.id] if reach else []
            for hero in mine or [None]:
                there = [number[first] for first, second in pairs if hero is not None and second == hero.id]
                rows += [(team, hero, at) for at in (there if reach == "missions" and there else [None])]
        told = [(row[0].id, test(*row)) for row in rows]
        yes = sorted(key for key, truth in told if truth is True)
        no = sorted(key for key, truth in told if truth is False)
        assert await Team.filter(tree).order_by("id").values_list("id", flat=True) == yes, tree
        assert await Team.filter(~tree).order_by("id").values_list("id", flat=True) == no, tree
        assert await Team.exclude(tree).order_by("id").values_list("id", flat=True) == no, tree
        assert await Team.filter(tree).distinct().order_by("id").values_list("id", flat=True) == sorted(set(yes)), tree
        assert await Team.filter(tree).count() == len(yes), tree
        assert await Team.filter(tree).exists() is bool(yes), tree
        parts = Team.annotate(part=Case(When(tree, then=1), When(~tree, then=0), default=None))
        found = await parts.order_by("id").values_list("id", "part")
        truths = {True: 1, False: 0, None: None}
        assert sorted(found, key=repr) == sorted(((key, truths[truth]) for key, truth in told), key=repr), tree


# -- texts

ALPHABET = st.sampled_from("aAbBéÉñÑжЖωΩ%_\\!'\"`*?[]^$. -0") | st.sampled_from(
    ["\U0001f600", "\U0001f468\u200d\U0001f469", "e\u0301", "E\u0301", "\u00e5", "a\u030a", "中", "\u202e", "\t", "\n"]
)
TEXTS = st.lists(ALPHABET, max_size=6).map("".join)
LOOKUPS: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda value, part: value == part,
    "not": lambda value, part: value != part,
    "contains": lambda value, part: part in value,
    "startswith": lambda value, part: value.startswith(part),
    "endswith": lambda value, part: value.endswith(part),
    "iexact": lambda value, part: value.lower() == part.lower(),
    "icontains": lambda value, part: part.lower() in value.lower(),
    "istartswith": lambda value, part: value.lower().startswith(part.lower()),
    "iendswith": lambda value, part: value.lower().endswith(part.lower()),
}


@pytest.mark.feature(171, 179)
async def test_texts(orm: str) -> None:
    """Letters that have one upper and one lower form are found in either; composed and combined ones are two texts."""
    kept: list[tuple[list[str], str]] = []

    @given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS)
    @settings(
        max_examples=30,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def collect(values: list[str], part: str) -> None:
        kept.append((values, part))

    collect()
    for values, part in kept:
        await Hero.all().delete()
        await Hero.bulk_create([Hero(name=value, nick=value) for value in values])
        parts = {part, values[0], values[0][1:], values[-1][:2].swapcase()}
        for wanted in parts:
            for lookup, test in LOOKUPS.items():
                found = await Hero.filter(**{f"nick__{lookup}": wanted}).values_list("nick", flat=True)
                assert sorted(found) == sorted(value for value in values if test(value, wanted)), (lookup, wanted)
            by_column = await Hero.filter(name__icontains=F("nick")).count()
            assert by_column == len(values)
    assert unicodedata.normalize("NFC", "e\u0301") != "e\u0301"


# -- parts of dates

PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda at: at.year,
    "quarter": lambda at: (at.month + 2) // 3,
    "month": lambda at: at.month,
    "week": lambda at: at.isocalendar().week,
    "day": lambda at: at.day,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "microsecond": lambda at: at.microsecond,
}


@pytest.mark.feature(174)
async def test_parts_of_dates(orm: str) -> None:
    dice = random.Random(3)
    days = [(1, 1), (1, 3), (2, 28), (12, 28), (12, 31)]
    years = (1999, 2004, 2020, 2026)
    edges = [datetime(year, *day, 23, 59, 59, 999999, UTC) for year in years for day in days]
    moments = edges + [
        datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=dice.randrange(50 * 365 * 86_400 * 10**6))
        for _ in range(40)
    ]
    await Mission.bulk_create([Mission(title=str(at), starts=moment) for at, moment in enumerate(moments)])
    await Mission.create(title="none", starts=None)
    for part, work in PARTS.items():
        for wanted in {work(moment) for moment in dice.sample(moments, 8)}:
            expected = sorted(str(at) for at, moment in enumerate(moments) if work(moment) == wanted)
            found = await Mission.filter(**{f"starts__{part}": wanted}).values_list("title", flat=True)
            assert sorted(found) == expected, (part, wanted)
            missing = await Mission.exclude(**{f"starts__{part}": wanted}).count()
            assert missing == len(moments) - len(expected)
    for moment in dice.sample(moments, 5):
        day: date = moment.date()
        assert await Mission.filter(starts__date=day).count() == sum(each.date() == day for each in moments)
