"""An in-memory database around a coroutine function, for small scripts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, overload

from typing_extensions import ParamSpec, TypeVar

from ormgen.database.scratch import orm_test_context

P = ParamSpec("P")
T = TypeVar("T")


@overload
def init_memory_sqlite(models: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]: ...
@overload
def init_memory_sqlite(
    models: Iterable[str] | str | None = None,
) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]: ...
def init_memory_sqlite(models: Any = None) -> Any:
    """Run a coroutine function on a new in-memory SQLite database with the tables of `models`.

    `models` are modules by name; without them, those of the module `__main__`: `@init_memory_sqlite`.
    """
    if callable(models):
        return _wrapped(models, ["__main__"])
    modules = ["__main__"] if models is None else [models] if isinstance(models, str) else list(models)
    return lambda function: _wrapped(function, modules)


def _wrapped(function: Any, modules: list[str]) -> Any:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        async with orm_test_context(modules):
            return await function(*args, **kwargs)

    return wrapper
