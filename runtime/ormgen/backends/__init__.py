"""Where settings name engines: `ormgen.backends.sqlite`, `.asyncpg`, `.psycopg`, `.mysql`, `.asyncmy`."""

__all__ = ()
