"""Which migrations a database has: the table `ormgen_migrations`, written together with what they change."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ormgen.drivers.driver import Session
from ormgen.migrations.migration import Key, Loaded
from ormgen.schema.field import describe_field
from ormgen.schema.field_types import CharField, DatetimeField, IntField
from ormgen.sql.compiler import DIALECTS
from ormgen.sql.ddl import create_table_statements
from ormgen.sql.ddl_tables import Table, TableName
from ormgen.sql.values import Codec
from ormgen.sql.zone import Zone

TABLE: Final = "ormgen_migrations"
_COLUMNS = (
    describe_field("app", CharField(100)),
    describe_field("name", CharField(200)),
    describe_field("applied_at", DatetimeField(null=True)),
    describe_field("checksum", CharField(64)),
    describe_field("step", IntField(null=True)),
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What is recorded of one migration.

    `step` is None once it is complete; a number of units that are done where it was interrupted, negative where
    undoing it was.
    """

    key: Key
    checksum: str
    applied_at: datetime.datetime | None
    step: int | None

    @property
    def complete(self) -> bool:
        """Whether all of it has been done."""
        return self.step is None


class Recorder:
    """Reads and writes the table of migrations through a session; every change is a part of its transaction."""

    def __init__(self, dialect: str) -> None:
        self.dialect = DIALECTS[dialect]
        codec = Codec(dialect, Zone())
        self._read_time = codec.decoder(DatetimeField())
        self._write_time = codec.encoder(DatetimeField())
        self._name = self.dialect.quoted(TABLE)

    async def prepare(self, session: Session) -> None:
        """Make the table, where it is missing."""
        table = Table(TableName(TABLE), _COLUMNS, label=TABLE, primary_key=("app", "name"))
        for statement in create_table_statements(table, self.dialect.name):
            await session.script(statement)

    async def exists(self, session: Session, table: str = TABLE) -> bool:
        """Whether the database has the table; what else goes wrong is raised."""
        return bool((await session.fetch(_FIND[self.dialect.name], (table,)))[0][0])

    async def applied(self, session: Session) -> Mapping[Key, Applied]:
        """Everything that is recorded, in the order in which it was applied."""
        if not await self.exists(session):
            return {}
        listed = f"SELECT app, name, checksum, applied_at, step FROM {self._name} ORDER BY applied_at, app, name"
        found = [
            Applied(Key(app, name), checksum, self._time(moment), step)
            for app, name, checksum, moment, step in await session.fetch(listed, ())
        ]
        return {each.key: each for each in found}

    def _time(self, moment: object) -> datetime.datetime | None:
        if moment is None:
            return None
        read: Any = moment if self._read_time is None else self._read_time(moment)
        return read  # type: ignore[no-any-return]

    async def record(self, session: Session, migration: Loaded, step: int | None = None) -> None:
        """Write that a migration has been applied, or that it has begun and how far it is."""
        await self.forget(session, migration.key)
        places = ", ".join(self.dialect.placeholder(at) for at in range(1, 6))
        insert = f"INSERT INTO {self._name} (app, name, checksum, applied_at, step) VALUES ({places})"
        moment = self._write_time(datetime.datetime.now(datetime.UTC)) if step is None else None
        await session.execute(insert, (*migration.key, migration.checksum, moment, step))

    async def advance(self, session: Session, key: Key, step: int) -> None:
        """Write how far a migration is."""
        one, two, three = (self.dialect.placeholder(at) for at in (1, 2, 3))
        update = f"UPDATE {self._name} SET step = {one} WHERE app = {two} AND name = {three}"
        await session.execute(update, (step, *key))

    async def forget(self, session: Session, key: Key) -> None:
        """Write that a migration is not applied."""
        one, two = self.dialect.placeholder(1), self.dialect.placeholder(2)
        await session.execute(f"DELETE FROM {self._name} WHERE app = {one} AND name = {two}", tuple(key))


_FIND = {
    "sqlite": "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
    "postgres": "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1)",
    "mysql": "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s",
}
