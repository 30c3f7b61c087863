"""For tests: `from ormgen.contrib.test import orm_test_context, requireCapability, truncate_all_models`."""

from typing import Final
from unittest import SkipTest, expectedFailure, skip, skipIf, skipUnless

from ormgen.contrib.test.capability import requireCapability
from ormgen.contrib.test.scripts import init_memory_sqlite
from ormgen.database.context import ORMContext
from ormgen.database.schema_text import truncate_all_models
from ormgen.database.scratch import orm_test_context

MEMORY_SQLITE: Final = "sqlite://:memory:"

__all__ = [
    "MEMORY_SQLITE",
    "ORMContext",
    "SkipTest",
    "expectedFailure",
    "init_memory_sqlite",
    "orm_test_context",
    "requireCapability",
    "skip",
    "skipIf",
    "skipUnless",
    "truncate_all_models",
]
