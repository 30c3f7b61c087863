"""A few heroes for tests that ask questions."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.heroes import Badge, Country, Hero, Mission, Rank, Report, Team


@dataclass
class World:
    """Everything that `build` made, by short names."""

    norway: Country
    alpha: Team
    beta: Team
    empty: Team
    ann: Hero
    bob: Hero
    cid: Hero
    dan: Hero
    badge: Badge
    rescue: Mission
    parade: Mission


async def build() -> World:
    """Two teams with heroes, one without; a hero without a team; two missions; three reports.

    ann (power 1) and bob (2, minion of ann) are in alpha, cid (3, minion of ann) is in beta, dan (4) in no team.
    rescue: ann, bob, cid; parade: ann.
    """
    norway = await Country.create(code="no", name="Norway")
    alpha = await Team.create(name="alpha", city="Oslo", size=2, country=norway)
    beta = await Team.create(name="beta", size=1)
    empty = await Team.create(name="empty", city="Rome")
    ann = await Hero.create(name="ann", power=1, team=alpha, price=Decimal("1.10"), nick="A", rank=Rank.HIGH)
    bob = await Hero.create(name="bob", power=2, team=alpha, boss=ann, price=Decimal("2.20"), active=False)
    cid = await Hero.create(name="cid", power=3, team=beta, boss=ann, price=Decimal("10.00"), nick="C")
    dan = await Hero.create(name="dan", power=4, price=Decimal("3.05"))
    badge = await Badge.create(hero=ann)
    rescue = await Mission.create(title="rescue", reward=Decimal("100.50"))
    parade = await Mission.create(title="parade")
    await rescue.crew.add(ann, bob, cid)
    await parade.crew.add(ann)
    for stars, hero, mission in ((5, ann, rescue), (3, bob, rescue), (1, ann, parade)):
        await Report.create(text=f"{hero.name} in {mission.title}", stars=stars, mission=mission, author=hero)
    return World(norway, alpha, beta, empty, ann, bob, cid, dan, badge, rescue, parade)


async def names(question: Any) -> list[str]:
    """The names of the heroes or teams that a question finds."""
    return [item.name for item in await question]


async def one(model: Any, value: Any, **computed: Any) -> dict[str, Any]:
    """What is computed of one row that holds `value`."""
    await model.all().delete()
    await model.create(value=value)
    (found,) = await model.annotate(**computed).values(*computed)
    return dict(found)
