"""Litestar: `Litestar(plugins=[ORMPlugin(db_url=…, modules=…)])`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.plugins import InitPlugin

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of
from ormgen.transactions import TransactionConnection, in_transaction


async def transaction() -> AsyncGenerator[TransactionConnection, None]:
    """A transaction on the only connection for each request, undone when the handler raises."""
    async with in_transaction() as connection:
        yield connection


def _answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    problem = problem_of(error)
    return Response(problem.content(), status_code=problem.status, media_type=PROBLEM_JSON)


class ORMPlugin(InitPlugin):
    """The ORM while an application runs, a dependency for transactions, and answers for what is refused.

    The arguments are those of `ORM.init`, and `generate_schemas`. `transaction_key` names the dependency that gives a
    handler its transaction (`None`: none is added). With `add_exception_handlers`, errors become problem details
    (RFC 9457): 404 for what is not there, 422 for what is refused. What the application defines itself stays.
    """

    def __init__(
        self,
        *args: Any,
        transaction_key: str | None = "transaction",
        add_exception_handlers: bool = True,
        **kwargs: Any,
    ) -> None:
        self._registered = Registered(*args, **kwargs)
        self._transaction_key = transaction_key
        self._add_exception_handlers = add_exception_handlers

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Called by Litestar."""
        app_config.lifespan.append(self._lifespan)
        if self._transaction_key is not None:
            app_config.dependencies.setdefault(self._transaction_key, Provide(transaction))
        if self._add_exception_handlers:
            for kind in PROBLEMS:
                app_config.exception_handlers.setdefault(kind, _answer)
        return app_config

    @asynccontextmanager
    async def _lifespan(self, app: Litestar) -> AsyncIterator[None]:
        async with self._registered:
            yield
