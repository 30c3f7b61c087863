"""Which migrations a database has: the table `ormgen_migrations`, written together with what they change."""

from __future__ import annotations

import datetime
import getpass
import socket
from collections.abc import Mapping
from typing import Any, Final

from ormgen.drivers.driver import Session
from ormgen.migrations.migration import Key, Loaded
from ormgen.records import dataclass
from ormgen.schema.field import describe_field
from ormgen.schema.field_types import CharField, DatetimeField, FloatField, IntField
from ormgen.schema.version import __version__
from ormgen.sql.compiling import DIALECTS
from ormgen.sql.ddl import column_sql, create_table_statements
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
    describe_field("seconds", FloatField(null=True)),
    describe_field("applied_by", CharField(200, null=True)),
    describe_field("version", CharField(50, null=True)),
)
_LATER = ("seconds", "applied_by", "version")  # columns that tables made by earlier versions lack


@dataclass(frozen=True, slots=True)
class Applied:
    """What is recorded of one migration.

    `step` is None once it is complete; a number of units that are done where it was interrupted, negative where
    undoing it was. `seconds` is how long it took, `by` who has applied it (user@host), `version` the version of ormgen
    that did; None where nobody has said so.
    """

    key: Key
    checksum: str
    applied_at: datetime.datetime | None
    step: int | None
    seconds: float | None = None
    by: str | None = None
    version: str | None = None

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
        """Make the table, where it is missing, or the columns that it lacks."""
        table = Table(TableName(TABLE), _COLUMNS, label=TABLE, primary_key=("app", "name"))
        for statement in create_table_statements(table, self.dialect.name):
            await session.script(statement)
        found = await self._columns(session)
        for column in _COLUMNS:
            if column.name in _LATER and column.name not in found:
                await session.script(f"ALTER TABLE {self._name} ADD COLUMN {column_sql(column, self.dialect.name)}")

    async def exists(self, session: Session, table: str = TABLE) -> bool:
        """Whether the database has the table; what else goes wrong is raised."""
        return bool(await self._columns(session, table))

    async def _columns(self, session: Session, table: str = TABLE) -> set[str]:
        return {str(row[0]) for row in await session.fetch(_COLUMNS_OF[self.dialect.name], (table,))}

    async def applied(self, session: Session) -> Mapping[Key, Applied]:
        """Everything that is recorded, in the order in which it was applied."""
        found = await self._columns(session)
        if not found:
            return {}
        known = ", ".join(name if name in found else "NULL" for name in _LATER)
        listed = f"SELECT app, name, checksum, applied_at, step, {known} FROM {self._name}"
        read = [
            Applied(Key(app, name), checksum, self._time(moment), step, *later)
            for app, name, checksum, moment, step, *later in await session.fetch(
                f"{listed} ORDER BY applied_at, app, name", ()
            )
        ]
        return {each.key: each for each in read}

    def _time(self, moment: object) -> datetime.datetime | None:
        if moment is None:
            return None
        read: Any = moment if self._read_time is None else self._read_time(moment)
        return read  # type: ignore[no-any-return]

    async def record(
        self, session: Session, migration: Loaded, step: int | None = None, seconds: float | None = None
    ) -> None:
        """Write that a migration has been applied, in so many seconds, or that it has begun and how far it is."""
        await self.forget(session, migration.key)
        moment = self._write_time(datetime.datetime.now(datetime.UTC)) if step is None else None
        values = (*migration.key, moment, migration.checksum, step, seconds, whoever(), __version__)
        names = ", ".join(column.name for column in _COLUMNS)
        places = ", ".join(self.dialect.placeholder(at + 1) for at in range(len(values)))
        await session.execute(f"INSERT INTO {self._name} ({names}) VALUES ({places})", values)

    async def advance(self, session: Session, key: Key, step: int) -> None:
        """Write how far a migration is."""
        one, two, three = (self.dialect.placeholder(at) for at in (1, 2, 3))
        update = f"UPDATE {self._name} SET step = {one} WHERE app = {two} AND name = {three}"
        await session.execute(update, (step, *key))

    async def forget(self, session: Session, key: Key) -> None:
        """Write that a migration is not applied."""
        one, two = self.dialect.placeholder(1), self.dialect.placeholder(2)
        await session.execute(f"DELETE FROM {self._name} WHERE app = {one} AND name = {two}", tuple(key))


def whoever() -> str:
    """Who runs this process: user@host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"[:200]


_COLUMNS_OF = {
    "sqlite": "SELECT name FROM pragma_table_info(?)",
    "postgres": "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    "mysql": "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s",
}
