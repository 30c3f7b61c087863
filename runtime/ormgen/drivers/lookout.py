"""Statements that wait for a lock of a transaction which itself waits for their task: no server can tell that this
never ends, because it sees one of the two waits only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ormgen.drivers.connection import Connection, Holder
from ormgen.drivers.waiting import waits_for_any
from ormgen.exceptions import OperationalError

EVERY = 1.0  # seconds; what was suspect twice is asked about
ASK_SECONDS = 5.0

Pair = tuple[Connection, Connection]


def task_of(connection: Connection) -> asyncio.Task[Any] | None:
    """The task that has the connection."""
    holder = connection.holder
    return holder.task if isinstance(holder, Holder) else holder


def suspects(lent: Iterable[Connection], all_: Iterable[Connection]) -> set[Pair]:
    """Connections in transactions, each with another one to the same server that is used by the task itself, or by a
    task it waits for.
    """
    found: set[Pair] = set()
    held = [(each, task) for each in all_ if (task := task_of(each)) is not None]
    for owner in lent:
        if owner.place is None or (task := task_of(owner)) is None:
            continue
        for other, user in held:
            near = other is not owner and other.place == owner.place
            if near and (user is task or waits_for_any(task, (user,)) is not None):
                found.add((owner, other))
    return found


async def part(asking: Connection, pairs: Iterable[Pair]) -> None:
    """Ends the statements that wait for the other connection of their pair, as the server says over `asking`."""
    async with asyncio.timeout(ASK_SECONDS):
        for owner, waiting in pairs:
            holder, user = task_of(owner), task_of(waiting)
            if holder is None or user is None:
                continue
            waiting.doomed = locked_out(user, holder)
            with suppress(OperationalError):  # the server does not tell: what it says at last gets this explanation
                if not await asking.part(owner, waiting):
                    waiting.doomed = None


def locked_out(user: asyncio.Task[Any], owner: asyncio.Task[Any]) -> OperationalError:
    """The exception for `user`, whose statement waits for a lock of the transaction of `owner`."""
    where = "its own, over another connection" if user is owner else f"which itself waits for {user.get_name()}"
    return OperationalError(
        f"{user.get_name()} waits for a lock that {owner.get_name()} has in a transaction, {where}: this would never "
        "end. Give it the transaction (`using_db=connection`, `in_transaction(connection)`), or do its work in the "
        "task that has the transaction, or outside of it",
        sqlstate="40P01",
    )
