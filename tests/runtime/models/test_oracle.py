"""Random questions about random rows: the database finds what Python finds, in three-valued logic."""

import os
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import pytest

from models.heroes import Hero, Team
from ormgen import F, Q
from ormgen.functions import Count, Sum

Truth = bool | None
Test = Callable[[Hero], Truth]

TREES = int(os.environ.get("ORMGEN_TEST_TREES", "180"))  # the long run takes 9000
SEEDS = 3

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda value, other: bool(value == other),
    "__gt": lambda value, other: bool(value > other),
    "__gte": lambda value, other: bool(value >= other),
    "__lt": lambda value, other: bool(value < other),
    "__lte": lambda value, other: bool(value <= other),
}
READ: dict[str, tuple[Callable[[Hero], Any], list[Any]]] = {
    "name": (lambda hero: hero.name, ["", "a", "A", "a%", "b"]),
    "nick": (lambda hero: hero.nick, ["", "a", "_", "b"]),
    "power": (lambda hero: hero.power, [-1, 0, 1, 2]),
    "price": (lambda hero: hero.price, [Decimal("-1.5"), Decimal("0.00"), Decimal("9"), Decimal("10")]),
    "team__name": (lambda hero: hero.team and hero.team.name, ["t0", "t1", "t2"]),
    "team__city": (lambda hero: hero.team and hero.team.city, ["Oslo", "Rome"]),
}


def condition(key: str, value: Any) -> Q:
    keywords: dict[str, Any] = {key: value}
    return Q(**keywords)


def either(parts: list[Truth]) -> Truth:
    return True if True in parts else None if None in parts else False


def opposite(value: Truth) -> Truth:
    return None if value is None else not value


def compared(dice: random.Random) -> tuple[Q, Test]:
    """One condition, and what it means."""
    name = dice.choice(list(READ))
    read, values = READ[name]
    value = dice.choice(values)
    kind = dice.randrange(7)
    if kind == 0:
        return condition(f"{name}__isnull", True), lambda hero: read(hero) is None
    if kind == 1:
        return condition(f"{name}__not", value), lambda hero: read(hero) != value
    if kind == 2:
        some = dice.choices([*values, None], k=dice.randrange(4))

        def member(hero: Hero) -> Truth:
            found = read(hero)
            return found in some if found is not None or None in some else None if some else False

        return condition(f"{name}__in", some), member
    if kind == 3 and isinstance(value, str):
        return condition(f"{name}__contains", value), lambda hero: None if read(hero) is None else value in read(hero)
    if kind == 4:
        return Q(power__lte=F("price")), lambda hero: hero.power <= hero.price
    lookup = dice.choice(list(COMPARE))
    compare = COMPARE[lookup]
    return condition(f"{name}{lookup}", value), lambda hero: None if read(hero) is None else compare(read(hero), value)


def grown(dice: random.Random, depth: int) -> tuple[Q, Test]:
    """A tree of conditions, and what it means."""
    if depth == 0 or dice.random() < 0.3:
        return compared(dice)
    parts = [grown(dice, depth - 1) for _ in range(dice.randrange(1, 4))]
    word = cast(Any, dice.choice(["AND", "OR"]))
    negated = dice.random() < 0.4

    def test(hero: Hero) -> Truth:
        told = [part(hero) for _, part in parts]
        value = either(told) if word == "OR" else opposite(either([opposite(truth) for truth in told]))
        return opposite(value) if negated else value

    q = Q(*[part for part, _ in parts], join_type=word)
    return ~q if negated else q, test


async def rows(dice: random.Random) -> list[Hero]:
    teams = await Team.bulk_create([Team(name=f"t{at}", city=dice.choice([None, "Oslo", "Rome"])) for at in range(3)])
    made: list[Any] = []
    for _ in range(60):
        values = {name: dice.choice(READ[name][1]) for name in ("name", "power", "price")}
        nick = dice.choice([None, *READ["nick"][1]])
        made.append(Hero(**values, nick=nick, team=dice.choice([None, *teams])))
    return await Hero.bulk_create(made)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_conditions_orders_and_limits(orm: str, seed: int) -> None:
    dice = random.Random(seed)
    heroes = await rows(dice)
    for _ in range(TREES // SEEDS):
        q, test = grown(dice, 3)
        found = [hero for hero in heroes if test(hero) is True]
        assert await Hero.filter(q).order_by("id") == found, q
        others = [hero for hero in heroes if test(hero) is False]
        assert await Hero.exclude(q).order_by("id") == others, q
        assert await Hero.filter(q).count() == len(found)
        order = dice.choice(["power", "price", "name"])
        ordered = sorted(found, key=lambda hero: (getattr(hero, order), hero.id))
        start, size = dice.randrange(4), dice.randrange(10)
        assert await Hero.filter(q).order_by(order, "id")[start : start + size] == ordered[start : start + size], q


async def test_aggregates(orm: str) -> None:
    dice = random.Random(7)
    heroes = await rows(dice)
    for _ in range(20):
        bound = dice.choice([-1, 0, 1, 2])
        counted = Team.annotate(
            n=Count("heroes", _filter=Q(heroes__power__gte=bound)),
            total=Sum("heroes__price"),
            power=Sum("heroes__power"),
        )
        for team in await counted:
            mine = [hero for hero in heroes if hero.team_id == team.id]
            assert team.n == sum(hero.power >= bound for hero in mine)
            assert team.total == sum(hero.price for hero in mine)
            assert team.power == sum(hero.power for hero in mine)
            assert type(team.power) is int


async def test_updates_and_deletes_touch_what_filters_find(orm: str) -> None:
    dice = random.Random(11)
    heroes = await rows(dice)
    for _ in range(10):
        q, test = grown(dice, 2)
        found = [hero.id for hero in heroes if test(hero) is True]
        assert await Hero.filter(q).update(rank=2) == len(found), q
        marked = await Hero.filter(rank=2).order_by("id").values_list("id", flat=True)
        assert marked == found, q
        await Hero.all().update(rank=None)
    q, test = grown(dice, 2)
    found = [hero for hero in heroes if test(hero) is True]
    assert await Hero.filter(q).delete() == len(found)
    assert await Hero.all().count() == len(heroes) - len(found)
