"""What a program on Tortoise ORM does: it is right, it runs, and type checkers know the type of every result."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any, assert_type

from tortoise import Tortoise, run_async
from tortoise.exceptions import DoesNotExist
from tortoise.expressions import Case, F, Q, RawSQL, Subquery, When
from tortoise.functions import Avg, Coalesce, Count, Length, Lower, Max, Min, Sum, Upper
from tortoise.query_utils import Prefetch
from tortoise.queryset import QuerySet, QuerySetSingle
from tortoise.signals import post_save
from tortoise.transactions import atomic, in_transaction

from heroes.models import Account, Hero, Mission, Note, Profile, Status, Team


async def creating() -> tuple[Team, Hero, Hero]:
    team = await Team.create(name="Avengers")
    assert_type(team, Team)
    assert_type(team.id, int)
    assert_type(team.pk, int)
    assert_type(team.created_at, dt.datetime)
    mentor = await Hero.create(name="Fury", power=1, team=team, money=Decimal("1.50"))
    hero = Hero(name="Thor", power=9, team_id=team.id, mentor=mentor, data={"hammer": True})
    await hero.save()
    assert_type(hero.mentor_id, int | None)
    assert_type(hero.team_id, int)
    assert_type(hero.money, Decimal)
    assert_type(hero.status, Status)
    assert_type(hero.born, dt.date | None)
    assert hero.tag == f"Thor@{team.id}"
    hulk = await team.heroes.create(name="Hulk", power=7)
    assert_type(hulk, Hero)
    await hero.friends.add(hulk, mentor)
    await hero.friends.remove(mentor)
    profile = await Profile.create(hero=hero, bio="god")
    assert_type(profile.hero_id, int)
    found, made = await Team.get_or_create(name="Avengers", defaults={"created_at": dt.datetime.now(dt.UTC)})
    assert_type(found, Team)
    assert_type(made, bool)
    assert (found, made) == (team, False)
    changed, _ = await Team.update_or_create(name="X-Men", defaults={"name": "X-Men"})
    assert_type(changed, Team)
    await Team.bulk_create([Team(name="A"), Team(name="B")])
    assert_type(await Team.bulk_update([team], fields=["name"]), int)
    await Mission.create(title="Home", starts_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC), leader=hero)
    copy = hero.clone()
    assert_type(copy, Hero)
    assert_type(team.update_from_dict({"name": "Avengers"}), Team)
    return team, hero, mentor


async def asking(hero: Hero) -> None:
    assert_type(await Hero.all(), list[Hero])
    assert_type(await Hero.filter(name="Thor"), list[Hero])
    assert_type(await Hero.get(id=hero.id), Hero)
    assert_type(await Hero.get_or_none(name="nobody"), Hero | None)
    assert_type(await Hero.first(), Hero | None)
    assert_type(await Hero.last(), Hero | None)
    assert_type(await Hero.latest("power"), Hero | None)
    assert_type(await Hero.earliest("-power", "name"), Hero | None)
    assert_type(await Hero.filter(power__gt=3).count(), int)
    assert_type(await Hero.filter(power__gt=3).exists(), bool)
    assert_type(await Hero.exists(name="Thor"), bool)
    assert_type(await Hero.all().contains(hero), bool)
    assert_type(await Hero[hero.id], Hero)
    assert_type(await Hero.in_bulk([hero.id]), dict[int, Hero])
    assert_type(await Team.all().in_bulk(["Avengers"], "name"), dict[str, Team])
    assert_type([one async for one in Hero.all().limit(2).offset(1)], list[Hero])
    assert_type(await Hero.all()[0:2], list[Hero])
    assert_type(await Hero.strong(3), list[Hero])
    assert_type(await Hero.by_name("Thor"), Hero)
    assert_type(Hero.all().sql(), str)


async def conditions(team: Team, hero: Hero, mentor: Hero) -> None:
    names = await Hero.filter(
        name__icontains="o", power__in=[1, 9], power__range=(0, 10), team__name__startswith="A", rank__isnull=True
    ).order_by("-power", "team__name")
    assert [one.name for one in names] == ["Thor"]
    assert await Hero.filter(Q(name="Thor") | ~Q(power=3), team=team).count() == 3
    assert await Hero.filter(team=team.id, team_id__in=[team.id], mentor=mentor).count() == 1
    assert await Hero.filter(mentor=None, mentor_id__isnull=True).count() == 2
    assert await Hero.filter(pk=hero.pk, pk__in=[hero.pk], id__not=99).count() == 1
    assert await Hero.filter(friends=hero).count() == 0
    assert await Hero.filter(friends__in=[hero, mentor], pupils__isnull=False).count() == 0
    assert await Hero.filter(profile__bio="god", status=Status.ACTIVE, status__in=[Status.ACTIVE]).count() == 1
    assert await Team.filter(heroes=hero.id, heroes__power__gte=9).count() == 1
    assert (
        await Mission.filter(starts_at__gte=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), leader__mentor__name="Fury").count()
        == 1
    )
    assert await Hero.filter(power__gte=F("id"), name=Lower("name")).count() == 0
    assert await Hero.filter(id=Subquery(Hero.filter(name="Thor").values("id"))).count() == 1
    assert await Hero.filter(id__in=Subquery(Hero.all().values("id"))).count() == 3
    assert await Hero.exclude(name="Thor").exclude(team__name="y").count() == 2
    assert await Hero.filter(money__gte=Decimal("1.5"), money__lt=2).count() == 1
    assert await Team.all().union(Team.filter(name="A")) != []
    try:
        await Hero.get(name="nobody")
    except DoesNotExist:
        pass
    assert_type(await Account.all(), list[Account])
    await Account.everyone.all().count()


async def own_query_sets() -> None:
    await Note.create(text="a b")
    assert_type(await Note.filter(text__contains="a").long().first(), Note | None)
    assert await Note.all().filter(id__gt=0).count() == 1


async def changing(hero: Hero) -> None:
    assert_type(await Hero.filter(name="Thor").update(power=F("power") + 1, name="Thor"), int)
    assert_type(await Team.filter(name="B").delete(), int)
    await Hero.filter(id=hero.id).update(power=Case(When(power__gt=5, then="10"), default=F("power")))
    await hero.refresh_from_db(fields=["power"])
    assert hero.power == 10
    hero.power = 9
    await hero.save(update_fields=["power"])


async def transactions(hero: Hero) -> None:
    async with in_transaction() as connection:
        await hero.save(using_db=connection)
        assert_type(await Hero.get(id=hero.id).using_db(connection), Hero)
        await Hero.filter(id=hero.id).using_db(connection).first()
        await Team.create(using_db=connection, name="inside")
        await Hero.all(using_db=connection).select_for_update()

    @atomic()
    async def work(name: str) -> Team:
        return await Team.create(name=name)

    assert_type(await work("atomic"), Team)


async def loading(team: Team, hero: Hero) -> None:
    assert_type(await hero.team, Team)
    assert_type(await hero.mentor, Hero | None)
    assert_type(await hero.profile, Profile | None)
    assert_type(await team.heroes, list[Hero])
    assert_type(await team.heroes.all().count(), int)
    assert_type(await team.heroes.filter(power__gt=3).first(), Hero | None)
    assert_type([one.name async for one in team.heroes.limit(2)], list[str])
    assert_type(await hero.friends.all(), list[Hero])
    assert await team.names() == ["Fury", "Thor", "Hulk"]
    strongest = await team.strongest()
    assert strongest == hero

    joined = await Hero.get(id=hero.id).select_related("team", "mentor")
    assert_type(joined.team.name, str)
    assert joined.mentor is not None
    assert_type(joined.mentor.name, str)
    one = await Hero.filter(mentor__name="Fury").select_related("mentor__team").first()
    assert one is not None
    assert one.mentor is not None
    assert_type(one.mentor.team.name, str)

    for each in await Team.all().prefetch_related("heroes"):
        assert_type([one.name for one in each.heroes], list[str])
        assert_type(len(each.heroes), int)
        if each.heroes:
            assert_type(each.heroes[0].name, str)
    for deep in await Team.all().prefetch_related("heroes__friends"):
        assert_type([[friend.name for friend in one.friends] for one in deep.heroes], list[list[str]])
    for strong in await Team.all().prefetch_related(Prefetch("heroes", queryset=Hero.filter(power__gt=8))):
        assert sum(one.power for one in strong.heroes) in (0, 9)
    for some in await Team.all().prefetch_related(Prefetch("heroes", Hero.filter(power__gt=8), to_attr="best")):
        assert len(some.best) in (0, 1)


async def loading_in_place(hero: Hero) -> None:
    mission = await Mission.get(title="Home")
    await mission.fetch_related("leader", "crew")
    assert_type(mission.leader.name, str)
    assert [one.name for one in mission.crew] == []
    assert len(mission.crew) == 0
    again = await Mission.get(title="Home")
    leader = await again.leader
    assert_type(leader, Hero)
    profiles = await Profile.all()
    await Profile.fetch_for_list(profiles, "hero")
    assert [each.hero.name for each in profiles] == ["Thor"]
    assert_type(await profiles[0].hero, Hero)


async def rows(hero: Hero) -> None:
    assert_type((await Hero.all().values("id", "name"))[0]["name"], str)
    assert_type((await Hero.filter(id=hero.id).values("name", team_name="team__name"))[0]["team_name"], str)
    assert_type(await Hero.all().values_list("id", flat=True), list[int])
    assert_type(await Hero.all().values_list("id", "name"), list[tuple[int, str]])
    assert_type((await Hero.all().values())[0]["money"], Decimal)
    assert_type(await Hero.get(id=hero.id).values_list("rank", flat=True), float | None)
    assert_type((await Hero.get(id=hero.id).values("power"))["power"], int)
    first = await Hero.filter(id=99).first().values("id", "name")
    assert first is None
    assert_type(await Hero.all().order_by("name").distinct().values_list("status", flat=True), list[Status])
    plain: list[dict[str, Any]] = await Hero.all().values("id", "power")
    assert plain[0].keys() == {"id", "power"}
    async for row in Hero.all().values("id", "name"):
        assert_type(row["id"], int)


async def computing() -> None:
    teams = await Team.annotate(size=Count("heroes")).filter(size__gt=0).order_by("-size")
    assert_type(teams[0].size, int)
    assert teams[0].size == 3
    assert_type((await Team.annotate(size=Count("heroes")).values("name", "size"))[0]["size"], int)
    best = await Team.all().annotate(best=Max("heroes__power"), least=Min("heroes__power")).get(name="Avengers")
    assert_type(best.best, int | None)
    assert (best.best, best.least) == (9, 1)
    total = await Team.all().annotate(total=Sum("heroes__power"), mean=Avg("heroes__power")).get(name="Avengers")
    assert total.total == 17
    counted = await Hero.annotate(n=Count("id")).group_by("status").values("status", "n")
    assert_type(counted[0]["status"], Status)
    assert_type(counted[0]["n"], int)
    low = await Hero.annotate(low=Lower("name")).get(name="Thor")
    assert_type(low.low, str)
    known = await Hero.annotate(known=Coalesce("rank", 1.5)).first()
    assert known is not None
    assert known.known == 1.5
    doubled = await Hero.annotate(doubled=F("power") * 2).filter(doubled__gt=10).values_list("doubled", flat=True)
    assert_type(doubled, list[int])
    loaded = await Team.annotate(size=Count("heroes")).prefetch_related("heroes")
    assert_type([(each.size, one.name) for each in loaded for one in each.heroes], list[tuple[int, str]])


def strong_ones(heroes: QuerySet[Hero]) -> QuerySet[Hero]:
    return heroes.filter(power__gt=8)


def newest() -> QuerySetSingle[Hero | None]:
    return Hero.all().order_by("-id").first()


async def expressions(team: Team, hero: Hero) -> None:
    hero.power = F("power") + 1
    hero.name = Upper("name")
    hero.rank = F("id")
    await hero.save(update_fields=["power", "name", "rank"])
    stored = await Hero.get(id=hero.id)
    assert_type((stored.power, stored.name, stored.rank), tuple[int, str, float | None])
    assert (stored.power, stored.name, stored.rank) == (10, "THOR", hero.id)
    hero.power, hero.name, hero.rank = 9, "Thor", None
    await hero.save()
    assert [one.name for one in await Hero.filter(id=RawSQL("1"))] == ["Fury"]
    raw = (await Hero.annotate(raw=RawSQL("power * 2")).filter(raw__gt=10).values("raw", "name"))[0]
    assert_type(raw["name"], str)
    assert raw["raw"] == 18
    letters = await Hero.annotate(letters=Length("name")).order_by("letters").values_list("letters", "name")
    assert_type(letters, list[tuple[int, str]])
    kind = Case(When(power__gt=8, then="strong"), When(Q(name="x") | Q(name="Fury"), then=F("name")), default="weak")
    kinds = await Hero.annotate(kind=kind).filter(kind="strong").order_by("kind").values("kind", "id")
    assert_type(kinds[0]["id"], int)
    assert [each["kind"] for each in kinds] == ["strong"]
    some = await Team.annotate(some=Count("heroes", distinct=True, _filter=Q(heroes__power__gt=8))).get(id=team.id)
    assert_type(some.some, int)
    assert some.some == 1
    named = await Hero.annotate(of=Subquery(Team.filter(name="Avengers").limit(1).values("name"))).first()
    assert named is not None
    assert named.of == "Avengers"


async def together(team: Team, hero: Hero) -> None:
    both = Hero.filter(power__gt=8).union(Hero.filter(name="Hulk"), team.heroes.all())
    assert_type(await both.order_by("-name").limit(2).offset(1), list[Hero])
    assert_type([one.name async for one in both.union(Hero.all(), all=True)], list[str])
    assert_type(await both.count(), int)
    assert await both.count() == 3
    assert_type(await Hero.all().use_index("hero_name").force_index("hero_name").contains(hero), bool)
    assert_type(await Hero.filter(team=team).select_for_update(nowait=True).first(), Hero | None)


async def typed_by_tortoise() -> None:
    assert [hero.name for hero in await strong_ones(Hero.all())] == ["Thor"]
    hero = await newest()
    assert hero is not None
    assert_type(await asyncio.gather(Hero.all().count(), Team.all().count()), tuple[int, int])


saved: list[str] = []


@post_save(Team)
async def log(sender: type[Team], instance: Team, created: bool, using_db: Any, update_fields: Any) -> None:
    saved.append(instance.name)


async def main() -> None:
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["heroes.models"]})
    await Tortoise.generate_schemas()
    team, hero, mentor = await creating()
    await changing(hero)
    await asking(hero)
    await conditions(team, hero, mentor)
    await transactions(hero)
    await loading(team, hero)
    await loading_in_place(hero)
    await rows(hero)
    await computing()
    await expressions(team, hero)
    await together(team, hero)
    await typed_by_tortoise()
    await own_query_sets()
    assert saved[0] == "Avengers"
    print("done")


if __name__ == "__main__":
    run_async(main())
