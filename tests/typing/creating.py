"""New objects: the constructor and `create`."""

import datetime as dt
from typing import Any, assert_type

from heroes.models import Hero, Player, Rank, Status, Team


async def making(team: Team, hero: Hero, row: dict[str, Any], player: Player) -> None:
    assert_type(await Hero.create(name="x", team=team), Hero)
    await Hero.create(name="x", team_id=3, power=None, status=Status.RETIRED, id=7, data={"a": 1}, mentor=None)
    await Hero.create(name="x", team=team, mentor=hero, rank=Rank.LEADER)
    await Hero.create(**row)
    await Hero.create(name="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Hero.create(team=team)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Hero.create(nmae="x", team=team)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Hero.create(name=3, team=team)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Hero.create(name="x", team=team, team_id=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Hero.create(name="x", team=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    Hero.create(name="x", team=team)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    Hero(name="x", team=team)
    Hero(name="x", team_id=1, created_at=dt.datetime.now())
    Hero(name="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Hero(name="x", team=team, typo=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Team(name="x", owner=player)
    Team(name="x", owner_id=None, motto=None)
    Team(motto="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Team.create(name="x", heros=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
