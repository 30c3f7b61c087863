"""Statements as text, for reading: what would run, spelled for a database that nobody has to connect to."""

from __future__ import annotations

from ormgen.database.connect import DRIVERS
from ormgen.database.connection import Connection
from ormgen.database.context import current
from ormgen.exceptions import ParamsError
from ormgen.query.statements import Statement
from ormgen.schema.graph import ModelGraph
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Zone


def spelled(
    statement: Statement,
    model: type,
    graph: ModelGraph,
    connection: Connection | None,
    dialect: str | None,
    params_inline: bool,
) -> str:
    """The SQL of a statement about `model`, for its connection or for any database with this `dialect`.

    Where nothing is configured and no dialect is given, as SQLite spells it.

    Raises:
        ParamsError: there is no such dialect.
    """
    if dialect is not None and dialect not in DRIVERS:
        raise ParamsError(f"there is no dialect {dialect!r}; {did_you_mean(str(dialect), DRIVERS)}")
    context = current.get()
    if dialect is not None:
        compiler = Compiler(graph, dialect, Zone())
    elif connection is not None:
        compiler = connection.compiler
    elif context is not None and context.inited:
        compiler = context.connection_for(model).compiler
    else:
        compiler = Compiler(graph, "sqlite", Zone())
    return compiler.text(statement, params_inline)
