"""Many tasks that make the same objects at once, with and without a transaction around them."""

import asyncio
import warnings
from typing import Any

import pytest

from models.heroes import Country, Hero, Mission, Team
from ormgen import in_transaction
from ormgen.exceptions import IntegrityError, ParamsError

TASKS = 25


@pytest.mark.feature(129)
async def test_get_or_create_by_many_tasks(orm: str) -> None:
    found = await asyncio.gather(*[Team.get_or_create(name="one", defaults={"size": at}) for at in range(TASKS)])
    assert sum(created for _, created in found) == 1
    assert {team.id for team, _ in found} == {(await Team.get()).id}


@pytest.mark.feature(130)
async def test_update_or_create_by_many_tasks(orm: str) -> None:
    found = await asyncio.gather(*[Team.update_or_create(name="one", defaults={"size": at}) for at in range(TASKS)])
    assert sum(created for _, created in found) == 1
    assert (await Team.get()).size in range(TASKS)


@pytest.mark.feature(129, 130)
async def test_a_violation_inside_a_transaction_leaves_it_usable(orm: str) -> None:
    """The constraint that is violated is not the one that is asked by, so that nothing is found and it is raised."""
    await Team.create(name="taken")
    async with in_transaction():
        await Team.create(name="before")
        with pytest.raises(IntegrityError):
            await Team.get_or_create(size=99, defaults={"name": "taken"})
        with pytest.raises(IntegrityError):
            await Team.update_or_create(size=99, defaults={"name": "taken"})
        assert (await Team.get_or_create(name="taken"))[1] is False
        assert (await Team.get_or_create(name="after"))[1] is True
    assert sorted(await Team.all().values_list("name", flat=True)) == ["after", "before", "taken"]


@pytest.mark.feature(129, 130, 205)
async def test_gathered_inside_a_transaction_all_belongs_to_it(orm: str) -> None:
    hero = await Hero.create(name="h")
    other = await Hero.create(name="o")
    async with in_transaction() as connection:
        made = await asyncio.gather(*[Team.get_or_create(name="one") for _ in range(5)])
        assert sum(created for _, created in made) == 1
        await asyncio.gather(*[Team.update_or_create(name=f"t{at}", defaults={"size": at}) for at in range(5)])
        await asyncio.gather(*[Country.bulk_create([Country(code=code, name=code)]) for code in ("no", "se")])
        hero.power, other.power = 7, 8
        await asyncio.gather(hero.save(), other.save())
        await asyncio.gather(hero.refresh_from_db(), other.fetch_related("team"))
        counts = await asyncio.gather(Team.all(), Country.all(), Hero.filter(power__in=[7, 8]), Team.get(name="t3"))
        assert [len(each) for each in counts[:3]] == [6, 2, 2]
        assert counts[3].size == 3
        await asyncio.gather(other.delete())
        await connection.rollback()
    assert await Team.all().count() == await Country.all().count() == 0
    assert await Hero.filter(power=0).count() == 2


@pytest.mark.feature(103, 104, 205)
async def test_relations_gathered_inside_a_transaction(orm: str) -> None:
    rescue, team = await Mission.create(title="rescue"), await Team.create(name="t")
    async with in_transaction() as connection:
        ann, bob = await Hero.create(name="ann", team=team), await Hero.create(name="bob", boss_id=None)
        await asyncio.gather(rescue.crew.add(ann), bob.missions.add(rescue))
        await asyncio.gather(team.heroes.create(name="cid"), rescue.crew.create(name="dan"))
        found, crew, heroes = await asyncio.gather(ann.team, rescue.crew, team.heroes)
        assert found == team
        assert sorted(hero.name for hero in crew) == ["ann", "bob", "dan"]
        assert sorted(hero.name for hero in heroes) == ["ann", "cid"]
        await asyncio.gather(rescue.crew.remove(ann), bob.missions.clear())
        assert [hero.name for hero in await rescue.crew] == ["dan"]
        await connection.rollback()
    assert await Hero.all().count() == await rescue.crew.all().count() == 0


@pytest.mark.feature(128)
async def test_by_key(orm: str) -> None:
    team = await Team.create(name="t")
    assert await Team[team.id] == team
    for wrong in (team.id + 1, "no number"):
        with pytest.raises(KeyError, match="Team has no object with id"):
            await Team[wrong]


@pytest.mark.feature(122)
async def test_clone(orm: str) -> None:
    country = await Country.create(code="no", name="Norway")
    with pytest.raises(ParamsError, match=r"Country\.clone\(\) needs pk"):
        country.clone()
    country.name = "Sweden"
    copied = country.clone(pk="se")
    await copied.save()
    await copied.save()
    assert await Country.all().order_by("code").values_list("code", "name") == [("no", "Norway"), ("se", "Sweden")]
    team = await Team.create(name="a")
    team.pk, team.name = None, "b"
    await team.save()  # without its key it is a new one
    assert await Team.all().order_by("id").values_list("name", flat=True) == ["a", "b"]


@pytest.mark.feature(133)
async def test_options_of_bulk_methods_are_also_value_errors(orm: str) -> None:
    team = await Team.create(name="a")
    for fields, objects in (([], [team]), (["id"], [team]), (["size"], [Team(name="b")])):
        with pytest.raises(ValueError, match="bulk_update"):
            await Team.bulk_update(objects, fields=fields)


async def test_what_is_never_awaited_warns(orm: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        unused: list[Any] = [Team.create(name="x"), Team.filter(name="x").update(size=3), Team.all().count()]
        unused.clear()
    assert sorted(str(each.message).split(" was ")[0] for each in caught) == ["Team.create()", "Team.update()"]


@pytest.mark.feature(129)
async def test_get_or_create_by_many_transactions(orm: str) -> None:
    async def store(size: int) -> bool:
        async with in_transaction():
            _, created = await Team.get_or_create(name="one", defaults={"size": size})
            return created

    assert sum(await asyncio.gather(*[store(at) for at in range(TASKS)])) == 1
    assert await Team.all().count() == 1
