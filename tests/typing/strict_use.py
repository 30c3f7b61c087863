# pyright: strict
"""An application's services and repositories, clean in pyright's strict mode without a single ignore."""

import datetime as dt
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypedDict, TypeVar, assert_type

from heroes.models import Hero, Mission, Player, Profile, Rank, Status, Team
from ormgen import ORM, F, Q, atomic, in_transaction
from ormgen.exceptions import DoesNotExist, IntegrityError
from ormgen.functions import Avg, Count, Max, Sum
from ormgen.models import Model
from ormgen.query_utils import Prefetch
from ormgen.queryset import QuerySet
from ormgen.transactions import Connection
from shop.catalog import Category, Product, ProductQuerySet
from shop.orders import Customer, Order, OrderLine

M = TypeVar("M", bound=Model)


class Repository(Generic[M]):
    """What every model's repository can do."""

    def __init__(self, model: type[M]) -> None:
        self.model = model

    async def get(self, pk: int | str | uuid.UUID) -> M | None:
        return await self.model.get_or_none(pk=pk)

    async def demand(self, pk: int) -> M:
        try:
            return await self.model.get(pk=pk)
        except DoesNotExist:
            raise LookupError(self.model.__name__) from None

    async def page(self, number: int, size: int = 20) -> tuple[Sequence[M], int]:
        questions = self.model.all()
        return await questions.offset(number * size).limit(size), await questions.count()

    async def add_all(self, objects: Iterable[M]) -> None:
        await self.model.bulk_create(objects)

    async def remove(self, pk: int) -> bool:
        return await self.model.filter(pk=pk).delete() > 0

    def narrowed(self, conditions: Mapping[str, Any]) -> QuerySet[M]:
        return self.model.filter(**conditions)


class HeroRepository(Repository[Hero]):
    """Questions about heroes that the application asks."""

    def __init__(self) -> None:
        super().__init__(Hero)

    async def strongest(self, at_least: int, *, team: Team | None = None) -> list[Hero]:
        found = Hero.filter(power__gte=at_least, status=Status.ACTIVE)
        if team is not None:
            found = found.filter(team=team)
        return await found.order_by("-power", "name").limit(10)

    async def search(self, word: str | None, ranks: Sequence[Rank]) -> list[Hero]:
        conditions = Q()
        if word:
            conditions &= Q(name__icontains=word) | Q(team__name__icontains=word)
        if ranks:
            conditions &= Q(rank__in=ranks)
        return await Hero.filter(conditions).distinct()

    async def names(self) -> list[str]:
        return await Hero.all().order_by("name").values_list("name", flat=True)

    async def since(self, moment: dt.datetime) -> AsyncIterator[Hero]:
        async for hero in Hero.filter(created_at__gt=moment).select_related("team"):
            print(hero.team.name)
            yield hero


class HeroOut(TypedDict):
    """What the interface answers."""

    id: int
    name: str
    power: int | None
    team_id: int


@dataclass(frozen=True)
class TeamReport:
    """A team with numbers."""

    name: str
    size: int
    average: float | None
    members: list[str]


async def out(hero: Hero) -> HeroOut:
    return {"id": hero.id, "name": hero.name, "power": hero.power, "team_id": hero.team_id}


async def listing(minimum: int) -> Sequence[Mapping[str, object]]:
    found = await Hero.filter(power__gte=minimum).values("id", "name", "power")
    return found


async def rows() -> dict[int, str]:
    exact = await Hero.all().values("id", "name", "team__name")
    pairs = await Hero.all().values_list("id", "name")
    print({row["id"]: row["name"] for row in exact})
    return dict(pairs)


async def reports() -> list[TeamReport]:
    teams = await Team.annotate(size=Count("heroes"), average=Avg("heroes__power")).filter(size__gt=0).order_by("-size")
    members = {team.id: [hero.name for hero in team.heroes] for team in await Team.all().prefetch_related("heroes")}
    return [TeamReport(team.name, team.size, team.average, members[team.id]) for team in teams]


async def totals() -> dict[str, Decimal]:
    counted = (
        await Order.annotate(worth=Sum("lines__amount"), n=Count("lines"))
        .filter(n__gte=1)
        .values_list("number", "worth")
    )
    return {str(number): Decimal(worth or 0) for number, worth in counted}


async def single(pk: int) -> dict[str, Any]:
    return await Hero.get(id=pk).values("id", "name")


async def dynamic(columns: Sequence[str]) -> list[dict[str, Any]]:
    return [{column: getattr(hero, column) for column in columns} for hero in await Hero.all()]


async def loaded() -> list[str]:
    told: list[str] = []
    strong = Hero.filter(power__gte=50).order_by("-power")
    for team in await Team.all().select_related("owner").prefetch_related(Prefetch("heroes", queryset=strong)):
        owner = team.owner.username if team.owner is not None else "nobody"
        told += [f"{owner}: {hero.name}" for hero in team.heroes]
    for mission in await Mission.all().prefetch_related("crew"):
        told.append(f"{mission.starts_at:%x}: {len(mission.crew)}")
    profile = await Profile.get(id=1).select_related("hero")
    return [*told, profile.hero.name]


async def lazily(hero: Hero) -> tuple[Team, Hero | None, list[Mission]]:
    return await hero.team, await hero.mentor, await hero.missions.all().order_by("-starts_at")


async def fetched(team: Team) -> list[str]:
    full = await team.fetch_related("heroes")
    return [hero.name for hero in full.heroes]


@atomic()
async def hire(name: str, team_id: int, power: int | None = None) -> Hero:
    team = await Team.select_for_update().get(id=team_id)
    hero, created = await Hero.get_or_create(name=name, defaults={"team": team, "power": power})
    if not created:
        hero.team = team
        await hero.save(update_fields=["team_id"])
    return hero


async def transfer(source: Hero, target: Hero, amount: int) -> None:
    async with in_transaction() as connection:
        await move(connection, source.id, -amount)
        await move(connection, target.id, amount)
    await source.refresh_from_db(fields=["power"])


async def move(connection: Connection, pk: int, amount: int) -> int:
    return await Hero.filter(id=pk, using_db=connection).update(power=F("power") + amount)


async def register(username: str) -> Player | None:
    try:
        return await Player.create(username=username)
    except IntegrityError:
        return await Player.get_or_none(username=username)


async def changed(hero: Hero, values: dict[str, Any]) -> Hero:
    hero.update_from_dict(values)
    await hero.save()
    return hero


async def shopping(category: Category, customer: Customer) -> list[tuple[str, Decimal]]:
    cheap: ProductQuerySet = Product.all().cheap()
    found = await cheap.filter(category=category).order_by("price")
    lines = await OrderLine.filter(order__customer=customer).select_related("product", "order")
    bought = {line.product.title for line in lines if line.order.state is Order.State.PAID}
    return [(product.title, product.price) for product in found if product.title not in bought]


async def newest() -> dt.datetime | None:
    best = await Hero.annotate(latest=Max("missions__starts_at")).order_by("-latest").first()
    return None if best is None else best.latest


async def by_key(pks: Sequence[int]) -> dict[int, Hero]:
    found = await Hero.in_bulk(pks)
    for hero in found.values():
        hero.power = (hero.power or 0) + 1
    await Hero.bulk_update(found.values(), fields=["power"])
    return found


@asynccontextmanager
async def lifespan(db_url: str) -> AsyncGenerator[None, None]:
    await ORM.init(db_url=db_url, modules={"heroes": ["heroes.models"]}, naive_datetimes="refuse")
    await ORM.init(db_url=db_url, naive_datetimes="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    yield
    await ORM.close_connections()


async def main(heroes: HeroRepository, teams: Repository[Team]) -> None:
    hero = await heroes.demand(1)
    assert_type(hero, Hero)
    assert_type(await heroes.page(0), tuple[Sequence[Hero], int])
    assert_type(await teams.get(1), Team | None)
    assert_type(await Repository(Mission).narrowed({"id": 1}), list[Mission])
    assert_type(await hire("x", 1), Hero)
    assert_type(await lazily(hero), tuple[Team, Hero | None, list[Mission]])
    async for each in heroes.since(dt.datetime.now(dt.UTC)):
        assert_type(each, Hero)
    assert_type(await newest(), dt.datetime | None)
    assert_type(await Hero.exists(name="x"), bool)
