"""Changes to a source as bytes: spans replaced, everything else as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ormgen_codegen.parse.source import Position


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """New text for the bytes from `start` up to `end`."""

    start: int
    end: int
    text: str


class Text:
    """A module as UTF-8, with its tree; positions of the tree are turned into offsets."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.data = source.encode()
        self.tree = ast.parse(self.data)
        self.lines = [0]
        for line in self.data.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def start(self, node: Any) -> int:
        """Where a node begins."""
        return int(self.lines[node.lineno - 1] + node.col_offset)

    def end(self, node: Any) -> int:
        """Where a node ends."""
        return int(self.lines[node.end_lineno - 1] + node.end_col_offset)

    def segment(self, node: Any) -> str:
        """The text of a node."""
        return self.data[self.start(node) : self.end(node)].decode()

    def shows(self, node: Any, name: str) -> bool:
        """Whether a name stands where the tree says; older Pythons do not know where parts of an f-string are."""
        segment = self.data[self.start(node) : self.end(node)]
        return segment == name.encode() or segment.endswith(b"." + name.encode())

    def position(self, node: Any) -> Position:
        """A node's place for messages."""
        line = self.data[self.lines[node.lineno - 1] : self.start(node)].decode()
        return Position(self.path, node.lineno, len(line) + 1)

    def whole(self, node: ast.AST, text: str) -> Edit:
        """A node replaced."""
        return Edit(self.start(node), self.end(node), text)

    def edited(self, edits: Iterable[Edit]) -> str:
        """The source after edits that do not overlap."""
        made, last = self.data, len(self.data) + 1
        for edit in sorted(set(edits), reverse=True):
            assert edit.end <= last, f"{self.path}: two changes at one place"
            made, last = made[: edit.start] + edit.text.encode() + made[edit.end :], edit.start
        return made.decode()
