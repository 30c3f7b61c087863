"""ormgen, as its users write it."""

from collections.abc import Sequence
from typing import Any

from adapters.adapter import Values
from bench_models import Hero, Record, Team
from data import HEROES, RECORDS
from ormgen import ORM


class OrmgenAdapter:
    """The models on whatever database the URL names, with its default options."""

    name = "ormgen"

    async def open(self, url: str) -> None:
        await ORM.init(db_url=url, modules={"models": ["bench_models"]})
        await ORM.generate_schemas()

    async def close(self) -> None:
        await ORM.close_connections()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await Team.bulk_create([Team(name=name) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await ORM.get_connection("default").execute_script("ANALYZE")

    async def clear(self) -> None:
        await Hero.filter(id__gt=HEROES).delete()
        await Record.filter(id__gt=RECORDS).delete()

    async def insert(self, values: Values) -> Any:
        return await Hero.create(**values)

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await Hero.bulk_create([Hero(**values) for values in rows])

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        return await Record.bulk_create([Record(**values) for values in rows])

    async def hero(self, key: int) -> Any:
        return await Hero.get(id=key)

    async def heroes(self) -> list[Any]:
        return await Hero.all().order_by("id")

    async def records(self) -> list[Any]:
        return await Record.all().order_by("id")

    async def dictionaries(self) -> list[Values]:
        return await Hero.all().order_by("id").values("id", "name", "power", "team_id")

    async def heroes_with_team(self) -> list[Any]:
        found: list[Any] = await Hero.all().order_by("id").select_related("team")
        return found

    async def teams_with_heroes(self) -> list[Any]:
        found: list[Any] = await Team.all().order_by("id").prefetch_related("heroes")
        return found
