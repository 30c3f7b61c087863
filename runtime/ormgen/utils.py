"""Tools: `from ormgen.utils import get_schema_sql`."""

from ormgen.database.schema_text import generate_schema_for_client, get_schema_sql

__all__ = ["generate_schema_for_client", "get_schema_sql"]
