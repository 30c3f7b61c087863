"""A plugin for pytest: `pytest_plugins = ["ormgen.contrib.pytest"]` in `conftest.py`.

A session makes one database with its tables; whatever a test that asks for the fixture `orm` writes is undone when it
ends, in all its tasks. It serves `async def` tests of pytest-asyncio and of anyio (on asyncio), and each worker of
pytest-xdist has a database of its own. Say what to test by overriding the fixture `orm_settings`:

    @pytest.fixture(scope="session")
    def orm_settings():
        return {"db_url": "postgres://localhost/test_{}", "modules": {"models": ["app.models"]}}
"""

from ormgen.contrib.pytest.counting import CountedQueries, assert_num_queries, inject_retries, no_n_plus_one
from ormgen.contrib.pytest.plugin import (
    orm,
    orm_database,
    orm_settings,
    pytest_addoption,
    pytest_collection_modifyitems,
)

__all__ = [
    "CountedQueries",
    "assert_num_queries",
    "inject_retries",
    "no_n_plus_one",
    "orm",
    "orm_database",
    "orm_settings",
    "pytest_addoption",
    "pytest_collection_modifyitems",
]
