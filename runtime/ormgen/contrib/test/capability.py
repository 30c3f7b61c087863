"""Tests that run only on databases that can do something."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any
from unittest import SkipTest

from typing_extensions import TypeVar

from ormgen.database.context import require_context

T = TypeVar("T", bound=Callable[..., Any])


def requireCapability(connection_name: str | None = None, **conditions: Any) -> Callable[[T], T]:
    """Skip a test, or each test of a class, unless the database can do it all: `requireCapability(dialect="sqlite")`.

    The names are those of `connection.capabilities`; values may be `In(...)`, `NotIn(...)` or `NotEQ(...)`. The
    database has to be initialised before the test runs. Without `connection_name`, it is the only one, else that
    called "models" or "default".

    Raises:
        SkipTest: (when the test runs) the database cannot do it; unittest and pytest understand that.
        AttributeError: (when the test runs) there is no such capability.
    """

    def check() -> None:
        capabilities = _connection(connection_name).capabilities
        for name, wanted in conditions.items():
            found = getattr(capabilities, name)
            if not wanted == found:
                raise SkipTest(f"Capability {name}: {found!r} is not {wanted!r}")

    def decorate(test: Any) -> Any:
        if isinstance(test, type):
            for name, member in list(vars(test).items()):
                if name.startswith("test") and callable(member):
                    setattr(test, name, decorate(member))
            return test
        if inspect.iscoroutinefunction(test):

            @wraps(test)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                check()
                return await test(*args, **kwargs)

            return awaited

        @wraps(test)
        def called(*args: Any, **kwargs: Any) -> Any:
            check()
            return test(*args, **kwargs)

        return called

    return decorate


def _connection(name: str | None) -> Any:
    context = require_context()
    if name is None:
        aliases = [] if context.config is None else list(context.config.connections)
        name = next((each for each in ("models", "default") if each in aliases), None)
    return context.db(name)
