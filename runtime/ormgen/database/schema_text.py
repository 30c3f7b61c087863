"""The tables of the current context: their definitions as text, and all rows gone from them."""

from __future__ import annotations

from ormgen.database.connection import Connection
from ormgen.database.context import ORMContext, require_context
from ormgen.database.current import connection_of
from ormgen.exceptions import ConfigurationError
from ormgen.sql.ddl import create_statements, truncate_statements


def get_schema_sql(client: Connection, safe: bool = True) -> str:
    """What `generate_schemas` runs on the database of `client`; with `safe`, for the tables that are missing.

    Raises:
        ConfigurationError: no model of the current context is kept there.
    """
    context = require_context()
    for database, keys in context.models_by_database():
        if database.alias == client.alias:
            statements = create_statements(context.graph, client.dialect, safe=safe, models=keys)
            return "".join(f"{statement};\n" for statement in statements)
    raise ConfigurationError(f'no model is kept on the connection "{client.alias}"')


async def generate_schema_for_client(client: Connection, safe: bool = True) -> None:
    """Create the tables that belong on the database of `client`; with `safe`, those that are missing.

    Raises:
        ConfigurationError: no model of the current context is kept there.
    """
    context = require_context()
    for database, keys in context.models_by_database():
        if database.alias == client.alias:
            for statement in create_statements(context.graph, client.dialect, safe=safe, models=keys):
                await client.session.script(statement)
            return
    raise ConfigurationError(f'no model is kept on the connection "{client.alias}"')


async def truncate_all_models() -> None:
    """Delete all rows of all models of the current context, those that joining tables hold included; for tests.

    Raises:
        ValueError: there are no models.
    """
    context = require_context()
    if not context.inited:
        raise ValueError("apps are not loaded; call ORM.init first")
    for database, keys in context.models_by_database():
        await connection_of(database).session.script(_truncation(context, database.dialect, keys))


def _truncation(context: ORMContext, dialect: str, keys: list[str]) -> str:
    return ";\n".join(truncate_statements(context.graph, dialect, models=keys))
