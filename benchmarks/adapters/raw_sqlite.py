"""Hand-written code on aiosqlite: one trip to its thread for each statement, rows into slotted classes."""

import datetime
import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import aiosqlite

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Badge, Hero, Kind, Record, Team, hero_badges

TABLES: Final = """
CREATE TABLE team (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL);
CREATE TABLE hero (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL, power INT NOT NULL,
    team_id INT NOT NULL REFERENCES team (id)
);
CREATE TABLE badge (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL);
CREATE TABLE hero_badge (
    hero_id INT NOT NULL REFERENCES hero (id) ON DELETE CASCADE, badge_id INT NOT NULL REFERENCES badge (id),
    PRIMARY KEY (hero_id, badge_id)
);
CREATE INDEX hero_team ON hero (team_id);
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(50) NOT NULL, kind VARCHAR(6) NOT NULL, stock BIGINT NOT NULL,
    ratio REAL NOT NULL, active INT NOT NULL, price TEXT NOT NULL, born TEXT NOT NULL, seen TEXT NOT NULL,
    code CHAR(36) NOT NULL, note TEXT, data TEXT NOT NULL
);
"""
SELECT: Final = "SELECT id, name, power, team_id FROM hero"
FOUND: Final = (
    f"{SELECT} WHERE power >= ? AND power < ? AND name GLOB ? AND team_id IN (?, ?, ?, ?) AND id > 10 "
    "ORDER BY id LIMIT 20"
)
HERO: Final = "INSERT INTO hero (name, power, team_id) VALUES (?, ?, ?)"
RECORD: Final = f"INSERT INTO record ({', '.join(Record.WIDE[1:])}) VALUES ({', '.join('?' * (len(Record.WIDE) - 1))})"


class RawSqlite:
    """One connection in WAL mode; every statement that is not in a transaction commits by itself."""

    name = "aiosqlite"

    async def open(self, url: str) -> None:
        self.db = await aiosqlite.connect(url.removeprefix("sqlite://"), isolation_level=None, cached_statements=256)
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 5000"):
            await self.db.execute_fetchall(f"PRAGMA {pragma}")

    async def create(self) -> None:
        await self.db.executescript(TABLES)

    async def close(self) -> None:
        await self.db.close()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self._write_many("INSERT INTO team (name) VALUES (?)", [(name,) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        badges = [(f"badge {number}",) for number in range(BADGES)]
        await self._write_many("INSERT INTO badge (name) VALUES (?)", badges)
        await self._write_many("INSERT INTO hero_badge VALUES (?, ?)", hero_badges())
        await self.db.execute_fetchall("ANALYZE")

    async def clear(self) -> None:
        await self.db.execute_fetchall("DELETE FROM hero WHERE id > ?", (HEROES,))
        await self.db.execute_fetchall("DELETE FROM record WHERE id > ?", (RECORDS,))

    async def insert(self, values: Values) -> Hero:
        hero = Hero(None, **values)
        ((hero.id,),) = await self.db.execute_fetchall(HERO + " RETURNING id", (hero.name, hero.power, hero.team_id))
        return hero

    async def insert_together(self, rows: Sequence[Values]) -> list[Hero]:
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        heroes = [await self.insert(values) for values in rows]
        await self.db.execute_fetchall("COMMIT")
        return heroes

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Hero]:
        heroes = [Hero(None, **values) for values in rows]
        await self._write_many(HERO, [(hero.name, hero.power, hero.team_id) for hero in heroes])
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Record]:
        records = [Record(None, **values) for values in rows]
        await self._write_many(RECORD, [stored(record) for record in records])
        return records

    async def _write_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        await self.db.executemany(sql, rows)
        await self.db.execute_fetchall("COMMIT")

    async def hero(self, key: int) -> Hero:
        (row,) = await self.db.execute_fetchall(f"{SELECT} WHERE id = ?", (key,))
        return Hero(*row)

    pooled_hero = hero

    async def first_heroes(self, count: int) -> list[Hero]:
        rows = await self.db.execute_fetchall(f"{SELECT} WHERE id <= ? ORDER BY id", (count,))
        return [Hero(*row) for row in rows]

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Hero]:
        rows = await self.db.execute_fetchall(FOUND, (power, power + 5, prefix + "*", *teams))
        return [Hero(*row) for row in rows]

    async def heroes(self) -> list[Hero]:
        rows = await self.db.execute_fetchall(f"{SELECT} ORDER BY id")
        return [Hero(*row) for row in rows]

    async def records(self) -> list[Record]:
        rows = await self.db.execute_fetchall(f"SELECT {', '.join(Record.WIDE)} FROM record ORDER BY id")
        return [loaded(*row) for row in rows]

    async def dictionaries(self) -> list[Values]:
        rows = await self.db.execute_fetchall(f"{SELECT} ORDER BY id")
        return [{"id": key, "name": name, "power": power, "team_id": team_id} for key, name, power, team_id in rows]

    async def tuples(self) -> list[tuple[Any, ...]]:
        return [*map(tuple, await self.db.execute_fetchall(f"{SELECT} ORDER BY id"))]

    async def heroes_with_team(self) -> list[Hero]:
        rows = await self.db.execute_fetchall(
            "SELECT hero.id, hero.name, hero.power, hero.team_id, team.id, team.name "
            "FROM hero JOIN team ON team.id = hero.team_id ORDER BY hero.id"
        )
        return [
            Hero(key, name, power, team_id, Team(team_key, team_name))
            for key, name, power, team_id, team_key, team_name in rows
        ]

    async def teams_with_heroes(self) -> list[Team]:
        teams = [Team(*row) for row in await self.db.execute_fetchall("SELECT id, name FROM team ORDER BY id")]
        by_key = {team.id: team for team in teams}
        rows = await self.db.execute_fetchall(
            f"{SELECT} WHERE team_id IN ({', '.join('?' * len(teams))})", list(by_key)
        )
        for row in rows:
            hero = Hero(*row)
            by_key[hero.team_id].heroes.append(hero)
        return teams

    async def heroes_with_badges(self, count: int) -> list[Hero]:
        heroes = await self.first_heroes(count)
        by_key: dict[int | None, Hero] = {}
        for hero in heroes:
            hero.badges = []
            by_key[hero.id] = hero
        rows = await self.db.execute_fetchall(
            "SELECT hero_id, id, name FROM badge JOIN hero_badge ON badge_id = id "
            f"WHERE hero_id IN ({', '.join('?' * len(by_key))})",
            list(by_key),
        )
        for owner, key, name in rows:
            by_key[owner].badges.append(Badge(key, name))
        return heroes

    async def streamed_power(self) -> int:
        total = 0
        async with self.db.execute(f"{SELECT} ORDER BY id") as cursor:
            while rows := await cursor.fetchmany(1_000):
                for row in rows:
                    total += Hero(*row).power
        return total

    async def save(self, hero: Hero) -> None:
        sql = "UPDATE hero SET name = ?, power = ?, team_id = ? WHERE id = ?"
        await self.db.execute_fetchall(sql, (hero.name, hero.power, hero.team_id, hero.id))

    async def save_power(self, hero: Hero) -> None:
        await self.db.execute_fetchall("UPDATE hero SET power = ? WHERE id = ?", (hero.power, hero.id))

    async def delete(self, hero: Hero) -> None:
        await self.db.execute_fetchall("DELETE FROM hero WHERE id = ?", (hero.id,))

    async def update_heroes(self, heroes: Sequence[Hero]) -> None:
        rows = [(hero.name, hero.power, hero.id) for hero in heroes]
        await self._write_many("UPDATE hero SET name = ?, power = ? WHERE id = ?", rows)


def stored(record: Record) -> tuple[Any, ...]:
    """A record as SQLite keeps it."""
    return (
        record.title,
        record.kind.value,
        record.stock,
        record.ratio,
        record.active,
        str(record.price),
        record.born.isoformat(),
        record.seen.isoformat(" "),
        str(record.code),
        record.note,
        json.dumps(record.data),
    )


def loaded(
    key: int,
    title: str,
    kind: str,
    stock: int,
    ratio: float,
    active: int,
    price: str,
    born: str,
    seen: str,
    code: str,
    note: str | None,
    data: str,
) -> Record:
    """A record from what SQLite keeps."""
    return Record(
        key,
        title,
        Kind(kind),
        stock,
        ratio,
        bool(active),
        Decimal(price),
        datetime.date.fromisoformat(born),
        datetime.datetime.fromisoformat(seen),
        uuid.UUID(code),
        note,
        json.loads(data),
    )
