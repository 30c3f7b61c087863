"""Hand-written code on aiosqlite: one trip to its thread for each statement, rows into slotted classes."""

import datetime
import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import aiosqlite

from adapters.adapter import Values
from data import HEROES, RECORDS, Hero, Kind, Record, Team

TABLES: Final = """
CREATE TABLE team (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL);
CREATE TABLE hero (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL, power INT NOT NULL,
    team_id INT NOT NULL REFERENCES team (id)
);
CREATE INDEX hero_team ON hero (team_id);
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(50) NOT NULL, kind VARCHAR(6) NOT NULL, stock BIGINT NOT NULL,
    ratio REAL NOT NULL, active INT NOT NULL, price TEXT NOT NULL, born TEXT NOT NULL, seen TEXT NOT NULL,
    code CHAR(36) NOT NULL, note TEXT, data TEXT NOT NULL
);
"""
HERO: Final = "INSERT INTO hero (name, power, team_id) VALUES (?, ?, ?)"
RECORD: Final = f"INSERT INTO record ({', '.join(Record.WIDE[1:])}) VALUES ({', '.join('?' * (len(Record.WIDE) - 1))})"


class RawSqlite:
    """One connection in WAL mode; every statement that is not in a transaction commits by itself."""

    name = "aiosqlite"

    async def open(self, url: str) -> None:
        self.db = await aiosqlite.connect(url.removeprefix("sqlite://"), isolation_level=None, cached_statements=256)
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 5000"):
            await self.db.execute_fetchall(f"PRAGMA {pragma}")
        await self.db.executescript(TABLES)

    async def close(self) -> None:
        await self.db.close()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self._insert_many("INSERT INTO team (name) VALUES (?)", [(name,) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)

    async def clear(self) -> None:
        await self.db.execute_fetchall("DELETE FROM hero WHERE id > ?", (HEROES,))
        await self.db.execute_fetchall("DELETE FROM record WHERE id > ?", (RECORDS,))

    async def insert(self, values: Values) -> Hero:
        hero = Hero(None, **values)
        ((hero.id,),) = await self.db.execute_fetchall(HERO + " RETURNING id", (hero.name, hero.power, hero.team_id))
        return hero

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Hero]:
        heroes = [Hero(None, **values) for values in rows]
        await self._insert_many(HERO, [(hero.name, hero.power, hero.team_id) for hero in heroes])
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Record]:
        records = [Record(None, **values) for values in rows]
        await self._insert_many(RECORD, [stored(record) for record in records])
        return records

    async def _insert_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        await self.db.executemany(sql, rows)
        await self.db.execute_fetchall("COMMIT")

    async def hero(self, key: int) -> Hero:
        (row,) = await self.db.execute_fetchall("SELECT id, name, power, team_id FROM hero WHERE id = ?", (key,))
        return Hero(*row)

    async def heroes(self) -> list[Hero]:
        rows = await self.db.execute_fetchall("SELECT id, name, power, team_id FROM hero ORDER BY id")
        return [Hero(*row) for row in rows]

    async def records(self) -> list[Record]:
        rows = await self.db.execute_fetchall(f"SELECT {', '.join(Record.WIDE)} FROM record ORDER BY id")
        return [loaded(*row) for row in rows]

    async def dictionaries(self) -> list[Values]:
        rows = await self.db.execute_fetchall("SELECT id, name, power, team_id FROM hero ORDER BY id")
        return [{"id": key, "name": name, "power": power, "team_id": team_id} for key, name, power, team_id in rows]

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
            f"SELECT id, name, power, team_id FROM hero WHERE team_id IN ({', '.join('?' * len(teams))})", list(by_key)
        )
        for row in rows:
            hero = Hero(*row)
            by_key[hero.team_id].heroes.append(hero)
        return teams


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
