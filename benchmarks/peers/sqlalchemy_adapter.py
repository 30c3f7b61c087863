"""SQLAlchemy's ORM with asyncio: a session for each piece of work."""

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    delete,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Kind, hero_badges


class Base(DeclarativeBase):
    pass


class Moment(TypeDecorator[datetime.datetime]):
    """SQLite keeps no zone; what is read there is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    heroes: Mapped[list["Hero"]] = relationship(back_populates="team")


hero_badge = Table(
    "hero_badge",
    Base.metadata,
    Column("hero_id", ForeignKey("hero.id", ondelete="CASCADE"), primary_key=True),
    Column("badge_id", ForeignKey("badge.id"), primary_key=True),
)


class Badge(Base):
    __tablename__ = "badge"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Hero(Base):
    __tablename__ = "hero"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    power: Mapped[int]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(back_populates="heroes")
    badges: Mapped[list[Badge]] = relationship(secondary=hero_badge, passive_deletes=True)


class Record(Base):
    __tablename__ = "record"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    kind: Mapped[Kind] = mapped_column(
        Enum(Kind, native_enum=False, values_callable=lambda kind: [k.value for k in kind])
    )
    stock: Mapped[int] = mapped_column(BigInteger)
    ratio: Mapped[float]
    active: Mapped[bool]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    born: Mapped[datetime.date]
    seen: Mapped[datetime.datetime] = mapped_column(Moment)
    code: Mapped[uuid.UUID] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)
    data: Mapped[Any] = mapped_column(JSON().with_variant(JSONB, "postgresql"))


class Peer:
    name = "SQLAlchemy"

    async def open(self, url: str) -> None:
        url = url.replace("sqlite://", "sqlite+aiosqlite:///").replace("postgres://", "postgresql+asyncpg://")
        self.engine = create_async_engine(url, pool_size=5, max_overflow=0)
        if "sqlite" in url:
            event.listen(self.engine.sync_engine, "connect", prepare)
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def create(self) -> None:
        async with self.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    async def close(self) -> None:
        await self.engine.dispose()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        async with self.session.begin() as session:
            await session.execute(insert(Team), [{"name": name} for name in teams])
            await session.execute(insert(Hero), list(heroes))
            await session.execute(insert(Record), list(records))
            await session.execute(insert(Badge), [{"name": f"badge {number}"} for number in range(BADGES)])
            pairs = [{"hero_id": hero, "badge_id": badge} for hero, badge in hero_badges()]
            await session.execute(insert(hero_badge), pairs)
            await session.execute(text("ANALYZE"))

    async def clear(self) -> None:
        async with self.session.begin() as session:
            await session.execute(delete(Hero).where(Hero.id > HEROES))
            await session.execute(delete(Record).where(Record.id > RECORDS))

    async def insert(self, values: Values) -> Any:
        hero = Hero(**values)
        async with self.session.begin() as session:
            session.add(hero)
        return hero

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        heroes = [Hero(**values) for values in rows]
        async with self.session.begin() as session:
            for hero in heroes:
                session.add(hero)
                await session.flush()
        return heroes

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await self._inserted(Hero, rows)

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        return await self._inserted(Record, rows)

    async def _inserted(self, model: Any, rows: Sequence[Values]) -> list[Any]:
        """The statement for many rows; `add_all` asks for each key, on SQLite with a statement for each row."""
        async with self.session.begin() as session:
            await session.execute(insert(model), list(rows))
        return [model(**values) for values in rows]

    async def hero(self, key: int) -> Any:
        async with self.session() as session:
            return await session.get(Hero, key)

    pooled_hero = hero

    async def _all(self, question: Any) -> list[Any]:
        async with self.session() as session:
            return list((await session.scalars(question)).all())

    async def first_heroes(self, count: int) -> list[Any]:
        return await self._all(select(Hero).where(Hero.id <= count).order_by(Hero.id))

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        return await self._all(
            select(Hero)
            .where(Hero.power >= power, Hero.power < power + 5, Hero.name.startswith(prefix, autoescape=True))
            .where(Hero.team_id.in_(teams), Hero.id > 10)
            .order_by(Hero.id)
            .limit(20)
        )

    async def heroes(self) -> list[Any]:
        return await self._all(select(Hero).order_by(Hero.id))

    async def records(self) -> list[Any]:
        return await self._all(select(Record).order_by(Record.id))

    async def dictionaries(self) -> list[Values]:
        async with self.session() as session:
            rows = await session.execute(select(Hero.id, Hero.name, Hero.power, Hero.team_id).order_by(Hero.id))
            return [dict(row) for row in rows.mappings()]

    async def tuples(self) -> list[tuple[Any, ...]]:
        async with self.session() as session:
            rows = await session.execute(select(Hero.id, Hero.name, Hero.power, Hero.team_id).order_by(Hero.id))
            return [tuple(row) for row in rows]

    async def heroes_with_team(self) -> list[Any]:
        return await self._all(select(Hero).order_by(Hero.id).options(joinedload(Hero.team, innerjoin=True)))

    async def teams_with_heroes(self) -> list[Any]:
        return await self._all(select(Team).order_by(Team.id).options(selectinload(Team.heroes)))

    async def heroes_with_badges(self, count: int) -> list[Any]:
        asked = select(Hero).where(Hero.id <= count).order_by(Hero.id)
        return await self._all(asked.options(selectinload(Hero.badges)))

    async def streamed_power(self) -> int:
        total = 0
        async with self.session() as session:
            options = {"yield_per": 1_000}
            async for hero in await session.stream_scalars(select(Hero).order_by(Hero.id).execution_options(**options)):
                total += hero.power
        return total

    async def save(self, hero: Any) -> None:
        async with self.session.begin() as session:
            session.add(hero)

    save_power = save

    async def delete(self, hero: Any) -> None:
        async with self.session.begin() as session:
            await session.delete(hero)

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        async with self.session.begin() as session:
            session.add_all(heroes)


def prepare(connection: Any, record: Any) -> None:
    """WAL, as all others have it."""
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
