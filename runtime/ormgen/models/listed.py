"""What type checkers know of a list of objects that have more than their model says, such as loaded relations.

`list` is invariant: a `list[Hero_team]` is no `list[Hero]`, and functions that are declared to return heroes could not
return those whose team is loaded. So what is awaited is a `Listed[Hero, Hero_team]`: a `list[Hero]` whose items are
known to be `Hero_team` wherever they are taken out. At run time it is a `list`. `Keyed` is the same for `dict`.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Reversible, ValuesView
from typing import Any, Generic, SupportsIndex, TypeVar, overload

K = TypeVar("K")
D = TypeVar("D")
M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)


class Narrowed(Generic[M_co]):
    """Marks the generated forms of the model `M_co` that have more than it says."""


class SomeLoaded(Narrowed[M_co]):
    """Marks the generated forms of a model that have relations loaded."""


class Items(Reversible[S_co]):
    """What may be gone through: a base of its own, which type checkers find before that of `list`."""

    def __iter__(self) -> Iterator[S_co]:
        raise NotImplementedError

    def __reversed__(self) -> Iterator[S_co]:
        raise NotImplementedError


class Listed(Items[S_co], list[M], Generic[M, S_co]):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    """A list of objects of the model `M`, each of which is an `S_co`."""

    @overload  # type: ignore[override]
    def __getitem__(self, index: SupportsIndex, /) -> S_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> Listed[M, S_co]: ...
    def __getitem__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, index: SupportsIndex | slice, /
    ) -> S_co | Listed[M, S_co]:
        raise NotImplementedError

    def __reversed__(self) -> Iterator[S_co]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    def pop(self, index: SupportsIndex = -1, /) -> S_co:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    def copy(self) -> Listed[M, S_co]:
        raise NotImplementedError


class Keyed(dict[K, M], Generic[K, M, S_co]):
    """A dictionary of objects of the model `M`, each of which is an `S_co`: what `in_bulk` gives."""

    def __getitem__(self, key: K, /) -> S_co:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    @overload  # type: ignore[override]
    def get(self, key: K, default: None = None, /) -> S_co | None: ...
    @overload
    def get(self, key: K, default: D, /) -> S_co | D: ...
    def get(self, key: K, default: Any = None, /) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    @overload  # type: ignore[override]
    def pop(self, key: K, /) -> S_co: ...
    @overload
    def pop(self, key: K, default: D, /) -> S_co | D: ...
    def pop(self, key: K, default: Any = None, /) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    def values(self) -> ValuesView[S_co]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    def items(self) -> ItemsView[K, S_co]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        raise NotImplementedError

    def copy(self) -> Keyed[K, M, S_co]:
        raise NotImplementedError
