"""One module of a project written for Tortoise ORM, as ormgen has it; what cannot be said so is told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ormgen_codegen.adopt import names
from ormgen_codegen.adopt.edits import Edit, Text
from ormgen_codegen.adopt.imports import Imports
from ormgen_codegen.parse.parsed import Finding

SETTINGS: Final = "TORTOISE_ORM"
NEW_SETTINGS: Final = "ORMGEN"
_DOTTED: Final = re.compile(r"tortoise(\.\w+)+")
_PATH: Final = re.compile(rf"[A-Za-z_][\w.]*[.:]{SETTINGS}")
_REQUIRED: Final = re.compile(r"(tortoise[-_]orm|aerich)\b[^\n]{0,60}\Z")
_LITERAL: Final = re.compile(r"""[rRuU]?(?P<quote>"{1,3}|'{1,3})[^"'\\]*(?P=quote)""", re.DOTALL)


@dataclass(frozen=True)
class Habits:
    """What the whole project does: `given_on` are names that modules import from others than Tortoise ORM itself.

    `settings` says whether the name TORTOISE_ORM may be changed everywhere.
    """

    given_on: frozenset[str] = frozenset()
    settings: bool = True


@dataclass
class Rewritten:
    """A module after the change, and what was left as it was."""

    before: str
    after: str
    findings: list[Finding] = field(default_factory=list)


def rewrite(path: str, source: str, habits: Habits) -> Rewritten:
    """The module at `path`.

    Raises:
        SyntaxError: it is no Python that this Python reads.
    """
    text = Text(path, source)
    work = _Work(text, habits)
    edits = list(work.edits())
    after = text.edited(edits)
    ast.parse(after)
    return Rewritten(source, after, sorted(work.findings, key=lambda each: each.position[1:]))


class _Work:
    def __init__(self, text: Text, habits: Habits) -> None:
        self.text = text
        self.habits = habits
        self.findings: list[Finding] = []
        self.removed: list[ast.expr] = []

    def tell(self, node: ast.AST, fact: str, hint: str | None = None) -> None:
        self.findings.append(Finding(self.text.position(node), "warning", fact, hint))

    def edits(self) -> Iterator[Edit]:
        imports = Imports(self.text, self.habits.given_on, self.tell)
        yield from imports.edits()
        if self.habits.settings:
            yield from self.settings()
        yield from self.strings()

    def settings(self) -> Iterator[Edit]:
        """The name of the settings, wherever it is used as a name."""
        for node in ast.walk(self.text.tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name == SETTINGS:
                    if self.text.shows(node, SETTINGS):
                        end = self.text.end(node)
                        yield Edit(end - len(SETTINGS), end, NEW_SETTINGS)
                    else:
                        self.tell(node, f"{SETTINGS} in this f-string is {NEW_SETTINGS} now")
                case ast.alias(name=name) if name == SETTINGS:
                    start = self.text.start(node)
                    yield Edit(start, start + len(SETTINGS), NEW_SETTINGS)

    def strings(self) -> Iterator[Edit]:
        inside = {
            id(part)
            for node in ast.walk(self.text.tree)
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for part in ast.walk(node)
        }  # parts of f-strings, and documentation
        for node in ast.walk(self.text.tree):
            match node:
                case ast.List(elts=elements) | ast.Tuple(elts=elements):
                    yield from self._without_aerich(elements)
                case ast.Call(
                    func=ast.Attribute(attr="getLogger") | ast.Name(id="getLogger"), args=[ast.Constant() as name]
                ):
                    if name.value == "tortoise":
                        yield from self._changed(name, "ormgen")
                case ast.Constant(value=str(value)) if id(node) not in inside:
                    yield from self._string(node, value)

    def _string(self, node: ast.Constant, value: str) -> Iterator[Edit]:
        if self.habits.settings and _PATH.fullmatch(value):
            yield from self._changed(node, value.removesuffix(SETTINGS) + NEW_SETTINGS)
        elif value == "aerich.models" and node not in self.removed:
            self.tell(node, '"aerich.models" is named outside of a list', names.HINTS["aerich"])
        elif _DOTTED.fullmatch(value):
            yield from self._path(node, value)
        elif self.text.path.endswith("setup.py") and _REQUIRED.match(value):
            self.tell(node, f"{value} is required", 'write "ormgen-orm", with the extra postgres or mysql')

    def _path(self, node: ast.Constant, value: str) -> Iterator[Edit]:
        module, _, last = value.rpartition(".")
        if module == "tortoise.backends":
            if last in names.ENGINES:
                yield from self._changed(node, names.own(value))
            else:
                self.tell(node, f"ormgen has no engine {last}", "SQLite, PostgreSQL, MariaDB and MySQL are served")
        elif value in names.LOGGERS or names.has_module(names.own(value)):
            yield from self._changed(node, names.own(value))
        elif (found := _equal(value)) is not None:
            yield from self._changed(node, found)
        else:
            self.tell(node, f'ormgen has nothing called "{value}"')

    def _changed(self, node: ast.Constant, value: str) -> Iterator[Edit]:
        shown = self.text.segment(node)
        if not _LITERAL.fullmatch(shown):
            self.tell(node, f'"{node.value!s}" is not written as one text', f'write "{value}"')
            return
        yield self.text.whole(node, shown.replace(str(node.value), value))

    def _without_aerich(self, elements: list[ast.expr]) -> Iterator[Edit]:
        """The models of aerich go from a list, with the comma beside them."""
        for at, node in enumerate(elements):
            if not (isinstance(node, ast.Constant) and node.value == "aerich.models"):
                continue
            self.removed = [*self.removed, node]
            if at + 1 < len(elements):
                yield Edit(self.text.start(node), self.text.start(elements[at + 1]), "")
            elif at:
                yield Edit(self.text.end(elements[at - 1]), self.text.end(node), "")
            else:
                behind = self.text.data[self.text.end(node) :]
                comma = re.match(rb"\s*,[ \t]*", behind)
                yield Edit(self.text.start(node), self.text.end(node) + (comma.end() if comma else 0), "")


def _equal(path: str) -> str | None:
    """The path of what is at a path in Tortoise ORM, attributes of classes included."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        if cut == 1 or names.has_module(names.own(module)):
            found = names.equal(module, parts[cut])
            return None if found is None else ".".join([*found, *parts[cut + 1 :]])
    return None
