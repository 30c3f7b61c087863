"""Which statements a test makes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ormgen.database.connection import Connection

WATCHED = ("fetch", "run")
KNOWN = ("fetch_known", "run_known", "run_stored")


@contextmanager
def watched() -> Iterator[list[str]]:
    """The SQL of the statements that run meanwhile."""
    found: list[str] = []

    def noting(original: Callable[..., Any]) -> Callable[..., Any]:
        async def run(self: Connection, *args: Any) -> Any:
            compiled, answer = await original(self, *args)
            found.append(compiled.sql)
            return compiled, answer

        return run

    def noting_known(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Connection, *args: Any) -> Any:
            compiled, running = original(self, *args)
            found.append(compiled.sql)
            return compiled, running

        return run

    originals = {name: vars(Connection)[name] for name in (*WATCHED, *KNOWN)}
    for name, original in originals.items():
        setattr(Connection, name, noting(original) if name in WATCHED else noting_known(original))
    try:
        yield found
    finally:
        for name, original in originals.items():
            setattr(Connection, name, original)
