"""Sanic: `register_orm(app, db_url=…, modules=…)`; every worker opens connections of its own, after it was started."""

from __future__ import annotations

from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, json

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of


def _answer(request: Request, error: Exception) -> HTTPResponse:
    problem = problem_of(error)
    return json(problem.content(), problem.status, content_type=PROBLEM_JSON)


def add_handlers(app: Sanic[Any, Any]) -> None:
    """Let `app` answer with 404 for what is not there and 422 for what is refused, as problem details (RFC 9457)."""
    for kind in PROBLEMS:
        app.error_handler.add(kind, _answer)


def register_orm(app: Sanic[Any, Any], *args: Any, add_exception_handlers: bool = False, **kwargs: Any) -> None:
    """Open and close the ORM with each worker of `app`.

    The arguments are those of `ORM.init`, and `generate_schemas`. With `add_exception_handlers`, `add_handlers(app)`
    is done as well.
    """
    registered = Registered(*args, **kwargs)

    async def start(app: Any) -> None:
        await registered.init_orm()

    async def stop(app: Any) -> None:
        await registered.close_orm()

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "after_server_stop")
    if add_exception_handlers:
        add_handlers(app)


register_tortoise = register_orm
