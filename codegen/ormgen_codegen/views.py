"""A generated module as the templates see it: classes, methods and aliases, everything about them decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ormgen.records import dataclass


class Signature(NamedTuple):
    """One way to call a method; `rows` are parameters, those of one row belong together."""

    rows: tuple[tuple[str, ...], ...]
    returns: str
    decorators: tuple[str, ...] = ()
    awaited: bool = False

    @property
    def keyword(self) -> str:
        """What the definition begins with."""
        return "async def" if self.awaited else "def"


class Method(NamedTuple):
    """A method and all ways to call it."""

    name: str
    signatures: tuple[Signature, ...]


class Attribute(NamedTuple):
    """A name with a type."""

    name: str
    annotation: str


class Alias(NamedTuple):
    """Another name for a type."""

    name: str
    value: str


def quoted(view: Alias) -> Alias:
    """The alias as a text in single quotes, unless it has some of the user's."""
    return view if "'" in view.value else Alias(view.name, f"'{view.value}'")


class Variable(NamedTuple):
    """A type variable and the arguments behind its name."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class: attributes first, then methods."""

    name: str
    bases: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    methods: tuple[Method, ...] = ()

    @property
    def bases_text(self) -> str:
        """What stands behind the name."""
        return f"({', '.join(self.bases)})" if self.bases else ""

    @property
    def ending(self) -> str:
        """What stands behind the colon of a class without a body."""
        return "" if self.attributes or self.methods else " ..."


@dataclass(frozen=True, slots=True)
class Section:
    """All that is generated about one model; `taken` are names of other generated modules that it needs."""

    title: str
    variables: tuple[Variable, ...] = ()
    aliases: tuple[Alias, ...] = ()
    classes: tuple[Class, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is defined in it."""
        variables, aliases = (view.name for view in self.variables), (view.name for view in self.aliases)
        return (*variables, *aliases, *(view.name for view in self.classes))


@dataclass(frozen=True, slots=True)
class Text(Section):
    """A section that was rendered before: what it defines, and the words in it that other modules may define."""

    text: str = ""
    defined: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is defined in it."""
        return self.defined


@dataclass(frozen=True, slots=True)
class TypesModule:
    """A generated module of a package: its name, remarks for type checkers, imports, and sections about models."""

    package: str
    name: str
    remarks: tuple[str, ...]
    imports: tuple[str, ...]
    aliases: tuple[Alias, ...]
    sections: tuple[Section, ...]


def signature(
    *parameters: str, returns: str, awaited: bool = False, decorators: Iterable[str] = (), first: str = "self"
) -> Signature:
    """A signature whose parameters belong together."""
    return Signature(((first, *parameters),), returns, tuple(decorators), awaited)


def method(name: str, signatures: Iterable[Signature]) -> Method:
    """A method; several signatures become overloads, alike ones are told once."""
    listed = tuple(signatures)
    if len(listed) > 1:
        listed = tuple(dict.fromkeys(listed))
    if len(listed) == 1:
        return Method(name, listed)
    return Method(
        name,
        tuple(Signature(each.rows, each.returns, ("overload", *each.decorators), each.awaited) for each in listed),
    )


def plain(name: str, *parameters: str, returns: str, awaited: bool = False, first: str = "self") -> Method:
    """A method with one signature."""
    return Method(name, (signature(*parameters, returns=returns, awaited=awaited, first=first),))


def awaited_on_class(*parameters: str, returns: str, first: str = "cls") -> Signature:
    """A signature of a class method that is awaited."""
    return signature(*parameters, returns=returns, awaited=True, first=first, decorators=("classmethod",))


def on_class(name: str, *parameters: str, returns: str, awaited: bool = False, first: str = "cls") -> Method:
    """A class method with one signature."""
    made = signature(*parameters, returns=returns, awaited=awaited, first=first, decorators=("classmethod",))
    return Method(name, (made,))


def without(methods: Iterable[Method], names: frozenset[str]) -> tuple[Method, ...]:
    """The methods but those that the user wrote."""
    return tuple(each for each in methods if each.name not in names)
