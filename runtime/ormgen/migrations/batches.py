"""Many rows, some at a time: for functions of migrations that go through whole tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from ormgen.exceptions import ParamsError
from ormgen.models.model import Model
from ormgen.models.queryset import QuerySet

M = TypeVar("M", bound=Model)
SIZE = 1_000


async def in_batches(query: QuerySet[M], size: int = SIZE) -> AsyncIterator[list[M]]:
    """The objects of a query by their primary key, `size` at a time; each batch is a question of its own.

    Rows may be changed, and deleted, on the way. `async for teams in in_batches(Team.filter(motto="")):`.

    Raises:
        ParamsError: the query has an order or limit of its own, or the key has several columns.
    """
    statement = query.statement
    if statement.limit is not None or statement.offset or size < 1:
        raise ParamsError("in_batches goes by the primary key: take the limit off, and give a size of 1 or more")
    last: Any = None
    while True:
        following = query if last is None else query.filter(pk__gt=last)
        found = await following.order_by("pk").limit(size)
        if found:
            yield found
        if len(found) < size:
            return
        last = found[-1].pk
        if isinstance(last, tuple):
            raise ParamsError("in_batches goes by a primary key of one column; this one has several")
