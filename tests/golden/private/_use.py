"""What type checkers know of classes whose names begin with an underscore."""

from datetime import datetime
from typing import assert_type

from models import Hero, _, _Team


async def use(team: _Team, member: _) -> None:
    assert_type(team.made, datetime)
    assert_type(await member.team, _Team)
    assert_type(member.team_id, int)
    assert_type(await _.filter(team=team, team__name__icontains="x").order_by("-team__name").first(), _ | None)
    assert_type(await team.members.all(), list[_])
    assert_type((await _.get(id=1).select_related("team")).team.name, str)
    assert_type(await _Team.all().values_list("name", flat=True), list[str])
    assert_type(await Hero.filter(boss=member, name="x").get(id=1), Hero)
    assert_type(await _.create(team=team), _)
    await _.create(team=member)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await _.filter(tame=team)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
