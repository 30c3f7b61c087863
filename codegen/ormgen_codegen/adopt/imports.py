"""The imports of a module, and the names that they bind, as ormgen has them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from ormgen_codegen.adopt import names
from ormgen_codegen.adopt.edits import Edit, Text

Tell = Callable[..., None]
WIDTH: Final = 88  # characters
_FROM: Final = re.compile(rb"from[\s\\]+([\w.]+)")


class Imports:
    """Rewrites the imports of one module; `given_on` are names that other modules take from here."""

    def __init__(self, text: Text, given_on: Collection[str], tell: Tell) -> None:
        self.text = text
        self.given_on = given_on
        self.tell = tell
        self.modules: dict[str, str] = {}  # local names that stand for a module of Tortoise ORM

    def edits(self) -> Iterator[Edit]:
        """Every change."""
        renamed: dict[str, str] = {}
        for node in ast.walk(self.text.tree):
            if isinstance(node, ast.ImportFrom) and not node.level and node.module is not None:
                if names.is_theirs(node.module):
                    yield from self._from(node, renamed)
                elif node.module.partition(".")[0] in names.HINTS:
                    self._left(node, node.module)
            elif isinstance(node, ast.Import):
                yield from self._import(node)
        yield from self._references(renamed)

    def _left(self, node: ast.AST, module: str) -> None:
        self.tell(node, f"{module} is imported, which ormgen does not use", names.HINTS[module.partition(".")[0]])

    # -- from tortoise.x import a, b as c

    def _from(self, node: ast.ImportFrom, renamed: dict[str, str]) -> Iterator[Edit]:
        module = str(node.module)
        if node.names[0].name == "*":
            if names.has_module(names.own(module)):
                yield self._module_token(node, names.own(module))
            else:
                self.tell(node, f"ormgen has no module {names.own(module)}")
            return
        found = {alias: names.equal(module, alias.name) for alias in node.names}
        for alias, place in found.items():
            if place is None:
                self.tell(alias, f"ormgen has no {alias.name} of {module}", names.HINTS.get(module))
            elif names.has_module(".".join(place)) and alias.name == place[1]:
                self.modules[alias.asname or alias.name] = f"{module}.{alias.name}"
        parts = {alias: self._part(alias, place, renamed) for alias, place in found.items()}
        places = {module if place is None else place[0] for place in found.values()}
        if places == {module}:
            return
        if len(places) == 1:
            yield self._module_token(node, places.pop())
            for alias, part in parts.items():
                if part != self.text.segment(alias):
                    yield self.text.whole(alias, part)
            return
        yield self.text.whole(node, self._split(node, found, parts))

    def _part(self, alias: ast.alias, place: tuple[str, str] | None, renamed: dict[str, str]) -> str:
        if place is None or place[1] == alias.name:
            return self.text.segment(alias)
        if alias.asname is not None:
            return f"{place[1]} as {alias.asname}"
        if alias.name in self.given_on or alias.name in self._bound_otherwise or place[1] in self._taken:
            return f"{place[1]} as {alias.name}"
        renamed[alias.name] = place[1]
        return place[1]

    def _split(
        self, node: ast.ImportFrom, found: dict[ast.alias, tuple[str, str] | None], parts: dict[ast.alias, str]
    ) -> str:
        """One import for each module that the names are in; comments between them stay above."""
        groups: dict[str, list[str]] = {}
        for alias, place in found.items():
            groups.setdefault(str(node.module) if place is None else place[0], []).append(parts[alias])
        comments = re.findall(r"#[^\n]*", self.text.segment(node))
        before = self.text.data[self.text.lines[node.lineno - 1] : self.text.start(node)].decode()
        after = self.text.data[self.text.end(node) : self.text.lines[node.end_lineno or node.lineno]].decode().strip()
        alone = not before.strip() and (not after or after.startswith("#"))
        lines = [_line(place, listed, before if alone else None) for place, listed in groups.items()]
        return f"\n{before}".join([*comments, *lines]) if alone else "; ".join(lines)

    def _module_token(self, node: ast.ImportFrom, module: str) -> Edit:
        start = self.text.start(node)
        match = _FROM.match(self.text.data, start)
        assert match is not None
        return Edit(match.start(1), match.end(1), module)

    # -- import tortoise.x as y

    def _import(self, node: ast.Import) -> Iterator[Edit]:
        for alias in node.names:
            if alias.name.partition(".")[0] in names.HINTS:
                self._left(alias, alias.name)
            if not names.is_theirs(alias.name):
                continue
            new = names.own(alias.name)
            local = alias.asname or names.TORTOISE
            lost = [] if alias.asname is not None else list(self._lost_paths())
            if not names.has_module(new) or lost:
                for each in lost:
                    self.tell(each, f"ormgen has nothing called {ast.unparse(each)}")
                if not lost:
                    self.tell(alias, f"ormgen has no module {new}")
                continue
            self.modules[local] = alias.name if alias.asname is not None else names.TORTOISE
            start = self.text.start(alias)
            yield Edit(start, start + len(alias.name), new)

    def _lost_paths(self) -> Iterator[ast.Attribute]:
        """What a module asks `tortoise` for that ormgen does not have."""
        for node in self._chains(names.TORTOISE):
            if self._place_of(names.TORTOISE, node) is None:
                yield node

    # -- what is bound

    def _references(self, renamed: Mapping[str, str]) -> Iterator[Edit]:
        for node in ast.walk(self.text.tree):
            if isinstance(node, ast.Name) and node.id in renamed:
                yield from self._name(node, node.id, renamed[node.id])
        yield from self._annotations(renamed)
        for local, module in self.modules.items():
            if local in self._bound_otherwise:
                continue
            for chain in self._chains(local):
                yield from self._attribute(chain, module)
        if self.modules.get(names.TORTOISE) == names.TORTOISE:
            for node in ast.walk(self.text.tree):
                if isinstance(node, ast.Name) and node.id == names.TORTOISE:
                    yield from self._name(node, node.id, "ormgen")

    def _name(self, node: ast.Name | ast.Attribute, old: str, new: str) -> Iterator[Edit]:
        if self.text.shows(node, old):
            end = self.text.end(node)
            yield Edit(end - len(old.encode()), end, new)
        else:
            self.tell(node, f"{old} in this f-string is {new} now")

    def _annotations(self, renamed: Mapping[str, str]) -> Iterator[Edit]:
        """Names in annotations that are written as text."""
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, renamed))})\b") if renamed else None
        for node in ast.walk(self.text.tree) if pattern is not None else ():
            for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
                for part in ast.walk(annotation) if isinstance(annotation, ast.AST) else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and pattern is not None:
                        shown = self.text.segment(part)
                        made = pattern.sub(lambda found: renamed[found[0]], shown)
                        if made != shown:
                            yield self.text.whole(part, made)

    def _attribute(self, node: ast.Attribute, module: str) -> Iterator[Edit]:
        *inner, last = _path(node)
        place = self._place_of(module, node)
        home = names.own(".".join([module, *inner]))
        if place is None:
            self.tell(node, f"ormgen has nothing called {ast.unparse(node)}")
        elif place[0] != home and not names.lists(home, place[1]):
            self.tell(node, f"{home} has no {last}", f"ormgen has it in {place[0]}")
        elif place[1] != last:
            yield from self._name(node, last, place[1])

    def _place_of(self, module: str, node: ast.Attribute) -> tuple[str, str] | None:
        """What the first names behind a module stand for."""
        *inner, last = _path(node)
        return names.equal(".".join([module, *inner]), last)

    def _chains(self, local: str) -> Iterator[ast.Attribute]:
        """Each `local.a.b` as far as it leads through modules and to one name in them."""
        for node in ast.walk(self.text.tree):
            if not isinstance(node, ast.Attribute) or _root(node) != local:
                continue
            *inner, last = _path(node)
            module = ".".join([self.modules.get(local, names.TORTOISE), *inner])
            is_module = names.has_module(names.own(f"{module}.{last}"))
            if (not inner or names.has_module(names.own(module))) and not is_module:
                yield node

    @cached_property
    def _bound_otherwise(self) -> set[str]:
        """Names that something else than an import binds, or that `__all__` lists, or that is told to be global."""
        found: set[str] = set()
        for node in ast.walk(self.text.tree):
            match node:
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                    found.add(name)
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found.add(name)
                case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=parts) | ast.Tuple(elts=parts)):
                    found.update(str(part.value) for part in parts if isinstance(part, ast.Constant))
                case ast.Global(names=listed) | ast.Nonlocal(names=listed):
                    found.update(listed)
        return found

    @cached_property
    def _taken(self) -> set[str]:
        """Every name that the module uses already."""
        found = {node.id for node in ast.walk(self.text.tree) if isinstance(node, ast.Name)}
        nodes: list[Any] = [node for node in ast.walk(self.text.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        found |= {alias.asname or alias.name for node in nodes for alias in node.names}
        return found | self._bound_otherwise


def _line(module: str, listed: list[str], indentation: str | None) -> str:
    """One import, on several lines where it would be too long and `indentation` allows it."""
    line = f"from {module} import {', '.join(listed)}"
    if indentation is None or len(indentation) + len(line) <= WIDTH:
        return line
    inner = "".join(f"{indentation}    {name},\n" for name in listed)
    return f"from {module} import (\n{inner}{indentation})"


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _path(node: ast.Attribute) -> list[str]:
    parts: list[str] = []
    found: ast.expr = node
    while isinstance(found, ast.Attribute):
        parts.insert(0, found.attr)
        found = found.value
    return parts
