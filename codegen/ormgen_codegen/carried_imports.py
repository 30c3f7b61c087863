"""Imports as a stub must write them: names given on with `as`, Tortoise's as their ormgen equals."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from ormgen_codegen.edits import Edit, insertion
from ormgen_codegen.parse.modules import Modules, absolute
from ormgen_codegen.parse.parsed import ParsedModule, ParsedStatement, StatementKind
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.statements import bound_names

TORTOISE = "tortoise"
RENAMED = {"Tortoise": "ORM", "TortoiseContext": "ORMContext", "RegisterTortoise": "RegisterORM"}
DEFINING = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.ImportFrom)
NOT_FOUND = "  # type: ignore[import-not-found,import-untyped,unused-ignore]  # pyright: ignore"


class Exports:
    """What can be imported: the modules of the program, and ormgen's own names for those of Tortoise.

    `renames` says that stubs are to name ormgen's classes where the source has those of Tortoise.
    """

    def __init__(self, modules: Modules, renames: bool = True) -> None:
        self.modules = modules
        self.renames = renames

    def stands_for(self, module: str) -> bool:
        """Whether a module is one of Tortoise's, for which a stub has one of ormgen's."""
        return self.renames and module.partition(".")[0] == TORTOISE

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}

    def names(self, module: str) -> frozenset[str]:
        """The names that a module of ormgen binds, its submodules included; none if it does not exist."""
        if module not in self._known:
            loaded = self.modules.load(module)
            bound = frozenset() if loaded is None else frozenset(loaded.scope.names)
            self._known[module] = bound
        return self._known[module]

    def equal(self, module: str, name: str) -> tuple[str, str] | None:
        """Where ormgen has what Tortoise calls `module.name`: the module and the name there."""
        name = RENAMED.get(name, name)
        parts = ["ormgen", *module.split(".")[1:]]
        while parts:
            own = ".".join(parts)
            if name in self.names(own) or self.modules.locator.find(f"{own}.{name}") is not None:
                return own, name
            parts.pop()
        return None

    def home(self, module: str) -> str:
        """The name under which a module is imported in a stub: ormgen's own for one of Tortoise's."""
        return _own(module) if self.stands_for(module) else module

    def found(self, module: str) -> bool:
        """Whether a module can be imported; of Tortoise's, whether ormgen has one by that name."""
        if self.stands_for(module):
            return self.modules.locator.find(_own(module)) is not None
        return self.modules.exists(module)

    def missing(self, module: ParsedModule) -> tuple[str, ...]:
        """The modules that this one imports and that are not there."""
        names: list[str] = []
        for _, node in _imports(module):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names if not self.found(alias.name)]
            elif self.stands_for(absolute(module.source, node)):
                names += [alias.name for alias in node.names if self._lost(module.source, node, alias)]
            elif not self.found(absolute(module.source, node)):
                names.append(absolute(module.source, node))
        return tuple(names)

    def _lost(self, source: Source, node: ast.ImportFrom, alias: ast.alias) -> bool:
        return alias.name != "*" and self.equal(absolute(source, node), alias.name) is None


def import_edits(module: ParsedModule, exports: Exports) -> Iterator[Edit]:
    """What changes in the imports at the top of a module and in its conditions."""
    instead = _in_their_stead(module.source.tree.body)
    for statement, node in _imports(module):
        alone = _is_alone(module.source, statement)
        if isinstance(node, ast.Import):
            text = _plain_import(node, exports, alone)
        elif exports.stands_for(absolute(module.source, node)):
            text = _from_tortoise(absolute(module.source, node), node, exports, alone)
        elif alone and not exports.found(absolute(module.source, node)):
            kept = [alias for alias in node.names if (alias.asname or alias.name) not in instead.get(node, ())]
            text = f"{_from_import('.' * node.level + (node.module or ''), kept)}{NOT_FOUND}" if kept else "..."
        elif statement.type_only or node.module == "__future__":
            text = None
        else:
            text = None
            yield from _given_on(module.source, node.names)
        if text is not None:
            yield Edit(statement.span, text, statement=True)


def _imports(module: ParsedModule) -> Iterator[tuple[ParsedStatement, ast.Import | ast.ImportFrom]]:
    pending = list(module.source.tree.body)
    nodes: dict[tuple[int, int], ast.Import | ast.ImportFrom] = {}
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            nodes[node.lineno, module.source.column(node.lineno, node.col_offset)] = node
        elif isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With):
            for name in ("body", "orelse", "finalbody"):
                pending += getattr(node, name, [])
            for handler in getattr(node, "handlers", []):
                pending += handler.body
    for statement in _statements(module.statements):
        if statement.kind is StatementKind.IMPORT:
            yield statement, nodes[statement.span.first, statement.span.start]


def _in_their_stead(body: Iterable[ast.stmt]) -> dict[ast.stmt, frozenset[str]]:
    """The classes, functions and other imports that a `try` has in place of each import in it that may fail."""
    found: dict[ast.stmt, frozenset[str]] = {}
    pending = list(body)
    while pending:
        node = pending.pop()
        for name in ("body", "orelse", "finalbody"):
            pending += getattr(node, name, []) if isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With) else []
        if isinstance(node, ast.Try):
            ways_out = [statement for handler in node.handlers for statement in handler.body]
            pending += ways_out
            names = frozenset(name for each in ways_out if isinstance(each, DEFINING) for name in bound_names(each))
            found |= {each: names for each in node.body if isinstance(each, ast.ImportFrom)}
    return found


def _statements(body: Iterable[ParsedStatement]) -> Iterator[ParsedStatement]:
    for each in body:
        yield each
        yield from _statements(each.inside)


def _is_alone(source: Source, statement: ParsedStatement) -> bool:
    """Whether nothing else stands behind it on its last line, so that a comment may."""
    tail = source.lines[statement.span.last - 1][statement.span.end - 1 :].strip()
    return not tail or tail.startswith("#")


def _given_on(source: Source, aliases: Iterable[ast.alias]) -> Iterator[Edit]:
    for alias in aliases:
        if alias.asname is None and alias.name != "*" and "." not in alias.name:
            line, end = alias.end_lineno or alias.lineno, alias.end_col_offset or 0
            yield insertion(line, source.column(line, end), f" as {alias.name}")


def _plain_import(node: ast.Import, exports: Exports, alone: bool) -> str | None:
    missing = alone and not all(exports.found(alias.name) for alias in node.names)
    parts = [part for alias in node.names for part in _module_parts(alias, exports)]
    return "; ".join(f"import {part}" for part in parts) + (NOT_FOUND if missing else "")


def _module_parts(alias: ast.alias, exports: Exports) -> list[str]:
    name = _own(alias.name) if exports.stands_for(alias.name) and exports.found(alias.name) else alias.name
    if alias.asname is not None:
        return [f"{name} as {alias.asname}"]
    if name == alias.name:
        return [name if "." in name else f"{name} as {name}"]
    return [f"ormgen as {TORTOISE}"] if "." not in name else [name, f"ormgen as {TORTOISE}"]


def _from_tortoise(module: str, node: ast.ImportFrom, exports: Exports, alone: bool) -> str:
    places: dict[str, list[tuple[str, str]]] = {}
    for alias in node.names:
        own = (_own(module), "*") if alias.name == "*" else exports.equal(module, alias.name)
        place, name = (module, alias.name) if own is None else own
        places.setdefault(place, []).append((name, alias.asname or alias.name))
    lost = any(_of_tortoise(place) for place in places)
    parts = [f"from {place} import {', '.join(_as(*pair) for pair in names)}" for place, names in places.items()]
    return "; ".join(parts) + (NOT_FOUND if lost and alone else "")


def _from_import(module: str, aliases: Iterable[ast.alias]) -> str:
    return f"from {module} import {', '.join(_as(alias.name, alias.asname or alias.name) for alias in aliases)}"


def _as(name: str, bound: str) -> str:
    return name if name == "*" else f"{name} as {bound}"


def _of_tortoise(module: str) -> bool:
    return module.partition(".")[0] == TORTOISE


def _own(module: str) -> str:
    return "ormgen" + module.removeprefix(TORTOISE)
