"""Who listens to the writes of a model: registered on a class, heard for it and for all that inherit from it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from enum import Enum
from itertools import count
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass

Handler = Callable[..., Awaitable[Any]]

_order: Final = count()


class Signals(Enum):
    """What a model tells: `Hero.register_listener(Signals.post_save, log)`."""

    pre_save = "pre_save"
    post_save = "post_save"
    pre_delete = "pre_delete"
    post_delete = "post_delete"


@dataclass(frozen=True, slots=True)
class Listener:
    """One handler, and its place in the order of registrations."""

    signal: Signals
    handler: Handler
    order: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The handlers of one model, its bases' included, in order of registration."""

    pre_save: tuple[Handler, ...]
    post_save: tuple[Handler, ...]
    pre_delete: tuple[Handler, ...]
    post_delete: tuple[Handler, ...]


async def tell(handlers: Iterable[Handler], instance: Any, *facts: Any) -> None:
    """Await each handler in turn; the first exception ends it."""
    for handler in handlers:
        await handler(type(instance), instance, *facts)


@asynccontextmanager
async def telling(
    heard: Heard | None, instances: Iterable[Any], created: bool, connection: Any, names: list[str] | None
) -> AsyncIterator[None]:
    """Tells of the saving of each instance before and after what is done inside, with the columns that are stored."""
    before, after = ((), ()) if heard is None else (heard.pre_save, heard.post_save)
    for item in instances:
        await tell(before, item, connection, names)
    yield
    for item in instances:
        await tell(after, item, created, connection, names)


def listen(model: Any, signal: Signals, handler: Handler) -> None:
    """Tell `handler` of the writes of `model` and of all models that inherit from it; a second time changes nothing.

    Raises:
        ConfigurationError: `model` is no model, `signal` no signal, or the handler cannot be awaited.
    """
    info = _info(model)
    if not isinstance(signal, Signals):
        raise ConfigurationError(f"{signal!r} is no signal; choose from {', '.join(each.name for each in Signals)}")
    _refuse_handler(handler, signal)
    if any(each.signal is signal and each.handler == handler for each in info.listeners):
        return
    info.listeners = (*info.listeners, Listener(signal, handler, next(_order)))
    _spread(model)


def forget(model: Any, signal: Signals, handler: Handler) -> bool:
    """Stop telling `handler`, as far as it was registered on `model` itself; whether it was.

    Raises:
        ConfigurationError: `model` is no model.
    """
    info = _info(model)
    kept = tuple(each for each in info.listeners if each.signal is not signal or each.handler != handler)
    found = len(kept) < len(info.listeners)
    info.listeners = kept
    if found:
        _spread(model)
    return found


def heard_by(model: type[Any]) -> Heard | None:
    """All handlers that are told of the writes of `model`; None where there are none."""
    infos = [base.__dict__.get("__model__") for base in model.__mro__]
    every = sorted((each for info in infos if info is not None for each in info.listeners), key=lambda each: each.order)
    if not every:
        return None
    handlers: dict[Signals, list[Handler]] = {signal: [] for signal in Signals}
    for each in every:
        if each.handler not in handlers[each.signal]:
            handlers[each.signal].append(each.handler)
    return Heard(**{signal.name: tuple(listed) for signal, listed in handlers.items()})


def family(model: type[Any]) -> Iterator[type[Any]]:
    """The class and all that inherit from it."""
    waiting, seen = [model], set[type[Any]]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += here.__subclasses__()
            yield here


def _spread(model: Any) -> None:
    for each in family(model):
        each.__model__.heard = heard_by(each)


def _info(model: Any) -> Any:
    info = getattr(model, "__model__", None)
    if info is None or not isinstance(model, type):
        raise ConfigurationError(f"signals are sent by model classes, not by {model!r}")
    return info


def _refuse_handler(handler: Any, signal: Signals) -> None:
    """Refuse what is not callable, and a plain `def`, which would fail at the first write only."""
    if not callable(handler):
        raise ConfigurationError(f"the handler of {signal.name} is {handler!r}, which cannot be called")
    inner = inspect.unwrap(handler)
    plain = inspect.isfunction(inner) and inner.__name__ != "<lambda>" and not inspect.iscoroutinefunction(inner)
    if plain and not inspect.iscoroutinefunction(handler):
        raise ConfigurationError(f"{inner.__qualname__} listens to {signal.name} and is awaited: write `async def`")
