"""What `ormgen check` says nothing about: right code, code that nobody can judge, and the objects of others."""

from pathlib import Path

import pytest

from check_project import make_project, told_about

RIGHT = """
from __future__ import annotations
import asyncio
from typing import Any
import ormgen
from ormgen import Q
from ormgen.expressions import Case, Exists, F, OuterRef, Subquery, Value, When, Window
from ormgen.functions import Avg, Count, Lower, Rank, Sum
from ormgen.query_utils import Prefetch
from ormgen.transactions import in_transaction
from app.models import Badge, Cabin, Clerk, Hero, Mission, Person, Ship, Team


async def right(team: Team, hero: Hero, person: Person, clerk: Clerk) -> None:
    await Hero.filter(name="x", name__in=["a"], team=team, team_id=1, pk=1, pk__in=[1], team__pk=2, team__isnull=True)
    await Hero.filter(team__owner__name__istartswith="x", missions__title="y", badge__isnull=True, facts__isnull=True)
    await Hero.filter(team__owner=person, team__in=Team.all(), team__not=team, missions=3, using_db=None)
    await Team.filter(heroes__missions__crew__team__heroes__power__gte=3, founded__year=3, founded__date="2020-01-01")
    await Hero.all().order_by("-team__name", "pk", "team", "team_id", "-badge__code")
    await Hero.all().values("id", "team__name", "team", boss="team__owner__name")
    await Hero.all().values_list("team__owner__name", "pk", flat=False)
    await Hero.all().only("name", "team__name", "team").defer("power", "team", "pk")
    await Hero.all().select_related("team", "team__owner", "badge").prefetch_related("missions__crew__team", "team")
    await Team.all().prefetch_related(Prefetch("heroes", queryset=Hero.filter(power=3), to_attr="strong"))
    await Hero.create(name="x", team=team, pk=3, facts=None, using_db=None)
    await Hero.create(name="x", team_id=1)
    await Hero.get_or_create({"power": 1, "team": team}, name="x", power__gt=3)
    await Hero.update_or_create(name="x", defaults={"power": 1, "pk": 3}, using_db=None)
    await Hero.bulk_create([Hero(name="x", team=team)], 10, update_fields=["name"], on_conflict=["team", "id"])
    await Hero.bulk_update([hero], fields=["name", "team", "team_id"])
    await Hero.in_bulk([1], "pk")
    await Hero.filter(name="x").update(power=F("power") + F("team_id"), team=team, team_id=3)
    await hero.save(update_fields=["name", "team", "team_id"])
    await hero.save(None, ["name"], force_update=True)
    await hero.refresh_from_db(fields=("name", "power"))
    await hero.fetch_related("team__owner", Prefetch("missions", queryset=Mission.all()))
    hero.update_from_dict({"name": "x", "team": team}).clone()
    async with in_transaction() as connection:
        await Hero.all(connection).filter(name="x").using_db(connection)
        await Hero.exists(name="x", using_db=connection)


def about(column: str) -> Any:
    return Hero.filter(power=OuterRef(column), team=OuterRef("founded"))


async def nested(heroes: Any) -> None:
    await Team.annotate(n=Subquery(Hero.filter(team=OuterRef("pk"), name=F("name")).values("power")[:1]))
    await Team.annotate(k=Count("heroes")).filter(Exists(Hero.filter(power=OuterRef("k"))))
    await Team.annotate(k=Value(1), j=Subquery(Hero.filter(power__gt=OuterRef("k")).values("power")))
    await Team.filter(~Exists(Hero.filter(team__owner=OuterRef("owner"), badge__isnull=True).exclude(name="x")))
    await Person.filter(
        Exists(Team.filter(Exists(Hero.filter(name=OuterRef(OuterRef("teams")), team=OuterRef("founded")))))
    )
    await Team.filter(Exists(heroes.filter(power=OuterRef("power"))), Exists(heroes(x=OuterRef("power"))))
    await Team.all().prefetch_related(Prefetch("heroes", Hero.filter(name="x")), Prefetch("owner", Clerk.all()))
    await Team.all().prefetch_related(Prefetch("heroes", queryset=heroes), Prefetch("owner", queryset=Person.all()))
    late = Hero.filter(team=OuterRef("founded"))
    await Team.filter(Exists(late))
    await Hero.annotate(n=Window(Rank(), partition_by=["team", F("team__owner")], order_by=["-power", "pk"]))
    await Hero.annotate(n=Case(When(power__gt=3, then=F("team__name")), When(Q(name="x"), then="y"), default=Value("")))


async def computed(hero: Hero) -> None:
    await Team.annotate(n=Count("heroes")).filter(n__gt=1).order_by("-n").values("n", "name")
    await Team.filter(n__gt=1).annotate(n=Count("heroes"))
    await Team.annotate(n=Count("heroes")).annotate(m=Sum("n"), k=F("n") + F("m") + Value(3)).filter(Q(m=1) | Q(k=2))
    await Team.annotate(n=Avg("heroes__power", _filter=Q(heroes__name="x"))).group_by("name", "n").values("name", "n")
    await Hero.all().values("name", boss="team__owner__name").order_by("boss")
    early = Team.filter(late__gt=1)
    await early.annotate(late=Count("heroes"))
    question = Team.all()
    if hero:
        question = question.annotate(size=Count("heroes"))
    question = question.filter(size__gt=3).order_by("-size")
    rows = await asyncio.gather(question.values("size"), Team.annotate(size=Count("heroes")).first())
    print(rows, Team.filter(size=3))
    await Team.all().filter(**{"name": "x"}).annotate(**{"odd": Count("heroes")}).order_by("odd")


async def managed() -> None:
    await Ship.filter(decks=3).afloat().filter(name="x", decks=2)
    await Ship.all().counted().order_by("-decks").values("decks", deep=True)
    await Ship.all().values("whatever", deep=True)
    await Ship.in_bulk([1], "whatever")
    await Ship.every.filter(name="x").counted(nonsense="x")
    await Cabin.all().prefetch_related("ship")
    Cabin(deck=3, anything=4)
    await Cabin.create(deck=3)
    Cabin.search(nonsense=3)
    Cabin.only("nonsense")


async def inherited(person: Person, clerk: Clerk) -> None:
    await person.save(update_fields=["desk"])
    if isinstance(person, Clerk):
        person.update_from_dict({"desk": 3})
    await clerk.save(update_fields=["desk", "name"])
    await Clerk.filter(desk=3, name="x")


def loose() -> list[Any]:
    return [
        Q(name="x"), Q(desk__gt=3), Q(n__gt=3), Q(heroes__missions__title="x", join_type="OR"), Q(decks=3, size=4),
        F("power"), F("desk"), Count("cabins"), Lower("title"), Count("crew__badge"), ormgen.Q(odd=3),
        Prefetch("cabins", queryset=Cabin.all()),
    ]
"""
DYNAMIC = """
from typing import Any
from ormgen.expressions import F, Q
from ormgen.functions import Count
from app.models import Hero, Team


async def dynamic(key: str, names: list[str], options: dict[str, Any], anything: Any, hero: Hero | Team, loose) -> None:
    await Hero.filter(**options)
    await Hero.filter(**{key: 1, f"{key}__gt": 3})
    await Hero.filter(**dict(options))
    await Hero.all().order_by(key, f"-{key}", *names, "-" + key)
    await Hero.all().values(*names, **options)
    await Hero.bulk_update([], names)
    await Hero.bulk_update(*anything, ["nonsense"])
    await Hero.get_or_create(options, name="x")
    anything.filter(nonsense=3)
    loose.filter(nonsense=3).order_by("nonsense")
    hero.filter(nonsense=3)
    hero.save(update_fields=["nonsense"])
    getattr(Hero, key)(nonsense=3)
    anything.team.heroes.filter(nonsense=3)
    Q(**options)
    F(key)
    Count(f"{key}")


async def twice(flag: bool) -> None:
    item = await Hero.get(id=1)
    item = await Team.get(id=1)
    await item.save(update_fields=["nonsense"])
    things = Hero.all() if flag else Team.all()
    things.filter(nonsense=3)
    for each in await Hero.all():
        pass
    each = anything()
    each.save(update_fields=["nonsense"])
    with open("x") as Team_file:
        Team_file.filter(nonsense=3)
    try:
        pass
    except Exception as error:
        error.filter(nonsense=1)
    qs = Hero.filter(name="x")
    qs += 1
    qs.filter(nonsense=3)
    del qs
    loop = loop.filter(nonsense=3)
    match flag:
        case Hero(name=x) as seen:
            seen.save(update_fields=["nonsense"])


def changed() -> None:
    global Mixed
    Mixed = 3


Mixed = Hero
Mixed.filter(nonsense=3)


class Local:
    Hero = dict

    def method(self, Team: Any) -> None:
        Team.filter(nonsense=3)
        self.filter(nonsense=3)
        self.save(update_fields=["nonsense"])


def shadowed(Hero: Any) -> None:
    Hero.filter(nonsense=3)
    Hero(nonsense=3)
    [Hero.filter(nonsense=3) for Hero in Hero]


def decorated():
    from somewhere import Hero

    Hero.filter(nonsense=3)
    Team = make()
    Team.filter(nonsense=3)


@anything
def given() -> Team: ...


given().heroes.filter(nonsense=3)
Hero.filter(nonsense=3)  # ormgen: ignore
Hero.filter(
    nonsense=3,  # noqa: X  # ormgen:ignore because it is a test
)
"""
FOREIGN = """
import collections
import pandas as pd
from django.db.models import Count, F, Q
from sqlalchemy import select
from sqlalchemy.orm import Session
from app.models import Hero, Team
from ormgen import Model

frame = pd.DataFrame()
frame.filter(items=["nonsense"]).values("x")
frame["team"].filter(like="nonsense")
session = Session()
session.query(Hero).filter(nonsense=3).order_by("nonsense")
session.get(Hero, name="x")
select(Hero).filter_by(nonsense=3)
Q(nonsense=3), F("nonsense"), Count("nonsense")
settings = {"a": 1}
settings.get("nonsense")
settings.update(nonsense=3)
collections.Counter(nonsense=3).update(nonsense=3)
{"Hero": 1}.values()


class Query:
    def filter(self, **words): ...


Query().filter(nonsense=3)
Hero.nonsense.filter(nonsense=3)
Team.heroes.filter(nonsense=3)


class F:
    def __init__(self, name): ...


F("nonsense")
"""
BROKEN = "from app.models import Hero\nHero.filter(nonsense=3)\n{% if template %}\n"


@pytest.mark.parametrize("text", [RIGHT, DYNAMIC, FOREIGN, BROKEN], ids=["right", "dynamic", "foreign", "broken"])
def test_nothing_is_told(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path, use=text)
    monkeypatch.chdir(tmp_path)
    assert told_about(tmp_path) == []


def test_models_outside_of_the_run_may_add_ways_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = """
    from ormgen import Model, fields
    class Statue(Model):
        hero = fields.ForeignKeyField("models.Hero", related_name="likenesses")
        team = fields.ForeignKeyField("models.Team")
        height = fields.IntField()
    """
    use = """
    from ormgen import Q
    from app.models import Hero, Team
    Hero.filter(likenesses__height=3)
    Team.filter(statues__height=3)
    Q(height=3)
    Hero.filter(nmae=3)
    """
    make_project(tmp_path, statues=more, use=use)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert [each.partition(": ")[0] for each in told_about(tmp_path, "app.models")] == ["app/use.py:7:13"]


def test_what_cannot_be_read_may_have_any_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = """
    from ormgen import Model, Q, fields
    from somewhere import Unknown
    class Odd(Unknown, Model):
        name = fields.CharField(max_length=3)
        team = fields.ForeignKeyField("game.Team", related_name="odds")
    class Computed(Model):
        value = compute_a_Field()
    Odd.filter(nonsense=3, team__nonsens=3)
    Odd.filter(name__nonsense=3)
    Computed.filter(value__icontains=3, value__gt=4)
    Q(nonsense=3)
    """
    make_project(tmp_path, odd=odd)
    monkeypatch.chdir(tmp_path)
    told = [each.partition(": ")[0] for each in told_about(tmp_path)]
    assert told == ["app/odd.py:9:24", "app/odd.py:10:12"]


def test_a_library_that_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manager from an installed library may compute what it likes."""
    library = tmp_path / "site-packages" / "kit"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "from ormgen.manager import Manager\nclass Kit(Manager):\n    def get_queryset(self):\n"
        "        return super().get_queryset().annotate(extra=1)\n"
    )
    text = """
    from ormgen import Model, fields
    from kit import Kit
    class Thing(Model):
        name = fields.CharField(max_length=3)
        class Meta:
            manager = Kit()
    Thing.filter(extra__gt=3, nonsense=3)
    Thing.filter(name__nonsense=3)
    """
    make_project(tmp_path, thing=text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(library.parent))
    assert [each.partition(": ")[0] for each in told_about(tmp_path)] == ["app/thing.py:9:14"]
