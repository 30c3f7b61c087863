"""Runs statements of SQL files: what `ormgen queries` writes calls this."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.database.context import require_context
from ormgen.exceptions import ConfigurationError, MultipleObjectsReturned, ParamsError
from ormgen.records import dataclass, field
from ormgen.schema import field_types as types
from ormgen.schema.column_types import column_type
from ormgen.schema.field import Field, describe_field

PLAIN: Final[Mapping[str, Field[Any] | None]] = MappingProxyType(
    {
        "bool": types.BooleanField(),
        "bytes": types.BinaryField(),
        "date": types.DateField(),
        "datetime": types.DatetimeField(),
        "Decimal": None,
        "float": types.FloatField(),
        "int": types.BigIntField(),
        "str": types.TextField(),
        "time": types.TimeField(),
        "timedelta": types.TimeDeltaField(),
        "UUID": types.UUIDField(),
    }
)
"""Types of what is no column of a model, as fields that read and write them; a Decimal has as many places as it has."""
_ASKED: Final = re.compile(r"\s+IS\b", re.IGNORECASE)  # what is only asked whether it is NULL


@dataclass(frozen=True)
class SqlQuery:
    """One statement: `parts` are its text, cut where parameters stand, with their names between.

    `parameters` and `columns` say of each parameter and of each column of a row what reads and writes it: the path of
    a model's attribute, as `models.Hero.power`, or a name of PLAIN. Parameters of `lists` are lists; theirs is the text
    that stands for an empty one. It runs where statements about `model` run, and `writes` rows or not.
    """

    name: str
    model: str
    parts: Sequence[str]
    parameters: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False

    async def many(self, values: Mapping[str, Any], using_db: Connection | str | None = None) -> list[tuple[Any, ...]]:
        """All rows, each a tuple of Python values.

        Raises:
            OperationalError: the database refused.
            ValidationError: a value does not fit its column.
        """
        connection = self._connection(using_db)
        sql, given = self._bound(connection, values)
        rows = await connection.session.fetch(sql, given)
        read = [_decoder(connection, path) for path in self.columns]
        if rows and len(rows[0]) != len(read):
            raise ConfigurationError(
                f"{self.name}: rows have {len(rows[0])} columns, not {len(read)}; run ormgen queries"
            )
        return [
            tuple(
                value if value is None or decode is None else decode(value)
                for value, decode in zip(row, read, strict=True)
            )
            for row in rows
        ]

    async def one(self, values: Mapping[str, Any], using_db: Connection | str | None = None) -> tuple[Any, ...] | None:
        """The row; None where there is none.

        Raises:
            MultipleObjectsReturned: there are several.
        """
        rows = await self.many(values, using_db)
        if len(rows) > 1:
            raise MultipleObjectsReturned(f"{self.name} gave {len(rows)} rows; `:many` takes them all")
        return rows[0] if rows else None

    async def execute(self, values: Mapping[str, Any], using_db: Connection | str | None = None) -> int:
        """How many rows it wrote."""
        connection = self._connection(using_db)
        sql, given = self._bound(connection, values)
        return (await connection.session.execute(sql, given)).affected

    def _connection(self, explicit: Connection | str | None) -> Connection:
        context = require_context()
        if explicit is None:
            app, _, name = self.model.partition(".")
            return context.connection_for(context.get_model(app, name), write=self.writes)
        return context.connections.get(explicit) if isinstance(explicit, str) else explicit

    def _bound(self, connection: Connection, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The text with the places of this database, and the values for them."""
        dialect = connection.compiler.dialect
        known: dict[str, str] = {}
        given: list[Any] = []

        def places(name: str) -> Iterator[str]:
            encode = _encoder(connection, self.parameters[name])
            for value in values[name] if name in self.lists else (values[name],):
                given.append(value if encode is None else encode(value))
                yield dialect.placeholder(len(given))

        text: list[str] = []
        for at, part in enumerate(self.parts):
            if at % 2 == 0:
                text.append(dialect.escaped(part))
            else:
                if part not in known or dialect.name != "postgres":  # which asks for one type of each place
                    known[part] = ", ".join(places(part)) or dialect.escaped(self.lists.get(part, "NULL"))
                untyped = dialect.name == "postgres" and _ASKED.match(self.parts[at + 1])
                kind = _sql_type(connection, self.parameters[part]) if untyped else None
                text.append(known[part] if kind is None else f"CAST({known[part]} AS {kind})")
        return "".join(text), given


def _sql_type(connection: Connection, path: str) -> str:
    """The type on PostgreSQL of a place that nothing else gives one."""
    found = _field(connection, path)
    return "NUMERIC" if found is None else column_type(describe_field("value", found), "postgres")


def _field(connection: Connection, path: str) -> Field[Any] | None:
    if "." not in path:
        return PLAIN[path]
    key, _, name = path.rpartition(".")
    model = connection.compiler.graph.models.get(key)
    column = None if model is None else model.columns.get(name)
    if column is None:
        raise ParamsError(f"there is no column {path} any more: run `ormgen queries`")
    return column.field


def _decoder(connection: Connection, path: str) -> Callable[[Any], Any] | None:
    if path == "Decimal":
        return lambda value: value if isinstance(value, Decimal) else Decimal(str(value))
    if path == "int":
        return int
    return connection.compiler.codec.decoder(_field(connection, path))


def _encoder(connection: Connection, path: str) -> Callable[[Any], Any] | None:
    found = _field(connection, path)
    if found is None:
        return None if connection.dialect != "sqlite" else lambda value: value if value is None else str(value)
    return connection.compiler.codec.encoder(found, stored=False)
