"""Cuts an SQL file into its statements: `-- name: strongest(team: str) :many`, remarks, and the SQL behind them."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.names import did_you_mean
from ormgen_codegen.locate import shown_path
from ormgen_codegen.parse.parsed import Finding, SourceErrors
from ormgen_codegen.parse.source import Position

KINDS: Final = ("many", "one", "value", "exec")
_MARKS: Final = {"^": "one", "$": "value", "!": "exec", "": "many"}  # as aiosql writes them
_HEAD: Final = re.compile(r"--\s*name\s*:\s*(?P<name>[^\s(:^$!]*)\s*(?P<asked>\(.*\))?\s*(?P<kind>:\w+|[\^$!]|)\s*$")
_COLUMN: Final = re.compile(r"--\s*column\s+(?P<name>\w+)\s*:\s*(?P<type>.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter as the header declares it: the text of its type and of its default, None where it has none."""

    name: str
    type: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `line` is where its SQL begins, `declared` None where the header lists no parameters.

    `columns` are the types of columns that it says itself.
    """

    name: str
    kind: str
    declared: tuple[Declared, ...] | None
    columns: Mapping[str, str]
    remarks: tuple[str, ...]
    sql: str
    path: str
    head: int
    line: int

    def fault(self, fact: str, hint: str | None = None, line: int | None = None, column: int = 1) -> Finding:
        """An error about a place in it, by default its header."""
        return Finding(Position(self.path, line or self.head, column), "error", f"{self.name}: {fact}", hint)


def read_statements(path: Path) -> tuple[Statement, ...]:
    """The statements of a file.

    Raises:
        SourceErrors: something in it is no statement with a name.
    """
    shown = shown_path(path)
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceErrors(
            (Finding(Position(shown, 1, 1), "error", f"not UTF-8 text, see byte {error.start}"),)
        ) from None
    starts = [at for at, line in enumerate(lines) if re.match(r"--\s*name\s*:", line)]
    for at, line in enumerate(lines[: starts[0]] if starts else lines):
        if line.strip() and not line.lstrip().startswith("--"):
            hint = "write `-- name: what_it_is_called :many` above it"
            raise SourceErrors((Finding(Position(shown, at + 1, 1), "error", "a statement without a name", hint),))
    found = [_statement(shown, lines, at, end) for at, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    for at, each in enumerate(found):
        if each.name in {other.name for other in found[:at]}:
            raise SourceErrors((each.fault("there is a statement of that name already", "give it another one"),))
    return tuple(found)


def _statement(path: str, lines: list[str], at: int, end: int) -> Statement:
    def refuse(fact: str, hint: str | None = None) -> SourceErrors:
        return SourceErrors((Finding(Position(path, at + 1, 1), "error", fact, hint),))

    head = _HEAD.match(lines[at])
    usual = "write `-- name: strongest(team: str, least: int = 0) :many`"
    if head is None:
        raise refuse("this header cannot be read", usual)
    name, kind = head["name"], head["kind"]
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise refuse(f"`{name}` cannot be the name of a function", usual)
    kind = _MARKS.get(kind, kind[1:])
    if kind not in KINDS:
        raise refuse(f"there is no kind `:{kind}`", did_you_mean(kind, KINDS))
    try:
        declared = None if head["asked"] is None else tuple(_declared(head["asked"]))
    except (SyntaxError, ValueError) as error:
        raise refuse(f"the parameters of {name} cannot be read: {error.args[0]}", usual) from None
    begin = at + 1
    remarks: list[str] = []
    columns: dict[str, str] = {}
    while begin < end and (not lines[begin].strip() or lines[begin].startswith("--")):
        said = _COLUMN.match(lines[begin])
        if said is not None:
            columns[said["name"]] = said["type"]
        elif lines[begin].strip():
            remarks.append(lines[begin].lstrip("-").strip())
        begin += 1
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].startswith("--")):
        end -= 1
    sql = "\n".join(lines[begin:end]).rstrip().removesuffix(";").rstrip()
    if not sql:
        raise refuse(f"{name} has no SQL")
    return Statement(name, kind, declared, columns, tuple(remarks), sql, path, at + 1, begin + 1)


def _declared(text: str) -> Iterator[Declared]:
    """The parameters between parentheses."""
    (function,) = ast.parse(f"def _{text}: ...").body
    assert isinstance(function, ast.FunctionDef)
    asked = function.args
    if asked.vararg or asked.kwarg or asked.posonlyargs or asked.kwonlyargs:
        raise ValueError("only plain parameters have a place in SQL")
    defaults = [None] * (len(asked.args) - len(asked.defaults)) + list(asked.defaults)
    for argument, default in zip(asked.args, defaults, strict=True):
        if argument.arg == "using_db" or argument.arg.startswith("_"):
            raise ValueError(f"no parameter may be called {argument.arg}")
        if default is not None:
            ast.literal_eval(default)
        kind = None if argument.annotation is None else ast.unparse(argument.annotation)
        yield Declared(argument.arg, kind, None if default is None else ast.unparse(default))
