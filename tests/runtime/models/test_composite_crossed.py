"""Many-to-many relations to and from models whose primary keys have several columns."""

from typing import Any

import pytest

from models.crossed import Course, Mark, Pupil, Tag
from ormgen import ORM, Q
from ormgen.exceptions import IntegrityError, OperationalError
from ormgen.functions import Count, Sum
from ormgen.query_utils import Prefetch

MODELS = {"models": ["models.crossed"]}


@pytest.fixture
async def art(orm: str) -> Course:
    """Courses art, math and physics of school 1, art of school 2; Ann and Bob of 1, Ann of 2."""
    for school, code in ((1, "art"), (1, "math"), (1, "physics"), (2, "art")):
        await Course.create(school=school, code=code, title=f"{code} {school}")
    for school, number, name in ((1, 1, "Ann"), (1, 2, "Bob"), (2, 1, "Ann 2")):
        await Pupil.create(school=school, number=number, name=name)
    return await Course.get(pk=(1, "art"))


async def codes(question: Any) -> list[tuple[int, str]]:
    return sorted((course.school, course.code) for course in await question)


@pytest.mark.feature(101, 103)
async def test_adding_and_removing(art: Course) -> None:
    ann, bob = await Pupil.get(pk=(1, 1)), await Pupil.get(pk=(1, 2))
    other, math = await Course.get(pk=(2, "art")), await Course.get(pk=(1, "math"))
    await ann.courses.add(art, math)
    await ann.courses.add(art, other)
    assert await codes(ann.courses) == [(1, "art"), (1, "math"), (2, "art")]
    assert await codes(bob.courses) == []
    assert await art.pupils == [ann]
    await art.pupils.add(bob)
    assert sorted(pupil.name for pupil in await art.pupils) == ["Ann", "Bob"]
    await ann.courses.remove(other, math)
    assert await codes(ann.courses) == [(1, "art")]
    await ann.courses.clear()
    assert await codes(ann.courses) == []
    assert await codes(bob.courses) == [(1, "art")]
    made = await bob.courses.create(school=2, code="math")
    assert await codes(bob.courses) == [(1, "art"), (2, "math")]
    assert await made.pupils == [bob]
    with pytest.raises(OperationalError, match="save"):
        await bob.courses.add(Course(school=9, code="x"))
    with pytest.raises(IntegrityError):
        await ORM.get_connection("default").execute_query(
            "INSERT INTO pupil_course (pupil_school, pupil_number, course_school, course_code) VALUES (8, 8, 8, 'x')"
        )
    await art.delete()
    assert await codes(bob.courses) == [(2, "math")]


@pytest.mark.feature(101, 165, 177, 188)
async def test_asking_across(art: Course) -> None:
    pupils = await Pupil.all().order_by("pk")
    courses = await Course.all().order_by("pk")
    await pupils[0].courses.add(*courses)
    await pupils[1].courses.add(courses[0], courses[1])
    assert await Pupil.filter(courses=art).order_by("pk") == pupils[:2]
    assert await Pupil.filter(courses=(2, "art")) == pupils[:1]
    assert await Pupil.filter(courses__in=courses[2:]).distinct().order_by("pk") == pupils[:1]
    assert await Pupil.filter(courses__pk__in=[(1, "art")]).count() == 2
    assert await Pupil.filter(courses__code="art").count() == 3
    assert await Pupil.filter(courses__title="math 1").order_by("pk") == pupils[:2]
    assert await Pupil.filter(courses__isnull=True) == pupils[2:]
    assert await Course.filter(pupils=pupils[1]).order_by("pk") == courses[:2]
    assert await Course.filter(Q(pupils__name="Bob") | Q(pupils__isnull=True)).count() == 2
    counted = await Pupil.annotate(n=Count("courses"), m=Count("courses", _filter=Q(courses__code="art"))).order_by(
        "pk"
    )
    assert [(pupil.n, pupil.m) for pupil in counted] == [(4, 2), (2, 1), (0, 0)]
    codes_of = (
        await Pupil.annotate(kinds=Count("courses__code", distinct=True)).order_by("pk").values_list("kinds", flat=True)
    )
    assert codes_of == [3, 2, 0]
    assert await pupils[0].courses.filter(school=1).order_by("-code").values_list("code", flat=True) == [
        "physics", "math", "art",
    ]  # fmt: skip
    assert await pupils[0].courses.all().count() == 4
    assert await pupils[1].courses.filter(school=1).update(title="new") == 2


@pytest.mark.feature(101, 154)
async def test_loading_across(art: Course) -> None:
    pupils = await Pupil.all().order_by("pk")
    courses = await Course.all().order_by("pk")
    await pupils[0].courses.add(*courses)
    await pupils[1].courses.add(courses[1])
    loaded: Any = await Pupil.all().prefetch_related("courses__pupils").order_by("pk")
    assert [sorted(course.pk for course in pupil.courses) for pupil in loaded] == [
        [course.pk for course in courses], [courses[1].pk], [],
    ]  # fmt: skip
    assert [len(course.pupils) for course in sorted(loaded[0].courses, key=lambda course: course.pk)] == [1, 2, 1, 1]
    some: Any = await Pupil.all().prefetch_related(
        Prefetch("courses", queryset=Course.filter(school=1).order_by("-code"), to_attr="ours")
    ).order_by("pk")  # fmt: skip
    assert [course.code for course in some[0].ours] == ["physics", "math", "art"]
    await Pupil.bulk_create([Pupil(school=7, number=at) for at in range(60)])
    many: Any = await Pupil.all().prefetch_related("courses").order_by("pk")
    assert sum(len(pupil.courses) for pupil in many) == 5


@pytest.mark.feature(101, 111)
async def test_with_itself(art: Course) -> None:
    math, physics = await Course.get(pk=(1, "math")), await Course.get(pk=(1, "physics"))
    await physics.needs.add(math)
    assert await codes(physics.needs) == [(1, "math")]
    assert await codes(math.needed_by) == [(1, "physics")]
    assert await codes(math.needs) == []
    await art.like.add(math, physics)
    assert await codes(math.like) == [(1, "art")]
    await math.like.remove(art)
    assert await codes(art.like) == [(1, "physics")]
    await art.like.clear()
    assert await codes(physics.like) == []


@pytest.mark.feature(102)
async def test_through_a_model(art: Course) -> None:
    ann, bob = await Pupil.get(pk=(1, 1)), await Pupil.get(pk=(1, 2))
    math = await Course.get(pk=(1, "math"))
    await ann.marked.add(art, math, through_defaults={"points": 5})
    await ann.marked.add(art)
    await Mark.create(pupil=bob, course=art, points=2)
    assert await Mark.all().count() == 3
    assert await codes(ann.marked) == [(1, "art"), (1, "math")]
    assert sorted(pupil.name for pupil in await art.markers) == ["Ann", "Bob"]
    totals = await Pupil.annotate(total=Sum("marks__points")).order_by("pk").values_list("total", flat=True)
    assert totals == [10, 2, None]
    await ann.marked.remove(math)
    assert await codes(ann.marked) == [(1, "art")]


@pytest.mark.feature(101)
async def test_with_a_key_of_one_column(art: Course) -> None:
    ann = await Pupil.get(pk=(1, 1))
    red, blue = await Tag.create(name="red"), await Tag.create(name="blue")
    await ann.tags.add(red, blue)
    assert await ann.tags.all().order_by("name").values_list("name", flat=True) == ["blue", "red"]
    assert await red.pupils == [ann]
    assert await Tag.filter(pupils=(1, 1)).count() == 2
    assert await Pupil.filter(tags__name="red") == [ann]
    loaded: Any = await Tag.all().prefetch_related("pupils").order_by("name")
    assert [[pupil.pk for pupil in tag.pupils] for tag in loaded] == [[(1, 1)], [(1, 1)]]
    await blue.pupils.clear()
    assert await ann.tags == [red]
