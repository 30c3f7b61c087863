"""Routers: which connection the reads and the writes of a model go to.

A router is a class with `db_for_read(model)` and `db_for_write(model)`, either of which may be missing. Each gives the
alias of a connection, or None to leave the choice to the next router and, after the last, to the model's app.
`db_for_read` may give several aliases, which take turns. After a write, the task that wrote reads from a PostgreSQL
standby once that has replayed the write, until then from where it wrote; an attribute `sticky` of the router keeps
reads there for so many seconds, on any database. A standby that is more than `max_lag` seconds behind is not read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from inspect import iscoroutine
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass
from ormgen.schema.names import did_you_mean


@dataclass(frozen=True, slots=True)
class Route:
    """The aliases of the connections that a model is read from, in turn, and of the one it is written to.

    `sticky` and `max_lag` are the limits of `database.replicas`, in seconds.
    """

    reads: tuple[str, ...]
    write: str
    sticky: float = 0.0
    max_lag: float | None = None

    @property
    def parted(self) -> bool:
        """Whether reads go elsewhere than writes."""
        return self.reads != (self.write,)


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
    routers: Iterable[Any], default_of: Mapping[type[Any], str], dialects: Mapping[str, str]
) -> dict[type[Any], Route]:
    """Where each model is read and written, for models by the alias of their own connection; `dialects` by alias.

    Raises:
        ConfigurationError: a router names a connection that is not there, or has limits that make no sense.
    """
    listed = list(routers)
    found = {}
    for model, alias in default_of.items():
        _, (write, *_) = _asked(listed, "db_for_write", model, dialects, alias)
        router, reads = _asked(listed, "db_for_read", model, dialects, alias)
        sticky, max_lag = _limits(router, [dialects[each] for each in reads])
        found[model] = Route(reads, write, sticky, max_lag)
    return found


def _limits(router: Any, dialects: list[str]) -> tuple[float, float | None]:
    name, limits = type(router).__name__, {}
    for limit in ("sticky", "max_lag"):
        value = getattr(router, limit, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ConfigurationError(f"{name}.{limit} is a number of seconds, not {value!r}")
        limits[limit] = value
    if limits["max_lag"] is not None and set(dialects) != {"postgres"}:
        raise ConfigurationError(f"{name}.max_lag: only PostgreSQL tells how far behind a replica is; use sticky")
    return limits["sticky"] or 0.0, limits["max_lag"]


def _answer(method: Any, router: Any, question: str, model: type[Any]) -> Any:
    asked = f"{type(router).__name__}.{question}({model.__name__})"
    try:
        given = method(model)
    except Exception as error:
        raise ConfigurationError(f"{asked} failed: {error!r}") from error
    if iscoroutine(given):
        given.close()
        raise ConfigurationError(f"{asked} is a coroutine; a router answers at once, with a plain method")
    return given


def _asked(
    routers: Iterable[Any], question: str, model: type[Any], known: Collection[str], default: str
) -> tuple[Any, tuple[str, ...]]:
    """The router that answers, and the aliases it gives."""
    for router in routers:
        method = getattr(router, question, None)
        given: Any = None if method is None else _answer(method, router, question, model)
        if given is None:
            continue
        one = isinstance(given, str) or question == "db_for_write" or not hasattr(given, "__iter__")
        aliases: tuple[str, ...] = (given,) if one else tuple(given)
        for alias in aliases:
            if not isinstance(alias, str) or alias not in known:
                raise ConfigurationError(
                    f"{type(router).__name__}.{question}({model.__name__}) gives {alias!r}, "
                    f"which is not a connection; {did_you_mean(str(alias), known)}"
                )
        if aliases:
            return router, aliases
    return None, (default,)
