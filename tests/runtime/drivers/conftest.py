"""A driver on an empty database, once for each database."""

from collections.abc import AsyncIterator

import pytest

from driver_tools import AnyDriver, make_driver, make_tables, whole


@pytest.fixture
async def driver(db_url: str) -> AsyncIterator[AnyDriver]:
    """A driver whose database has the tables `team` and `hero`; checks that the test gave every connection back."""
    driver = make_driver(db_url)
    try:
        await make_tables(driver)
        yield driver
        await whole(driver)
    finally:
        await driver.close()
