"""Routers: which connection the reads and the writes of a model go to.

A router is a class with `db_for_read(model)` and `db_for_write(model)`, either of which may be missing. Each gives the
alias of a connection, or None to leave the choice to the next router and, after the last, to the model's app.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean


@dataclass(frozen=True, slots=True)
class Route:
    """The aliases of the connections that a model is read from and written to."""

    read: str
    write: str


def routers_of(given: Iterable[str | type[Any]]) -> list[Any]:
    """One object of each router, named by its class or its dotted path.

    Raises:
        ConfigurationError: a router cannot be imported, or is neither text nor a class.
    """
    return [_class(router)() for router in given]


def _class(router: Any) -> type[Any]:
    if isinstance(router, type):
        return router
    if not isinstance(router, str):
        raise ConfigurationError("Router must be either str or type")
    module, _, name = router.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"Can't import router from `{router}`: {error}") from error
    if not isinstance(found, type):
        raise ConfigurationError(f"Can't import router from `{router}`: it is not a class")
    return found


def routed(
    routers: Iterable[Any], default_of: Mapping[type[Any], str], known: Collection[str]
) -> dict[type[Any], Route]:
    """Where each model is read and written, for models by the alias of their own connection.

    Raises:
        ConfigurationError: a router names a connection that is not there.
    """
    listed = list(routers)
    return {
        model: Route(
            _asked(listed, "db_for_read", model, known) or alias, _asked(listed, "db_for_write", model, known) or alias
        )
        for model, alias in default_of.items()
    }


def _asked(routers: Iterable[Any], question: str, model: type[Any], known: Collection[str]) -> str | None:
    for router in routers:
        method = getattr(router, question, None)
        alias = None if method is None else method(model)
        if alias is None:
            continue
        if alias not in known:
            raise ConfigurationError(
                f"{type(router).__name__}.{question}({model.__name__}) gives {alias!r}, "
                f"which is not a connection; {did_you_mean(str(alias), known)}"
            )
        return str(alias)
    return None
