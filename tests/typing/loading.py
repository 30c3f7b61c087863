"""Relations before and after they are loaded."""

# ruff: noqa: B018

from typing import assert_type

from heroes.models import Hero, Mission, Player, Profile, Team
from ormgen.query_utils import Prefetch
from ormgen.transactions import Connection


async def loading(hero: Hero, team: Team, mission: Mission, profile: Profile) -> None:
    hero.team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(await hero.team, Team)
    assert_type(await hero.mentor, Hero | None)
    assert_type(await hero.profile, Profile | None)
    assert_type(await profile.hero, Hero)
    loaded = (await Hero.filter(name="x").select_related("team"))[0]
    assert_type(loaded.team, Team)
    assert_type(loaded.team.name, str)
    assert_type(await loaded.team, Team)
    hero = loaded
    await Hero.fetch_for_list([loaded, hero], "team", Prefetch("missions", Mission.all()))
    await Hero.fetch_for_list([hero], "tem")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Hero.fetch_for_list([team], "team")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    first = await Hero.filter(name="x").select_related("team").first()
    assert first is not None
    assert_type(first.team.name, str)
    assert_type((await Hero.get(id=1).select_related("team")).team.name, str)
    nobody = await Hero.first().select_related("team")
    assert nobody is not None
    assert_type(nobody.team.name, str)
    kept = await Hero.all().select_related("team").filter(name="x").order_by("name").limit(3).get(id=3)
    assert_type(kept.team.name, str)
    gone = await Hero.all().select_related("team").get_or_none(id=3)
    gone.team  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    async for h in Hero.all().select_related("team"):
        assert_type(h.team.name, str)
    mentored = await Hero.get(id=1).select_related("mentor")
    assert_type(mentored.mentor, Hero | None)
    mentored.mentor.name  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    with_profile = await Hero.get(id=1).select_related("profile")
    assert_type(with_profile.profile, Profile | None)
    Hero.all().select_related("teem")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.all().select_related("missions")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Player.all().select_related("teams")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Player.get(id=1).select_related("nope")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Team.all().prefetch_related("heros")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.all().prefetch_related(Prefetch("heros", queryset=Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.all().prefetch_related(Prefetch("heroes", queryset=Team.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    both = (await Hero.all().select_related("team", "mentor"))[0]
    assert_type(both.team.name, str)
    assert_type(both.mentor, Hero | None)
    unseen = (await Hero.all().select_related("team", "profile"))[0]
    assert_type(unseen.team.name, str)
    chain = (await Hero.all().select_related("team").prefetch_related("missions"))[0]
    assert_type(chain.team.name, str)
    assert_type([m.id for m in chain.missions], list[int])
    chain2 = (await Hero.all().prefetch_related("friends").prefetch_related("missions"))[0]
    assert_type([f.name for f in chain2.friends], list[str])
    deep = await Hero.get(id=1)
    deeper = await Hero.all().select_related("team__owner").get(id=1)
    assert_type(deeper.team.name, str)
    assert_type(deeper.team.owner, Player | None)
    unseen_deep = (await Hero.all().prefetch_related("team__heroes"))[0]
    assert_type([h.name for h in unseen_deep.team.heroes], list[str])
    hero = deeper
    len(mission.crew)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for _ in mission.crew:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    for _ in team.heroes:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    async for member in mission.crew:
        assert_type(member, Hero)
    async for member in team.heroes.filter(power__gte=3):
        assert_type(member, Hero)
    assert_type(await team.heroes, list[Hero])
    assert_type(await team.heroes.all().order_by("name").first(), Hero | None)
    m2 = (await Mission.filter(starts_at__year=2024).prefetch_related("crew"))[0]
    assert_type(len(m2.crew), int)
    for member in m2.crew:
        assert_type(member, Hero)
    assert_type(m2.crew[0], Hero)
    if m2.crew:
        pass
    t2 = await Team.get(id=1).prefetch_related("heroes")
    assert_type([h.name for h in t2.heroes], list[str])
    t3 = await Team.get(id=1).prefetch_related(Prefetch("heroes", queryset=Hero.filter(power__gt=3)))
    assert_type([h.name for h in t3.heroes], list[str])
    t4 = (await Team.all().prefetch_related(Prefetch("heroes", Hero.filter(power__gt=3), to_attr="strong")))[0]
    assert_type(t4.strong, list[Hero])
    t5 = (await Team.all().prefetch_related(Prefetch("heroes", Hero.all(), to_attr="others")))[0]
    print(t5.others)
    t6 = (await Team.all().prefetch_related("heroes__mentor"))[0]
    assert_type([h.mentor for h in t6.heroes], list[Hero | None])
    t7 = (await Team.all().prefetch_related("heroes", "owner"))[0]
    assert_type([h.name for h in t7.heroes], list[str])
    t9 = (await Team.all().prefetch_related(Prefetch("heroes__mentor", Hero.all())))[0]
    print([h.mentor for h in t9.heroes])
    t8 = (await Team.all().prefetch_related("heroes", Prefetch("owner", Player.all())))[0]
    assert_type([h.name for h in t8.heroes], list[str])
    fetched = await team.fetch_related("heroes")
    assert_type([h.name for h in fetched.heroes], list[str])
    fetched_hero = await hero.fetch_related("team", "mentor")
    assert_type(fetched_hero.team.name, str)
    await team.fetch_related("heros")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    team.fetch_related("heroes")  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    assert_type(await team.heroes.create(name="x"), Hero)
    await team.heroes.create(name="x", power=3, mentor=hero)
    await team.heroes.create(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await team.heroes.create(name="x", team=team)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await team.heroes.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    team.heroes.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await mission.crew.add(hero, deep)
    await mission.crew.remove(hero)
    await mission.crew.clear()
    await mission.crew.add(team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await hero.friends.add(hero)
    await hero.friend_of.filter(name="x")
    await hero.missions.add(hero)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    mission.crew.add(hero)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    mission.crew.nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def loading_inside() -> None:
    with_mentors = Hero.all().select_related("mentor")
    team = (await Team.all().prefetch_related(Prefetch("heroes", queryset=with_mentors)))[0]
    assert_type([hero.mentor is None for hero in team.heroes], list[bool])
    chained = (await Team.all().select_related("owner").prefetch_related(Prefetch("heroes", with_mentors)))[0]
    print(chained.owner.username)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    assert_type([hero.mentor.name for hero in chained.heroes if hero.mentor is not None], list[str])
    Team.all().select_related("owner").prefetch_related(Prefetch("heros", with_mentors))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def loading_on_a_connection(hero: Hero, connection: Connection) -> None:
    assert_type((await hero.fetch_related("team", using_db=connection)).team.name, str)
    assert_type(len((await hero.fetch_related("missions", "team", using_db=None)).missions), int)
    await hero.fetch_related("team", using_db="x")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
