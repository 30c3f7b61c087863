"""BlackSheep: `register_orm(app, db_url=…, modules=…)`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from blacksheep import Content, Request, Response
from blacksheep.server import Application
from blacksheep.settings.json import json_settings

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of


async def _answer(app: Any, request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    body = json_settings.dumps(problem.content()).encode()
    return Response(problem.status, content=Content(PROBLEM_JSON.encode(), body))


def add_handlers(app: Application) -> None:
    """Let `app` answer with 404 for what is not there and 422 for what is refused, as problem details (RFC 9457)."""
    for kind in PROBLEMS:
        app.exceptions_handlers.setdefault(kind, _answer)


def register_orm(app: Application, *args: Any, add_exception_handlers: bool = False, **kwargs: Any) -> None:
    """Open and close the ORM with `app`; handlers find it by its type, `Registered`.

    The arguments are those of `ORM.init`, and `generate_schemas`. With `add_exception_handlers`, `add_handlers(app)`
    is done as well.
    """

    registered = Registered(*args, **kwargs)
    app.services.register(Registered, instance=registered)

    async def running() -> AsyncIterator[None]:
        async with registered:
            yield

    lifespan: Callable[[Any], object] = app.lifespan
    lifespan(running)
    if add_exception_handlers:
        add_handlers(app)


register_tortoise = register_orm
