"""Names in queries: each wrong one is found exactly where it stands."""

from pathlib import Path

import pytest

from check_project import make_project, told_about

HEAD = """\
from __future__ import annotations
import app.models
from typing import Annotated, Optional, Union
from ormgen.expressions import Case, Exists, F, OuterRef, Q, Subquery, When, Window
from ormgen.functions import Avg, Coalesce, Count, Lower, Rank, Sum
from ormgen.query_utils import Prefetch
from ormgen.queryset import QuerySet
from app import models as m
from app.models import Badge, Cabin, Hero, Hero as H, Mission, Person, Clerk, Ship, Team

async def work(team: Team, hero: Hero, heroes: list[Hero], key: str) -> None:
"""

# A line with ⟦…⟧ around what is wrong, and what is told about it; … stands for the name.
LOOKED_UP = [
    ('Hero.filter(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('H.exclude(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('m.Hero.get(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('app.models.Hero.get_or_none(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('Hero.exists(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('Hero.filter(name="é", ⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    (
        "Hero.filter(⟦power__icontains=3⟧)",
        'Hero.power (integer) has no lookup "icontains" (in "power__icontains") '
        "[it accepts exact, not, in, not_in, isnull, not_isnull, gt, gte, lt, lte, range]",
    ),
    (
        'Hero.filter(⟦name__icontain="x"⟧)',
        'Hero.name (text) has no lookup "icontain" (in "name__icontain") [did you mean "name__icontains"?]',
    ),
    (
        'Hero.filter(⟦team__nmae="x"⟧)',
        'Team has no field "nmae" (in "team__nmae") [did you mean "team__name"?]',
    ),
    (
        'Team.filter(⟦heroes__badge__cod="x"⟧)',
        'Badge has no field "cod" (in "heroes__badge__cod") [did you mean "heroes__badge__code"?]',
    ),
    (
        "Team.filter(⟦founded__yeer=3⟧)",
        'Team.founded (datetime) has no lookup "yeer" (in "founded__yeer") [did you mean "founded__year"?]',
    ),
    (
        "Team.filter(⟦heroes__isnul=True⟧)",
        'Hero has no field "isnul" (in "heroes__isnul") [did you mean "heroes__isnull"?]',
    ),
    ('Hero.filter(**{⟦"nmae"⟧: 1, key: 2})', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('await Hero.get_or_create(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('await Hero.get_or_create(name="x", defaults={⟦"powr"⟧: 1})', 'Hero has no field "powr" [did you mean "power"?]'),
    ('await Hero.update_or_create(dict(⟦powr=1⟧), name="x")', 'Hero has no field "powr" [did you mean "power"?]'),
    ('Hero.Q(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
]
NAMED = [
    ('Hero.all().order_by("name", ⟦"-powr"⟧)', 'Hero has no field "powr" [did you mean "power"?]'),
    (
        'Hero.all().order_by(⟦"name__icontains"⟧)',
        'Hero.name is a column, "icontains" cannot follow it (in "name__icontains")',
    ),
    ('Hero.all().order_by(*[⟦"powr"⟧])', 'Hero has no field "powr" [did you mean "power"?]'),
    ('Hero.latest(⟦"powr"⟧)', 'Hero has no field "powr" [did you mean "power"?]'),
    ('Hero.all().values("name", ⟦"powr"⟧)', 'Hero has no field "powr" [did you mean "power"?]'),
    ('Hero.all().values(p=⟦"powr"⟧)', 'Hero has no field "powr" [did you mean "power"?]'),
    (
        'Hero.all().values_list(⟦"team__nmae"⟧, flat=True)',
        'Team has no field "nmae" (in "team__nmae") [did you mean "team__name"?]',
    ),
    ('Hero.all().only(⟦"nmae"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    (
        'Hero.all().defer(⟦"team__name"⟧)',
        'Hero has no column "team__name" [choose from facts, id, name, power, team_id]',
    ),
    ('Hero.all().group_by(⟦"nmae"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('Team.all().prefetch_related("owner", ⟦"heros"⟧)', 'Team has no relation "heros" [did you mean "heroes"?]'),
    (
        'Team.all().prefetch_related(⟦"heroes__name"⟧)',
        'Hero.name is a column, not a relation (in "heroes__name") [choose from badge, missions, team]',
    ),
    (
        'Team.all().select_related(⟦"heroes"⟧)',
        'Team.heroes leads to many objects [use prefetch_related("heroes")]',
    ),
    (
        'Team.all().prefetch_related(Prefetch(⟦"heros"⟧, Hero.all()))',
        'Team has no relation "heros" [did you mean "heroes"?]',
    ),
    ('await team.fetch_related(⟦"heros"⟧)', 'Team has no relation "heros" [did you mean "heroes"?]'),
    ('await Team.fetch_for_list([team], ⟦"heros"⟧)', 'Team has no relation "heros" [did you mean "heroes"?]'),
    ('await Hero.in_bulk([1], ⟦"nmae"⟧)', 'Hero has no column "nmae" [did you mean "name"?]'),
    ('await Hero.in_bulk([1], field_name=⟦"nmae"⟧)', 'Hero has no column "nmae" [did you mean "name"?]'),
    ('await Hero.bulk_update(heroes, ["name", ⟦"powr"⟧])', 'Hero has no column "powr" [did you mean "power"?]'),
    (
        'await Hero.bulk_create(heroes, update_fields=["name"], on_conflict=(⟦"powr"⟧,))',
        'Hero has no column "powr" [did you mean "power"?]',
    ),
    ('await hero.save(update_fields=[⟦"powr"⟧])', 'Hero has no column "powr" [did you mean "power"?]'),
    ('await hero.refresh_from_db([⟦"powr"⟧])', 'Hero has no column "powr" [did you mean "power"?]'),
    ('hero.update_from_dict({⟦"powr"⟧: 1})', 'Hero has no field "powr" [did you mean "power"?]'),
]
STORED = [
    ('await Hero.create(⟦nmae="x"⟧, team=team)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('Hero(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
    ("Hero(⟦missions=[]⟧)", "Hero.missions is a many-to-many relation, which is set after saving"),
    ("await Team.create(⟦heroes=[]⟧)", "Team.heroes is a backward relation, which is set after saving"),
    ("await Hero.all().update(⟦powr=1⟧)", 'Hero has no field "powr" [did you mean "power"?]'),
    ("await Hero.all().update(⟦pk=1⟧)", "Hero.id is the primary key and cannot be changed"),
    ("await Team.all().update(⟦heroes=1⟧)", "Team.heroes holds no column of Team"),
    ('await team.heroes.create(⟦nmae="x"⟧)', 'Hero has no field "nmae" [did you mean "name"?]'),
]
EXPRESSIONS = [
    ('Hero.filter(Q(⟦nmae="x"⟧) | ~Q(power=1))', 'Hero has no field "nmae" [did you mean "name"?]'),
    (
        'Hero.filter(Q(Q(⟦title="x"⟧), name="y", join_type="OR"))',
        'Hero has no field "title" [choose from badge, facts, id, missions, name, pk, power, team, team_id]',
    ),
    ('Hero.filter(*[Q(⟦nmae="x"⟧)])', 'Hero has no field "nmae" [did you mean "name"?]'),
    ('Hero.filter(power=F(⟦"powr"⟧) + 1)', 'Hero has no field "powr" [did you mean "power"?]'),
    ('Team.annotate(n=Sum(⟦"heroes__name"⟧))', 'Sum takes numbers, "heroes__name" is text'),
    ('Team.annotate(n=Avg(⟦"founded"⟧, distinct=True))', 'Avg takes numbers, "founded" is datetime'),
    ('Team.annotate(n=Count(⟦"heros"⟧))', 'Team has no field "heros" [did you mean "heroes"?]'),
    (
        'Team.annotate(n=Avg(field=⟦"heroes__powr"⟧))',
        'Hero has no field "powr" (in "heroes__powr") [did you mean "heroes__power"?]',
    ),
    (
        'Team.annotate(n=Count("heroes", _filter=Q(⟦heros__power=1⟧)))',
        'Team has no field "heros" (in "heros__power") [did you mean "heroes__power"?]',
    ),
    ('Hero.annotate(n=Coalesce(⟦"nam"⟧, "none"))', 'Hero has no field "nam" [did you mean "name"?]'),
    ('Hero.annotate(n=Coalesce(Lower(⟦"nam"⟧), "none"))', 'Hero has no field "nam" [did you mean "name"?]'),
    ("Hero.filter(team__in=Team.filter(⟦power=1⟧))", 'Team has no field "power" [did you mean "owner"?]'),
    (
        "Hero.annotate(n=Case(When(⟦powr__gt=3⟧, then=1), default=0))",
        'Hero has no field "powr" (in "powr__gt") [did you mean "power__gt"?]',
    ),
    ("Hero.annotate(n=Case(When(power=3, then=F(⟦'powr'⟧))))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Case(When(Q(⟦powr=3⟧), then=1), default=0))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Case(When(power=3, then=1), default=F(⟦'powr'⟧)))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Window(Rank(), partition_by=⟦'teem'⟧))", 'Hero has no field "teem" [did you mean "team"?]'),
    ("Hero.annotate(n=Window(Rank(), ['team', ⟦'powr'⟧]))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Window(Rank(), order_by=⟦'-powr'⟧))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Window(Rank(), 'team', ['name', F(⟦'powr'⟧)]))", 'Hero has no field "powr" […]'),
    ("Hero.annotate(n=Window(Sum(⟦'powr'⟧), 'team'))", 'Hero has no field "powr" […]'),
    ("Hero.filter(Exists(Badge.filter(⟦heroe=1⟧)))", 'Badge has no field "heroe" [did you mean "hero"?]'),
    ("Team.annotate(n=Subquery(Hero.filter(team=OuterRef('pk')).values(⟦'powr'⟧)))", 'Hero has no field "powr" […]'),
    (
        "Team.annotate(n=Subquery(Hero.filter(team=OuterRef(⟦'power'⟧)).order_by('-power').values('power')[:1]))",
        'Team has no field "power" [did you mean "owner"?]',
    ),
    ("Team.filter(Exists(Hero.filter(Q(team=OuterRef(⟦'powr'⟧)) | Q(power=1))))", 'Team has no field "powr" […]'),
    (
        "Team.filter(name='x', pk__in=Hero.filter(name=OuterRef(⟦'nmae'⟧)).values('team_id'))",
        'Team has no field "nmae" […]',
    ),
    (
        "await Team.all().update(name=Subquery(Hero.filter(team=OuterRef(⟦'idd'⟧)).values('name')))",
        'Team has no field "idd" […]',
    ),
    (
        "Person.filter(Exists(Team.filter(Exists(Hero.filter(name=OuterRef(OuterRef(⟦'titel'⟧)))))))",
        'Person has no field "titel" […]',
    ),
    ("late = Hero.filter(team=OuterRef(⟦'nobody'⟧))", 'no model has "nobody"'),
    (
        "Team.all().prefetch_related(Prefetch('heroes', ⟦Team.all()⟧))",
        '"heroes" leads to Hero, the query set is about Team',
    ),
    (
        "Team.all().prefetch_related(Prefetch('heroes__missions', queryset=⟦Hero.filter(power=1)⟧))",
        '"heroes__missions" leads to Mission, the query set is about Hero',
    ),
    ('late = Q(⟦nmae="x"⟧)', 'no model has "nmae" [did you mean "name"?]'),
    ('late = Q(⟦team__nmae__gt="x"⟧)', 'no model has "team__nmae__gt" [did you mean "team__name__gt"?]'),
    ('late = F(⟦"powr"⟧)', 'no model has "powr" [did you mean "power"?]'),
    ('late = Count(⟦"heros"⟧)', 'no model has "heros" [did you mean "heroes"?]'),
    ('late = Prefetch(⟦"heros"⟧, Hero.all())', 'no model has "heros" [did you mean "heroes"?]'),
    ('Hero.filter(build(Q(⟦nmae="x"⟧)))', 'no model has "nmae" [did you mean "name"?]'),
]
RECEIVERS = [
    'hero.team.heroes.filter(⟦nmae="x"⟧)',
    'team.heroes.all().limit(3).exclude(⟦nmae="x"⟧)',
    'Hero.objects.filter(⟦nmae="x"⟧)',
    'Hero.all().first().only(⟦"nmae"⟧)',
    "[h.team.heroes.order_by(⟦'nmae'⟧) for h in heroes]",
    "[h.missions for h in heroes if await h.missions.filter(crew__in=h.team.heroes.filter(⟦nmae=1⟧))]",
    'heroes[0].team.heroes.filter(⟦nmae="x"⟧)',
    '(await team.owner).teams.filter(heroes__in=Hero.filter(⟦nmae="x"⟧))',
    '(await Hero.get(id=1)).team.heroes.filter(⟦nmae="x"⟧)',
    '(await Team.get_or_create(name="x"))[0].heroes.filter(⟦nmae="x"⟧)',
    '(await Hero[3]).team.heroes.filter(⟦nmae="x"⟧)',
    "qs = Hero.filter(name='x'); qs = qs.filter(power=1); qs = qs.filter(⟦nmae=1⟧)",
    "found = None; found = await Team.get(id=1); found.heroes.filter(⟦nmae=1⟧)",
    "new, made = await Team.get_or_create(name='x'); new.heroes.filter(⟦nmae=1⟧)",
    "one, two = await Team.all().limit(2); two.heroes.filter(⟦nmae=1⟧)",
    "a, b = team, key; a.heroes.filter(⟦nmae=1⟧)",
    "Team(name='x').heroes.filter(⟦nmae=1⟧)",
    "(team or await Team.get(id=1)).heroes.filter(⟦nmae=1⟧)",
    "(team if key else None).heroes.filter(⟦nmae=1⟧)",
    "if (other := await Team.first()): other.heroes.filter(⟦nmae=1⟧)",
    "sorted(await Team.all())[0].heroes.filter(⟦nmae=1⟧)",
    "from app.models import Hero as Local; Local.filter(⟦nmae=1⟧)",
    "(lambda: team.heroes.filter(⟦nmae=1⟧))()",
    "Hero.filter(name='x').values('name').filter(⟦nmae=1⟧)",
    "Hero.filter(name='x')[:3].order_by(⟦'nmae'⟧)",
]
BLOCKS = [
    "for each in heroes:\n        each.team.heroes.filter(⟦nmae=1⟧)",
    "for each in await Team.all():\n        each.heroes.filter(⟦nmae=1⟧)",
    "async for each in Team.all():\n        each.heroes.filter(⟦nmae=1⟧)",
    "async for each in team.heroes:\n        each.team.heroes.filter(⟦nmae=1⟧)",
    "def inner(other: Optional[Team], *more: Team) -> None:\n        other.heroes.filter(⟦nmae=1⟧)",
    "def inner(*more: Team) -> None:\n        more[0].heroes.filter(⟦nmae=1⟧)",
    "def inner(other: 'Team | None') -> None:\n        other.heroes.filter(⟦nmae=1⟧)",
    "def inner(other: Union[None, m.Team]) -> None:\n        other.heroes.filter(⟦nmae=1⟧)",
    "def inner(other: Annotated[Team, 'x']) -> None:\n        other.heroes.filter(⟦nmae=1⟧)",
    "def inner(kind: type[Hero]) -> None:\n        kind.filter(⟦nmae=1⟧)",
    "def inner(many: tuple[Team, ...]) -> None:\n        many[1].heroes.filter(⟦nmae=1⟧)",
    "def inner(qs: QuerySet[Hero]) -> None:\n        qs.filter(⟦team__nmae=1⟧)",
    "def find() -> Team: ...\n    find().heroes.filter(⟦nmae=1⟧)",
    "other: Team\n    other.heroes.filter(⟦nmae=1⟧)",
]

TESTS = [
    (
        "if ⟦Hero.filter(name='x')⟧: pass",
        "a query set is neither true nor false [await it first, or use `await ….exists()`]",
    ),
    ("if not ⟦Hero.all()⟧: pass", "a query set is neither true nor false [await it first, or use `await ….exists()`]"),
    ("while ⟦Hero.get_or_none(id=1)⟧: pass", "a question for one object is neither true nor false [await it first]"),
    (
        "x = 1 if ⟦team.heroes.all().values('id')⟧ else 2",
        "a question for values is neither true nor false [await it first]",
    ),
    ("found = team.heroes.filter(power=1); assert key and ⟦found⟧", None),
    ("found = team.heroes.filter(power=1); x = ⟦Hero.all()⟧ and found", None),
    ("x = [h for h in heroes if ⟦h.team.heroes.filter(name='x')⟧]", None),
    ("bool(⟦Hero.all().order_by('name')⟧)", None),
    ("if (every := 3) and not (key or ⟦Hero.first()⟧): pass", None),
    ("def inner(qs: QuerySet[Hero] | None = None) -> None:\n        x = ⟦qs⟧ or Hero.all()", None),
]
DOCUMENTS = """
from ormgen.contrib.pydantic import pydantic_model_creator, pydantic_queryset_creator
from app.models import Clerk, Hero

SECRET = ("powr",)
Right = pydantic_model_creator(Hero, exclude=("team.name", "power", "pk"), include=["badge"], computed=("comrades",))
Wrong = pydantic_model_creator(Hero, name="Wrong", exclude=("powr", "team.nmae"), optional=["nmae"])
Several = pydantic_queryset_creator(Clerk, include=("desk", "name", "dsek"), exclude=SECRET)
"""
NOT_TESTS = """
    if await Hero.filter(name="x"):
        pass
    if team.heroes and not await Hero.all().exists() and await Hero.first():
        pass
    every = Hero.all()
    every = await every
    some = Hero.all() if every else None
    if some is not None or every:
        pass
    if [h for h in await Hero.all() if h.name] or len(heroes):
        pass
    if Hero and team and hero.team and key:
        pass
    named = every or Hero.all()
    asked = Hero.all()  # ormgen: ignore
    if asked:  # ormgen: ignore
        pass
"""


def check(folder: Path, marked: str, fact: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}    {marked}\n"
    before = text.partition("⟦")[0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    make_project(folder, use=text.replace("⟦", "").replace("⟧", ""))
    monkeypatch.chdir(folder)
    told = told_about(folder)
    assert [each.partition(": ")[0] for each in told] == [f"app/use.py:{line}:{column}"]
    if fact is not None:
        hint = told[0].rpartition(" [")[2].removesuffix("]")
        assert told[0].partition(": ")[2] == fact.replace("[…]", f"[{hint}]")


@pytest.mark.parametrize(("marked", "fact"), [*LOOKED_UP, *NAMED, *STORED, *EXPRESSIONS])
def test_what_is_told(tmp_path: Path, marked: str, fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(tmp_path, marked, fact, monkeypatch)


@pytest.mark.parametrize("marked", [*RECEIVERS, *BLOCKS])
def test_whom_it_is_asked_of(tmp_path: Path, marked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(tmp_path, marked, None, monkeypatch)


@pytest.mark.parametrize(("marked", "fact"), TESTS)
def test_what_is_no_truth(tmp_path: Path, marked: str, fact: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    check(tmp_path, marked, fact, monkeypatch)


def test_members_of_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path, use=DOCUMENTS)
    monkeypatch.chdir(tmp_path)
    assert told_about(tmp_path) == [
        'app/use.py:7:61: Hero has no member "powr" [did you mean "power"?]',
        'app/use.py:7:93: Hero has no member "nmae" [did you mean "name"?]',
        'app/use.py:8:69: Clerk has no member "dsek" [did you mean "desk"?]',
    ]


def test_what_may_be_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path, use=HEAD + NOT_TESTS)
    monkeypatch.chdir(tmp_path)
    assert told_about(tmp_path) == []


METHODS = """
from ormgen import Model, fields
from ormgen.queryset import QuerySet
from app.models import Team


class Dog(Model):
    name = fields.CharField(max_length=5)
    team = fields.ForeignKeyField("game.Team", related_name="dogs")

    async def one(self) -> None:
        self.team.dogs.filter(nmae=1)
        await self.save(update_fields=["nmae"])

    @classmethod
    async def two(cls) -> None:
        cls.filter(nmae=1)
        cls(nmae=1)

    @staticmethod
    async def three(self) -> None:
        self.save(update_fields=["nmae"])

    class Meta:
        ordering = ["team__nmae"]


class Dogs(QuerySet["Dog"]):
    def four(self) -> "Dogs":
        return self.filter(team__nmae=1, maybe_computed=2)
"""


def test_methods_of_models_and_query_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path, pets=METHODS)
    monkeypatch.chdir(tmp_path)
    assert [each.rpartition(" [")[0] for each in told_about(tmp_path)] == [
        'app/pets.py:12:31: Dog has no field "nmae"',
        'app/pets.py:13:40: Dog has no column "nmae"',
        'app/pets.py:17:20: Dog has no field "nmae"',
        'app/pets.py:18:13: Dog has no field "nmae"',
        'app/pets.py:25:9: Dog.Meta.ordering: Team has no field "nmae" (in "team__nmae")',
        'app/pets.py:30:28: Team has no field "nmae" (in "team__nmae")',
    ]


def test_several_at_once_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    from app.models import Hero
    Hero.filter(
        nmae=1,
        name=2,
        powr=3,
    ).order_by("-nmae")
    """
    make_project(tmp_path, a=text, b__c=text)
    monkeypatch.chdir(tmp_path)
    places = [each.partition(": ")[0] for each in told_about(tmp_path)]
    assert places == [f"app/{file}.py:{at}" for file in ("a", "b/c") for at in ("4:5", "6:5", "7:12")]
