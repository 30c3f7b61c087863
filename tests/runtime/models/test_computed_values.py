"""Expressions as values of rows that are made or saved: computed by the database, then read back."""

from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Hero, Rank, Team
from ormgen.exceptions import FieldError
from ormgen.expressions import Case, F, RawSQL, Subquery, Value, When, Window
from ormgen.functions import Coalesce, Concat, Length, Lower, Max, RowNumber, Upper
from ormgen.query.expressions import Expression


def team_called(name: str) -> Any:
    return Subquery(Team.filter(name=name).values("id"))


@pytest.mark.feature(126, 181, 189)
async def test_create(orm: str) -> None:
    team = await Team.create(name=Lower("ALPHA"), size=Value(2) * 3 + 1, city=Coalesce(Value(None), "Oslo"))
    assert (team.name, team.size, team.city) == ("alpha", 7, "Oslo")
    values: dict[str, Any] = {"team": team_called("alpha"), "price": Value(Decimal("1.255")) * 2, "rank": Value(2)}
    hero = await Hero.create(name=Concat(Upper("a"), "nn"), power=Length(Value("four")), **values)
    assert (hero.name, hero.power, hero.price, hero.rank) == ("Ann", 4, Decimal("2.51"), Rank.HIGH)
    assert await hero.team == team
    assert await Hero.get(id=hero.id) == hero
    new: Any = Hero(name="bob")
    new.power = Subquery(Hero.annotate(most=Max("power")).values("most"))
    await new.save()
    assert (new.power, (await Hero.get(name="bob")).power) == (4, 4)
    chosen = await Hero.create(name="cid", power=Case(When(RawSQL("1 = 1"), then=Value(5)), default=Value(6)))
    assert chosen.power == 5


@pytest.mark.feature(132, 196)
async def test_bulk_create(orm: str) -> None:
    made: list[Any] = [
        Team(name="a"),
        Team(name=Lower("BB"), size=Value(7), city=Upper("x")),
        Team(name="c", size=Length(Value("four"))),
        *[Team(name=Concat(Value("t"), str(number)), size=number) for number in range(5)],
    ]
    await Team.bulk_create(made, batch_size=3)
    told = [(team.name, team.size, team.city) for team in made]
    assert told[:4] == [("a", 0, None), ("bb", 7, "X"), ("c", 4, None), ("t0", 0, None)]
    stored = {team.id: (team.name, team.size, team.city) for team in await Team.all()}
    assert stored == {team.id: (team.name, team.size, team.city) for team in made}
    again = [Team(name=Lower("A"), size=5), Team(name="new", size=Value(8))]
    await Team.bulk_create(again, update_fields=["size"], on_conflict=["name"])
    assert sorted(await Team.filter(name__in=["a", "new"]).values_list("name", "size")) == [("a", 5), ("new", 8)]
    with pytest.raises(AttributeError, match="was not loaded"):
        assert again[0].name
    skipped = [Team(name=Lower("A"), size=Value(9))]
    await Team.bulk_create(skipped, ignore_conflicts=True)
    assert (await Team.get(name="a")).size == 5


@pytest.mark.feature(116, 181)
async def test_save_of_a_loaded_row(orm: str) -> None:
    hero: Any = await Hero.create(name="ann", power=3, nick="N")
    hero.power = F("power") + 1
    hero.nick = Lower("nick")
    await Hero.filter(id=hero.id).update(power=10)  # by somebody else meanwhile
    await hero.save()
    assert (hero.power, hero.nick) == (11, "n")
    hero.power = F("power") * 2
    await hero.save(update_fields=["power"])
    assert (hero.power, (await Hero.get(id=hero.id)).power) == (22, 22)
    hero.power = F("power") - 1
    assert await Hero.bulk_update([hero], ["power"]) == 1
    assert hero.power == 21
    found, created = await Hero.update_or_create(name="ann", defaults={"power": F("power") + 1})
    assert (found.power, created) == (22, False)
    made, created = await Hero.get_or_create(name="bob", defaults={"nick": Upper(Value("b"))})
    assert (made.nick, created) == ("B", True)


@pytest.mark.feature(181)
async def test_a_new_row_has_nothing_to_read(orm: str) -> None:
    wrong: list[Any] = [
        F("power") + 1,
        Max("power"),
        Length("name"),
        Case(When(power__gt=1, then=Value(1)), default=Value(2)),
        Window(RowNumber(), order_by=["id"]),
        F("team__size"),
    ]
    for value in wrong:
        with pytest.raises(FieldError, match=r"Hero\.power: a row that is being made cannot read"):
            await Hero.create(name="x", power=value)
        with pytest.raises(FieldError, match=r"Hero\.power: a row that is being made cannot read"):
            await Hero.bulk_create([Hero(name="x", power=value)])
    with pytest.raises(FieldError, match=r"Value\(…\) for a text"):
        await Hero.create(name=Lower("nick"))
    with pytest.raises(FieldError, match="cannot read"):
        await Hero.update_or_create(name="nobody", defaults={"power": F("power") + 1})
    assert await Hero.all().count() == 0


@pytest.mark.feature(160)
async def test_values_stay_bound(orm: str) -> None:
    hostile = "x'); DROP TABLE hero; -- %s {} ?"
    hero = await Hero.create(name="a", nick=Lower(hostile))
    assert hero.nick == hostile.lower()
    assert "x');" not in Hero.create(name="a", nick=Lower(hostile)).sql()
    assert "'x''); drop" not in Hero.create(name="a", nick=Lower("y")).sql(params_inline=True)
    assert not isinstance(hero.nick, Expression)
