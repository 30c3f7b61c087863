"""Data classes that write their methods when these are first needed; import everything about them from here.

`dataclasses.dataclass` compiles six methods of source text for each class: 0.5 to 1 ms, a quarter of what
`import ormgen` took. Here one costs 0.05 ms: only `__init__` is compiled, with the first instance. Type
checkers see `dataclasses.dataclass`, and all functions of that module work on these classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import Any, ClassVar, get_origin

__all__ = ["MISSING", "asdict", "dataclass", "field", "fields", "is_dataclass", "names_of", "replace"]

FIELDS = "__dataclass_fields__"
PARAMETERS = "__dataclass_params__"
SHAPE = "__record_shape__"


def lazily(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    weakref_slot: bool = False,
    **options: Any,
) -> Any:
    """What stands for `dataclasses.dataclass` while a program runs."""

    def made(cls: type) -> type:
        if options:
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, weakref_slot=weakref_slot, **options)(cls)
        return recorded(cls, frozen, slots, eq, ("__weakref__",) if weakref_slot else ())

    return made if cls is None else made(cls)


def changed(record: Any, /, **values: Any) -> Any:
    """What stands for `dataclasses.replace`, which would have `dataclasses` look at each class first: 1 to 3 ms."""
    shape = shape_of(type(record))
    if shape is None:
        return dataclasses.replace(record, **values)
    kept = {name: getattr(record, name) for name in shape.names if name not in values}
    return type(record)(**kept, **values)


def names_of(cls: type) -> tuple[str, ...]:
    """The names of the fields of a data class."""
    shape = shape_of(cls)
    return tuple(entry.name for entry in fields(cls)) if shape is None else shape.names


def shape_of(cls: type) -> Shape | None:
    """The fields of the nearest data class, if it was made here."""
    for base in cls.__mro__:
        if FIELDS in base.__dict__:
            return base.__dict__.get(SHAPE)
    return None


class Shape:
    """The fields of a class: their names in order, and what `field` or a default says of each."""

    def __init__(self, cls: type, frozen: bool) -> None:
        self.frozen = frozen
        bases = [vars(base)[SHAPE] for base in reversed(cls.__mro__[1:]) if SHAPE in vars(base)]
        self.types: dict[str, Any] = {name: kind for base in bases for name, kind in base.types.items()}
        self.given: dict[str, Any] = {name: given for base in bases for name, given in base.given.items()}
        annotations = get_annotations(cls)
        self.own = [name for name, kind in annotations.items() if not of_class(kind)]
        for name in self.own:
            self.types[name] = annotations[name]
            if name in vars(cls):
                self.given[name] = vars(cls)[name]
        self.names = tuple(self.types)

    def told(self, name: str, what: str) -> Any:
        """What `field` says of a name; None where it was not called."""
        given = self.given.get(name)
        return getattr(given, what) if isinstance(given, dataclasses.Field) else None

    def chosen(self, what: str) -> tuple[str, ...]:
        """The fields that are not left out of comparing, or of the text."""
        return tuple(name for name in self.names if self.told(name, what) is not False)

    def default(self, name: str) -> Any:
        """The value that stands for a missing one, `dataclasses.MISSING` where there is none."""
        given = self.given.get(name, dataclasses.MISSING)
        return given.default if isinstance(given, dataclasses.Field) else given


def of_class(kind: Any) -> bool:
    return kind.startswith("ClassVar") if isinstance(kind, str) else kind is ClassVar or get_origin(kind) is ClassVar


def recorded(cls: type, frozen: bool, slots: bool, eq: bool, more: tuple[str, ...]) -> type:
    """The class with all that a data class has."""
    shape = Shape(cls, frozen)
    body: dict[str, Any] = {
        SHAPE: shape,
        FIELDS: FromStandard(FIELDS),
        PARAMETERS: FromStandard(PARAMETERS),
        "__init__": promised_init(),
        "__match_args__": tuple(name for name in shape.names if shape.told(name, "kw_only") is not True),
    }
    own = vars(cls)
    if frozen:
        body |= {"__setattr__": refuse_setting, "__delattr__": refuse_deleting}
    if eq:
        body |= compared(shape.chosen("compare"), own)
        if not frozen:
            body["__hash__"] = None
    if "__repr__" not in own:
        body["__repr__"] = text_of(shape.chosen("repr"), frozen)
    if slots:
        return slotted(cls, (*shape.own, *more), body)
    for name in shape.own:
        default = shape.default(name)
        if default is not dataclasses.MISSING:
            body[name] = default
        elif name in own:
            delattr(cls, name)
    for name, value in body.items():
        setattr(cls, name, value)
    return cls


def slotted(cls: type, slots: tuple[str, ...], body: dict[str, Any]) -> type:
    """The class anew, with slots: they cannot be added to one that exists."""
    left_out = {"__dict__", "__weakref__", *slots}
    kept = {name: value for name, value in vars(cls).items() if name not in left_out}
    pickled = {"__getstate__": state_of, "__setstate__": put_state}
    made = type(cls)(cls.__name__, cls.__bases__, {"__slots__": slots, **pickled, **kept, **body})
    made.__qualname__ = cls.__qualname__
    return made


class FromStandard:
    """What functions of `dataclasses`, and classes that inherit, read of a class; made when somebody asks for it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        holder = next(cls for cls in owner.__mro__ if SHAPE in vars(cls))
        shape: Shape = vars(holder)[SHAPE]
        twin = type(holder.__name__, (), {"__annotations__": shape.types, **shape.given})
        made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, frozen=shape.frozen, match_args=False)(twin)
        for name in (FIELDS, PARAMETERS):
            setattr(holder, name, vars(made)[name])
        return vars(made)[self.name]


def promised_init() -> Callable[..., None]:
    """An `__init__` that puts the real one into its place."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        holder: Any = next(cls for cls in type(self).__mro__ if vars(cls).get("__init__") is __init__)
        holder.__init__ = written_init(holder)
        holder.__init__(self, *args, **kwargs)

    return __init__


def written_init(cls: type) -> Callable[..., None]:
    """The real `__init__`; slots are set by their descriptors, in half the time that `object.__setattr__` takes."""
    shape: Shape = vars(cls)[SHAPE]
    known: dict[str, Any] = {"set_": object.__setattr__, "NOT_GIVEN": dataclasses.MISSING}
    positional, keywords, lines = ["self"], ["*"], list[str]()
    for name in shape.names:
        default, factory, value, text = shape.default(name), shape.told(name, "default_factory"), name, name
        if factory not in (None, dataclasses.MISSING):
            known[f"make_{name}"], text = factory, f"{name}=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        elif default is not dataclasses.MISSING:
            known[f"default_{name}"], text = default, f"{name}=default_{name}"
        (keywords if shape.told(name, "kw_only") is True else positional).append(text)
        slot = getattr(cls, name, None)
        if isinstance(slot, MemberDescriptorType):
            known[f"set_{name}"] = slot.__set__
            lines.append(f"    set_{name}(self, {value})")
        else:
            lines.append(f"    set_(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    parameters = ", ".join(positional + (keywords if keywords[1:] else []))
    exec("\n".join([f"def __init__({parameters}):", *(lines or ["    pass"])]), known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    made.__annotations__ = {**shape.types, "return": None}
    return made


def values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives these attributes of an object as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def compared(names: tuple[str, ...], own: Mapping[str, Any]) -> dict[str, Any]:
    """`__eq__` and `__hash__`, unless the class has its own."""
    key = values_of(names)

    def __eq__(self: Any, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    found = {"__eq__": __eq__, "__hash__": __hash__}
    return {name: method for name, method in found.items() if own.get(name) is None}


def text_of(names: tuple[str, ...], frozen: bool) -> Callable[[Any], str]:
    """`__repr__`; one that is frozen can hold itself only by way of a list or dictionary, which stops there."""

    key, pattern = values_of(names), f"({', '.join(f'{name}=%r' for name in names)})"

    def __repr__(self: Any) -> str:
        return type(self).__qualname__ + pattern % key(self)

    return __repr__ if frozen else recursive_repr()(__repr__)


def refuse_setting(self: Any, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def refuse_deleting(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def state_of(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__record_shape__.names]


def put_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__record_shape__.names, state, strict=True):
        object.__setattr__(self, name, value)


globals().update(dataclass=lazily, replace=changed)
