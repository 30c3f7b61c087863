"""peewee with its asyncio layer."""

import datetime
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import peewee as pw
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField
from playhouse.pwasyncio import AsyncModel, AsyncPostgresqlDatabase, AsyncSqliteDatabase
from playhouse.sqlite_ext import JSONField

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Kind, hero_badges


class KindField(pw.CharField):
    def db_value(self, value: Any) -> Any:
        return value.value

    def python_value(self, value: Any) -> Any:
        return Kind(value)


class MomentField(pw.DateTimeField):
    """SQLite keeps text, of which peewee reads no offset."""

    def python_value(self, value: Any) -> Any:
        return datetime.datetime.fromisoformat(value)


def make_models(database: Any, sqlite: bool) -> Any:
    """The models of one database."""

    class Base(AsyncModel):
        class Meta:
            pass

    Base._meta.database = database

    class Team(Base):
        name = pw.CharField(max_length=50)

    class Badge(Base):
        name = pw.CharField(max_length=50)

    class Hero(Base):
        name = pw.CharField(max_length=50)
        power = pw.IntegerField()
        team = pw.ForeignKeyField(Team, backref="heroes")

    class HeroBadge(Base):
        hero = pw.ForeignKeyField(Hero, backref="decorations", on_delete="CASCADE")
        badge = pw.ForeignKeyField(Badge)

        class Meta:
            primary_key = pw.CompositeKey("hero", "badge")

    class Record(Base):
        title = pw.CharField(max_length=50)
        kind = KindField(max_length=6)
        stock = pw.BigIntegerField()
        ratio = pw.DoubleField()
        active = pw.BooleanField()
        price = pw.DecimalField(max_digits=12, decimal_places=2)
        born = pw.DateField()
        seen = MomentField() if sqlite else DateTimeTZField()
        code = pw.UUIDField()
        note = pw.TextField(null=True)
        data = JSONField() if sqlite else BinaryJSONField(index=False)

    return SimpleNamespace(Team=Team, Badge=Badge, Hero=Hero, HeroBadge=HeroBadge, Record=Record)


class Peer:
    name = "peewee"

    async def open(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            pragmas = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5_000}
            self.db: Any = AsyncSqliteDatabase(url.removeprefix("sqlite://"), pragmas=pragmas)
        else:
            named = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
            self.db = AsyncPostgresqlDatabase(parts.path[1:], pool_size=5, **named)
        self.models = make_models(self.db, parts.scheme == "sqlite")

    async def create(self) -> None:
        await self.db.acreate_tables(list(vars(self.models).values()))

    async def close(self) -> None:
        await self.db.aclose()
        await self.db.close_pool()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        models = self.models
        await self._inserted(models.Team, [{"name": name} for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await self._inserted(models.Badge, [{"name": f"badge {number}"} for number in range(BADGES)])
        await self._inserted(models.HeroBadge, [{"hero": hero, "badge": badge} for hero, badge in hero_badges()])

    async def _inserted(self, model: Any, rows: Sequence[Values]) -> list[Any]:
        made = [model(**values) for values in rows]
        async with self.db.atomic():
            await model.abulk_create(made, batch_size=500)
        return made

    async def clear(self) -> None:
        models = self.models
        await self.db.aexecute(models.Hero.delete().where(models.Hero.id > HEROES))
        await self.db.aexecute(models.Record.delete().where(models.Record.id > RECORDS))

    async def insert(self, values: Values) -> Any:
        return await self.models.Hero.acreate(**values)

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        async with self.db.atomic():
            return [await self.models.Hero.acreate(**values) for values in rows]

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await self._inserted(self.models.Hero, rows)

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        return await self._inserted(self.models.Record, rows)

    async def hero(self, key: int) -> Any:
        return await self.models.Hero.aget_by_id(key)

    pooled_hero = hero

    async def first_heroes(self, count: int) -> list[Any]:
        hero = self.models.Hero
        return await self.db.list(hero.select().where(hero.id <= count).order_by(hero.id))

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        hero = self.models.Hero
        near = (hero.power >= power) & (hero.power < power + 5)
        # LIKE looks at no case on SQLite
        named = hero.name % f"{prefix}*" if isinstance(self.db, AsyncSqliteDatabase) else hero.name.like(f"{prefix}%")
        asked = hero.select().where(near, named, hero.team.in_(teams), hero.id > 10)
        return await self.db.list(asked.order_by(hero.id).limit(20))

    async def heroes(self) -> list[Any]:
        return await self.db.list(self.models.Hero.select().order_by(self.models.Hero.id))

    async def records(self) -> list[Any]:
        return await self.db.list(self.models.Record.select().order_by(self.models.Record.id))

    def _columns(self) -> Any:
        hero = self.models.Hero
        return hero.select(hero.id, hero.name, hero.power, hero.team.alias("team_id")).order_by(hero.id)

    async def dictionaries(self) -> list[Values]:
        return await self.db.list(self._columns().dicts())

    async def tuples(self) -> list[tuple[Any, ...]]:
        return await self.db.list(self._columns().tuples())

    async def heroes_with_team(self) -> list[Any]:
        hero, team = self.models.Hero, self.models.Team
        return await self.db.list(hero.select(hero, team).join(team).order_by(hero.id))

    async def teams_with_heroes(self) -> list[Any]:
        team, hero = self.models.Team, self.models.Hero
        return await self.db.aprefetch(team.select().order_by(team.id), hero.select())

    async def heroes_with_badges(self, count: int) -> list[Any]:
        hero, through, badge = self.models.Hero, self.models.HeroBadge, self.models.Badge
        asked = hero.select().where(hero.id <= count).order_by(hero.id)
        found = await self.db.aprefetch(asked, through.select(), badge.select())
        for each in found:
            each.badges = [held.badge for held in each.decorations]
        return found

    async def streamed_power(self) -> int:
        total = 0
        async with self.db.atomic():
            async for hero in self.db.iterate(self.models.Hero.select().order_by(self.models.Hero.id)):
                total += hero.power
        return total

    async def save(self, hero: Any) -> None:
        await hero.asave()

    async def save_power(self, hero: Any) -> None:
        await hero.asave(only=[self.models.Hero.power])

    async def delete(self, hero: Any) -> None:
        await hero.adelete_instance()

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        hero = self.models.Hero
        async with self.db.atomic():
            await hero.abulk_update(heroes, [hero.name, hero.power], batch_size=500)
