"""Comments that stand as `#:` above the declaration of a field, and describe it."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

MARK = "#:"
NOTHING: Mapping[str, str] = MappingProxyType({})


def comment_above(lines: Sequence[str], line: int) -> str | None:
    """The `#:` comments on the lines directly above a line, which is counted from 1; None where there are none."""
    first = line - 1
    while first > 0 and lines[first - 1].lstrip().startswith(MARK):
        first -= 1
    found = [text.strip().removeprefix(MARK).strip() for text in lines[first : line - 1]]
    return "\n".join(found) or None


def explain(declared: Any, comment: str | None, owner: str) -> None:
    """Give a declared field or relation its comment; the first line describes it, unless `description=` does.

    `{model}` in the comment stands for the class, `owner`.
    """
    if comment is None or declared.docstring is not None:
        return
    declared.docstring = comment.replace("{model}", owner)
    if declared.description is None:
        declared.description = declared.docstring.partition("\n")[0]


def comments_of(path: str | None, qualname: str) -> Mapping[str, str]:
    """The comments in the body of a class by attribute; nothing where its source cannot be read."""
    if path is None or not path.endswith(".py"):
        return NOTHING
    return _comments_in(path).get(qualname, NOTHING)


@cache
def _comments_in(path: str) -> Mapping[str, Mapping[str, str]]:
    """The comments of every class in a file, by its qualified name."""
    try:
        with open(path, "rb") as file:
            if MARK.encode() not in file.read():
                return MappingProxyType({})
        with tokenize.open(path) as file:
            text = file.read()
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return MappingProxyType({})
    lines = text.splitlines()
    return MappingProxyType({name: MappingProxyType(found) for name, found in _classes(tree, "", lines)})


def _classes(parent: ast.AST, prefix: str, lines: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, dict(_commented(node, lines))
            yield from _classes(node, f"{prefix}{node.name}.", lines)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes(node, f"{prefix}{node.name}.<locals>.", lines)
        else:
            yield from _classes(node, prefix, lines)


def _commented(parent: ast.AST, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Assign | ast.AnnAssign):
            comment = comment_above(lines, node.lineno)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets if comment is not None else ():
                if isinstance(target, ast.Name) and comment is not None:
                    yield target.id, comment
        else:
            yield from _commented(node, lines)
