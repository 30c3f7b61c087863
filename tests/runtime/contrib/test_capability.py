"""Tests that run only where the database can do something."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ormgen import ORM
from ormgen.contrib.test import SkipTest, requireCapability
from ormgen.contrib.test.condition import In, NotEQ, NotIn


@pytest.fixture(autouse=True)
async def opened() -> AsyncIterator[None]:
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["models.heroes"]})
    yield
    await ORM.close_connections()


@pytest.mark.feature(245)
@pytest.mark.parametrize(
    "conditions",
    [
        {"dialect": "sqlite"},
        {"dialect": In("mysql", "sqlite")},
        {"dialect": NotIn("mysql", "postgres")},
        {"dialect": NotEQ("mysql"), "daemon": False},
    ],
)
async def test_it_runs(conditions: dict[str, Any]) -> None:
    @requireCapability(**conditions)
    async def awaited(value: int) -> int:
        return value

    @requireCapability(connection_name="default", **conditions)
    def called(value: int) -> int:
        return value

    assert (await awaited(1), called(2)) == (1, 2)


@pytest.mark.feature(245)
@pytest.mark.parametrize("wanted", ["mysql", In("mysql", "postgres"), NotIn("sqlite"), NotEQ("sqlite")])
async def test_it_is_skipped(wanted: object) -> None:
    ran = []

    @requireCapability(dialect=wanted)
    async def awaited() -> None:
        ran.append(1)

    @requireCapability(dialect=wanted)
    class TestThings:
        def test_it(self) -> None:
            ran.append(2)

        def helper(self) -> str:
            return "runs"

    with pytest.raises(SkipTest, match="Capability dialect: 'sqlite' is not"):
        await awaited()
    with pytest.raises(SkipTest):
        TestThings().test_it()
    assert TestThings().helper() == "runs"
    assert ran == []


@pytest.mark.feature(245)
def test_a_capability_that_does_not_exist() -> None:
    @requireCapability(dialet="sqlite")
    def called() -> None:
        pass

    with pytest.raises(AttributeError, match="dialet"):
        called()
