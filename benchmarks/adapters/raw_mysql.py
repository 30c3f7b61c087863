"""Hand-written code on asyncmy connections, rows into slotted classes."""

import asyncio
import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import asyncmy
from asyncmy.cursors import SSCursor

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Badge, Hero, Kind, Record, Team, hero_badges

TABLES: Final = (
    "CREATE TABLE team (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) NOT NULL)",
    "CREATE TABLE hero (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) NOT NULL, power INT NOT NULL, "
    "team_id INT NOT NULL, FOREIGN KEY (team_id) REFERENCES team (id))",
    "CREATE TABLE badge (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) NOT NULL)",
    "CREATE TABLE hero_badge (hero_id INT NOT NULL, badge_id INT NOT NULL, PRIMARY KEY (hero_id, badge_id), "
    "FOREIGN KEY (hero_id) REFERENCES hero (id) ON DELETE CASCADE, FOREIGN KEY (badge_id) REFERENCES badge (id))",
    "CREATE TABLE record (id INT PRIMARY KEY AUTO_INCREMENT, title VARCHAR(50) NOT NULL, kind VARCHAR(6) NOT NULL, "
    "stock BIGINT NOT NULL, ratio DOUBLE NOT NULL, active BOOL NOT NULL, price DECIMAL(12, 2) NOT NULL, "
    "born DATE NOT NULL, seen DATETIME(6) NOT NULL, code CHAR(36) NOT NULL, note TEXT, data JSON NOT NULL)",
)
SELECT: Final = "SELECT id, name, power, team_id FROM hero"
FOUND: Final = (
    f"{SELECT} WHERE power >= %s AND power < %s AND name LIKE %s AND team_id IN (%s, %s, %s, %s) AND id > 10 "
    "ORDER BY id LIMIT 20"
)
HERO: Final = "INSERT INTO hero (name, power, team_id) VALUES (%s, %s, %s)"
PLACES: Final = ", ".join(["%s"] * (len(Record.WIDE) - 1))
RECORD: Final = f"INSERT INTO record ({', '.join(Record.WIDE[1:])}) VALUES ({PLACES})"


class RawMysql:
    """One connection that commits by itself, five where many tasks ask."""

    name = "asyncmy"

    async def open(self, url: str) -> None:
        parts = urlsplit(url)
        self.options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or 3306,
            "user": parts.username,
            "password": parts.password or "",
            "db": parts.path[1:],
            "autocommit": True,
        }
        self.db: Any = await asyncmy.connect(**self.options)
        self.idle: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(5):
            self.idle.put_nowait(await asyncmy.connect(**self.options))

    async def create(self) -> None:
        for table in TABLES:
            await self._write(table)

    async def close(self) -> None:
        for connection in (self.db, *[self.idle.get_nowait() for _ in range(5)]):
            await connection.ensure_closed()

    async def _read(self, sql: str, *values: Any, connection: Any = None) -> Any:
        async with (connection or self.db).cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def _write(self, sql: str, *values: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)
            return cursor.lastrowid

    async def _write_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        await self.db.begin()
        async with self.db.cursor() as cursor:
            await cursor.executemany(sql, rows)
        await self.db.commit()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self._write_many("INSERT INTO team (name) VALUES (%s)", [(name,) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        badges = [(f"badge {number}",) for number in range(BADGES)]
        await self._write_many("INSERT INTO badge (name) VALUES (%s)", badges)
        await self._write_many("INSERT INTO hero_badge (hero_id, badge_id) VALUES (%s, %s)", hero_badges())

    async def clear(self) -> None:
        await self._write("DELETE FROM hero WHERE id > %s", HEROES)
        await self._write("DELETE FROM record WHERE id > %s", RECORDS)

    async def insert(self, values: Values) -> Hero:
        hero = Hero(None, **values)
        hero.id = await self._write(HERO, hero.name, hero.power, hero.team_id)
        return hero

    async def insert_together(self, rows: Sequence[Values]) -> list[Hero]:
        await self.db.begin()
        heroes = [await self.insert(values) for values in rows]
        await self.db.commit()
        return heroes

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Hero]:
        heroes = [Hero(None, **values) for values in rows]
        await self._write_many(HERO, [(hero.name, hero.power, hero.team_id) for hero in heroes])
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Record]:
        records = [Record(None, **values) for values in rows]
        await self._write_many(RECORD, [stored(record) for record in records])
        return records

    async def hero(self, key: int) -> Hero:
        return Hero(*(await self._read(f"{SELECT} WHERE id = %s", key))[0])

    async def pooled_hero(self, key: int) -> Hero:
        connection = await self.idle.get()
        found = await self._read(f"{SELECT} WHERE id = %s", key, connection=connection)
        self.idle.put_nowait(connection)
        return Hero(*found[0])

    async def first_heroes(self, count: int) -> list[Hero]:
        return [Hero(*row) for row in await self._read(f"{SELECT} WHERE id <= %s ORDER BY id", count)]

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Hero]:
        return [Hero(*row) for row in await self._read(FOUND, power, power + 5, prefix + "%", *teams)]

    async def heroes(self) -> list[Hero]:
        return [Hero(*row) for row in await self._read(f"{SELECT} ORDER BY id")]

    async def records(self) -> list[Record]:
        return [loaded(*row) for row in await self._read(f"SELECT {', '.join(Record.WIDE)} FROM record ORDER BY id")]

    async def dictionaries(self) -> list[Values]:
        rows = await self._read(f"{SELECT} ORDER BY id")
        return [{"id": key, "name": name, "power": power, "team_id": team_id} for key, name, power, team_id in rows]

    async def tuples(self) -> list[tuple[Any, ...]]:
        return list(await self._read(f"{SELECT} ORDER BY id"))

    async def heroes_with_team(self) -> list[Hero]:
        rows = await self._read(
            "SELECT hero.id, hero.name, power, team_id, team.id, team.name FROM hero JOIN team ON team.id = team_id "
            "ORDER BY hero.id"
        )
        return [
            Hero(key, name, power, team_id, Team(team_key, team_name))
            for key, name, power, team_id, team_key, team_name in rows
        ]

    async def teams_with_heroes(self) -> list[Team]:
        teams = [Team(*row) for row in await self._read("SELECT id, name FROM team ORDER BY id")]
        by_key = {team.id: team for team in teams}
        places = ", ".join(["%s"] * len(by_key))
        for row in await self._read(f"{SELECT} WHERE team_id IN ({places})", *by_key):
            by_key[row[3]].heroes.append(Hero(*row))
        return teams

    async def heroes_with_badges(self, count: int) -> list[Hero]:
        heroes = await self.first_heroes(count)
        by_key: dict[int | None, Hero] = {}
        for hero in heroes:
            hero.badges = []
            by_key[hero.id] = hero
        sql = "SELECT hero_id, id, name FROM badge JOIN hero_badge ON badge_id = id WHERE hero_id IN ({})"
        for owner, key, name in await self._read(sql.format(", ".join(["%s"] * len(by_key))), *by_key):
            by_key[owner].badges.append(Badge(key, name))
        return heroes

    async def streamed_power(self) -> int:
        total = 0
        async with self.db.cursor(SSCursor) as cursor:
            await cursor.execute(f"{SELECT} ORDER BY id")
            while rows := await cursor.fetchmany(1_000):
                for row in rows:
                    total += Hero(*row).power
        return total

    async def save(self, hero: Hero) -> None:
        sql = "UPDATE hero SET name = %s, power = %s, team_id = %s WHERE id = %s"
        await self._write(sql, hero.name, hero.power, hero.team_id, hero.id)

    async def save_power(self, hero: Hero) -> None:
        await self._write("UPDATE hero SET power = %s WHERE id = %s", hero.power, hero.id)

    async def delete(self, hero: Hero) -> None:
        await self._write("DELETE FROM hero WHERE id = %s", hero.id)

    async def update_heroes(self, heroes: Sequence[Hero]) -> None:
        rows = [(hero.name, hero.power, hero.id) for hero in heroes]
        await self._write_many("UPDATE hero SET name = %s, power = %s WHERE id = %s", rows)


def stored(record: Record) -> tuple[Any, ...]:
    """A record as MariaDB keeps it."""
    given = (record.title, record.kind.value, record.stock, record.ratio, record.active, record.price, record.born)
    return (*given, record.seen.replace(tzinfo=None), str(record.code), record.note, json.dumps(record.data))


def loaded(key: int, title: str, kind: str, *rest: Any) -> Record:
    """A record from what asyncmy gives."""
    stock, ratio, active, price, born, seen, code, note, data = rest
    moment, number = seen.replace(tzinfo=datetime.UTC), uuid.UUID(code)
    values = (stock, ratio, bool(active), price, born, moment, number, note, json.loads(data))
    return Record(key, title, Kind(kind), *values)
