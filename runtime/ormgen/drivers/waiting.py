"""Which task waits for which: tells a wait that can never end from one that takes long."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from ormgen.exceptions import DBConnectionError

FIRST_LOOK = 0.5  # seconds; whoever made the task that waits has come to wait for it by then
LATER_LOOKS = 1.0
# before the call graphs of Python 3.14 asyncio tells only here what a gathering, a task and a group wait for
CHILDREN, WAITER, TASKS = "_children", "_fut_waiter", "_tasks"

# Python 3.11 has a function of its own around this dictionary; later ones do it in C
current_task: Callable[[asyncio.AbstractEventLoop], asyncio.Task[Any] | None] = (
    vars(asyncio.tasks)["_current_tasks"].get if sys.version_info < (3, 12) else asyncio.current_task
)


def waits_for_any(task: asyncio.Task[Any] | None, others: Collection[asyncio.Task[Any]]) -> asyncio.Task[Any] | None:
    """That of `others` whose end `task` waits for, directly, with `gather`, `wait` or a `TaskGroup`, or through other
    tasks; None where it waits for none of them.
    """
    seen: set[object] = set()
    left: list[Any] = [task]
    while left:
        one = left.pop()
        if one is None or one in seen or one.done():
            continue
        seen.add(one)
        if one is not task and one in others:
            found: asyncio.Task[Any] = one
            return found
        left += _awaited(one)
    return None


def _awaited(future: Any) -> Iterator[Any]:
    """The futures and tasks that one of them waits for at the moment."""
    yield from getattr(future, CHILDREN, ())  # those of `gather`
    if not isinstance(future, asyncio.Task):
        return
    yield getattr(future, WAITER, None)
    step: Any = future.get_coro()
    while step is not None:
        frame = getattr(step, "cr_frame", None)
        if frame is not None and frame.f_globals.get("__name__") in ("asyncio.tasks", "asyncio.taskgroups"):
            local = frame.f_locals
            yield from _all_of(local)  # `wait`
            yield from getattr(local.get("self"), TASKS, ())  # of a TaskGroup
            if isinstance(local.get("fut"), asyncio.Future):  # `wait_for`
                yield local["fut"]
        step = getattr(step, "cr_await", None)


def _all_of(local: Mapping[str, Any]) -> Iterable[Any]:
    """What `asyncio.wait` waits for, if it does so until the last one has ended."""
    several: Any = local.get("fs")
    if not isinstance(several, set | list | tuple) or local.get("timeout") is not None:
        return ()
    return several if len(several) == 1 or local.get("return_when") == asyncio.ALL_COMPLETED else ()


def blocked(name: str, task: asyncio.Task[Any], owner: asyncio.Task[Any]) -> DBConnectionError:
    """The exception for `task`, which needs what `owner` holds, while that waits for `task`."""
    return DBConnectionError(
        f"{name}: no connection for {task.get_name()}, held by: {owner.get_name()}, in a transaction, which itself "
        f"waits for {task.get_name()}: a task has connections of its own. Give it the transaction "
        "(`using_db=connection`, `in_transaction(connection)`), or do its work in the task that has the transaction, "
        "or outside of it"
    )
