"""Tortoise ORM."""

from collections.abc import Sequence
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Kind, hero_badges


class Team(Model):
    name = fields.CharField(max_length=50)


class Badge(Model):
    name = fields.CharField(max_length=50)


class Hero(Model):
    name = fields.CharField(max_length=50)
    power = fields.IntField()
    team = fields.ForeignKeyField("models.Team", related_name="heroes", db_index=True)
    badges = fields.ManyToManyField("models.Badge", related_name="heroes", through="hero_badge")


class Record(Model):
    title = fields.CharField(max_length=50)
    kind = fields.CharEnumField(Kind)
    stock = fields.BigIntField()
    ratio = fields.FloatField()
    active = fields.BooleanField()
    price = fields.DecimalField(max_digits=12, decimal_places=2)
    born = fields.DateField()
    seen = fields.DatetimeField()
    code = fields.UUIDField()
    note = fields.TextField(null=True)
    data = fields.JSONField()


class Peer:
    name = "Tortoise"

    async def open(self, url: str) -> None:
        url = url.replace("postgres://", "asyncpg://") + ("?minsize=1&maxsize=5" if "postgres" in url else "")
        await Tortoise.init(db_url=url, modules={"models": [__name__]}, use_tz=True)

    async def create(self) -> None:
        await Tortoise.generate_schemas()

    async def close(self) -> None:
        await Tortoise.close_connections()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await Team.bulk_create([Team(name=name) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await Badge.bulk_create([Badge(name=f"badge {number}") for number in range(BADGES)])
        pairs = ",".join(f"({badge}, {hero})" for hero, badge in hero_badges())
        connection = Tortoise.get_connection("default")
        await connection.execute_script(f"INSERT INTO hero_badge (badge_id, hero_id) VALUES {pairs}; ANALYZE")

    async def clear(self) -> None:
        await Hero.filter(id__gt=HEROES).delete()
        await Record.filter(id__gt=RECORDS).delete()

    async def insert(self, values: Values) -> Any:
        return await Hero.create(**values)

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        async with in_transaction():
            return [await Hero.create(**values) for values in rows]

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        heroes = [Hero(**values) for values in rows]
        await Hero.bulk_create(heroes)
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        records = [Record(**values) for values in rows]
        await Record.bulk_create(records)
        return records

    async def hero(self, key: int) -> Any:
        return await Hero.get(id=key)

    pooled_hero = hero

    async def first_heroes(self, count: int) -> list[Any]:
        return await Hero.filter(id__lte=count).order_by("id")

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        asked = Hero.filter(
            power__gte=power, power__lt=power + 5, name__startswith=prefix, team_id__in=teams, id__gt=10
        )
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
        return await Hero.all().order_by("id").select_related("team")

    async def teams_with_heroes(self) -> list[Any]:
        return await Team.all().order_by("id").prefetch_related("heroes")

    async def heroes_with_badges(self, count: int) -> list[Any]:
        return await Hero.filter(id__lte=count).order_by("id").prefetch_related("badges")

    async def streamed_power(self) -> int:
        total = 0
        async for hero in Hero.all().order_by("id"):  # reads the whole result first
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
