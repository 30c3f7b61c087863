"""Columns of enum types of the database: written, found, computed with, in their order."""

from typing import Any

import pytest

from models.native_enums import Level, Mood, Pair, Person, Ruler, Subject
from ormgen import ORM, F, Q, connections
from ormgen.exceptions import IntegrityError, OperationalError, ValidationError
from ormgen.expressions import Case, When
from ormgen.functions import Coalesce, Count, Lower, Max, Min

MODELS = {"models": ["models.native_enums"]}


async def people() -> list[Person]:
    rows = [
        ("a", Mood.HAPPY, Mood.SAD, Level.HIGH),
        ("b", Mood.SAD, None, Level.LOW),
        ("c", Mood.ODD, Mood.ODD, Level.LOW),
        ("ok", Mood.OK, Mood.HAPPY, Level.HIGH),
    ]
    return [await Person.create(name=name, mood=mood, before=was, level=level) for name, mood, was, level in rows]


async def names(found: Any) -> list[str]:
    return [each.name for each in await found.order_by("name")]


async def test_the_columns_have_the_types(orm: str) -> None:
    made = await people()
    connection = connections.get("default")
    if orm == "postgres":
        listed = await connection.execute_query_dict(
            "SELECT format_type(atttypid, atttypmod) AS kind FROM pg_attribute WHERE attrelid = 'person'::regclass "
            "AND attname IN ('mood', 'level') ORDER BY attname"
        )
        assert [row["kind"] for row in listed] == ['"Level"', "mood"]
    if orm != "sqlite":
        with pytest.raises((OperationalError, IntegrityError)):
            await connection.execute_query("UPDATE person SET mood = 'wild'")
    if orm == "mysql":
        (row,) = await connection.execute_query_dict("SHOW COLUMNS FROM person LIKE 'level'")
        assert row["Type"] == "enum('low','high')"
    await ORM.generate_schemas()  # the types are there
    assert [each.mood for each in await Person.all().order_by("name")] == [each.mood for each in made]
    with pytest.raises(ValidationError, match="'wild' is not a value of Mood"):
        await Person.create(name="x", mood="wild")


async def test_filters(orm: str) -> None:
    await people()
    assert await names(Person.filter(mood=Mood.ODD)) == ["c"]
    assert await names(Person.filter(mood="sad")) == ["b"]
    assert await names(Person.exclude(mood=Mood.SAD)) == ["a", "c", "ok"]
    assert await names(Person.filter(mood__in=[Mood.SAD, Mood.OK])) == ["b", "ok"]
    assert await names(Person.filter(mood__in=[Mood.SAD, "ok", Mood.ODD] * 20)) == ["b", "c", "ok"]
    assert await names(Person.filter(before__not_in=[Mood.ODD] * 30)) == ["a", "b", "ok"]
    assert await names(Person.filter(before__isnull=True)) == ["b"]
    assert await names(Person.filter(Q(mood__not="sad") & Q(before=None))) == []
    assert await names(Person.filter(mood__in=Person.filter(level=Level.HIGH).values("mood"))) == ["a", "ok"]
    assert await names(Person.filter(mood=F("before"))) == ["c"]
    assert await names(Person.filter(mood=F("name"))) == ["ok"]
    assert await names(Person.filter(mood__in=[F("name"), Mood.SAD])) == ["b", "ok"]


async def test_order_and_aggregates(orm: str) -> None:
    await people()
    declared = [each.mood for each in await Person.all().order_by("mood")]
    assert declared == (list(Mood) if orm != "sqlite" else sorted(Mood, key=lambda each: each.value))
    counted = await Person.annotate(many=Count("id")).group_by("level").order_by("level").values_list("level", "many")
    assert sorted(counted, key=str) == [(Level.HIGH, 2), (Level.LOW, 2)]
    assert await Person.all().distinct().order_by("level").values_list("level", flat=True) == (
        [Level.LOW, Level.HIGH] if orm != "sqlite" else [Level.HIGH, Level.LOW]
    )
    first, last = (await Person.annotate(a=Min("level"), b=Max("level")).group_by().values_list("a", "b"))[0]
    assert {first, last} == {Level.LOW, Level.HIGH}
    if orm == "postgres":
        assert (first, last) == (Level.LOW, Level.HIGH)


async def test_computed_values(orm: str) -> None:
    await people()
    either = Person.annotate(first=Coalesce("before", Mood.OK), text=Lower("mood")).order_by("name")
    assert await either.values_list("first", "text") == [
        (Mood.SAD, "happy"),
        (Mood.OK, "sad"),
        (Mood.ODD, Mood.ODD.value.lower()),
        (Mood.HAPPY, "ok"),
    ]
    assert await Person.annotate(first=Coalesce("before", Mood.OK)).filter(first=Mood.OK).count() == 1
    shown = Case(When(level=Level.HIGH, then=F("mood")), default="sad")
    assert await Person.annotate(shown=shown).order_by("name").values_list("shown", flat=True) == [
        Mood.HAPPY,
        Mood.SAD,
        Mood.SAD,
        Mood.OK,
    ]
    await Person.filter(name="b").update(before=F("mood"), level=Level.HIGH)
    await Person.filter(name="a").update(mood=Case(When(level=Level.HIGH, then="ok"), default="sad"))
    await Person.filter(name="ok").update(mood=F("name"), before=Coalesce("before", Mood.SAD))
    assert await Person.all().order_by("name").values_list("mood", "before") == [
        (Mood.OK, Mood.SAD),
        (Mood.SAD, Mood.SAD),
        (Mood.ODD, Mood.ODD),
        (Mood.OK, Mood.HAPPY),
    ]


async def test_many_rows(orm: str) -> None:
    moods = list(Mood)
    unset: Any = None
    made = [Person(name=str(at), mood=moods[at % 4], before=None, level=Level.HIGH) for at in range(1500)]
    await Person.bulk_create(made)
    assert await Person.filter(mood=Mood.ODD).count() == 375
    listed: list[Any] = await Person.all().order_by("id")
    for each in listed:
        each.mood, each.before = Mood.SAD, Mood.HAPPY
    await Person.bulk_update(listed, fields=["mood", "before"])
    assert await Person.filter(mood=Mood.SAD, before=Mood.HAPPY).count() == 1500
    for each in listed:
        each.before = unset
    await Person.bulk_update(listed, fields=["before"], batch_size=7)
    assert await Person.filter(before=None).count() == 1500


async def test_keys(orm: str) -> None:
    await Ruler.bulk_create([Ruler(mood=mood, name=mood.name) for mood in Mood])
    sad = await Ruler.get(mood=Mood.SAD)
    made = [await Subject.create(ruler=sad), await Subject.create(ruler_id=Mood.ODD)]
    assert await Subject.filter(ruler__name="ODD").values_list("id", flat=True) == [made[1].id]
    assert [each.ruler.mood for each in await Subject.all().prefetch_related("ruler").order_by("id")] == [
        Mood.SAD,
        Mood.ODD,
    ]
    assert await Subject.filter(ruler__in=[sad]).count() == 1
    found = await Ruler.in_bulk([Mood.SAD, Mood.HAPPY], "mood")
    assert {each.name for each in found.values()} == {"SAD", "HAPPY"}
    await Ruler.bulk_create([Ruler(mood=Mood.SAD, name="new")], on_conflict=["mood"], update_fields=["name"])
    assert (await Ruler.get(pk=Mood.SAD)).name == "new"
    await Pair.bulk_create([Pair(one=mood, two=level) for mood in Mood for level in Level])
    keys = [(mood, level) for mood in Mood for level in Level] * 10
    assert await Pair.filter(pk__in=keys).count() == 8
    pairs = await Pair.filter(one=Mood.SAD)
    for each in pairs:
        each.note = "x"
    await Pair.bulk_update(pairs, fields=["note"])
    assert await Pair.filter(note="x").count() == 2
    made_now, created = await Pair.get_or_create(one=Mood.SAD, two=Level.LOW)
    assert (made_now.note, created) == ("x", False)
