"""Type texts of the graph (`datetime:datetime`, `heroes.models:Status`) as annotations of a stub."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from ormgen.records import dataclass, replace
from ormgen_codegen.naming import TYPE_SUFFIXES, Namespace, is_name, module_alias

VOCABULARY: Final = MappingProxyType(
    {
        "bool": "Bool",
        "bytes": "Bytes",
        "int": "Int",
        "float": "Float",
        "str": "Str",
        "decimal:Decimal": "Dec",
        "datetime:datetime": "DateTime",
        "datetime:date": "Date",
        "datetime:time": "Time",
        "datetime:timedelta": "TimeDelta",
        "uuid:UUID": "Uuid",
    }
)
"""Type text: the beginning of its names in `ormgen.typing` (`Int`, `IntOp`, `IntOpt`, `Ints`, `IntPair`)."""
SHAPES: Final = (
    "Json",
    "Many",
    "Keyed",
    "Narrowed",
    "R_co",
    "SomeLoaded",
    "Untyped",
    "UntypedDict",
    "DecIn",
    "HeldPrefetch",
    "HeldPrefetchAs",
    "HeldTerm",
)
BARE: Final = frozenset(
    "bool bytes int float str object complex bytearray dict list tuple set frozenset type None ...".split()
)
PLAIN: Final = frozenset({"bool", "bytes", "int", "float", "str"})

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>[bB]?'(?:[^'\\\n]|\\.)*'|[bB]?"(?:[^"\\\n]|\\.)*")|(?P<number>-?\d+)|(?P<dots>\.\.\.)"""
    r"""|(?P<name>[\w.]+(?::[\w.]+)?)|(?P<mark>[\[\],|]))"""
)


class Unreadable(Exception):
    """A type text does not have the form of one."""


@dataclass(frozen=True, slots=True)
class TypeNode:
    """One part of a type text: `name` with its `parts`; a union has the name `|`, a literal value no parts."""

    name: str
    parts: tuple[TypeNode, ...] = ()
    is_value: bool = False


def read_type(text: str) -> TypeNode:
    """The tree of a type text.

    Raises:
        Unreadable: it is not one.
    """
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Unreadable(text)
        tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
        place = found.end()
    reader = _Reader(tokens, text)
    node = reader.union()
    if reader.tokens:
        raise Unreadable(text)
    return node


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens = tokens
        self.text = text

    def next(self) -> tuple[str, str]:
        if not self.tokens:
            raise Unreadable(self.text)
        return self.tokens.pop(0)

    def at(self, mark: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == ("mark", mark)

    def union(self) -> TypeNode:
        parts = [self.one()]
        while self.at("|"):
            self.next()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else TypeNode("|", tuple(parts))

    def one(self) -> TypeNode:
        kind, text = self.next()
        if kind in ("text", "number"):
            return TypeNode(repr(ast.literal_eval(text)), is_value=True)
        if kind == "mark" and text == "[":
            return TypeNode("[]", self.rest())
        if kind == "mark":
            raise Unreadable(self.text)
        if kind == "name" and not all(is_name(part) or part == "None" for part in re.split("[.:]", text)):
            if text not in ("True", "False"):
                raise Unreadable(self.text)
            return TypeNode(text, is_value=True)
        if not self.at("["):
            return TypeNode(text)
        self.next()
        return TypeNode(text, self.rest())

    def rest(self) -> tuple[TypeNode, ...]:
        parts: list[TypeNode] = []
        while not self.at("]"):
            parts.append(self.union())
            if not self.at(","):
                break
            self.next()
        if self.next() != ("mark", "]"):
            raise Unreadable(self.text)
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Operands:
    """What the lookups of one Python type take, as annotations: `value` itself, one, one or None, several, a pair.

    `given` is what a new object takes: `value`, or what stands for it.
    """

    value: str
    one: str
    maybe: str
    several: str
    pair: str
    given: str = ""

    def exact(self, optional: bool) -> str:
        """The operand of equality."""
        return self.maybe if optional else self.one


ANYTHING: Final = Operands("Any", "Any", "Any", "Any", "Any")


class Annotations:
    """The types that the generated modules of a package mention, with the aliases and imports that they need.

    `carried` says which modules get stubs that import the generated ones. `uses` counts how often a class of such a
    module was named: what names none can stand outside of that ring of imports, as those of `aliases` do that are
    in `light`. `calls` notes what was asked for, and the answers. `homes` says of classes which others are
    named in their stead, `enums` which values stand for members of enums.
    """

    def __init__(
        self,
        package: str,
        names: Namespace,
        carried: Callable[[str], bool] = lambda module: False,
        homes: Mapping[str, str] = MappingProxyType({}),
        enums: Mapping[str, tuple[str | int, ...]] = MappingProxyType({}),
    ) -> None:
        self.package = package
        self.homes = homes
        self.enums = enums
        self.names = names
        self.carried = carried
        self.uses = 0
        self.modules: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.light: dict[str, None] = {}
        self.calls: dict[tuple[Any, ...], Any] = {}
        self._operands: dict[str, tuple[Operands, int]] = {}

    @property
    def growing(self) -> tuple[dict[Any, Any], ...]:
        """All that only grows while types are mentioned."""
        return self.names.taken, self.modules, self.aliases, self.light, self._operands

    def module(self, name: str) -> str:
        """The alias of an imported module."""
        if name not in self.modules:
            self.modules[name] = self.names.fresh(module_alias(name, self.package))
        alias = self.calls["module", name] = self.modules[name]
        return alias

    def user(self, path: str) -> str:
        """A class of the user, given as `module:Qualified.Name`."""
        module, _, name = self.homes.get(path, path).partition(":")
        self.uses += self.carried(module)
        found = self.calls["user", path] = f"{self.module(module)}.{name}"
        return found

    def alias(self, text: str, wanted: str) -> str:
        """The name of an alias for `text`: `wanted`, unless there is one already."""
        name = next((name for name, value in self.aliases.items() if value == text), None)
        if name is None:
            name = self.names.fresh(wanted)
            self.aliases[name] = text
        self.calls["alias", text, wanted] = name
        return name

    def operands(self, text: str) -> Operands:
        """What lookups on a column of this type take; `Any` for a type that cannot be read."""
        known = self._operands.get(text)
        if known is None:
            before, aliases = self.uses, len(self.aliases)
            made = self._describe(text)
            known = self._operands[text] = (made, self.uses - before)
            if self.uses == before:
                self.light.update(dict.fromkeys([*self.aliases][aliases:]))
        else:
            self.uses += known[1]
        self.calls["operands", text] = known[0]
        return known[0]

    def value(self, text: str) -> str:
        """The type itself."""
        return self.operands(text).value

    def _describe(self, text: str) -> Operands:
        try:
            node = read_type(text)
        except Unreadable:
            return ANYTHING
        stem = VOCABULARY.get(text)
        if stem is not None:
            value = text if text in PLAIN else stem
            return Operands(value, f"{stem}Op", f"{stem}Opt", f"{stem}s", f"{stem}Pair")
        spelled = self._spell(node, self._reference)
        if spelled == "Any":
            return ANYTHING
        if node.parts or node.name == "|":
            one = f"{spelled} | Computable"
            return Operands(spelled, one, f"{one} | None", f"Many[{spelled}]", f"tuple[{spelled}, {spelled}]")
        return self._named(text, spelled)

    def _named(self, text: str, spelled: str) -> Operands:
        path = text if ":" in text else f"builtins:{text}"
        stem = self.names.stem(path, TYPE_SUFFIXES)
        self.aliases[f"{stem}Value"] = spelled
        values, given = self.enums.get(text, ()), spelled
        if values:  # of an enum: the runtime takes them for its members
            given = f"{stem}In"
            self.aliases[given] = f"{spelled} | Literal[{', '.join(map(repr, values))}]"
        self.aliases[f"{stem}Op"] = f"{given} | Computable"
        self.aliases[f"{stem}Opt"] = f"{given} | Computable | None"
        self.aliases[f"{stem}Many"] = f"Many[{given}]"
        self.aliases[f"{stem}Pair"] = f"tuple[{stem}Op, {stem}Op] | list[{given}]"
        operands = Operands(f"{stem}Value", f"{stem}Op", f"{stem}Opt", f"{stem}Many", f"{stem}Pair")
        return replace(operands, given=given) if values else operands

    def _reference(self, name: str) -> str:
        if name == "typing:Any":
            return "Any"
        stem = VOCABULARY.get(name)
        if stem is not None and name not in PLAIN:
            return stem
        if ":" in name:
            return self.user(name)
        if name in BARE:
            return name
        return f"{self.module('builtins')}.{name}"

    def _spell(self, node: TypeNode, reference: Callable[[str], str]) -> str:
        parts = [self._spell(part, reference) for part in node.parts]
        if node.name == "|":
            return "Any" if "Any" in parts else " | ".join(parts)
        if node.name == "[]":
            return f"[{', '.join(parts)}]"
        if node.is_value:
            return node.name
        name = reference(node.name)
        return f"{name}[{', '.join(parts)}]" if parts else name


_WORD = re.compile(r"(?<![\w.'\"])[A-Za-z_]\w*")


@cache
def words(annotation: str) -> frozenset[str]:
    """The names that an annotation looks up."""
    return frozenset(_WORD.findall(annotation))


def guarded(annotation: str, members: frozenset[str], inside: str, builtins: str) -> str:
    """The annotation for a class body that binds `members`: a name among them is read through a module.

    In a class, `date: Date` would otherwise mean the attribute `Date` of that class where it has one.
    """

    def qualified(found: re.Match[str]) -> str:
        word = found[0]
        if word not in members:
            return word
        return f"{builtins}.{word}" if word in BARE else f"{inside}.{word}"

    return _WORD.sub(qualified, annotation)
