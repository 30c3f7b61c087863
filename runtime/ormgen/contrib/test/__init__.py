"""For tests: `from ormgen.contrib.test import orm_test_context`."""

from ormgen.contrib.test.scripts import init_memory_sqlite
from ormgen.database.scratch import orm_test_context

__all__ = ["init_memory_sqlite", "orm_test_context"]
