"""The library's models: initialised on each database, or only linked."""

from collections.abc import AsyncIterator

import pytest

from ormgen import ORM

from .shelves import MODULES


@pytest.fixture
async def orm(db_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=db_url, modules=MODULES)
    await ORM.generate_schemas()
    yield
    await ORM.close_connections()


@pytest.fixture
def linked() -> None:
    ORM.init_models(MODULES)
