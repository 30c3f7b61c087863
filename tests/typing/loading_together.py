"""Relations loaded by several calls, or with queries of their own: what was asked for is loaded, and nothing else."""

# ruff: noqa: B018

from typing import assert_type

from heroes.models import Hero, Mission, Player, Team
from ormgen.functions import Count
from ormgen.query_utils import Prefetch


async def one_after_the_other() -> None:
    heroes = await Hero.all().select_related("mentor").prefetch_related("missions")
    assert_type(heroes[0].mentor, Hero | None)
    assert_type([mission.id for mission in heroes[0].missions], list[int])
    assert_type(await heroes[0].team, Team)
    heroes[0].team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    len(heroes[0].friends)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    heroes[0].mentor.team.name  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    hero = await Hero.get(id=1).select_related("team__owner").prefetch_related("friends__team", "profile")
    assert_type(hero.team.owner, Player | None)
    assert_type([friend.team.name for friend in hero.friends], list[str])
    assert_type(await hero.mentor, Hero | None)
    hero.friends[0].mentor.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    asked = Hero.filter(power=1).select_related("team")
    asked = asked.order_by("name")
    joined = await asked.prefetch_related("missions").first()
    assert joined is not None
    assert_type((joined.team.name, len(joined.missions)), tuple[str, int])


async def with_queries(team: Team) -> None:
    with_team = Hero.filter(power__gt=3).select_related("team")
    teams = await Team.all().prefetch_related(Prefetch("heroes", with_team))
    assert_type([hero.team.name for hero in teams[0].heroes], list[str])
    teams[0].heroes[0].mentor.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(await teams[0].owner, Player | None)
    both = await Team.get(id=1).prefetch_related(Prefetch("heroes", Hero.all().select_related("mentor")), "owner")
    assert_type(both.owner, Player | None)
    assert_type(both.heroes[0].mentor, Hero | None)
    both.heroes[0].team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    both.nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    after = await Team.all().select_related("owner").prefetch_related(Prefetch("heroes", queryset=Hero.filter(power=1)))
    assert_type(after[0].owner, Player | None)
    assert_type([hero.name for hero in after[0].heroes], list[str])
    after[0].heroes[0].team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    full = await team.fetch_related("owner", Prefetch("heroes", Hero.all().prefetch_related("missions")))
    assert_type([len(hero.missions) for hero in full.heroes], list[int])
    full.nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def under_other_names() -> None:
    weak = Prefetch("heroes", Hero.filter(power=1).select_related("mentor"), to_attr="weak")
    print((await Team.all().prefetch_related(weak))[0].weak)
    teams = await Team.all().prefetch_related(
        Prefetch("heroes", Hero.filter(power=1).select_related("mentor"), to_attr="feeble"),
        Prefetch("heroes", queryset=Hero.filter(power=9), to_attr="mighty"),
        "owner",
    )
    assert_type(teams[0].feeble[0].mentor, Hero | None)
    assert_type(teams[0].mighty, list[Hero])
    assert_type(teams[0].owner, Player | None)
    len(teams[0].heroes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    teams[0].nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def with_annotations() -> None:
    heroes = await Hero.all().select_related("mentor").annotate(n=Count("missions")).prefetch_related("friends")
    assert_type((heroes[0].n, heroes[0].mentor), tuple[int, Hero | None])
    assert_type([friend.name for friend in heroes[0].friends], list[str])
    heroes[0].team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    fewer = await Hero.annotate(n=Count("missions")).prefetch_related("friends")
    assert_type((fewer[0].n, len(fewer[0].friends)), tuple[int, int])
    crews = await Mission.annotate(n=Count("crew")).prefetch_related(
        Prefetch("crew", Hero.all().select_related("team"))
    )
    assert_type((crews[0].n, [hero.team.name for hero in crews[0].crew]), tuple[int, list[str]])
    crews[0].crew[0].mentor.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def mistakes() -> None:
    Team.all().prefetch_related("owner", Prefetch("heros", Hero.all()))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.annotate(n=Count("heroes")).prefetch_related(Prefetch("heros", Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    held = Prefetch("heroes", Hero.filter(power=1))
    assert_type((await Team.annotate(n=Count("heroes")).prefetch_related(held))[0].n, int)
    print((await Team.all().select_related("owner").prefetch_related(held, "heroes__missions"))[0].heroes)
