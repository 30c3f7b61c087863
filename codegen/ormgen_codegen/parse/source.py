"""One source file: its lines, and the outline that Python's own parser gives.

Python's parser accepts exactly what Python accepts, words syntax errors as users know them, knows the place of every
node, and refuses safely what is nested too deeply.
"""

from __future__ import annotations

import ast
import io
import sys
import threading
import tokenize
import warnings
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from ormgen.records import dataclass, field

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
DEEPEST = 10_000  # levels, where Python lets us say so
STACK = 256 * 1024 * 1024  # bytes of address space, taken only as far as it is used


class Position(NamedTuple):
    """A place in a source file; `line` and `column` count from 1, in characters. `path` is shown to users."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Span(NamedTuple):
    """From column `start` of line `first` up to, not including, column `end` of line `last`; all count from 1."""

    first: int
    last: int
    start: int
    end: int


class Unreadable(Exception):
    """A file is not Python."""

    def __init__(self, position: Position, fact: str) -> None:
        super().__init__(fact)
        self.position = position
        self.fact = fact


@dataclass(frozen=True)
class Source:
    """A module's text and outline, read when first asked for. `shown` is its path in messages.

    `data` is the file as it was read; `lines` come without their ends.
    """

    name: str
    path: Path
    shown: str
    is_package: bool
    data: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The text, in whatever encoding the file declares."""
        return _decoded(self.data)

    @cached_property
    def tree(self) -> ast.Module:
        """What Python's own parser makes of it."""
        return _tree(self.data)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines as Python counts them: a form feed does not end one."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    @cached_property
    def _is_plain(self) -> bool:
        return self.text.isascii()

    def column(self, line: int, offset: int) -> int:
        """The column, from 1 and in characters, of an offset in bytes of UTF-8."""
        if self._is_plain:
            return offset + 1
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore")) + 1

    def position(self, node: ast.AST) -> Position:
        """Where a node starts; the name itself for classes and functions."""
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        column = offset + 1 if self._is_plain else self.column(line, offset)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            column = max(column, self.lines[line - 1].find(node.name, column) + 1)
        return Position(self.shown, line, column)

    def span(self, node: ast.stmt) -> Span:
        """The lines and columns of a statement, its decorators included."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        line, column = node.lineno, self.column(node.lineno, node.col_offset)
        if decorators:
            line = decorators[0].lineno
            while line > 1 and not self.lines[line - 1].lstrip().startswith("@"):
                line -= 1  # an opening bracket may stand between the sign and the expression
            column = self.lines[line - 1].find("@") + 1
        last = node.end_lineno or node.lineno
        return Span(line, last, max(column, 1), self.column(last, node.end_col_offset or 0))

    def segment(self, node: ast.expr | ast.keyword) -> str:
        """The text of an expression as it was written."""
        first, last = node.lineno, node.end_lineno or node.lineno
        start, end = self.column(first, node.col_offset) - 1, self.column(last, node.end_col_offset or 0) - 1
        if first == last:
            return self.lines[first - 1][start:end]
        return "\n".join((self.lines[first - 1][start:], *self.lines[first : last - 1], self.lines[last - 1][:end]))


def inner(node: ast.AST) -> list[ast.AST]:
    """The statements, and the parts that hold some, which stand directly in a statement or module: no expressions."""
    found: list[ast.AST] = []
    for name in blocks_of(node._fields):
        part = getattr(node, name, None)
        if isinstance(part, list):
            found += part
    return found


@cache
def blocks_of(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the parts of a node that may hold statements."""
    return tuple([name for name in BLOCKS if name in parts])


def read_source(name: str, path: Path, shown: str, is_package: bool) -> Source:
    """The source file of module `name`.

    Raises:
        Unreadable: it cannot be opened, decoded or parsed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(Position(shown, 1, 1), f"cannot be read: {error.strerror or error}") from None
    return parse_source(data, name, path, shown, is_package)


def parse_source(data: bytes, name: str, path: Path, shown: str, is_package: bool = False) -> Source:
    """The module that `data` holds, in whatever encoding it declares.

    Raises:
        Unreadable: it cannot be decoded or parsed.
    """
    source = Source(name, path, shown, is_package, data)
    try:
        _ = source.tree, source.text
    except (SyntaxError, ValueError) as error:  # null bytes and wrong encodings come as either
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        fact = (error.msg if isinstance(error, SyntaxError) else str(error)) or "invalid syntax"
        raise Unreadable(Position(shown, line, max(column, 1)), fact) from None
    except (RecursionError, MemoryError):
        raise Unreadable(Position(shown, 1, 1), "is nested more deeply than Python can compile") from None
    return source


def fault_of(text: str, shown: str) -> Unreadable | None:
    """Why a text is not Python; None if it is. The compiler tells in half the time that a tree of it would take."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, shown, "exec", dont_inherit=True)
    except SyntaxError as error:
        return Unreadable(Position(shown, error.lineno or 1, max(error.offset or 1, 1)), error.msg)
    except (ValueError, RecursionError, MemoryError):  # too deep for the compiler, or for the parser too
        try:
            parse_source(text.encode("utf-8", "replace"), shown, Path(shown), shown)
        except Unreadable as fault:
            return fault
    return None


def refused_by_compiler(source: Source) -> Unreadable | None:
    """What the compiler has against a module that the parser lets pass, as `return` outside of a function."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.tree, source.shown, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 1
        column = source.column(line, max((error.offset or 1) - 1, 0))
        return Unreadable(Position(source.shown, line, column), error.msg)
    except (RecursionError, MemoryError, ValueError):
        pass  # of what is too deep the parser has told, if running it would fail
    return None


def _decoded(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def _tree(data: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(data)
        except RecursionError:
            return _tree_on_large_stack(data)


def _tree_on_large_stack(data: bytes) -> ast.Module:
    """Parse where deep nesting, which Python's own import may allow, cannot exhaust the stack."""
    found: list[ast.Module] = []

    def parse() -> None:
        try:
            found.append(ast.parse(data))
        except (RecursionError, MemoryError):
            pass

    limit, stack = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        thread = threading.Thread(target=parse)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if not found:
        raise RecursionError
    return found[0]
