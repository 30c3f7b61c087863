"""Hand-written code on one asyncpg connection, rows into slotted classes."""

import json
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from adapters.adapter import Values
from data import HEROES, RECORDS, Hero, Kind, Record, Team

TABLES: Final = """
CREATE TABLE team (id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE hero (
    id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL, power INT NOT NULL, team_id INT NOT NULL REFERENCES team (id)
);
CREATE INDEX hero_team ON hero (team_id);
CREATE TABLE record (
    id SERIAL PRIMARY KEY, title VARCHAR(50) NOT NULL, kind VARCHAR(6) NOT NULL, stock BIGINT NOT NULL,
    ratio DOUBLE PRECISION NOT NULL, active BOOL NOT NULL, price DECIMAL(12, 2) NOT NULL, born DATE NOT NULL,
    seen TIMESTAMPTZ NOT NULL, code UUID NOT NULL, note TEXT, data JSONB NOT NULL
);
"""
HERO: Final = "INSERT INTO hero (name, power, team_id) VALUES ($1, $2, $3)"
PLACES: Final = ", ".join(f"${number}" for number in range(1, len(Record.WIDE)))
RECORD: Final = f"INSERT INTO record ({', '.join(Record.WIDE[1:])}) VALUES ({PLACES})"


class RawPostgres:
    """One connection without a pool; every statement that is not in a transaction commits by itself."""

    name = "asyncpg"

    async def open(self, url: str) -> None:
        self.db: Any = await asyncpg.connect(url)
        await self.db.execute(TABLES)

    async def close(self) -> None:
        await self.db.close()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self.db.executemany("INSERT INTO team (name) VALUES ($1)", [(name,) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await self.db.execute("ANALYZE")

    async def clear(self) -> None:
        await self.db.execute("DELETE FROM hero WHERE id > $1", HEROES)
        await self.db.execute("DELETE FROM record WHERE id > $1", RECORDS)

    async def insert(self, values: Values) -> Hero:
        hero = Hero(None, **values)
        hero.id = await self.db.fetchval(HERO + " RETURNING id", hero.name, hero.power, hero.team_id)
        return hero

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Hero]:
        heroes = [Hero(None, **values) for values in rows]
        await self.db.executemany(HERO, [(hero.name, hero.power, hero.team_id) for hero in heroes])
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Record]:
        records = [Record(None, **values) for values in rows]
        await self.db.executemany(RECORD, [stored(record) for record in records])
        return records

    async def hero(self, key: int) -> Hero:
        return Hero(*await self.db.fetchrow("SELECT id, name, power, team_id FROM hero WHERE id = $1", key))

    async def heroes(self) -> list[Hero]:
        rows = await self.db.fetch("SELECT id, name, power, team_id FROM hero ORDER BY id")
        return [Hero(*row) for row in rows]

    async def records(self) -> list[Record]:
        rows = await self.db.fetch(f"SELECT {', '.join(Record.WIDE)} FROM record ORDER BY id")
        return [loaded(*row) for row in rows]

    async def dictionaries(self) -> list[Values]:
        rows = await self.db.fetch("SELECT id, name, power, team_id FROM hero ORDER BY id")
        return [{"id": key, "name": name, "power": power, "team_id": team_id} for key, name, power, team_id in rows]

    async def heroes_with_team(self) -> list[Hero]:
        rows = await self.db.fetch(
            "SELECT hero.id, hero.name, hero.power, hero.team_id, team.id, team.name "
            "FROM hero JOIN team ON team.id = hero.team_id ORDER BY hero.id"
        )
        return [
            Hero(key, name, power, team_id, Team(team_key, team_name))
            for key, name, power, team_id, team_key, team_name in rows
        ]

    async def teams_with_heroes(self) -> list[Team]:
        teams = [Team(*row) for row in await self.db.fetch("SELECT id, name FROM team ORDER BY id")]
        by_key = {team.id: team for team in teams}
        rows = await self.db.fetch("SELECT id, name, power, team_id FROM hero WHERE team_id = ANY($1)", list(by_key))
        for row in rows:
            hero = Hero(*row)
            by_key[hero.team_id].heroes.append(hero)
        return teams


def stored(record: Record) -> tuple[Any, ...]:
    """A record as asyncpg takes it."""
    return (
        record.title,
        record.kind.value,
        record.stock,
        record.ratio,
        record.active,
        record.price,
        record.born,
        record.seen,
        record.code,
        record.note,
        json.dumps(record.data),
    )


def loaded(key: int, title: str, kind: str, *rest: Any) -> Record:
    """A record from what asyncpg gives."""
    stock, ratio, active, price, born, seen, code, note, data = rest
    return Record(key, title, Kind(kind), stock, ratio, active, price, born, seen, code, note, json.loads(data))
