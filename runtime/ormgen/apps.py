"""The models of a context by app: `from ormgen.apps import Apps`."""

from ormgen.database.apps import Apps

__all__ = ["Apps"]
