"""Which statements a test makes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ormgen.database.connection import Connection

WATCHED = ("fetch", "fetch_known", "run")


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

    originals = {name: vars(Connection)[name] for name in WATCHED}
    for name, original in originals.items():
        setattr(Connection, name, noting(original))
    try:
        yield found
    finally:
        for name, original in originals.items():
            setattr(Connection, name, original)
