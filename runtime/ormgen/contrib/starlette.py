"""Starlette: `async with RegisterORM(app, …): yield` in a lifespan, and answers for what the database refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]
Handlers = dict[int | type[Exception], Handler]


async def _answer(request: Request, error: Any) -> Response:
    problem = problem_of(error)
    return JSONResponse(problem.content(), problem.status, media_type=PROBLEM_JSON)


def orm_exception_handlers() -> Handlers:
    """Answers for exceptions, as `exception_handlers=` takes them: 404 for what is not there, 422 for what is refused.

    The bodies are problem details (RFC 9457) and tell nothing that is stored.
    """
    return dict.fromkeys(PROBLEMS, _answer)


class RegisterORM(Registered):
    """The ORM for the lifetime of an application: `async with RegisterORM(app, db_url=…, modules=…): yield`.

    The arguments behind `app` are those of `ORM.init`, and `generate_schemas`. With `add_exception_handlers`, this
    application answers as `orm_exception_handlers` says.
    """

    def __init__(self, app: Any = None, *args: Any, add_exception_handlers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if app is not None and add_exception_handlers:
            add_handlers(app, orm_exception_handlers())


def add_handlers(app: Starlette, handlers: Mapping[int | type[Exception], Handler]) -> None:
    """Let `app` answer by `handlers`, also where it is running already, unless it has handlers of its own."""
    for kind, handler in handlers.items():
        if kind in app.exception_handlers:
            continue
        app.add_exception_handler(kind, handler)
        layer: Any = app.middleware_stack
        while layer is not None:
            if isinstance(layer, ExceptionMiddleware):
                layer.add_exception_handler(kind, handler)
            layer = getattr(layer, "app", None)


def register_orm(app: Starlette, *args: Any, **kwargs: Any) -> None:
    """Start and close the ORM with `app`, around the lifespan that it has; the arguments are those of `RegisterORM`."""
    registered = RegisterORM(app, *args, **kwargs)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: Any) -> AsyncIterator[Any]:
        async with registered, inner(running) as state:
            yield state

    app.router.lifespan_context = lifespan


def lifespan(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
    """A lifespan that does nothing but this: `Starlette(lifespan=lifespan(db_url=…, modules=…))`."""

    @asynccontextmanager
    async def started(app: Any) -> AsyncIterator[None]:
        async with RegisterORM(app, *args, **kwargs):
            yield

    return started


RegisterTortoise = RegisterORM
register_tortoise = register_orm
tortoise_exception_handlers = orm_exception_handlers
