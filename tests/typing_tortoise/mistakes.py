"""Mistakes that type checkers find in a program on Tortoise ORM, and what Tortoise ORM 1.1.9 does not have at all."""

from tortoise.expressions import F, Q
from tortoise.functions import Count, Lower
from tortoise.query_utils import Prefetch
from tortoise.queryset import QuerySet

from heroes.models import Account, Hero, Mission, Team


async def filters(hero: Hero, team: Team) -> None:
    Hero.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(name__icontain="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(power__icontains="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(power__gte="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name__in="abc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(team=hero)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(team__nme="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Team.filter(heroes__power__gte="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.get(nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Hero.exists(nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    team.heroes.filter(nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def names(hero: Hero) -> None:
    await Hero.all().order_by("nam")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().values("nam")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await Hero.all().values_list("nam", flat=True)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await Hero.all().only("nam")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().group_by("nam").values("name")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().prefetch_related("freinds")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await Hero.all().select_related("friends")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    await hero.fetch_related("freinds")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await hero.save(update_fields=["nam"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await hero.refresh_from_db(fields=["nam"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


async def writing(hero: Hero, team: Team) -> None:
    await Team.create(nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Team.create(name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Team.create(pk=3, name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Team.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Hero.create(name="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Hero.create(name="x", team=hero)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    Team(name="x", bogus=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Hero.all().update(nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Hero.all().update(power="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Team.get_or_create(name="x", defaults={"nam": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    await hero.friends.add(team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hero.name = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.team = hero  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    print(hero.nam)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def loading(hero: Hero, team: Team) -> None:
    print(hero.team.name)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    for each in team.heroes:  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        print(each)
    len(team.heroes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for one in Hero.all():  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        print(one)
    Hero.all().update(power=1)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    Hero.all().delete()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    loaded = await Hero.get(id=1).select_related("team")
    print(loaded.team.nam)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    first = await Hero.first()
    print(first.name)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    counted = await Team.annotate(size=Count("heroes"))
    print(counted[0].sise)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await Team.annotate(size=Count("heroes")).filter(size__gt="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Team.annotate(size=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


async def not_there(hero: Hero, team: Team) -> None:
    """What ormgen has and Tortoise ORM has not: all of it fails when it runs."""
    await Hero.objects.all()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await Hero.aggregate(n=Count("id"))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await Hero.all().aggregate(n=Count("id"))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    hero.to_dict()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(Hero.q.name)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.Q(name="x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.all().defer("name")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.all().reverse()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.all().none()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.all().values("name").filter(name="x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(name__exact="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(name__regex="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Mission.filter(starts_at__date=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(team__in=[team])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(mentor__isnull=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(friends__isnull=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Team.filter(heroes=hero)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(id__in=Hero.all().values_list("id", flat=True))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name="x", using_db=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by("pk")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by(Lower("name"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().values("team")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    Hero.all().values(low=Lower("name"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    Hero.annotate(yes=Q(name="x"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Hero.create(name="x", team=team, power=F("id"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await team.heroes.count()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await team.heroes.exclude(name="x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await team.heroes.first()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    team.heroes.filter(name="x").aggregate()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await hero.fetch_related(Prefetch("friends", Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().in_bulk([1])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def without_answers(hero: Hero) -> None:
    made = await Team.bulk_create([])  # type: ignore[func-returns-value]
    print(made)
    loaded = await hero.fetch_related("friends")  # type: ignore[func-returns-value]
    print(loaded)


async def of_managers() -> None:
    await Account.filter(emial="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Account.everyone.filter(emial="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_another_model() -> QuerySet[Hero]:
    return Hero.filter(team__heroes__name="x").order_by("-team__heroes__nam")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
