"""What every web framework does with an ORM: open it as the application starts, close it at the end, answer for it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from ormgen.config import ORMConfig
from ormgen.database.connection_config import veiled
from ormgen.exceptions import DoesNotExist, IntegrityError, ObjectDoesNotExistError, ValidationError
from ormgen.models.orm import ORM

PROBLEM_JSON = "application/problem+json"


class Problem(NamedTuple):
    """A problem detail (RFC 9457) without its type: what an application answers for an exception of the ORM."""

    status: int
    title: str
    detail: str

    def content(self) -> dict[str, str | int]:
        """The body, as JSON takes it."""
        return {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}


PROBLEMS: tuple[type[Exception], ...] = (DoesNotExist, ObjectDoesNotExistError, IntegrityError, ValidationError)


def problem_of(error: Exception) -> Problem:
    """The answer for one of `PROBLEMS`: 404 for what is not there, 422 for what is refused; it tells nothing stored."""
    if isinstance(error, (DoesNotExist, ObjectDoesNotExistError)):
        return Problem(404, "Not Found", "Object does not exist")
    if isinstance(error, ValidationError):
        return Problem(422, "Unprocessable Content", str(error))
    return Problem(422, "Unprocessable Content", "The change contradicts what is stored already")


class Registered:
    """`async with Registered(...)`: `ORM.init` with these arguments at its start, `ORM.close_connections` at its end.

    `await Registered(...)` initialises only, and leaves `close_orm` to the caller.

    With `generate_schemas`, tables that are missing are created. The context is that of the process, so requests
    find it whichever task started the application.
    """

    def __init__(
        self,
        config: Mapping[str, Any] | ORMConfig | None = None,
        config_file: str | Path | None = None,
        db_url: str | None = None,
        modules: Mapping[str, Any] | None = None,
        generate_schemas: bool = False,
        use_tz: bool | None = None,
        timezone: str | None = None,
        routers: Sequence[str | type[Any]] | None = None,
        _create_db: bool = False,
        _enable_global_fallback: bool = True,
        *,
        naive_datetimes: Literal["warn", "refuse"] | None = None,
        hide_parameters: bool | None = None,
    ) -> None:
        config, db_url = veiled(config), veiled(db_url)
        self._generate_schemas = generate_schemas
        self._arguments: dict[str, Any] = {
            "config": config,
            "config_file": config_file,
            "db_url": db_url,
            "modules": modules,
            "use_tz": use_tz,
            "timezone": timezone,
            "naive_datetimes": naive_datetimes,
            "hide_parameters": hide_parameters,
            "routers": routers,
            "_create_db": _create_db,
            "_enable_global_fallback": _enable_global_fallback,
        }

    async def init_orm(self) -> None:
        """Initialise, and create the tables where that is wished.

        Raises:
            ConfigurationError: the configuration is wrong, or the models do not fit together.
        """
        await ORM.init(**self._arguments)
        if self._generate_schemas:
            try:
                await ORM.generate_schemas()
            except BaseException:
                await ORM.close_connections()
                raise

    async def close_orm(self) -> None:
        """Close every connection."""
        await ORM.close_connections()

    def __await__(self) -> Generator[Any, None, Self]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Self:
        await self.init_orm()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close_orm()
