"""Hooks get described events; the helpers of the pytest plugin are typed."""

from collections.abc import Mapping
from typing import Any, assert_type

import pytest

from heroes.models import Hero
from ormgen import ORM, ORMContext
from ormgen.contrib.pytest import assert_num_queries, no_n_plus_one
from ormgen.hooks import QueryEvent, TransactionEvent, log_slow


@ORM.hooks.on_query
def seen(event: QueryEvent) -> None:
    assert_type(event.sql, str)
    assert_type(event.rows, int | None)
    event.text  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018


@ORM.hooks.on_transaction
def told(event: TransactionEvent) -> float:
    return event.seconds


ORM.hooks.on_query(told)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
log_slow(ORM.hooks, query=0.5, acquire=0.1)
log_slow(ORM.hooks, query="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="session")
def orm_settings() -> Mapping[str, Any]:
    return {"db_url": "sqlite://:memory:", "modules": {"models": ["heroes.models"]}}


async def test_heroes(orm: ORMContext) -> None:
    with assert_num_queries(1) as counted:
        await Hero.filter(name="x").exists()
    assert_type((len(counted), counted.events[0].sql), tuple[int, str])
    with no_n_plus_one():
        await Hero.all()
    with assert_num_queries("x"):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        pass
