"""Common table expressions: named questions, plain and recursive."""

import pickle
import random
from decimal import Decimal
from typing import Any, cast

import pytest

from models.places import Place
from ormgen import F, Q
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import CTE, Exists, OuterRef, RawSQL, Subquery, Value
from ormgen.functions import Coalesce, Concat, Count, Max
from ormgen.queryset import OpenQuerySet

MODELS = {"models": ["models.places"]}

#  earth ── europe ── norway ── oslo
#        └─ asia ──── japan
PARENTS = {"earth": None, "europe": "earth", "asia": "earth", "norway": "europe", "japan": "asia", "oslo": "norway"}


@pytest.fixture
async def places(orm: str) -> dict[str, Place]:
    made: dict[str, Place] = {}
    for number, (name, parent) in enumerate(PARENTS.items()):
        above = None if parent is None else made[parent]
        made[name] = await Place.create(name=name, parent=above, people=number, price=Decimal(number) / 4)
    return made


def below(root: str) -> CTE[OpenQuerySet[Place]]:
    """The tree under a place, with depth and path."""
    first = Place.filter(name=root).annotate(depth=Value(0), path=F("name"))
    return CTE.recursive(
        lambda cte: first.union_all(
            cte.join(Place.all(), parent_id=cte.col.id).annotate(
                depth=cte.col.depth + 1, path=Concat(cte.col.path, "/", F("name"))
            )
        ),
        name="tree",
    )


@pytest.mark.feature(140)
async def test_objects_of_a_tree(places: dict[str, Place]) -> None:
    found = cast("list[Any]", await below("earth").queryset().order_by("path"))
    assert [(place.name, place.depth, place.path) for place in found] == [
        ("earth", 0, "earth"),
        ("asia", 1, "earth/asia"),
        ("japan", 2, "earth/asia/japan"),
        ("europe", 1, "earth/europe"),
        ("norway", 2, "earth/europe/norway"),
        ("oslo", 3, "earth/europe/norway/oslo"),
    ]
    assert found[-1] == places["oslo"]
    assert (found[-1].people, found[-1].price) == (5, Decimal("1.25"))
    found[-1].people = 50
    await found[-1].save()
    assert (await Place.get(name="oslo")).people == 50
    europe = below("europe").queryset()
    assert await europe.count() == 3
    assert await europe.filter(depth__gte=1).order_by("-depth").values_list("name", "depth") == [
        ("oslo", 2),
        ("norway", 1),
    ]
    assert await europe.filter(parent__name="europe").values_list("name", flat=True) == ["norway"]
    assert (await europe.filter(depth=9).exists(), await europe.aggregate(m=Max("depth"))) == (False, {"m": 2})
    assert await europe.annotate(n=Count("id")).group_by("depth").order_by("depth").values_list("depth", "n") == [
        *((0, 1), (1, 1), (2, 1))
    ]
    assert [place.name async for place in europe.order_by("depth").limit(2)] == ["europe", "norway"]
    loaded = await europe.order_by("depth").prefetch_related("children").select_related("parent")
    assert [[child.name for child in place.children] for place in loaded] == [["norway"], ["oslo"], []]
    assert [place.parent and place.parent.name for place in loaded] == ["earth", "europe", "norway"]
    assert sorted(await below("asia").queryset().union(Place.filter(name="oslo")).values_list("name", flat=True)) == [
        *("asia", "japan", "oslo")
    ]


@pytest.mark.feature(140, 185)
async def test_ancestors_inside_of_other_questions(places: dict[str, Place]) -> None:
    above = CTE.recursive(
        lambda cte: (
            Place.filter(name="oslo")
            .values("id", "parent_id")
            .union(cte.join(Place.all(), id=cte.col.parent_id).values("id", "parent_id"))
        ),
        name="above",
    )
    named = above.join(Place.all(), id=above.col.id).order_by("people")
    assert await named.values_list("name", flat=True) == ["earth", "europe", "norway", "oslo"]
    assert len(await above.queryset()) == 4
    ids = Subquery(above.join(Place.all(), id=above.col.id).values("id"))
    assert await Place.filter(id__in=ids).order_by("id").values_list("name", flat=True) == [
        *("earth", "europe", "norway", "oslo")
    ]
    assert await Place.exclude(id__in=ids).order_by("id").values_list("name", flat=True) == ["asia", "japan"]
    assert await Place.filter(id__in=ids, name__not="earth").update(people=F("people") + 100) == 3
    assert sum(await Place.all().values_list("people", flat=True)) == 315
    under = Subquery(below("asia").queryset().filter(depth__gte=1).values("id"))
    assert await Place.filter(id__in=under).delete() == 1


@pytest.mark.feature(140)
async def test_cycles_end(places: dict[str, Place]) -> None:
    places["earth"].parent = places["oslo"]
    await places["earth"].save()
    around = CTE.recursive(
        lambda cte: (
            Place.filter(name="europe")
            .values("id", "parent_id")
            .union(cte.join(Place.all(), id=cte.col.parent_id).values("id", "parent_id"))
        )
    )
    rows: Any = around.queryset()
    assert await rows.count() == 4  # rows that were found before end it
    guarded = CTE.recursive(
        lambda cte: (
            Place.filter(name="europe")
            .annotate(depth=Value(0))
            .union_all(
                cte.join(Place.all(), parent_id=cte.col.id).annotate(depth=cte.col.depth + 1).filter(depth__lte=5)
            )
        )
    )
    assert await guarded.queryset().aggregate(m=Max("depth")) == {"m": 5}
    name = Concat(Value("/"), F("name"), Value("/"))
    seen = CTE.recursive(
        lambda cte: (
            Place.filter(name="europe")
            .values("id", "name", path=name)
            .union_all(
                cte.join(Place.all(), parent_id=cte.col.id)
                .annotate(before=cte.col.path)
                .exclude(before__contains=name)
                .values("id", "name", path=Concat(cte.col.path, F("name"), Value("/")))
            )
        )
    )
    paths = [row["path"] for row in await seen.queryset().order_by("path")]
    assert paths[0] == "/europe/"
    assert paths[-1] == "/europe/norway/oslo/earth/asia/japan/"
    assert len(paths) == 6


@pytest.mark.feature(140)
async def test_paths_may_grow_long(places: dict[str, Place]) -> None:
    above = None
    await Place.all().delete()
    for number in range(120):
        above = await Place.create(name=f"place-{number:04}", parent=above)
    deepest = cast("Any", await below("place-0000").queryset().order_by("-depth").first())
    assert (deepest.depth, len(deepest.path), deepest.path[-10:]) == (119, 120 * 10 + 119, "place-0119")


@pytest.mark.feature(140, 149)
async def test_totals_beside_rows(places: dict[str, Place]) -> None:
    totals = CTE(
        Place.annotate(n=Count("id"), most=Max("price")).group_by("parent_id").values("parent_id", "n", "most"),
        name="totals",
    )
    assert await totals.queryset().filter(n__gt=1) == [
        {"parent_id": places["earth"].id, "n": 2, "most": Decimal("0.50")}
    ]
    assert await totals.queryset().order_by("-most", "n").limit(1) == [
        {"parent_id": places["norway"].id, "n": 1, "most": Decimal("1.25")}
    ]
    joined = totals.join(Place.all(), id=totals.col.parent_id).annotate(n=totals.col.n, most=totals.col.most)
    assert await joined.filter(n=1).order_by("name").values_list("name", "n", "most") == [
        ("asia", 1, Decimal("1.00")),
        ("europe", 1, Decimal("0.75")),
        ("norway", 1, Decimal("1.25")),
    ]
    assert await joined.filter(most__gte=Decimal("1.0")).count() == 2
    every = totals.left_join(Place.filter(people__gt=1), Q(id=totals.col.parent_id))
    assert await every.annotate(n=Coalesce(totals.col.n, 0)).order_by("name").values_list("name", "n") == [
        *(("asia", 1), ("japan", 0), ("norway", 1), ("oslo", 0))
    ]
    assert await totals.queryset().count() == 5
    richer = Place.filter(Exists(totals.queryset().filter(parent_id=OuterRef("id"), n__gt=1)))
    assert await richer.values_list("name", flat=True) == ["earth"]
    assert await totals.join(Place, id=totals.col.parent_id).filter(price__lt=totals.col.most).count() == 4


@pytest.mark.feature(140)
async def test_one_reads_another(places: dict[str, Place]) -> None:
    crowded = CTE(Place.filter(people__gt=1), name="crowded")
    doubled = CTE(
        crowded.join(Place.all(), id=crowded.col.id).values("id", twice=crowded.col.people * 2), name="doubled"
    )
    assert await doubled.queryset().order_by("-twice").limit(2) == [
        {"id": places["oslo"].id, "twice": 10},
        {"id": places["japan"].id, "twice": 8},
    ]
    both = doubled.join(crowded.join(Place.all(), parent_id=crowded.col.id), id=doubled.col.id)
    assert await both.order_by("name").values("name", twice=doubled.col.twice, above=crowded.col.name) == [
        {"name": "japan", "twice": 8, "above": "asia"},
        {"name": "oslo", "twice": 10, "above": "norway"},
    ]
    assert await crowded.queryset().filter(people__lt=4).order_by("id").values_list("name", flat=True) == [
        "asia",
        "norway",
    ]
    raw = Place.all().with_cte(crowded).filter(RawSQL("id IN (SELECT id FROM crowded WHERE inhabitants > 4)"))
    assert await raw.count() == 1


@pytest.mark.feature(140, 160)
async def test_values_are_bound_in_their_order(places: dict[str, Place]) -> None:
    def question(low: int, name: str, high: int, most: int) -> Any:
        some = CTE(Place.filter(people__gte=low).annotate(tag=Value(name)), name="some")
        joined = some.join(Place.filter(people__lt=high), Q(id=some.col.id), people__gt=0)
        return joined.annotate(tag=some.col.tag).order_by("id").limit(most).values_list("name", "tag")

    assert await question(2, "x", 5, 1) == [("asia", "x")]
    assert await question(3, "y'%s{}", 6, 2) == [("norway", "y'%s{}"), ("japan", "y'%s{}")]  # the same statement
    shown = question(3, "y", 6, 2).sql(params_inline=True, dialect="sqlite")
    assert shown.startswith('WITH "some" ("id","name","people","price","note","parent_id","tag") AS (SELECT')
    assert ">=3" in shown
    assert "'y'" in shown
    assert shown.endswith('ORDER BY "place"."id" ASC LIMIT 2')
    assert "WITH RECURSIVE `tree` (" in below("earth").queryset().sql(dialect="mysql")
    assert below("earth").queryset().sql(dialect="postgres").startswith('WITH RECURSIVE "tree" (')


async def test_what_is_refused(places: dict[str, Place]) -> None:
    crowded = CTE(Place.filter(people__gt=1), name="crowded")
    totals = CTE(Place.annotate(n=Count("id")).group_by("parent_id").values("parent_id", "n"), name="totals")
    with pytest.raises(FieldError, match='crowded holds no "nmae"; did you mean "name"'):
        await crowded.join(Place.all(), id=crowded.col.id).annotate(x=crowded.col.nmae)
    with pytest.raises(FieldError, match='totals holds no "name"; add it to the values'):
        await totals.queryset().filter(name="x")
    with pytest.raises(FieldError, match='no common table expression is called "crowded" here'):
        await Place.annotate(x=crowded.col.name)
    with pytest.raises(ParamsError, match="which rows belong together"):
        crowded.join(Place.all())
    with pytest.raises(ParamsError, match="joined already"):
        crowded.join(crowded.join(Place.all(), id=crowded.col.id), id=crowded.col.id)
    with pytest.raises(ParamsError, match="two common table expressions are called"):
        Place.all().with_cte(crowded, CTE(Place.all(), name="crowded"))
    with pytest.raises(ParamsError, match="takes a query set"):
        CTE(cast("Any", 3))
    with pytest.raises(ParamsError, match="takes a query set or a model"):
        crowded.join(cast("Any", 3), id=1)
    with pytest.raises(ParamsError, match="takes a function that gives first"):
        CTE.recursive(lambda cte: cast("Any", Place.all()))
    with pytest.raises(ParamsError, match="the rows of cte are joined"):
        CTE.recursive(lambda cte: Place.all().union(cte.queryset()))
    with pytest.raises(FieldError, match="cannot be the name"):
        CTE(Place.all(), name="a b")
    with pytest.raises(ParamsError, match="hold no related objects"):
        await CTE(Place.all().select_related("parent"), name="related").queryset()
    with pytest.raises(ParamsError, match="are not stored"):
        await crowded.queryset().delete()
    with pytest.raises(ParamsError, match="are not stored"):
        await crowded.queryset().update(name="x")
    with pytest.raises(ParamsError, match="takes common table expressions"):
        Place.all().with_cte(cast("Any", Place.all()))
    assert repr(crowded) == "<CTE crowded>"


async def test_questions_with_them_are_values(places: dict[str, Place]) -> None:
    question = below("asia").queryset().order_by("depth")
    copied = pickle.loads(pickle.dumps(question))
    assert [place.name for place in await copied] == [place.name for place in await question] == ["asia", "japan"]


@pytest.mark.parametrize("seed", range(3))
async def test_reachable_places_as_python_finds_them(orm: str, seed: int) -> None:
    dice = random.Random(seed)
    size = dice.randint(4, 12)
    parents = [dice.choice([None, *range(size)]) for _ in range(size)]
    await Place.bulk_create([Place(name=str(at)) for at in range(size)])
    made = await Place.all().order_by("id")
    for at, above in enumerate(parents):
        cast("Any", made[at]).parent_id = None if above is None else made[above].id
    await Place.bulk_update(made, ["parent_id"])
    for root in range(size):
        first = Place.filter(id=made[root].id).values("id")

        def found(cte: CTE[Any], first: Any = first) -> Any:
            return first.union(cte.join(Place.all(), parent_id=cte.col.id).values("id"))

        under = CTE.recursive(found)
        rows = await under.queryset()
        assert sorted(row["id"] for row in rows) == sorted(made[at].id for at in reachable(parents, root))


def reachable(parents: list[int | None], root: int) -> set[int]:
    found, new = {root}, {root}
    while new:
        new = {at for at, above in enumerate(parents) if above in new} - found
        found |= new
    return found
