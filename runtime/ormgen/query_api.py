"""Queries built with pypika: `from ormgen.query_api import execute_pypika`."""

from ormgen.database.pypika_queries import QueryResult, execute_pypika

__all__ = ["QueryResult", "execute_pypika"]
