"""Expressions as values of new rows."""

from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import F, Subquery, Value
from ormgen.functions import Length, Lower


async def create(team: Team) -> None:
    first = Subquery(Team.all().values("id"))
    assert_type(await Hero.create(name=Lower("X"), power=Length(Value("abc")), team_id=first), Hero)
    await Hero.create(name="x", power=Value(3) + 1, team=team)
    await Hero.bulk_create([Hero(name=Lower("X"), power=3, team=team)])
    await Hero.get_or_create(name="x", defaults={"power": Value(3)})
    await Hero.create(name=3, team=team)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Hero.create(nmae=F("name"), team=team)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
