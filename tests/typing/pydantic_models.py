"""Pydantic models are typed by the fields of the model that they are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Any, assert_type

from heroes.models import Hero, Player, Profile, Rank, Status, Team
from ormgen import Model, fields
from ormgen.contrib.pydantic import (
    OpenPydanticModel,
    PydanticListModel,
    PydanticModel,
    pydantic_model_creator,
    pydantic_queryset_creator,
)
from shop.catalog import Product
from shop.orders import Customer, Order, VipCustomer

HeroOut = pydantic_model_creator(Hero)
HeroIn = pydantic_model_creator(Hero, name="HeroIn", exclude_readonly=True)
HeroList = pydantic_queryset_creator(Hero)
TeamCard = pydantic_model_creator(
    Team,
    name="TeamCard",
    include=("name", "motto", "heroes.name", "heroes.rank"),
    optional=["name"],
)
TeamName = pydantic_model_creator(Team, name="TeamName", include=("id", "name"))
TeamOut = pydantic_model_creator(Team)
PlayerOut = pydantic_model_creator(Player, exclude=tuple("teams".split()))
OrderOut = pydantic_model_creator(Order)
CustomerOut = pydantic_model_creator(Customer)
VipOut = pydantic_model_creator(VipCustomer, sort_alphabetically=True)
ProductOut = pydantic_model_creator(Product)
Profiles = pydantic_queryset_creator(Profile, name="Profiles")


async def reading(hero: Hero, team: Team) -> None:
    found = await HeroOut.from_tortoise_orm(hero)
    assert_type(found.id, int)
    assert_type(found.name, str)
    assert_type(found.power, int | None)
    assert_type(found.status, Status)
    assert_type(found.rank, Rank | None)
    assert_type(found.data, dict[str, Any])
    assert_type(found.created_at, datetime)
    assert_type(found.team.name, str)
    assert_type(found.team.motto, str | None)
    assert_type(found.mentor_id, int | None)
    assert_type([mission.starts_at for mission in found.missions], list[datetime])
    if found.profile is not None:
        assert_type(found.profile.bio, str)
    if found.team.owner is not None:
        assert_type(found.team.owner.username, str)
    print(found.profile.bio)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    print(found.nmae)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(found.team_id)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(found.team.heroes)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(found.friends)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(found.model_dump(), dict[str, Any])
    assert_type(HeroOut.from_orm(hero).name, str)
    await HeroOut.from_tortoise_orm(team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    HeroOut.from_tortoise_orm(hero)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


async def asking(team: Team) -> None:
    found = await HeroOut.from_queryset(Hero.filter(power__gte=3).order_by("name"))
    assert_type(found[0].team.name, str)
    assert_type((await HeroOut.from_queryset(team.heroes))[0].name, str)
    assert_type((await HeroOut.from_queryset(Hero.all().select_related("team")))[0].id, int)
    assert_type((await HeroOut.from_queryset_single(Hero.get(id=3))).name, str)
    await HeroOut.from_queryset(Team.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await HeroOut.from_queryset_single(Team.get(id=1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    listed = await HeroList.from_queryset(Hero.all())
    assert_type(listed.root[0].team.name, str)
    print(listed.root[0].nmae)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    profiles = await Profiles.from_queryset(Profile.all())
    assert_type(profiles.root[0].hero.name, str)


async def making() -> None:
    given = HeroIn(name="x", team_id=3)
    assert_type(given.status, Status)
    assert_type(given.team_id, int)
    print(given.id)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(given.created_at)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(given.team)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    HeroIn(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    HeroIn(name="x", team_id="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    HeroIn(name="x", team_id=3, pwoer=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def choosing(team: Team) -> None:
    card = await TeamCard.from_tortoise_orm(team)
    assert_type(card.name, str | None)
    assert_type(card.motto, str | None)
    assert_type([hero.rank for hero in card.heroes], list[Rank | None])
    print(card.id)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(card.heroes[0].power)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    line = TeamName.from_orm(team)
    assert_type((line.id, line.name), tuple[int, str])
    print(line.motto)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(TeamName(id=1, name="x").id, int)
    TeamName(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    whole = await TeamOut.from_tortoise_orm(team)
    assert_type(whole.id, int)
    assert_type(whole.heroes[0].power, int | None)
    print(whole.heroes[0].team_id)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def others(order: Order, customer: Customer) -> None:
    found = await OrderOut.from_tortoise_orm(order)
    assert_type(found.state, Order.State)
    assert_type(found.total, Decimal)
    assert_type(found.customer.email, str)
    assert_type(found.placed_by.username if found.placed_by else None, str | None)
    assert_type((await ProductOut.from_queryset(Product.all().cheap()))[0].category.title, str)
    assert_type((await VipOut.from_queryset(VipCustomer.all()))[0].discount, float)
    print((await CustomerOut.from_tortoise_orm(customer)).discount)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


class Loose(Model):
    """A model without a stub."""

    title = fields.CharField(max_length=10)


class PlayerRow(PydanticModel):
    username: str


async def unknown(player: Player, loose: Loose) -> None:
    open_ = pydantic_model_creator(Loose)
    known_as: type[OpenPydanticModel] = open_
    assert_type((await open_.from_tortoise_orm(loose)).title, Any)
    assert_type((await PlayerOut.from_tortoise_orm(player)).username, Any)
    listed: type[PydanticListModel[OpenPydanticModel]] = pydantic_queryset_creator(Loose)
    print(known_as, (await listed.from_queryset(Loose.all())).root[0].title)
    assert_type(await PlayerRow.from_queryset(Player.all()), list[PlayerRow])
    pydantic_model_creator(str)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    pydantic_model_creator(Hero, nmae="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
