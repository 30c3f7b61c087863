"""Objects from SQL of one's own: `await Hero.raw("SELECT * FROM hero")`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Sequence
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.database.current import own_transactions
from ormgen.models.hydrate import hydrator
from ormgen.models.info import ModelInfo
from ormgen.models.n_plus_one import watching
from ormgen.models.naming import checked_alias, refuse_taken
from ormgen.models.unawaited import Unawaited, refuse_unawaited
from ormgen.query.layout import Extra, Layout, Section

M_co = TypeVar("M_co", covariant=True)


class RawRows(Unawaited, Generic[M_co]):
    """The rows of a SELECT as objects, asked for when awaited.

    Columns of the table become attributes; those that are missing are left unset, as with `only()`. Other columns
    become attributes of their own name.

    Raises (when awaited):
        FieldError: a column has a name that an attribute cannot have, or that is taken.
    """

    __slots__ = ("_connection", "_handed", "_info", "_sql", "_values")

    def __init__(self, info: ModelInfo, sql: str, values: Sequence[Any], connection: Connection | None) -> None:
        self._info = info
        self._sql = sql
        self._values = tuple(values)
        self._connection = connection
        self._handed = own_transactions()

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        return type(self)(self._info, self._sql, self._values, connection)

    def sql(self) -> str:
        """The SQL that will run, as it was given."""
        return self._sql

    async def fetched(self) -> list[M_co]:
        """The objects, asked for now."""
        connection = self._info.connection(self._connection, self._handed, write=False)
        result = await connection.run_text(self._sql, self._values)
        if not result.rows:
            return []
        memo = self._info.memo
        key = ("raw", connection.dialect, result.columns)
        layout = memo.get(key) or memo.setdefault(key, _layout(self._info, connection, result.columns))
        found: list[M_co] = hydrator(layout, self._info)(result.rows)
        if watching.on:
            watching.found(found)
        return found

    def __await__(self) -> Generator[Any, None, list[M_co]]:
        return self.fetched().__await__()

    async def __aiter__(self) -> AsyncIterator[M_co]:
        for item in await self.fetched():
            yield item

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._info.model.__name__}: {self._sql}>"


refuse_unawaited(RawRows, "a question for objects", {"__iter__": ", or use `async for`"})


def _layout(info: ModelInfo, connection: Connection, columns: tuple[str, ...]) -> Layout:
    linked, codec = info.need(), connection.compiler.codec
    by_column = {column.column: column for column in linked.columns.values()}
    extras = []
    for at, name in enumerate(columns):
        column = by_column.get(name)
        if column is None:
            refuse_taken(info, checked_alias(name))
            extras.append(Extra(name, None, at))
        else:
            extras.append(Extra(column.name, codec.decoder(column.field), at))
    return Layout((Section((), linked.key, (), (), 0, None, partial=True),), tuple(extras))
