"""ormgen, as its users write it."""

from collections.abc import Sequence
from typing import Any

from adapters.adapter import Values
from bench_models import Badge, Hero, Record, Team
from data import BADGES, DECORATED, HEROES, RECORDS, hero_badges
from ormgen import ORM
from ormgen.transactions import in_transaction


class OrmgenAdapter:
    """The models on whatever database the URL names, with its default options."""

    name = "ormgen"

    async def open(self, url: str) -> None:
        await ORM.init(db_url=url, modules={"models": ["bench_models"]})

    async def create(self) -> None:
        await ORM.generate_schemas()

    async def close(self) -> None:
        await ORM.close_connections()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await Team.bulk_create([Team(name=name) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        badges = await Badge.bulk_create([Badge(name=f"badge {number}") for number in range(BADGES)])
        decorated = {hero.pk: hero for hero in await self.first_heroes(DECORATED)}
        for key in decorated:
            await decorated[key].badges.add(*[badges[badge - 1] for hero, badge in hero_badges() if hero == key])
        connection = ORM.get_connection("default")
        if connection.dialect != "mysql":  # whose ANALYZE names its tables
            await connection.execute_script("ANALYZE")

    async def clear(self) -> None:
        await Hero.filter(id__gt=HEROES).delete()
        await Record.filter(id__gt=RECORDS).delete()

    async def insert(self, values: Values) -> Any:
        return await Hero.create(**values)

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        async with in_transaction():
            return [await Hero.create(**values) for values in rows]

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await Hero.bulk_create([Hero(**values) for values in rows])

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        return await Record.bulk_create([Record(**values) for values in rows])

    async def hero(self, key: int) -> Any:
        return await Hero.get(id=key)

    pooled_hero = hero

    async def first_heroes(self, count: int) -> list[Any]:
        return await Hero.filter(id__lte=count).order_by("id")

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        asked = Hero.filter(power__gte=power, power__lt=power + 5, name__startswith=prefix, team__in=teams, id__gt=10)
        return await asked.order_by("id").limit(20)

    async def heroes(self) -> list[Any]:
        return await Hero.all().order_by("id")

    async def records(self) -> list[Any]:
        return await Record.all().order_by("id")

    async def dictionaries(self) -> list[Values]:
        return await Hero.all().order_by("id").values("id", "name", "power", "team_id")

    async def tuples(self) -> list[tuple[Any, ...]]:
        return await Hero.all().order_by("id").values_list("id", "name", "power", "team_id")

    async def heroes_with_team(self) -> list[Any]:
        found: list[Any] = await Hero.all().order_by("id").select_related("team")
        return found

    async def teams_with_heroes(self) -> list[Any]:
        found: list[Any] = await Team.all().order_by("id").prefetch_related("heroes")
        return found

    async def heroes_with_badges(self, count: int) -> list[Any]:
        found: list[Any] = await Hero.filter(id__lte=count).order_by("id").prefetch_related("badges")
        return found

    async def streamed_power(self) -> int:
        total = 0
        async for hero in Hero.all().order_by("id"):
            total += hero.power
        return total

    async def save(self, hero: Any) -> None:
        await hero.save()

    async def save_power(self, hero: Any) -> None:
        await hero.save(update_fields=["power"])

    async def delete(self, hero: Any) -> None:
        await hero.delete()

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        await Hero.bulk_update(heroes, ["name", "power"])
