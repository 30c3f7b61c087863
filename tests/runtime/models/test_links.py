"""Relations to keys of every type, to columns that are not keys, and through tables: stored, found, loaded, parted."""

import uuid
from typing import Any

import pytest

from models.links import (
    Captain,
    Chicken,
    Club,
    Course,
    Deputy,
    Egg,
    Enrolment,
    Fan,
    Member,
    President,
    Student,
    Task,
    Term,
    Tool,
    Tutoring,
    Visit,
)
from ormgen.exceptions import (
    FieldError,
    IntegrityError,
    ParamsError,
)

MODELS = {"models": ["models.links"]}

feature = pytest.mark.feature


async def names(question: Any) -> list[str]:
    return sorted(item.name for item in await question)


async def slugs(question: Any) -> list[str]:
    return sorted(item.slug for item in await question)


@feature(107, 109)
async def test_what_happens_when_the_other_row_goes(orm: str) -> None:
    club = [await Club.create(code=f"c{at}") for at in range(5)]
    await Member.create(name="cascading", cascading=club[0])
    await Member.create(name="restricted", restricted=club[1])
    await Member.create(name="emptied", emptied=club[2])
    await Member.create(name="kept", kept=club[3])
    await Member.create(name="free", free=club[4])
    await club[0].delete()
    assert not await Member.exists(name="cascading")
    with pytest.raises(IntegrityError):
        await club[1].delete()
    await club[2].delete()
    assert (await Member.get(name="emptied")).emptied_id is None
    with pytest.raises(IntegrityError):
        await club[3].delete()
    await club[4].delete()
    free = await Member.get(name="free")
    assert free.free_id == club[4].id
    assert await free.free is None
    assert await Member.create(name="dangling", free_id=98765)


@feature(108)
async def test_a_unique_column_as_target(orm: str) -> None:
    red = await Club.create(code="red", name="Red")
    blue = await Club.create(code="blue", name="Blue")
    ann = await Fan.create(name="ann", club=red, favourite=blue)
    await Fan.create(name="bob", club_id="red", favourite_id=red.badge)
    cid = await Fan.create(name="cid", club=blue)
    assert (ann.club_id, ann.favourite_id) == ("red", blue.badge)
    assert await names(Fan.filter(club=red)) == ["ann", "bob"]
    assert await names(Fan.filter(club="red")) == ["ann", "bob"]
    assert await names(Fan.filter(club_id="red")) == ["ann", "bob"]
    assert await names(Fan.filter(club__code="red")) == ["ann", "bob"]
    assert await names(Fan.filter(club__in=[red, blue])) == ["ann", "bob", "cid"]
    assert await names(Fan.filter(club__in=["blue"])) == ["cid"]
    assert await names(Fan.filter(club__not=red)) == ["cid"]
    assert await names(Fan.filter(club__id=red.id)) == ["ann", "bob"]
    assert await names(Fan.filter(club__pk=red.pk)) == ["ann", "bob"]
    assert await names(Fan.filter(club__name__startswith="B")) == ["cid"]
    assert await names(Fan.filter(favourite=red.badge)) == ["bob"]
    assert await names(Fan.filter(club__in=Club.filter(name="Red"))) == ["ann", "bob"]
    assert await names(Club.filter(fans=ann)) == await names(Club.filter(fans=ann.id)) == ["Red"]
    assert await names(Club.filter(fans__in=[ann, cid])) == ["Blue", "Red"]
    assert await names(Club.filter(admirers__isnull=True)) == []


@feature(108)
async def test_loading_by_a_unique_column(orm: str) -> None:
    red = await Club.create(code="red", name="Red")
    blue = await Club.create(code="blue", name="Blue")
    await Fan.create(name="ann", club=red, favourite=blue)
    bob = await Fan.create(name="bob", club_id="red", favourite_id=red.badge)
    await Fan.create(name="cid", club=blue)
    assert await names(red.fans) == ["ann", "bob"]
    assert await names(blue.admirers.all()) == ["ann"]
    assert await (await Fan.get(name="bob")).club == red
    loaded = await Club.all().prefetch_related("fans", "admirers").order_by("name")
    assert [[fan.name for fan in club.fans] for club in loaded] == [["cid"], ["ann", "bob"]]
    assert [[fan.name for fan in club.admirers] for club in loaded] == [["ann"], ["bob"]]
    fans = await Fan.all().prefetch_related("club", "favourite").order_by("name")
    assert [fan.club.name for fan in fans] == ["Red", "Red", "Blue"]
    assert [fan.favourite and fan.favourite.name for fan in fans] == ["Blue", "Red", None]
    joined = await Fan.all().select_related("club", "favourite").order_by("-name").first()
    assert joined is not None
    assert (joined.club.name, joined.favourite) == ("Blue", None)
    made = await blue.fans.create(name="dan")
    assert made.club_id == "blue"
    assert await Fan.filter(club=blue).update(club=red) == 2
    assert await Fan.filter(club=red).count() == 4
    assert await Fan.all().order_by("club__name", "name").values_list("club", flat=True) == ["red"] * 4
    with pytest.raises(IntegrityError):
        await Fan.create(name="nobody", club_id="grey")
    bob.club = blue
    await bob.save()
    assert (await Fan.get(id=bob.id)).club_id == "blue"


@feature(100, 108)
async def test_one_to_one_with_a_unique_column(orm: str) -> None:
    red = await Club.create(code="red")
    await Club.create(code="blue")
    ann = await President.create(name="ann", club=red)
    assert await red.president == ann
    assert (await Club.get(code="red").select_related("president")).president == ann
    assert (await Club.get(code="blue").prefetch_related("president")).president is None
    assert await Club.filter(president=ann) == await Club.filter(president__name="ann") == [red]
    assert [club.code for club in await Club.filter(president__isnull=True)] == ["blue"]
    assert [club.code for club in await Club.filter(president__isnull=False)] == ["red"]
    assert await President.get(club=red) == await President.get(club="red") == ann
    with pytest.raises(IntegrityError):
        await President.create(name="bob", club=red)


@feature(110)
async def test_ways_back(orm: str) -> None:
    red = await Club.create(code="red")
    fan = await Fan.create(name="ann", hidden=red, plain=red)
    everything: Any = red
    assert await names(everything.fans_) == ["ann"]
    assert "hidden" in Fan._meta.fk_fields
    assert Club._meta.backward_fk_fields == {
        *("cascading_members", "restricted_members", "emptied_members", "kept_members", "free_members"),
        *("fans", "admirers", "fans_"),
    }
    with pytest.raises(FieldError, match="no field"):
        await Club.filter(hidden=fan)
    assert await names(Fan.filter(hidden=red)) == ["ann"]
    assert await (await Fan.get(name="ann")).hidden == red


@feature(100, 113)
async def test_keys_that_are_relations(orm: str) -> None:
    red, blue = await Club.create(code="red"), await Club.create(code="blue")
    ann = await Captain.create(club=red, name="ann")
    assert (ann.pk, ann.club_id, await Captain.get(pk=red.id), await Captain[red.id]) == (red.id, red.id, ann, ann)
    bob = await Captain.create(club_id=blue.id, name="bob")
    deputy = await Deputy.create(captain=ann, name="dan")
    assert deputy.pk == deputy.captain_id == red.id
    assert await Deputy.filter(captain=ann) == await Deputy.filter(captain__club=red) == [deputy]
    assert await Deputy.filter(captain__club__code="red") == await Deputy.filter(pk=red.id) == [deputy]
    assert await Captain.filter(deputy=deputy) == await Captain.filter(deputy__isnull=False) == [ann]
    assert await Captain.filter(deputy__isnull=True) == [bob]
    loaded = await Deputy.all().select_related("captain__club").get()
    assert loaded.captain.club.code == "red"
    clubs = await Club.all().prefetch_related("captain__deputy").order_by("code")
    assert [club.captain.name for club in clubs] == ["bob", "ann"]
    assert [club.captain.deputy and club.captain.deputy.name for club in clubs] == [None, "dan"]
    deputy.name = "eve"
    await deputy.save()
    assert await names(Deputy.all()) == ["eve"]
    task = await Task.create(slug="sweep")
    await deputy.tasks.add(task)
    assert await names(task.deputies) == ["eve"]
    with pytest.raises(IntegrityError):
        await Captain.create(club=red, name="second")
    await red.delete()
    assert await Deputy.all().count() == 0


@feature(101, 103, 113)
async def test_many_to_many_with_keys_of_other_types(orm: str) -> None:
    saw, axe = await Tool.create(name="saw"), await Tool.create(name="axe")
    chop, cut = await Task.create(slug="chop"), await Task.create(slug="cut")
    await saw.tasks.add(cut)
    await chop.tools.add(saw, axe)
    assert await slugs(saw.tasks) == ["chop", "cut"]
    assert await names(chop.tools) == ["axe", "saw"]
    assert await names(Tool.filter(tasks=cut)) == await names(Tool.filter(tasks="cut")) == ["saw"]
    assert await names(Tool.filter(tasks__slug__in=["chop"])) == ["axe", "saw"]
    assert await names(Tool.filter(tasks__in=[cut, "chop"]).distinct()) == ["axe", "saw"]
    assert await slugs(Task.filter(tools=saw.id)) == await slugs(Task.filter(tools__name="saw")) == ["chop", "cut"]
    loaded = await Tool.all().prefetch_related("tasks").order_by("name")
    assert [sorted(task.slug for task in tool.tasks) for tool in loaded] == [["chop"], ["chop", "cut"]]
    await saw.tasks.remove(cut, cut)
    await saw.tasks.remove(cut)
    assert await slugs(saw.tasks) == ["chop"]
    await chop.tools.clear()
    assert await saw.tasks.all().count() == 0
    part = await Tool.create(name="blade", part_of=saw, owner=chop)
    assert (part.part_of_id, part.owner_id) == (saw.id, "chop")
    assert isinstance(saw.id, uuid.UUID)
    assert await names(saw.parts) == await names(chop.owned_tools) == ["blade"]
    assert await names(Tool.filter(part_of__name="saw", owner__slug="chop")) == ["blade"]
    assert await names(Tool.filter(parts__isnull=False)) == ["saw"]
    assert (await Tool.get(name="blade").select_related("part_of", "owner")).part_of == saw


@feature(101)
async def test_pairs_without_constraints_or_a_unique_index(orm: str) -> None:
    saw, axe = await Tool.create(name="saw"), await Tool.create(name="axe")
    chop, cut = await Task.create(slug="chop"), await Task.create(slug="cut")
    await saw.again.add(chop, cut)
    await saw.again.add(chop)
    await chop.tools_again.add(saw, axe)
    assert await slugs(saw.again) == ["chop", "cut"]
    assert await names(chop.tools_again.all()) == ["axe", "saw"]
    await saw.loose.add(cut)
    await saw.delete()
    left: Any = cut.loose_tools
    assert await left.all() == []


@feature(111)
async def test_many_to_many_with_itself(orm: str) -> None:
    root, leaf, twig = [await Task.create(slug=slug) for slug in ("root", "leaf", "twig")]
    await leaf.parents.add(root)
    await root.children.add(twig, leaf)
    assert await slugs(root.children) == ["leaf", "twig"]
    assert await slugs(twig.parents) == ["root"]
    assert await slugs(root.parents) == []
    assert await slugs(Task.filter(parents=root)) == ["leaf", "twig"]
    assert await slugs(Task.filter(children__slug="leaf")) == ["root"]
    loaded = await Task.get(slug="root").prefetch_related("children__parents", "parents")
    assert [[task.slug for task in child.parents] for child in loaded.children] == [["root"], ["root"]]
    assert list(loaded.parents) == []


@feature(111)
async def test_symmetrical_pairs(orm: str) -> None:
    one, two, three = [await Task.create(slug=slug) for slug in ("one", "two", "three")]
    await one.twins.add(two, three, two)
    await two.twins.add(one)
    assert await slugs(one.twins) == ["three", "two"]
    assert await slugs(two.twins) == await slugs(three.twins) == ["one"]
    await one.twins.add(one)
    assert await slugs(one.twins) == ["one", "three", "two"]
    await two.twins.remove(one)
    assert await slugs(one.twins) == ["one", "three"]
    assert await slugs(two.twins) == []
    await three.twins.add(two)
    await one.twins.clear()
    assert await slugs(one.twins) == []
    assert await slugs(three.twins) == ["two"]


@feature(113)
async def test_keys_of_a_custom_type(orm: str) -> None:
    hot, cold = await Term.create(word="Hot"), await Term.create(word="COLD")
    cold.opposite = hot
    await cold.save()
    assert (await Term.get(word="cold")).opposite_id == "hot"
    assert await (await Term.get(pk="COLD")).opposite == hot
    assert [term.word for term in await hot.opposites] == ["cold"]
    assert [term.word for term in await Term.filter(opposite=hot)] == ["cold"]
    await hot.related.add(cold)
    assert [term.word for term in await hot.related] == ["cold"]
    loaded = await Term.all().prefetch_related("related", "opposites", "opposite").order_by("word")
    assert [[term.word for term in each.related] for each in loaded] == [[], ["cold"]]
    assert [each.opposite and each.opposite.word for each in loaded] == ["hot", None]


@feature(102)
async def test_through_tables_that_are_models(orm: str) -> None:
    art, law = await Course.create(name="art"), await Course.create(name="law")
    ann, bob = await Student.create(name="ann"), await Student.create(name="bob")
    await art.students.add(ann, bob)
    await art.students.add(bob)
    assert await names(art.students) == ["ann", "bob"]
    assert await Enrolment.all().values_list("course_id", "student_id", "grade") == [
        (art.id, ann.id, 0),
        (art.id, bob.id, 0),
    ]
    await law.students.add(bob, through_defaults={"grade": 5})
    assert await names(Course.filter(enrolments__grade=5)) == ["law"]
    assert await Enrolment.create(course=law, student=ann, grade=3)
    assert await names(law.students.filter(enrolments__grade__gt=4, enrolments__course=law)) == ["bob"]
    await law.guests.add(ann)
    await law.guests.add(ann)
    assert [(visit.place_id, visit.visitor_id) for visit in await Visit.all()] == [(law.id, ann.id)]
    assert await names(ann.visits) == ["law"]
    await art.tutors.add(bob)
    assert [(each.subject_id, each.tutor_id, each.helper_id) for each in await Tutoring.all()] == [
        (art.id, bob.id, None)
    ]
    assert await names(bob.tutored) == ["art"]
    loaded = await Course.all().prefetch_related("students", "guests", "tutors").order_by("name")
    assert [(len(each.students), len(each.guests), len(each.tutors)) for each in loaded] == [(2, 0, 1), (2, 1, 0)]
    await art.tutors.clear()
    await law.students.remove(ann)
    assert (await Tutoring.all().count(), await Enrolment.all().count()) == (0, 3)
    await art.students.clear()
    assert await names(law.students) == ["bob"]
    tool, task = await Tool.create(name="saw"), await Task.create(slug="cut")
    with pytest.raises(ParamsError, match="no other columns"):
        await tool.tasks.add(task, through_defaults={"grade": 1})


@feature(216)
async def test_models_in_a_ring(orm: str) -> None:
    egg = await Egg.create(name="egg")
    hen = await Chicken.create(name="hen", hatched_from=egg)
    egg.laid_by = hen
    await egg.save()
    assert await names(Chicken.filter(hatched_from__laid_by__name="hen")) == ["hen"]
    loaded = await Egg.get().select_related("laid_by__hatched_from").prefetch_related("hatched")
    assert (loaded.laid_by.hatched_from.name, [each.name for each in loaded.hatched]) == ("egg", ["hen"])


@feature(114)
async def test_annotations_of_relations(orm: str) -> None:
    red = await Club.create(code="red", name="Red")
    captain = await Captain.create(club=red, name="ann")
    fan = await Fan.create(name="bob", club=red)
    deputy = await Deputy.create(captain=captain, name="cid")
    president = await President.create(name="dan", club=red)
    task = await Task.create(slug="t")
    await deputy.tasks.add(task)
    assert await fan.club == await president.club == red
    assert await red.fans.all() == [fan]
    assert (await red.captain, await deputy.captain, await deputy.tasks) == (captain, captain, [task])
    course = await Course.create(name="art")
    enrolment = await Enrolment.create(course=course, student=await Student.create(name="eve"))
    assert (await Enrolment.get(pk=enrolment.pk).select_related("course")).course.name == "art"
