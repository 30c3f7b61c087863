"""Lines of a carried module whose names pyright would have to narrow, which it does not do in a stub.

In a stub a plain name has its declared type everywhere: `if team is None: return` tells pyright nothing about `team`
behind it. Attributes such as `self.team` are narrowed as usual. So what is asked of a name that is tested or bound more
than once, and of names that are made from it, is left to the source; everything else in a body is checked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ormgen_codegen.edits import Edit, comment_places, insertion
from ormgen_codegen.parse.source import Source, inner

PASS_OVER = "  # pyright: ignore"

Function = ast.FunctionDef | ast.AsyncFunctionDef
NARROWING = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)


def unnarrowed_edits(source: Source) -> tuple[Edit, ...] | None:
    """What makes pyright pass over those lines; None if one of them cannot take a comment."""
    lines: set[int] = set()
    outside = _unstable(_own_nodes(source.tree.body))
    for node in _functions(source.tree):
        nodes = tuple(ast.walk(node))
        lines.update(_lines(nodes, _unstable(nodes) | outside))
    lines.update(_heirs_of_namesakes(source.tree))
    if not lines:
        return ()
    text = source.lines
    places = {line for line, _ in comment_places(text, 1, len(text))}
    if any(line not in places and "# type:" not in text[line - 1] for line in lines):
        return None
    return tuple(insertion(line, len(text[line - 1].rstrip()) + 1, PASS_OVER) for line in sorted(lines))


def _heirs_of_namesakes(tree: ast.Module) -> Iterator[int]:
    """The lines of `class Meta(Meta):` inside of a class: in a stub the base would be the class itself."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        pending += inner(node)
        if isinstance(node, ast.ClassDef):
            yield from (each.lineno for each in node.bases if isinstance(each, ast.Name) and each.id == node.name)


def _functions(tree: ast.Module) -> Iterator[Function]:
    """The outermost functions and the methods of a module."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Function):
            yield node
        else:
            pending += inner(node)


def _own_nodes(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """What stands at the top of a module, without its classes and functions."""
    for statement in body:
        if not isinstance(statement, Function | ast.ClassDef):
            yield from ast.walk(statement)


def _unstable(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names whose type differs from place to place."""
    listed = tuple(nodes)
    bound: dict[str, int] = {}
    found: set[str] = set()
    for node in listed:
        for name in _bound(node):
            bound[name] = bound.get(name, 0) + 1
        for test in _tests(node):
            found.update(_tested(test))
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.add(name)
            case ast.Match(subject=subject):
                found.update(_names(subject))
    found.update(name for name, times in bound.items() if times > 1)
    assigned = [pair for node in listed for pair in _assigned(node)]
    before = -1
    while len(found) != before:
        before = len(found)
        for target, value in assigned:
            if not found.isdisjoint(_names(value)):
                found.update(_names(target))
    return frozenset(found)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that decide what runs next."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            yield test
        case ast.BoolOp(values=values):
            yield from values
        case ast.comprehension(ifs=tests):
            yield from tests


def _tested(test: ast.expr) -> Iterator[str]:
    """The names that a test may narrow: `team`, `isinstance(team, …)`, `team.kind == …`, not `self.power`."""
    plain = {id(node.value) for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and id(node) not in plain:
            yield node.id
        elif isinstance(node, ast.Compare) and any(isinstance(each, NARROWING) for each in node.ops):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Attribute | ast.Subscript):
                    yield from (name for name in _names(side) if name not in ("self", "cls"))


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What takes its type from what."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.NamedExpr(target=target, value=value) | ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield target, value
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield target, value


def _names(node: ast.AST) -> Iterator[str]:
    """The names in an expression; those whose attribute is assigned to are not bound by that."""
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _lines(nodes: Iterable[ast.AST], names: frozenset[str]) -> Iterator[int]:
    """The lines that ask something of these names."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()) if name in names:
                yield node.lineno
            case ast.AugAssign(target=ast.Name(id=name)) if name in names:
                yield node.lineno
