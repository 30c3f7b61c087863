"""Contexts: `from ormgen.context import ORMContext`."""

from ormgen.database.context import ORMContext, get_current_context, require_context, set_global_context
from ormgen.database.scratch import orm_test_context

__all__ = ["ORMContext", "get_current_context", "orm_test_context", "require_context", "set_global_context"]
