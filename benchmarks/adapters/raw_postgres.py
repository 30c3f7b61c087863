"""Hand-written code on one asyncpg connection, rows into slotted classes."""

import json
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Badge, Hero, Kind, Record, Team, hero_badges

TABLES: Final = """
CREATE TABLE team (id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE hero (
    id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL, power INT NOT NULL, team_id INT NOT NULL REFERENCES team (id)
);
CREATE TABLE badge (id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE hero_badge (
    hero_id INT NOT NULL REFERENCES hero (id) ON DELETE CASCADE, badge_id INT NOT NULL REFERENCES badge (id),
    PRIMARY KEY (hero_id, badge_id)
);
CREATE INDEX hero_team ON hero (team_id);
CREATE TABLE record (
    id SERIAL PRIMARY KEY, title VARCHAR(50) NOT NULL, kind VARCHAR(6) NOT NULL, stock BIGINT NOT NULL,
    ratio DOUBLE PRECISION NOT NULL, active BOOL NOT NULL, price DECIMAL(12, 2) NOT NULL, born DATE NOT NULL,
    seen TIMESTAMPTZ NOT NULL, code UUID NOT NULL, note TEXT, data JSONB NOT NULL
);
"""
SELECT: Final = "SELECT id, name, power, team_id FROM hero"
FOUND: Final = (
    f"{SELECT} WHERE power >= $1 AND power < $2 AND name LIKE $3 AND team_id IN ($4, $5, $6, $7) AND id > 10 "
    "ORDER BY id LIMIT 20"
)
HERO: Final = "INSERT INTO hero (name, power, team_id) VALUES ($1, $2, $3)"
PLACES: Final = ", ".join(f"${number}" for number in range(1, len(Record.WIDE)))
RECORD: Final = f"INSERT INTO record ({', '.join(Record.WIDE[1:])}) VALUES ({PLACES})"


class RawPostgres:
    """One connection, a pool where many tasks ask; what is not in a transaction commits by itself."""

    name = "asyncpg"

    async def open(self, url: str) -> None:
        self.db: Any = await asyncpg.connect(url)
        self.pool: Any = await asyncpg.create_pool(url, min_size=5, max_size=5)

    async def create(self) -> None:
        await self.db.execute(TABLES)

    async def close(self) -> None:
        await self.pool.close()
        await self.db.close()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self.db.executemany("INSERT INTO team (name) VALUES ($1)", [(name,) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        badges = [(f"badge {number}",) for number in range(BADGES)]
        await self.db.executemany("INSERT INTO badge (name) VALUES ($1)", badges)
        await self.db.executemany("INSERT INTO hero_badge VALUES ($1, $2)", hero_badges())
        await self.db.execute("ANALYZE")

    async def clear(self) -> None:
        await self.db.execute("DELETE FROM hero WHERE id > $1", HEROES)
        await self.db.execute("DELETE FROM record WHERE id > $1", RECORDS)

    async def insert(self, values: Values) -> Hero:
        hero = Hero(None, **values)
        hero.id = await self.db.fetchval(HERO + " RETURNING id", hero.name, hero.power, hero.team_id)
        return hero

    async def insert_together(self, rows: Sequence[Values]) -> list[Hero]:
        async with self.db.transaction():
            return [await self.insert(values) for values in rows]

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Hero]:
        heroes = [Hero(None, **values) for values in rows]
        await self.db.executemany(HERO, [(hero.name, hero.power, hero.team_id) for hero in heroes])
        return heroes

    async def insert_records(self, rows: Sequence[Values]) -> list[Record]:
        records = [Record(None, **values) for values in rows]
        await self.db.executemany(RECORD, [stored(record) for record in records])
        return records

    async def hero(self, key: int) -> Hero:
        return Hero(*await self.db.fetchrow(f"{SELECT} WHERE id = $1", key))

    async def pooled_hero(self, key: int) -> Hero:
        return Hero(*await self.pool.fetchrow(f"{SELECT} WHERE id = $1", key))

    async def first_heroes(self, count: int) -> list[Hero]:
        rows = await self.db.fetch(f"{SELECT} WHERE id <= $1 ORDER BY id", count)
        return [Hero(*row) for row in rows]

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Hero]:
        rows = await self.db.fetch(FOUND, power, power + 5, prefix + "%", *teams)
        return [Hero(*row) for row in rows]

    async def heroes(self) -> list[Hero]:
        rows = await self.db.fetch(f"{SELECT} ORDER BY id")
        return [Hero(*row) for row in rows]

    async def records(self) -> list[Record]:
        rows = await self.db.fetch(f"SELECT {', '.join(Record.WIDE)} FROM record ORDER BY id")
        return [loaded(*row) for row in rows]

    async def dictionaries(self) -> list[Values]:
        rows = await self.db.fetch(f"{SELECT} ORDER BY id")
        return [{"id": key, "name": name, "power": power, "team_id": team_id} for key, name, power, team_id in rows]

    async def tuples(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.db.fetch(f"{SELECT} ORDER BY id")]

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
        rows = await self.db.fetch(f"{SELECT} WHERE team_id = ANY($1)", list(by_key))
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
        rows = await self.db.fetch(
            "SELECT hero_id, id, name FROM badge JOIN hero_badge ON badge_id = id WHERE hero_id = ANY($1)", list(by_key)
        )
        for owner, key, name in rows:
            by_key[owner].badges.append(Badge(key, name))
        return heroes

    async def streamed_power(self) -> int:
        total = 0
        async with self.db.transaction():
            cursor = await self.db.cursor(f"{SELECT} ORDER BY id")
            while rows := await cursor.fetch(1_000):
                for row in rows:
                    total += Hero(*row).power
        return total

    async def save(self, hero: Hero) -> None:
        sql = "UPDATE hero SET name = $1, power = $2, team_id = $3 WHERE id = $4"
        await self.db.execute(sql, hero.name, hero.power, hero.team_id, hero.id)

    async def save_power(self, hero: Hero) -> None:
        await self.db.execute("UPDATE hero SET power = $1 WHERE id = $2", hero.power, hero.id)

    async def delete(self, hero: Hero) -> None:
        await self.db.execute("DELETE FROM hero WHERE id = $1", hero.id)

    async def update_heroes(self, heroes: Sequence[Hero]) -> None:
        rows = [(hero.name, hero.power, hero.id) for hero in heroes]
        await self.db.executemany("UPDATE hero SET name = $1, power = $2 WHERE id = $3", rows)


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
