"""Runs queries that users build with pypika, without any model's objects."""

from __future__ import annotations

from typing import Any, Generic, Protocol, overload

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.database.context import require_context
from ormgen.exceptions import ParamsError
from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class SupportsSql(Protocol):
    """A query of pypika's."""

    def get_sql(self, **options: Any) -> str: ...


class Adapter(Protocol[T_co]):
    """A pydantic TypeAdapter."""

    def validate_python(self, object: Any, /) -> T_co: ...


@dataclass(frozen=True)
class QueryResult(Generic[T]):
    """The rows of a query, and how many it read or wrote."""

    rows: list[T]
    rows_affected: int


def table_of(model: LinkedModel) -> Any:
    """The table of a model as pypika knows it."""
    from ormgen.sql import pypika_queries

    return pypika_queries.table_of(model)


@overload
async def execute_pypika(
    query: SupportsSql, *, using_db: Connection | None = None, schema: None = None
) -> QueryResult[dict[str, Any]]: ...
@overload
async def execute_pypika(
    query: SupportsSql, *, using_db: Connection | None = None, schema: type[T]
) -> QueryResult[T]: ...
@overload
async def execute_pypika(
    query: SupportsSql, *, using_db: Connection | None = None, schema: Adapter[T]
) -> QueryResult[T]: ...
async def execute_pypika(query: Any, *, using_db: Connection | None = None, schema: Any = None) -> QueryResult[Any]:
    """Run a query built with pypika; its values are bound, never written into the text.

    `schema` is a pydantic model or TypeAdapter that reads each row, or a TypedDict that only says what it is. Without
    `using_db` it runs on the only connection, in the transaction that is open there.

    Raises:
        ParamsError: there are several connections and none is given.
    """
    from ormgen.sql import pypika_queries

    connection = using_db or _only()
    sql, values = pypika_queries.bound(query, connection.dialect, connection.compiler.codec)
    result = await connection.session.execute(sql, values)
    rows: list[Any] = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    affected = len(rows) if result.columns else result.affected
    return QueryResult(_read(rows, schema), affected)


def _only() -> Connection:
    connections = require_context().connections
    aliases = list(connections.databases)
    if len(aliases) != 1:
        raise ParamsError(f"there are several connections, give using_db: one of {', '.join(aliases)}")
    return connections.get(aliases[0])


def _read(rows: list[Any], schema: Any) -> list[Any]:
    read = getattr(schema, "validate_python", None) or getattr(schema, "model_validate", None)
    return rows if read is None else [read(row) for row in rows]
