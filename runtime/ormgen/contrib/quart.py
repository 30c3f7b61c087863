"""Quart: `register_orm(app, db_url=…, modules=…)`, which adds the command `quart generate-schemas`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from quart import Quart, Response, json

from ormgen.contrib.register import PROBLEM_JSON, PROBLEMS, Registered, problem_of
from ormgen.models.orm import ORM


async def _answer(error: Any) -> Response:
    problem = problem_of(error)
    return Response(json.dumps(problem.content()), problem.status, content_type=PROBLEM_JSON)


def add_handlers(app: Quart) -> None:
    """Let `app` answer with 404 for what is not there and 422 for what is refused, as problem details (RFC 9457)."""
    for kind in PROBLEMS:
        app.register_error_handler(kind, _answer)


def register_orm(app: Quart, *args: Any, add_exception_handlers: bool = False, **kwargs: Any) -> None:
    """Open and close the ORM with `app`.

    The arguments are those of `ORM.init`, and `generate_schemas`. `quart generate-schemas` creates missing tables.
    With `add_exception_handlers`, `add_handlers(app)` is done as well.
    """
    registered = Registered(*args, **kwargs)

    @app.while_serving
    async def running() -> AsyncGenerator[None, None]:
        async with registered:
            yield

    async def create_tables() -> None:
        async with registered:
            await ORM.generate_schemas()

    @app.cli.command("generate-schemas")
    def generate_schemas() -> None:
        """Create the tables that are missing."""
        asyncio.run(create_tables())

    if add_exception_handlers:
        add_handlers(app)


register_tortoise = register_orm
