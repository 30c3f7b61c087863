"""aiohttp: `app.cleanup_ctx.append(orm_context(db_url=…, modules=…))`, or `register_orm(app, …)`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of

ORM_KEY: web.AppKey[Registered] = web.AppKey("ormgen", Registered)


def orm_context(*args: Any, **kwargs: Any) -> Callable[[web.Application], AsyncIterator[None]]:
    """For `app.cleanup_ctx`: the ORM while the application runs, found in `app[ORM_KEY]` too.

    The arguments are those of `ORM.init`, and `generate_schemas`.
    """

    async def running(app: web.Application) -> AsyncIterator[None]:
        async with Registered(*args, **kwargs) as registered:
            app[ORM_KEY] = registered
            yield

    return running


@web.middleware
async def orm_exceptions(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Middleware: 404 for what is not there, 422 for what is refused, as problem details (RFC 9457)."""
    try:
        return await handler(request)
    except PROBLEMS as error:
        problem = problem_of(error)
        return web.json_response(problem.content(), status=problem.status, content_type=PROBLEM_JSON)


def register_orm(app: web.Application, *args: Any, add_exception_handlers: bool = False, **kwargs: Any) -> None:
    """Open and close the ORM with `app`; with `add_exception_handlers`, answer as `orm_exceptions` does."""
    app.cleanup_ctx.append(orm_context(*args, **kwargs))
    if add_exception_handlers:
        app.middlewares.append(orm_exceptions)


register_tortoise = register_orm
