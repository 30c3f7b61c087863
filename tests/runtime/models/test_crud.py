"""Rows are created, read, changed and deleted one at a time."""

import asyncio
import itertools
from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Badge, Country, Diary, Hero, Log, Mood, Team
from ormgen import F, in_transaction
from ormgen.exceptions import (
    DoesNotExist,
    FieldError,
    IncompleteInstanceError,
    IntegrityError,
    MissingValueError,
    MultipleObjectsReturned,
    ObjectDoesNotExistError,
    OperationalError,
    UnknownFieldError,
    ValidationError,
)


async def test_create_gives_a_stored_object_with_its_key(orm: str) -> None:
    hero = await Hero.create(name="ann")
    assert hero.id == hero.pk
    assert (hero.power, hero.mood, hero.data, hero.active) == (0, Mood.GOOD, {}, True)
    found = await Hero.get(id=hero.id)
    assert found == hero
    assert found is not hero
    assert found.name == "ann"


async def test_defaults_are_not_shared(orm: str) -> None:
    first, second = Hero(name="a"), Hero(name="b")
    first.data["x"] = 1
    assert second.data == {}


async def test_save_creates_and_then_updates(orm: str) -> None:
    hero = Hero(name="ann")
    assert hero.pk is None
    await hero.save()
    key = hero.pk
    hero.name = "eve"
    await hero.save()
    assert hero.pk == key
    assert await Hero.all().values_list("id", "name") == [(key, "eve")]


async def test_saving_what_has_not_changed_is_no_error(orm: str) -> None:
    team = await Team.create(name="a")
    await team.save()
    await team.save(force_update=True)
    assert await Team.filter(id=team.id).update(name="a") == 1


async def test_save_some_fields(orm: str) -> None:
    hero = await Hero.create(name="ann", power=1)
    hero.name, hero.power = "eve", 2
    await hero.save(update_fields=["power"])
    found = await Hero.get(id=hero.id)
    assert (found.name, found.power) == ("ann", 2)
    hero.team = await Team.create(name="t")
    await hero.save(update_fields=("team",))
    assert await Hero.get(team__name="t") == hero
    await hero.save(update_fields=[])
    for wrong in (["powr"], ["team__name"], ["friends"], ["minions"]):
        with pytest.raises(FieldError, match="Hero"):
            await hero.save(update_fields=wrong)
        with pytest.raises(FieldError, match="Hero"):
            await Hero.bulk_update([hero], wrong)


async def test_create_with_a_key_of_ones_own(orm: str) -> None:
    hero = await Hero.create(id=77, name="ann")
    assert (await Hero.get(pk=77)) == hero
    assert (await Hero.create(pk=78, name="bob")).id == 78
    with pytest.raises(IntegrityError):
        await Hero.create(id=77, name="other")
    country = await Country.create(code="no", name="Norway")
    assert country.pk == "no"
    country.name = "Norge"
    await country.save()
    assert (await Country.get(pk="no")).name == "Norge"


async def test_force_create_and_force_update(orm: str) -> None:
    team = await Team.create(name="a")
    with pytest.raises(IntegrityError):
        await team.save(force_create=True)
    with pytest.raises(OperationalError, match=r"Can't update object that doesn't exist. PK: 999"):
        await Team(id=999, name="b").save(force_update=True)
    changed = Team(id=team.id, name="c")
    await changed.save(force_update=True)
    assert (await Team.get(id=team.id)).name == "c"


async def test_saving_a_row_that_is_gone_raises(orm: str) -> None:
    team = await Team.create(name="a")
    await Team.all().delete()
    with pytest.raises(OperationalError, match="Can't update object that doesn't exist"):
        await team.save()


async def test_delete(orm: str) -> None:
    team = await Team.create(name="a")
    await team.delete()
    assert not await Team.exists(id=team.id)
    with pytest.raises(OperationalError, match="Can't delete unpersisted record"):
        await team.delete()
    with pytest.raises(OperationalError, match="Can't delete unpersisted record"):
        await Team(name="b").delete()


async def test_integrity_errors_say_what_was_violated(orm: str) -> None:
    await Team.create(name="a")
    with pytest.raises(IntegrityError) as caught:
        await Team.create(name="a")
    assert caught.value.sqlstate == "23505"
    assert caught.value.constraint
    with pytest.raises(IntegrityError):
        await Hero.create(name="x", team_id=12345)


async def test_get_and_its_relatives(orm: str) -> None:
    one = await Hero.create(name="a", power=1)
    two = await Hero.create(name="b", power=1)
    assert await Hero.get(name="a") == one
    assert await Hero.get_or_none(name="a") == one
    assert await Hero.get_or_none(name="x") is None
    with pytest.raises(DoesNotExist, match=r"Object does not exist \(Hero\)"):
        await Hero.get(name="x")
    with pytest.raises(MultipleObjectsReturned, match=r"expected exactly one \(Hero\)"):
        await Hero.get(power=1)
    with pytest.raises(MultipleObjectsReturned):
        await Hero.get_or_none(power=1)
    assert await Hero.first() == one
    assert await Hero.last() == two
    assert await Hero.filter(power=2).first() is None
    assert await Hero.filter(power=2).last() is None
    assert await Hero.latest("power", "id") == two
    assert await Hero.earliest("-id") == two
    assert await Hero.filter(power=1).latest("name") == two
    assert await Hero[one.id] == one
    with pytest.raises(ObjectDoesNotExistError, match="Hero has no object with id=999") as caught:
        await Hero[999]
    assert isinstance(caught.value, KeyError)
    with pytest.raises(FieldError, match="need the names to order by"):
        await Hero.latest()


async def test_get_or_create(orm: str) -> None:
    team, created = await Team.get_or_create(name="a", defaults={"city": "Oslo"})
    assert (created, team.city) == (True, "Oslo")
    again, created = await Team.get_or_create(name="a", defaults={"city": "Rome"})
    assert (created, again, again.city) == (False, team, "Oslo")
    hero, created = await Hero.get_or_create(name__iexact="X", defaults={"name": "x"})
    assert (created, hero.name) == (True, "x")


async def test_get_or_create_creates_once_however_many_ask(orm: str) -> None:
    answers = await asyncio.gather(*[Team.get_or_create(name="a") for _ in range(8)])
    assert sorted(created for _, created in answers) == [False] * 7 + [True]
    assert len({team.id for team, _ in answers}) == 1


async def test_get_or_create_inside_a_transaction(orm: str) -> None:
    async with in_transaction():
        first, created = await Team.get_or_create(name="a")
        again, recreated = await Team.get_or_create(name="a")
        assert (created, recreated, first) == (True, False, again)
        with pytest.raises(IntegrityError):
            await Team.get_or_create(name="b", defaults={"id": first.id})
        assert await Team.all().count() == 1
    assert await Team.all().count() == 1


async def test_update_or_create(orm: str) -> None:
    team, created = await Team.update_or_create(name="a", defaults={"city": "Oslo"})
    assert (created, team.city) == (True, "Oslo")
    again, created = await Team.update_or_create(name="a", defaults={"city": "Rome"})
    assert (created, again.id, again.city) == (False, team.id, "Rome")
    assert (await Team.get(id=team.id)).city == "Rome"
    with pytest.raises(UnknownFieldError, match='did you mean "city"'):
        await Team.update_or_create(name="a", defaults={"citty": "Rome"})


async def test_update_or_create_concurrently(orm: str) -> None:
    answers = await asyncio.gather(*[Team.update_or_create(name="a", defaults={"size": n}) for n in range(6)])
    assert sorted(created for _, created in answers) == [False] * 5 + [True]
    assert await Team.all().count() == 1


async def test_refresh_from_db(orm: str) -> None:
    hero = await Hero.create(name="ann", power=1)
    await Hero.filter(id=hero.id).update(name="eve", power=2)
    await hero.refresh_from_db(fields=["power"])
    assert (hero.name, hero.power) == ("ann", 2)
    await hero.refresh_from_db()
    assert hero.name == "eve"
    with pytest.raises(OperationalError, match="unpersisted"):
        await Hero(name="x").refresh_from_db()
    await Hero.all().delete()
    with pytest.raises(OperationalError, match="does not exist any more"):
        await hero.refresh_from_db()


async def test_expressions_are_computed_by_the_database(orm: str) -> None:
    hero: Any = await Hero.create(name="ann", power=5)
    hero.power = F("power") + 2
    await hero.save()
    assert hero.power == 7
    hero.price = F("price") + Decimal("0.05")
    await hero.save(update_fields=["price"])
    assert hero.price == Decimal("1.55")


async def test_update_from_dict_and_clone(orm: str) -> None:
    hero = await Hero.create(name="ann", power=5)
    assert hero.update_from_dict({"name": "eve", "power": "6"}) is hero
    assert (hero.name, hero.power) == ("eve", 6)
    with pytest.raises(UnknownFieldError):
        hero.update_from_dict({"nam": "x"})
    twin = hero.clone()
    assert twin.pk is None
    await twin.save()
    assert twin.pk != hero.pk
    assert twin.name == "eve"
    assert (await hero.clone(pk=500).to_dict())["id"] == 500


async def test_construct_checks_nothing(orm: str) -> None:
    hero: Any = Hero.construct(name=3, power="x", nick=None)
    assert (hero.name, hero.power, hero.nick, hero.price) == (3, "x", None, Decimal("1.50"))
    assert hero.data == {}
    assert hero.data is not Hero.construct().data


async def test_a_missing_value_is_an_integrity_error_too(orm: str) -> None:
    for kind in (MissingValueError, IntegrityError, ValidationError, ValueError):
        with pytest.raises(kind):
            await Hero.create(power=3)


async def test_unknown_and_backward_keywords_are_refused(orm: str) -> None:
    with pytest.raises(UnknownFieldError, match='Hero has no field "nam"; did you mean "name"'):
        await Hero.create(nam="x")
    with pytest.raises(TypeError):
        Hero("x")
    with pytest.raises(FieldError, match=r"You can't set backward relations through init: Team.heroes"):
        Team(name="x", heroes=[])
    with pytest.raises(FieldError, match="You can't set m2m relations through init"):
        Hero(name="x", friends=[])


async def test_partial_instances_are_not_saved_whole(orm: str) -> None:
    await Hero.create(name="ann", power=3)
    hero = await Hero.all().only("name").get()
    assert hero.name == "ann"
    with pytest.raises(AttributeError, match=r"Hero.power was not loaded"):
        _ = hero.power
    with pytest.raises(IncompleteInstanceError, match=r"Hero is a partial model, field '.*' is not available"):
        await hero.save()
    hero.name = "eve"
    await hero.save(update_fields=["name"])
    assert await Hero.all().values_list("name", "power") == [("eve", 3)]
    await hero.refresh_from_db(fields=["power"])
    assert hero.power == 3


async def test_tables_and_columns_with_strange_names(orm: str) -> None:
    hero = await Hero.create(name="ann")
    log = await Log.create(line="100% {x} `'\"", hero=hero)
    assert await Log.get(line__contains="% {x}", hero__name="ann") == log
    log.line = "new"
    await log.save()
    assert await Log.filter(hero=hero).values_list("line", "id", "hero_id", "hero__name") == [
        ("new", log.id, hero.id, "ann")
    ]
    assert await Log.filter(hero__name="ann").update(line=F("line")) == 1
    assert await Log.bulk_update([log], ["line", "hero"]) == 1
    assert await Log.filter(id__in=Log.filter(line="new")).order_by("-line").delete() == 1


async def test_keys_that_are_relations(orm: str) -> None:
    hero = await Hero.create(name="ann")
    diary = await Diary.create(hero=hero, text="x")
    assert diary.pk == hero.id == diary.hero_id
    diary.text = "y"
    await diary.save()
    assert (await Diary.get(pk=hero.id)).text == "y"
    assert (await Diary.get(hero=hero)) == diary
    assert await hero.diary == diary
    badge = await Badge.create(hero=hero)
    with pytest.raises(IntegrityError):
        await Badge.create(hero=hero)
    await hero.delete()
    assert not await Badge.exists(id=badge.id)
    assert not await Diary.exists()


async def test_wrong_types_on_assignment_are_found_when_saving(orm: str) -> None:
    hero: Any = await Hero.create(name="ann")
    hero.power = "strong"
    with pytest.raises(ValidationError, match=r"Hero\.power: 'strong' is not a valid int"):
        await hero.save()


async def test_update_fields_in_any_order_take_no_memory_for_ever(orm: str) -> None:
    hero = await Hero.create(name="ann")
    memo = Hero.__model__.memo
    names = ["name", "power", "nick", "price", "team_id"]
    for filled in range(3_000):
        memo.setdefault(("filled", filled), None)
    size = len(memo)
    for order in itertools.permutations(names):
        hero.nick = order[0]
        await hero.save(update_fields=order)
        assert (await Hero.get(id=hero.id)).nick == order[0]
    assert len(memo) <= size + 5
    for filled in range(3_000):
        del memo["filled", filled]
