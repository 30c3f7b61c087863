"""Signals: decorators that register handlers, and `Model.register_listener`, each typed by the models that send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Final, Generic, Literal, Protocol, Self, TypeAlias, overload

from typing_extensions import ParamSpec, TypeVar

from ormgen.database.connection import Connection
from ormgen.exceptions import ConfigurationError
from ormgen.models.asking import Asking
from ormgen.models.listeners import Handler, Signals, family, forget, listen

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
H = TypeVar("H", bound=Handler)
A = TypeVar("A", bound="Signalling")
B = TypeVar("B", bound="Signalling")
C = TypeVar("C", bound="Signalling")
M = TypeVar("M", bound="Signalling")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
S_contra = TypeVar("S_contra", contravariant=True)

Names: TypeAlias = list[str]  # None for all columns; handlers that say nothing of it are taken, too
Told: TypeAlias = Callable[Concatenate[type[S], S, P], Awaitable[R]]


class Signalling(Asking):
    """Base of `Model`: who is told of its writes."""

    __slots__ = ()

    @overload
    @classmethod
    def register_listener(
        cls, signal: Literal[Signals.pre_save], listener: Told[Self, [Connection, Names], Any]
    ) -> None: ...
    @overload
    @classmethod
    def register_listener(
        cls, signal: Literal[Signals.post_save], listener: Told[Self, [bool, Connection, Names], Any]
    ) -> None: ...
    @overload
    @classmethod
    def register_listener(
        cls, signal: Literal[Signals.pre_delete, Signals.post_delete], listener: Told[Self, [Connection], Any]
    ) -> None: ...
    @classmethod
    def register_listener(cls, signal: Signals, listener: Handler) -> None:
        """Tell `listener` of the writes of this model and of those that inherit from it; see `Signal`.

        Raises:
            ConfigurationError: the listener cannot be awaited.
        """
        listen(cls, signal, listener)


class HandlerOf(Protocol[S_contra, P, Q, R_co]):
    """A coroutine function that takes what senders `S_contra` tell, whose own parameters are `Q`.

    Two overloads are two demands on one function: the first takes its type down, the second checks it.
    """

    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> R_co: ...
    @overload
    def __call__(
        self, sender: type[S_contra], instance: S_contra, /, *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[Any]: ...


class Listen(Protocol[S_co, P]):
    """What `post_save(Hero)` gives: a decorator for a handler of these senders, which keeps its type."""

    def __call__(self, handler: HandlerOf[S_co, P, Q, R], /) -> Callable[Q, R]: ...


class Signal(Generic[P]):
    """A decorator that registers a coroutine function: `@post_save(Hero)`; the function is returned as it is.

    Handlers get, by position:

    - `pre_save`: sender, instance, using_db, update_fields
    - `post_save`: sender, instance, created, using_db, update_fields
    - `pre_delete` and `post_delete`: sender, instance, using_db

    `sender` is the class of the instance, `using_db` the connection or transaction that the write runs on: give it to
    what the handler asks for itself, so that both happen or none. `update_fields` are the columns that are stored,
    None for all.

    They are told of each `save()` and `delete()` of an instance, so of `create`, `get_or_create`, `update_or_create`
    and `create` of a relation as well, and of `bulk_create` and `bulk_update` with `signals=True`; not of `update()`
    and `delete()` of a query set. One that is registered on a base, abstract or not, is told of all models that
    inherit from it; on `Model`, of all.

    They run one after the other in the order of registration. What a handler of `pre_save` sets on the instance is
    stored. An exception before the write prevents it; one after it reaches the caller, and undoes the write only
    where that is part of a transaction.
    """

    def __init__(self, kind: Signals) -> None:
        self.kind: Final = kind

    @overload
    def __call__(self, sender: type[A], /) -> Listen[A, P]: ...
    @overload
    def __call__(self, first: type[A], second: type[B], /) -> Listen[A | B, P]: ...
    @overload
    def __call__(self, first: type[A], second: type[B], third: type[C], /) -> Listen[A | B | C, P]: ...
    @overload
    def __call__(self, *senders: type[M]) -> Listen[M, P]: ...
    def __call__(self, *senders: type[Any]) -> Any:
        """A decorator that registers a handler for these models.

        Raises:
            ConfigurationError: no model is given; from the decorator, if the handler cannot be awaited.
        """
        if not senders:
            raise ConfigurationError(f"{self.kind.name} needs the models to listen to: @{self.kind.name}(Hero)")

        def register(handler: H) -> H:
            for sender in senders:
                listen(sender, self.kind, handler)
            return handler

        return register

    def disconnect(self, handler: Handler, *senders: type[Any]) -> bool:
        """Forget a handler that was registered for `senders`, or for any model where none is given; whether it was."""
        chosen = senders or tuple(family(Signalling))
        found = [forget(sender, self.kind, handler) for sender in chosen]
        return any(found)

    def __repr__(self) -> str:
        return f"<signal {self.kind.name}>"


pre_save: Final[Signal[[Connection, Names]]] = Signal(Signals.pre_save)
post_save: Final[Signal[[bool, Connection, Names]]] = Signal(Signals.post_save)
pre_delete: Final[Signal[[Connection]]] = Signal(Signals.pre_delete)
post_delete: Final[Signal[[Connection]]] = Signal(Signals.post_delete)
