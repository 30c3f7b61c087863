"""Which module belongs to which SQL file, and what has to stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from sqlglot import exp

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.prepared import Prepared
from ormgen.schema.graph import ModelGraph
from ormgen_codegen.locate import shown_path
from ormgen_codegen.parse.parsed import Finding, SourceErrors
from ormgen_codegen.sql_files.headers import Statement, read_statements
from ormgen_codegen.sql_files.scopes import Unknown
from ormgen_codegen.sql_files.sql_types import SERVER, Tables, plain
from ormgen_codegen.sql_files.understand import Told, Understood, cut, understand
from ormgen_codegen.sql_files.write import module_text

Ask: TypeAlias = Callable[[list[str]], list[Prepared]]


def sql_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The SQL files that are meant: themselves, and those directly in folders.

    Raises:
        ConfigurationError: there are none, or the module of one would have no name.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"there is no file or folder `{shown_path(path)}`")
        found += sorted(path.glob("*.sql")) if path.is_dir() else [path]
    if not found:
        raise ConfigurationError(f"there are no SQL files in {', '.join(map(shown_path, paths))}")
    for path in found:
        if not path.stem.isidentifier():
            raise ConfigurationError(f"`{shown_path(path)}` cannot become a module; use letters, digits and _")
    return tuple(dict.fromkeys(found))


def query_modules(paths: Iterable[Path], graph: ModelGraph, dialect: str, ask: Ask | None = None) -> dict[Path, str]:
    """The text of the module beside each SQL file; a server is asked by `ask` where there is one.

    Raises:
        SourceErrors: something cannot be known; with every place.
    """
    tables, files, faults = Tables.of(graph), {}, list[Finding]()
    for path in paths:
        try:
            found = _understood(read_statements(path), tables, dialect, faults, ask)
        except SourceErrors as error:
            faults += error.findings
            continue
        try:
            files[path.with_suffix(".py")] = module_text(path.name, found)
        except Unknown as fault:
            faults.append(
                Finding(found[0].statement.fault(fault.fact, fault.hint).position, "error", fault.fact, fault.hint)
            )
    if faults:
        raise SourceErrors(tuple(faults))
    return files


def _understood(
    statements: Sequence[Statement], tables: Tables, dialect: str, faults: list[Finding], ask: Ask | None
) -> list[Understood]:
    found: list[Understood] = []
    answers = [Prepared()] * len(statements)
    if ask is not None:
        answers = ask([_with_places(cut(each.sql, dialect)) for each in statements])
    for statement, answer in zip(statements, answers, strict=True):
        try:
            if answer.refused is not None:
                raise Unknown(f"PostgreSQL does not take it: {answer.refused}")
            found.append(understand(statement, tables, dialect, _told(cut(statement.sql, dialect), answer)))
        except Unknown as fault:
            line, column = _place(fault.node)
            where = statement.line + line - 1 if line is not None else None
            faults.append(statement.fault(fault.fact, fault.hint, where, column))
    return found


def _with_places(parts: Sequence[str]) -> str:
    names = list(dict.fromkeys(parts[1::2]))
    return "".join(f"${names.index(part) + 1}" if at % 2 else part for at, part in enumerate(parts))


def _told(parts: Sequence[str], answer: Prepared) -> Told:
    names = dict.fromkeys(parts[1::2])
    kinds = dict(zip(names, answer.parameters, strict=False))
    return Told(
        {name: plain(SERVER[kind]) for name, kind in kinds.items() if kind in SERVER},
        {name: plain(SERVER[kind]) for name, kind in answer.columns.items() if kind in SERVER},
    )


def _place(node: exp.Expr | None) -> tuple[int | None, int]:
    """Where something begins in the SQL of a statement, as far as it is known."""
    if node is None:
        return None, 1
    for each in (node, *node.walk()):
        if "line" in each.meta:
            start = each.meta.get("col", 1) - (each.meta.get("end", 0) - each.meta.get("start", 0))
            return each.meta["line"], max(1, start)
    return None, 1
