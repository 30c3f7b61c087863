"""What the reader takes a piece of source to stand for, where that is no ordinary Python value."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Protocol

from ormgen.records import dataclass, field


class Unread:
    """An expression that cannot be read from here; `text` is how it was written.

    `fact` and `hint` say more where more is known; `wrong` says that running it would raise.
    """

    def __init__(self, text: str, fact: str | None = None, hint: str | None = None, wrong: bool = False) -> None:
        self.text = text
        self.fact = fact or f"cannot read `{text}`"
        self.hint = hint
        self.wrong = wrong

    def __repr__(self) -> str:
        return self.text


class Refused(Exception):
    """Running this would raise: a field with a wrong option, for example.

    `option` is the keyword that is to blame, where that is known, and `instead` a field to go on with, so that one
    mistake is told once.
    """

    def __init__(self, fact: str, option: str | None = None, instead: Any = None, hint: str | None = None) -> None:
        super().__init__(fact)
        self.fact = fact
        self.option = option
        self.instead = instead
        self.hint = hint


class Instance:
    """An object that running code would make by calling `cls`, a class or a plain name for one."""

    def __init__(self, cls: Any, arguments: tuple[Any, ...] = (), options: Mapping[str, Any] | None = None) -> None:
        self.cls = cls
        self.arguments = arguments
        self.options = dict(options or {})

    def written(self) -> str:
        """How the object tells itself as an expression of an index: `Lower('name')`."""
        name = str(getattr(self.cls, "__name__", self.cls)).rpartition(".")[2]
        if name == "F" and len(self.arguments) == 1:
            return repr(self.arguments[0])
        options = [f"{key}={_written(value)}" for key, value in self.options.items()]
        if name == "Q":
            return _question(self).written()
        return f"{name}({', '.join([*map(_written, self.arguments), *options])})"

    def __or__(self, other: Any) -> Any:
        return _joined(self, other, "OR")

    def __and__(self, other: Any) -> Any:
        return _joined(self, other, "AND")

    def __invert__(self) -> Any:
        return NotImplemented if not is_question(self) else _question(self).turned()

    def __repr__(self) -> str:
        return f"{getattr(self.cls, '__name__', self.cls)}(...)"


class Question(Instance):
    """A `Q`, or several that are joined as running code would join them; `parts` are written."""

    def __init__(self, parts: tuple[str, ...], join: str, negated: bool = False) -> None:
        super().__init__("Q")
        self.parts = parts
        self.join = join
        self.negated = negated

    def written(self) -> str:
        """How a `Q` tells itself."""
        return f"{'~' if self.negated else ''}Q({f' {self.join} '.join(self.parts)})"

    def turned(self) -> Question:
        """What is true where this is not."""
        return Question(self.parts, self.join, not self.negated)


def is_question(value: Any) -> bool:
    """Whether something stands for a `Q`."""
    return isinstance(value, Instance) and str(getattr(value.cls, "__name__", value.cls)).rpartition(".")[2] == "Q"


def _question(value: Instance) -> Question:
    if isinstance(value, Question):
        return value
    options = [f"{key}={_written(item)}" for key, item in value.options.items() if key != "join_type"]
    return Question((*map(_written, value.arguments), *options), str(value.options.get("join_type", "AND")))


def _joined(one: Instance, other: Any, join: str) -> Any:
    if not (is_question(one) and is_question(other)):
        return NotImplemented
    parts: list[str] = []
    for side in (_question(one), _question(other)):
        flat = not side.negated and (side.join == join or len(side.parts) == 1)
        parts += side.parts if flat else (side.written(),)
    return Question(tuple(parts), join)


def _written(value: Any) -> str:
    return value.written() if isinstance(value, Instance) else repr(value)


class Ordered(Instance):
    """An expression with an order: `Lower("name").desc()`; `way` is the name of the method."""

    def __init__(self, inner: Instance, way: str, options: Mapping[str, Any] | None = None) -> None:
        super().__init__("OrderBy", (), options)
        self.inner = inner
        self.way = way

    def written(self) -> str:
        """How such an entry tells itself."""
        options = [f"{key}=True" for key, value in self.options.items() if value]
        return f"{self.inner.written()}.{self.way}({', '.join(options)})"


ORDERS = ("asc", "desc")
"""The methods that give an expression an order."""


class CallableInstance(Instance):
    """An `Instance` of a class with a `__call__`."""

    def __call__(self) -> None:
        raise TypeError("this stands for an object of the program that is read")


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module that is read from source."""

    name: str


@dataclass(frozen=True, slots=True)
class LibraryPath:
    """A dotted name below `ormgen` or `tortoise` that stands for no value the reader knows."""

    path: str


class Function:
    """A function or lambda of the program that is read; being callable is all that a default needs.

    `scope` is the environment in which its body is to be read; `path` is `module:name`, of a lambda its text.
    """

    def __init__(
        self,
        name: str,
        node: ast.FunctionDef | ast.AsyncFunctionDef | None,
        scope: Environment | None,
        path: str | None = None,
    ) -> None:
        self.name = name
        self.node = node
        self.scope = scope
        self.path = path

    def __call__(self) -> None:
        raise TypeError("this stands for a function of the program that is read")

    def __repr__(self) -> str:
        return self.name


Function.__name__ = "function"  # so that messages about it read as those about a real one


class Environment(Protocol):
    """Where expressions are read: what names stand for, and what happens when something is used."""

    def look_up(self, name: str) -> Any:
        """The value of a name."""
        ...

    def attribute(self, value: Any, name: str) -> Any:
        """The value of `value.name`."""
        ...

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives."""
        ...

    def doubt(self, unread: Unread) -> None:
        """Note that a part of a type could not be read and stands as Any."""
        ...


@dataclass(slots=True)
class Local:
    """An environment with some names of its own on top of another."""

    below: Environment
    names: dict[str, Any] = field(default_factory=dict)

    def look_up(self, name: str) -> Any:
        """The value of a name."""
        return self.names[name] if name in self.names else self.below.look_up(name)

    def attribute(self, value: Any, name: str) -> Any:
        """The value of `value.name`."""
        return self.below.attribute(value, name)

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives."""
        return self.below.call(function, arguments, options)

    def doubt(self, unread: Unread) -> None:
        """Note that a part of a type could not be read and stands as Any."""
        self.below.doubt(unread)


def is_read(value: Any) -> bool:
    """Whether nothing in a value, containers included, is unread."""
    pending, seen = [value], set()
    while pending:
        part = pending.pop()
        if isinstance(part, Unread):
            return False
        if isinstance(part, list | tuple | set | frozenset | dict) and id(part) not in seen:
            seen.add(id(part))
            pending += [*part, *part.values()] if isinstance(part, dict) else part
    return True
