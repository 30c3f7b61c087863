"""What stands inside JSON values: in filters, in expressions, in values."""

import datetime
from typing import Any

import pytest

from models.columns import Document, Text
from models.heroes import Hero, Team
from ormgen import F, Q
from ormgen.exceptions import FieldError, UnSupportedError
from ormgen.expressions import Case, When
from ormgen.functions import Coalesce, Count, JSONExtract, Lower, Sum

from .world import names

MODELS = {"models": ["models.heroes", "models.columns"]}

REX: dict[str, Any] = {
    "breed": "labrador",
    "owner": {"name": "Boby's", "age": 25, "phones": ["1", "22"], "active": True, "note": None},
    "age": 7.5,
    "born": "2018-03-04T23:30:00+00:00",
    "tags": [1, {"a": "x"}],
}
TOM: dict[str, Any] = {
    "breed": "Älpcat",
    "owner": {"name": "Tom", "age": "25", "phones": [], "active": False},
    "age": 3,
    "odd key": {"0": "zero"},
    "tags": [2, 1],
}


@pytest.fixture
async def animals(orm: str) -> str:
    await Hero.create(name="rex", data=REX, power=25)
    await Hero.create(name="tom", data=TOM, power=3)
    await Hero.create(name="nil", data={})
    return orm


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"breed": "labrador"}, ["rex"]),
    ({"breed": "labrador", "owner__age": 25}, ["rex"]),
    ({"breed": "labrador", "owner__age": 26}, []),
    ({"owner__age": "25"}, ["tom"]),
    ({"owner__name": "Boby's"}, ["rex"]),
    ({"breed__not": "labrador"}, ["nil", "tom"]),
    ({"age__gt": 3}, ["rex"]),
    ({"age__gte": 3}, ["rex", "tom"]),
    ({"age__lt": 7.5}, ["tom"]),
    ({"age__lte": 7.5}, ["rex", "tom"]),
    ({"age": 7.5}, ["rex"]),
    ({"age__range": (3, 5)}, ["tom"]),
    ({"age__in": [3, 4]}, ["tom"]),
    ({"breed__in": ["labrador", "Älpcat"]}, ["rex", "tom"]),
    ({"breed__not_in": ["labrador"]}, ["nil", "tom"]),
    ({"breed__contains": "cat"}, ["tom"]),
    ({"breed__icontains": "äLP"}, ["tom"]),
    ({"breed__startswith": "lab"}, ["rex"]),
    ({"breed__endswith": "dor"}, ["rex"]),
    ({"breed__istartswith": "LAB"}, ["rex"]),
    ({"breed__iendswith": "CAT"}, ["tom"]),
    ({"breed__iexact": "LABRADOR"}, ["rex"]),
    ({"owner__active": True}, ["rex"]),
    ({"owner__active": False}, ["tom"]),
    ({"owner__note__isnull": True}, ["nil", "rex", "tom"]),
    ({"owner__isnull": False}, ["rex", "tom"]),
    ({"owner__not_isnull": True}, ["rex", "tom"]),
    ({"owner__name": None}, ["nil"]),
    ({"owner__phones__1": "22"}, ["rex"]),
    ({"owner__phones": ["1", "22"]}, ["rex"]),
    ({"tags__1__a": "x"}, ["rex"]),
    ({"tags__0__gt": 1}, ["tom"]),
    ({"odd key__0": "zero"}, ["tom"]),  # digits are places in arrays, or keys
    ({"born__year": 2018, "born__month": 3, "born__hour": 23}, ["rex"]),
    ({"born__gt": datetime.datetime(2018, 3, 4, 23, tzinfo=datetime.UTC)}, ["rex"]),
    ({"owner": TOM["owner"]}, ["tom"]),
    ({"nowhere__0__deep": 1}, []),
    ({}, ["nil", "rex", "tom"]),
]


@pytest.mark.feature(175)
@pytest.mark.parametrize(("wanted", "found"), FILTERS, ids=[" ".join(map(str, each)) or "all" for each, _ in FILTERS])
async def test_filter(animals: str, wanted: dict[str, Any], found: list[str]) -> None:
    assert await names(Hero.filter(data__filter=wanted)) == found


@pytest.mark.feature(175)
async def test_paths_as_keywords(animals: str) -> None:
    assert await names(Hero.filter(data__breed="labrador")) == ["rex"]
    await Hero.create(name="zoe", data={"0": "zero", "1": {"2": [5, 6]}, "3": "5"})
    assert await names(Hero.filter(data__filter={"0": "zero"})) == ["zoe"]
    assert await names(Hero.filter(data__1__2__1__gte=6, data__3="5")) == ["zoe"]
    assert await Hero.filter(name="zoe").values_list("data__0", "data__1__2__0", "data__1") == [
        ("zero", 5, {"2": [5, 6]})
    ]
    await Hero.filter(name="zoe").delete()
    assert await names(Hero.filter(data__owner__age__gt=20)) == ["rex"]
    assert await names(Hero.filter(Q(data__age=3) | Q(data__filter={"breed": "labrador"}))) == ["rex", "tom"]
    assert await names(Hero.exclude(data__owner__name__isnull=False)) == ["nil"]
    assert await names(Hero.filter(~Q(data__filter={"age__gt": 5}), data__breed__not=None)) == ["tom"]
    team = await Team.create(name="t")
    await Hero.filter(name="rex").update(team=team)
    assert await names(Team.filter(heroes__data__breed__startswith="lab")) == ["t"]
    for age in (25, 26, "25", 25.0, None):  # one keyword, shapes of their own
        assert await Hero.filter(data__owner__age=age).count() == {25: 1, "25": 1, None: 1}.get(age, 0)
    with pytest.raises(FieldError, match='has no lookup "icontains"'):
        await Hero.filter(data__icontains="x")


@pytest.mark.feature(175)
async def test_containment(animals: str) -> None:
    assert await names(Hero.filter(data__contains={"breed": "labrador"})) == ["rex"]
    assert await names(Hero.filter(data__contains={"owner": {"age": 25}, "tags": [1]})) == ["rex"]
    assert await names(Hero.filter(data__contains={"tags": [{"a": "x"}]})) == ["rex"]
    assert await names(Hero.filter(data__contains={"tags": [1, 2]})) == ["tom"]
    assert await names(Hero.filter(data__contains={})) == ["nil", "rex", "tom"]
    assert await names(Hero.filter(data__contained_by=REX)) == ["nil", "rex"]
    assert await names(Hero.filter(data__tags__contains=[2])) == ["tom"]
    await Document.create(value=["a", 1, True])
    assert await Document.filter(value__contains="a").count() == 1
    assert await Document.filter(value__contains=[1, "a"]).count() == 1
    assert await Document.filter(value__contains=["b"]).count() == 0
    assert await Document.filter(value__contained_by=["a", 1, True, None]).count() == 1


@pytest.mark.feature(182)
async def test_paths_in_expressions(animals: str) -> None:
    assert await names(Hero.filter(power=F("data__owner__age"))) == ["rex"]
    assert await names(Hero.filter(data__age=F("power"))) == ["tom"]
    assert await names(Hero.filter(power__gt=F("data__age") * 2)) == ["rex"]
    rows = Hero.annotate(owner=F("data__owner__name"), first=F("data__tags__0"), whole=F("data__owner"))
    found = await rows.order_by("-name").values("owner", "first", "whole")
    assert found == [
        {"owner": "Tom", "first": 2, "whole": TOM["owner"]},
        {"owner": "Boby's", "first": 1, "whole": REX["owner"]},
        {"owner": None, "first": None, "whole": None},
    ]
    assert await Hero.filter(name="rex").values("name", age="data__age", deep="data__tags__1__a") == [
        {"name": "rex", "age": 7.5, "deep": "x"}
    ]
    assert await Hero.filter(name="rex").values_list("data__owner__phones__1", flat=True) == ["22"]
    assert await rows.filter(owner__startswith="Bob").values_list("name", flat=True) == ["rex"]
    assert await rows.filter(whole__age=25).values_list("name", flat=True) == ["rex"]
    assert await Hero.annotate(b=Lower("data__breed")).filter(b="älpcat").values_list("name", flat=True) == ["tom"]
    assert await Hero.annotate(s=Sum("data__age")).values("s") == [{"s": 10.5}]
    assert await names(Hero.filter(data__age__isnull=False).order_by("data__age")) == ["tom", "rex"]
    grouped = Hero.annotate(n=Count("id")).group_by("data__owner__active").values_list("data__owner__active", "n")
    assert sorted(await grouped, key=str) == [(False, 1), (None, 1), (True, 1)]
    with pytest.raises(FieldError, match="is a column, nothing can follow"):
        await Hero.annotate(x=F("name__first"))


@pytest.mark.feature(182, 184)
async def test_paths_in_cases(animals: str) -> None:
    young = Case(When(data__age__lt=5, then="young"), When(data__filter={"age__gte": 5}, then="old"), default="?")
    assert await Hero.annotate(kind=young).values_list("kind", flat=True) == ["?", "old", "young"]
    assert await Text.create(value="x")
    assert await Text.annotate(c=Coalesce("value", "y")).values_list("c", flat=True) == ["x"]


async def test_hostile_keys(animals: str) -> None:
    for key in ("'; DROP TABLE hero; --", "it's", "a.b", "$", "[0]", "%s", "{x}", "?", "☃", "back\\slash", "#>"):
        await Hero.filter(name="nil").update(data={key: {"in": 1}})
        assert await names(Hero.filter(data__filter={key: {"in": 1}})) == ["nil"], key
        assert await names(Hero.filter(data__filter={f"{key}__in__exact": 1})) == ["nil"], key
    quoted = Hero.filter(data__filter={'say "x"': 1})
    if animals == "sqlite":
        with pytest.raises(UnSupportedError, match="quotation mark"):
            await quoted
    else:
        await Hero.filter(name="nil").update(data={'say "x"': 1})
        assert await names(quoted) == ["nil"]


async def test_the_first_place_of_what_is_no_array(orm: str) -> None:
    await Hero.create(name="object", data={"a": 1})
    await Hero.create(name="array", data=[{"a": 1}, 2])
    await Hero.create(name="inner", data={"in": {"a": 1}, "0": {"a": 1}})
    assert await names(Hero.filter(data__0__a=1).order_by("id")) == ["array", "inner"]
    assert await names(Hero.filter(data__0={"a": 1}).order_by("id")) == ["array", "inner"]
    assert await names(Hero.filter(data__in__0__a=1)) == []
    assert await names(Hero.filter(data__1=2)) == ["array"]
    found = Hero.all().order_by("id").annotate(first=JSONExtract("data", "0"))
    assert [hero.first for hero in await found] == [None, {"a": 1}, orm_has_keys_of_digits(orm)]


def orm_has_keys_of_digits(orm: str) -> Any:
    """PostgreSQL alone takes a key of digits for what stands there, a place or a key."""
    return {"a": 1} if orm == "postgres" else None
