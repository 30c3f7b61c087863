"""What a relation offers on an instance and in a filter, and what it says when it is used wrongly."""

import uuid
from typing import Any

import pytest

from models.links import Captain, Club, Course, Enrolment, Fan, Member, Student, Task, Tool
from ormgen import F, Q
from ormgen.exceptions import (
    DoesNotExist,
    FieldError,
    MultipleObjectsReturned,
    NoValuesFetched,
    ObjectDoesNotExistError,
    OperationalError,
    ParamsError,
    ValidationError,
)
from ormgen.functions import Count, Max
from ormgen.query_utils import Prefetch

from .watching import watched

MODELS = {"models": ["models.links"]}

feature = pytest.mark.feature


async def names(question: Any) -> list[str]:
    return [item.name for item in await question]


@pytest.fixture
async def art(orm: str) -> Course:
    """A course with three students: ann, bob, cid."""
    art = await Course.create(name="art")
    for name in ("ann", "bob", "cid"):
        await Enrolment.create(course=art, student=await Student.create(name=name), grade=len(name) + ord(name[0]))
    return art


@feature(67, 68)
async def test_keys_that_nobody_declared(orm: str) -> None:
    ann = await Student.create(name="ann")
    bob = await Student.create(name="bob", pk=ann.pk + 10)
    assert (ann.pk, bob.pk) == (ann.id, ann.id + 10)
    assert Student._meta.pk_attr == "id"
    assert await names(Student.filter(pk=ann.pk)) == await names(Student.filter(id=ann.pk)) == ["ann"]
    assert await names(Student.filter(pk__in=[ann.pk, bob.pk]).order_by("-pk")) == ["bob", "ann"]
    assert await names(Student.filter(pk__gt=ann.pk)) == await names(Student.exclude(pk=ann.pk)) == ["bob"]
    assert await Student.all().order_by("pk").values_list("pk", flat=True) == [ann.id, bob.id]
    assert await Student.all().order_by("pk").values("pk", "name") == [
        {"pk": ann.id, "name": "ann"},
        {"pk": bob.id, "name": "bob"},
    ]
    assert await Student.in_bulk([ann.pk], "pk") == {ann.pk: ann}
    assert await Student.get(pk=ann.pk) == await Student[ann.pk] == ann
    with pytest.raises(ObjectDoesNotExistError):
        await Student[ann.pk + 1]
    club = await Club.create(code="red")
    ann_fan = await Fan.create(name="ann", hidden=club)
    assert await names(Fan.filter(hidden__pk=club.pk)) == await names(Fan.filter(hidden__pk__in=[club.pk])) == ["ann"]
    ann_fan.pk = 12345
    assert ann_fan.id == 12345


@feature(104)
async def test_a_reverse_relation_has_every_method_of_a_query_set(art: Course) -> None:
    other = await Course.create(name="law")
    await Enrolment.create(course=other, student=await Student.create(name="dan"))
    rows = art.enrolments
    high = await rows.order_by("-grade").first()
    assert high is not None
    assert (await rows.order_by("grade").last()) == await rows.latest("grade") == high
    assert await rows.earliest("grade") == await rows.all().order_by("grade").first()
    assert await rows.count() == await rows.all().count() == len(await rows) == 3
    assert await rows.exists()
    assert await rows.filter(grade=high.grade).exists()
    assert not await rows.exclude(grade__lt=10_000).exists()
    assert await rows.get(grade=high.grade) == await rows.get_or_none(grade=high.grade) == high
    assert await rows.get_or_none(grade=-1) is None
    with pytest.raises(DoesNotExist):
        await rows.get(grade=-1)
    with pytest.raises(MultipleObjectsReturned):
        await rows.get()
    assert len(await rows.limit(2)) == len(await rows.order_by("id").offset(1)) == 2
    assert await rows.order_by("student__name").values_list("student__name", flat=True) == ["ann", "bob", "cid"]
    assert await rows.filter(student__name="bob").values("student__name", "course") == [
        {"student__name": "bob", "course": art.id}
    ]
    assert [row.student.name for row in await rows.select_related("student").order_by("id")] == ["ann", "bob", "cid"]
    loaded = await rows.prefetch_related("student").order_by("-id").first()
    assert loaded is not None
    assert loaded.student.name == "cid"
    assert (await rows.annotate(twice=F("grade") * 2).get(pk=high.pk)).twice == high.grade * 2
    only = await rows.only("id").order_by("-pk").distinct()
    assert only[0].pk == high.pk
    assert await rows.in_bulk([high.pk]) == {high.pk: high}
    assert [row async for row in rows] == await rows
    assert [row async for row in rows.filter(grade=high.grade)] == [high]
    made = await rows.create(student=await Student.create(name="eve"))
    assert (made.course_id, made.course) == (art.id, art)
    assert await rows.update(grade=1) == 4
    assert await rows.filter(student__name="eve").delete() == 1
    assert await rows.delete() == 3
    assert await Enrolment.all().count() == 1


@feature(103)
async def test_a_many_to_many_relation_has_every_method_of_a_query_set(art: Course) -> None:
    await Student.create(name="zoe")
    students = art.students
    assert await names(students.order_by("-name")) == ["cid", "bob", "ann"]
    assert await names(students.all().limit(1).order_by("name")) == ["ann"]
    assert await names(students.filter(Q(name="ann") | Q(name="zoe"))) == ["ann"]
    assert await names(students.exclude(name="ann").order_by("name")) == ["bob", "cid"]
    assert (await students.count(), await students.exists(), await students.filter(name="zoe").exists()) == (
        *(3, True, False),
    )
    assert (await students.get(name="bob")).name == "bob"
    assert await students.get_or_none(name="zoe") is None
    assert await students.order_by("name").values_list("name", flat=True) == ["ann", "bob", "cid"]
    assert sorted([student.name async for student in students]) == ["ann", "bob", "cid"]
    first = await students.order_by("name").first()
    assert first is not None
    assert await first.courses == [art]
    assert await students.annotate(n=Count("enrolments")).filter(n=1).count() == 3
    made = await students.create(name="eve")
    assert await students.filter(pk=made.pk).exists()
    assert await names(students.filter(name="eve").prefetch_related("courses")) == ["eve"]
    assert await students.filter(name="ann").update(name="amy") == 1
    assert await Student.filter(name="amy").exists()
    assert (await Course.all().annotate(best=Max("enrolments__grade")).get(pk=art.pk)).best == 102


@feature(103)
async def test_ten_thousand_objects_are_joined_by_one_statement(orm: str) -> None:
    tool = await Tool.create(name="saw")
    tasks = await Task.bulk_create([Task(slug=f"t{at:05}") for at in range(10_000)])
    with watched() as statements:
        await tool.tasks.add(*tasks)
    assert len(statements) == 1
    assert await tool.tasks.all().count() == 10_000
    with watched() as statements:
        await tool.tasks.add(*tasks)
    assert len(statements) == 1
    assert await tool.tasks.all().count() == 10_000
    with watched() as statements:
        await tool.tasks.remove(*tasks[1:])
    assert len(statements) == 1
    assert await tool.tasks.all() == tasks[:1]
    with watched() as statements:
        await tool.tasks.clear()
        await tool.tasks.clear()
    assert len(statements) == 2
    assert await tool.tasks.all() == []


@feature(105)
async def test_a_relation_that_nobody_fetched(art: Course) -> None:
    row = await Enrolment.first()
    assert row is not None
    before = r"No values were fetched for this relation, first use \.fetch_related\(\)"
    for use in (len, list, bool, lambda relation: relation[0], lambda relation: row in relation):
        with pytest.raises(NoValuesFetched, match=before):
            use(art.enrolments)
        with pytest.raises(NoValuesFetched, match=before):
            use(art.students)
    with pytest.raises(NoValuesFetched, match=before):
        _ = row.student.name
    await art.fetch_related("enrolments", "students")
    assert (len(art.enrolments), len(list(art.students)), bool(art.students)) == (3, 3, True)
    assert art.enrolments[0] in art.enrolments
    await row.fetch_related("student")
    assert row.student.name == "ann"
    empty = await Course.create(name="empty")
    await empty.fetch_related("enrolments")
    assert not empty.enrolments
    await art.fetch_related(Prefetch("enrolments", queryset=Enrolment.filter(grade__gt=100)))
    assert len(art.enrolments) == 2
    await art.fetch_related(Prefetch("enrolments", Enrolment.filter(grade=102), to_attr="best"))
    found: Any = art
    assert ([each.grade for each in found.best], len(art.enrolments)) == ([102], 2)


@feature(106)
async def test_objects_that_nobody_saved(orm: str) -> None:
    course, saved = Course(name="x"), await Course.create(name="y")
    unsaved: Any = course
    for method in ("all", "filter", "count", "first"):
        for relation in (unsaved.enrolments, unsaved.students):
            with pytest.raises(OperationalError, match="hasn't been instanced"):
                await getattr(relation, method)()
    with pytest.raises(OperationalError, match="hasn't been instanced"):
        await course.enrolments.create(student=await Student.create(name="s"))
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Course>"):
        await course.students.add(await Student.create(name="a"))
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Student>"):
        await saved.students.add(Student(name="b"))
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Course>"):
        await Enrolment.create(course=course, student=await Student.create(name="c"))
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Tool>"):
        await (await Task.create(slug="s")).tools.add(Tool(id=uuid.uuid4(), name="key of its own"))
    with pytest.raises(OperationalError, match="no id yet"):
        await Enrolment.filter(course=course)
    row = Enrolment(student=await Student.create(name="d"))
    row.course = course
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        await row.save()
    await course.save()
    await row.save()
    assert (await Enrolment.get(pk=row.pk)).course_id == course.pk


@feature(112)
async def test_objects_of_another_model(art: Course) -> None:
    student, row = await Student.create(name="s"), await Enrolment.first()
    assert row is not None
    wrong: Any = student
    with pytest.raises(ValidationError, match="Expected model type 'Course'"):
        Enrolment(course=wrong)
    with pytest.raises(ValidationError, match="Expected model type 'Course'"):
        row.course = wrong
    with pytest.raises(ValidationError, match="Expected model type 'Student'"):
        await art.students.add(art)
    with pytest.raises(ValidationError, match="Expected model type 'Course'"):
        await Enrolment.filter(course=wrong)
    with pytest.raises(ValidationError, match="Expected model type 'Course'"):
        await Enrolment.filter(course__in=[wrong])
    with pytest.raises(ValidationError, match="Expected model type 'Course'"):
        await Enrolment.all().update(course=wrong)
    with pytest.raises(ValidationError, match="Expected model type 'Student'"):
        await Course.filter(students=art)
    with pytest.raises(ValidationError, match="Expected model type 'Enrolment'"):
        await Course.filter(enrolments__in=[art])
    assert row.course_id == art.pk


@feature(112)
async def test_objects_are_assigned_and_compared(art: Course) -> None:
    law, row = await Course.create(name="law"), await Enrolment.first()
    assert row is not None
    assert await row.course == art
    row.course = law
    assert (row.course, row.course_id) == (law, law.pk)
    await row.save(update_fields=["course"])
    again = await Enrolment.get(pk=row.pk)
    assert (await again.course == law, await again.course == art) == (True, False)
    row.update_from_dict({"course_id": art.pk})
    await row.save()
    assert await row.course == art
    row.update_from_dict({"course": law})
    assert row.course_id == law.pk
    assert (await Enrolment.get_or_create(course=law, student=await again.student))[1]
    assert await Enrolment.filter(course=art, student__not=await again.student).update(course=law) == 2


@feature(177)
async def test_relations_in_filters(art: Course) -> None:
    law, nothing = await Course.create(name="law"), await Course.create(name="nothing")
    ann, bob, cid = await Student.all().order_by("name")
    await Enrolment.create(course=law, student=ann)
    rows = await Enrolment.all().order_by("id")
    assert await Enrolment.filter(course=law).count() == await Enrolment.filter(course=law.pk).count() == 1
    assert (
        await Enrolment.filter(course__in=[art, law]).count() == await Enrolment.filter(course__in=[art.pk]).count() + 1
    )
    assert await Enrolment.filter(course__not=art).count() == await Enrolment.exclude(course=art).count() == 1
    assert await Enrolment.filter(course__not_in=[law, nothing]).count() == 3
    assert await Enrolment.filter(course__in=Course.filter(name="law")).count() == 1
    assert await names(Course.filter(students=ann).order_by("name")) == ["art", "law"]
    assert await names(Course.filter(students=bob.pk)) == ["art"]
    assert await names(Course.filter(students__in=[bob, cid]).distinct()) == ["art"]
    assert await names(Course.filter(students__in=[bob.pk, cid.pk])) == ["art", "art"]
    assert await names(Course.filter(students__not=ann).distinct().order_by("name")) == ["art", "nothing"]
    assert await names(Course.filter(students__isnull=True)) == ["nothing"]
    assert await names(Course.filter(enrolments__isnull=True)) == ["nothing"]
    assert await names(Course.filter(enrolments__isnull=False).distinct().order_by("name")) == ["art", "law"]
    assert (
        await names(Course.filter(enrolments=rows[0])) == await names(Course.filter(enrolments=rows[0].pk)) == ["art"]
    )
    assert await names(Course.filter(enrolments__in=rows).distinct().order_by("name")) == ["art", "law"]
    assert await names(Student.filter(courses__name="law")) == ["ann"]
    assert await names(Student.filter(enrolments__course__in=[law])) == ["ann"]
    assert await Course.filter(students__in=[]) == []
    red = await Club.create(code="red")
    await Member.create(name="in", cascading=red)
    await Member.create(name="out")
    assert await names(Member.filter(cascading__isnull=True)) == await names(Member.filter(cascading=None)) == ["out"]
    assert await names(Member.filter(cascading__isnull=False)) == ["in"]
    assert await names(Member.filter(cascading_id__isnull=True)) == ["out"]
    assert await names(Member.filter(cascading__not_isnull=True)) == ["in"]
    assert await Club.filter(captain__isnull=True).count() == 1
    await Captain.create(club=red, name="c")
    assert await Club.filter(captain__isnull=True).count() == 0


@feature(99, 177)
async def test_names_that_are_no_relations(art: Course) -> None:
    with pytest.raises(FieldError, match=r'Enrolment has no field "curse".*did you mean "course"'):
        await Enrolment.filter(curse__name="x")
    with pytest.raises(FieldError, match=r"did you mean \"students\""):
        await art.fetch_related("student")
    with pytest.raises(FieldError, match=r'use prefetch_related\("students"\)'):
        await Course.all().select_related("students")
    with pytest.raises(FieldError, match=r"You can't set m2m relations through init"):
        Course(name="x", students=[])
    with pytest.raises(FieldError, match=r"You can't set backward relations through init"):
        Course(name="x", enrolments=[])
    with pytest.raises(ParamsError, match="needs a query set of Enrolment, not of Student"):
        await art.fetch_related(Prefetch("enrolments", Student.all()))
