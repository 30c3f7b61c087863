"""Piccolo."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from piccolo.columns import (
    JSONB,
    M2M,
    UUID,
    BigInt,
    Boolean,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.table import Table, create_db_tables

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Kind, hero_badges


class Team(Table, tablename="team"):
    name = Varchar(length=50)


class Badge(Table, tablename="badge"):
    name = Varchar(length=50)


class Hero(Table, tablename="hero"):
    name = Varchar(length=50)
    power = Integer()
    team_id = ForeignKey(Team, index=True)
    badges = M2M(LazyTableReference("HeroBadge", module_path=__name__))


class HeroBadge(Table, tablename="hero_badge"):
    hero = ForeignKey(Hero)
    badge = ForeignKey(Badge)


class Record(Table, tablename="record"):
    title = Varchar(length=50)
    kind = Varchar(length=6, choices=Kind)
    stock = BigInt()
    ratio = DoublePrecision()
    active = Boolean()
    price = Numeric(digits=(12, 2))
    born = Date()
    seen = Timestamptz()
    code = UUID()
    note = Text(null=True, default=None)
    data = JSONB()


class Peer:
    name = "Piccolo"
    tables = (Team, Badge, Hero, HeroBadge, Record)

    async def open(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            self.engine: Any = SQLiteEngine(path=url.removeprefix("sqlite://"))
        else:
            named = {"host": parts.hostname, "port": parts.port, "user": parts.username, "database": parts.path[1:]}
            self.engine = PostgresEngine(config=named, extensions=())
            await self.engine.start_connection_pool(min_size=1, max_size=5)
        for table in self.tables:
            table._meta._db = self.engine

    async def create(self) -> None:
        if isinstance(self.engine, SQLiteEngine):
            await self.engine._run_in_new_connection("PRAGMA journal_mode = WAL")
        await create_db_tables(*self.tables)

    async def close(self) -> None:
        if isinstance(self.engine, PostgresEngine):
            await self.engine.close_connection_pool()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self._inserted(Team, [{"name": name} for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await self._inserted(Badge, [{"name": f"badge {number}"} for number in range(BADGES)])
        await self._inserted(HeroBadge, [{"hero": hero, "badge": badge} for hero, badge in hero_badges()])

    async def _inserted(self, table: Any, rows: Sequence[Values]) -> list[Any]:
        made = [table(**values) for values in rows]
        async with self.engine.transaction():
            for start in range(0, len(made), 500):
                await table.insert(*made[start : start + 500])
        return made

    async def clear(self) -> None:
        await Hero.delete().where(Hero.id > HEROES)
        await Record.delete().where(Record.id > RECORDS)

    async def insert(self, values: Values) -> Any:
        hero = Hero(**values)
        await hero.save()
        return hero

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        async with self.engine.transaction():
            return [await self.insert(values) for values in rows]

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await self._inserted(Hero, rows)

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        await self._inserted(Record, rows)
        return [Raw(values) for values in rows]

    async def hero(self, key: int) -> Any:
        return await Hero.objects().get(Hero.id == key)

    pooled_hero = hero

    async def first_heroes(self, count: int) -> list[Any]:
        return await Hero.objects().where(Hero.id <= count).order_by(Hero.id)

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        near = (Hero.power >= power) & (Hero.power < power + 5) & Hero.name.like(prefix + "%")
        return await Hero.objects().where(near & Hero.team_id.is_in(teams) & (Hero.id > 10)).order_by(Hero.id).limit(20)

    async def heroes(self) -> list[Any]:
        return await Hero.objects().order_by(Hero.id)

    async def records(self) -> list[Any]:
        found = await Record.objects().order_by(Record.id)
        for record in found:
            record.kind = Kind(record.kind)  # Piccolo gives texts of both
            record.data = json.loads(record.data)
        return found

    async def dictionaries(self) -> list[Values]:
        return await Hero.select(Hero.id, Hero.name, Hero.power, Hero.team_id).order_by(Hero.id)

    async def tuples(self) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    async def heroes_with_team(self) -> list[Any]:
        found = await Hero.objects(Hero.team_id).order_by(Hero.id)
        return [Joined(hero) for hero in found]

    async def teams_with_heroes(self) -> list[Any]:
        raise NotImplementedError

    async def heroes_with_badges(self, count: int) -> list[Any]:
        raise NotImplementedError

    async def streamed_power(self) -> int:
        total = 0
        async with await Hero.objects().order_by(Hero.id).batch(batch_size=1_000) as batch:
            async for heroes in batch:
                for hero in heroes:
                    total += hero.power
        return total

    async def save(self, hero: Any) -> None:
        await hero.save()

    async def save_power(self, hero: Any) -> None:
        await hero.save([Hero.power])

    async def delete(self, hero: Any) -> None:
        await hero.remove()

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        raise NotImplementedError


class Raw:
    """Piccolo turns JSON into text on its objects; compared is what was given."""

    def __init__(self, values: Values) -> None:
        self.__dict__.update(values)


class Joined:
    """A hero whose foreign key holds the object."""

    __slots__ = ("hero",)

    def __init__(self, hero: Any) -> None:
        self.hero = hero

    def __getattr__(self, name: str) -> Any:
        if name == "team":
            return self.hero.team_id
        return self.hero.team_id.id if name == "team_id" else getattr(self.hero, name)
