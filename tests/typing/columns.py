"""Reading and assigning columns and relations of instances."""

# ruff: noqa: B018

import datetime as dt
from typing import Any, assert_type

from heroes.models import MAX_POWER, Hero, Rank, Status, Team


async def columns(hero: Hero, team: Team) -> None:
    assert_type(hero.id, int)
    assert_type(hero.pk, int)
    assert_type(hero.name, str)
    assert_type(hero.power, int | None)
    assert_type(hero.status, Status)
    assert_type(hero.rank, Rank | None)
    assert_type(hero.data, dict[str, Any])
    assert_type(hero.created_at, dt.datetime)
    assert_type(hero.team_id, int)
    assert_type(hero.mentor_id, int | None)
    assert_type(hero.tag, str)
    assert_type(hero.badge().text, str)
    assert_type(Hero.clamp(3), int)
    print(MAX_POWER)
    assert_type(Status.ACTIVE.label, str)
    assert_type(str(hero), str)
    hero.nmae  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    hero.name = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.name = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.power = None
    hero.power = "x"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.status = "active"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.team = team
    hero.team = hero  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.team = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.mentor = None
    hero.mentor = hero
    assert_type(await hero, Hero)
