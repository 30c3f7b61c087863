"""The scopes of one file: which names each block binds, and how, without regard to order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from ormgen.records import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class How(Enum):
    """How a name comes by its value."""

    VALUE = "assigned an expression"
    ITEM = "one of those that an expression gives, one after the other"
    PART = "one part of an expression that is taken apart"
    ANNOTATED = "declared to be of a type"
    VARIADIC = "any number of arguments that are declared to be of a type"
    IMPORT = "imported"
    CLASS = "a class statement"
    FUNCTION = "a function"
    RECEIVER = "the first parameter of a method"
    OTHER = "in some other way"


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """One way in which a name is bound; `node` is the expression or statement that it comes from.

    `place` is the position of a PART, `alias` the name in an import.
    """

    how: How
    node: ast.AST
    place: int = 0
    alias: ast.alias | None = None


@dataclass(eq=False)
class Block:
    """One scope; `inside` is the one around it."""

    node: ast.AST
    inside: Block | None = None

    @property
    def is_class(self) -> bool:
        """Whether it is a class body, which the functions in it do not see."""
        return isinstance(self.node, ast.ClassDef)

    @cached_property
    def names(self) -> dict[str, list[Bound]]:
        """Every name that the block itself binds."""
        found: dict[str, list[Bound]] = {}
        for name, bound in _bound_by(self):
            found.setdefault(name, []).append(bound)
        return found

    def find(self, name: str) -> tuple[Block, list[Bound]] | None:
        """The block that binds `name`, as seen from here, and how it does."""
        block: Block | None = self
        while block is not None:
            if name in block.names and (block is self or not block.is_class):
                return block, block.names[name]
            block = block.inside
        return None


@dataclass(slots=True)
class Calls:
    """All calls of a file in order, outer ones first, with the scope of each; and what every node stands in.

    `tested` are the names and calls of which it is asked whether they are true.
    """

    found: list[tuple[ast.Call, Block]] = field(default_factory=list)
    tested: list[tuple[ast.expr, Block]] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)


def calls_of(tree: ast.Module) -> Calls:
    """The calls of a file; `shared` are the names that some function binds outside of itself."""
    calls = Calls()
    pending: list[tuple[ast.AST, Block]] = [(tree, Block(tree))]
    while pending:
        node, block = pending.pop()
        if isinstance(node, ast.Call):
            calls.found.append((node, block))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            calls.shared.update(node.names)
        tested = _tested_by(node)
        if tested:
            calls.tested += [(each, block) for each in tested if isinstance(each, ast.Name | ast.Call | ast.NamedExpr)]
        inner = _with_blocks(node, block)
        for child, _ in inner:
            calls.parents[child] = node
        pending += reversed(inner)
    return calls


def _tested_by(node: ast.AST) -> list[ast.expr]:
    """What a node asks whether it is true; of `a or b` the last part is asked by what stands around it."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return _parts(test)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _parts(operand)
        case ast.BoolOp(values=values):
            return [part for value in values[:-1] for part in _parts(value)]
        case ast.comprehension(ifs=tests):
            return [part for test in tests for part in _parts(test)]
        case ast.match_case(guard=ast.expr() as guard):
            return _parts(guard)
        case ast.Call(func=ast.Name(id="bool"), args=[given], keywords=[]):
            return _parts(given)
    return []


def _parts(test: ast.expr) -> list[ast.expr]:
    while isinstance(test, ast.BoolOp):
        test = test.values[-1]
    return [test]


def _with_blocks(node: ast.AST, block: Block) -> list[tuple[ast.AST, Block]]:
    """The children of a node with the scope of each."""
    if isinstance(node, SCOPES):
        own = Block(node, block)
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        within = {id(each) for each in body}
        return [(each, own if id(each) in within else block) for each in ast.iter_child_nodes(node)]
    if isinstance(node, COMPREHENSIONS):
        own = Block(node, block)
        return [(each, own) for each in ast.iter_child_nodes(node)]
    if isinstance(node, ast.comprehension) and isinstance(block.node, COMPREHENSIONS):
        first = node is block.node.generators[0] and block.inside is not None
        outer = block.inside if first and block.inside is not None else block
        return [(each, outer if each is node.iter else block) for each in ast.iter_child_nodes(node)]
    return [(each, block) for each in ast.iter_child_nodes(node)]


def _bound_by(block: Block) -> Iterator[tuple[str, Bound]]:
    node = block.node
    if isinstance(node, COMPREHENSIONS):
        for part in node.generators:
            yield from _targets(part.target, How.ITEM, part.iter)
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        method = isinstance(node, Function) and block.inside is not None and block.inside.is_class
        yield from _parameters(node, method)
    body: Iterable[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else getattr(node, "body", ())
    for each in _own_nodes(body):
        yield from _bound_in(each)


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body, those of the scopes in it left out."""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, SCOPES):
            pending += ast.iter_child_nodes(node)


def _parameters(node: Function | ast.Lambda, method: bool) -> Iterator[tuple[str, Bound]]:
    given = node.args
    for at, each in enumerate((*given.posonlyargs, *given.args, *given.kwonlyargs)):
        if method and at == 0 and each not in given.kwonlyargs:
            yield each.arg, Bound(How.RECEIVER, node)
        else:
            yield each.arg, _declared(How.ANNOTATED, each)
    if given.vararg is not None:
        yield given.vararg.arg, _declared(How.VARIADIC, given.vararg)
    if given.kwarg is not None:
        yield given.kwarg.arg, Bound(How.OTHER, given.kwarg)


def _declared(how: How, parameter: ast.arg) -> Bound:
    return Bound(How.OTHER, parameter) if parameter.annotation is None else Bound(how, parameter.annotation)


def _bound_in(node: ast.AST) -> Iterator[tuple[str, Bound]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, How.VALUE, value)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
            yield name, Bound(How.ANNOTATED, annotation)
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, Bound(How.VALUE, value)
        case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
            yield from _targets(target, How.ITEM, iterated)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                name = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
                yield name, Bound(How.IMPORT, node, alias=alias)
        case ast.ClassDef(name=name):
            yield name, Bound(How.CLASS, node)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name, Bound(How.FUNCTION, node)
        case _:
            for name in _other_names(node):
                yield name, Bound(How.OTHER, node)


def _other_names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.Delete(targets=targets):
            yield from (each.id for each in targets if isinstance(each, ast.Name))


def _targets(target: ast.expr, how: How, node: ast.AST) -> Iterator[tuple[str, Bound]]:
    match target:
        case ast.Name(id=name):
            yield name, Bound(how, node)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            apart = isinstance(node, ast.Tuple | ast.List) and how is How.VALUE and len(node.elts) == len(parts)
            starred = any(isinstance(part, ast.Starred) for part in parts)
            for place, part in enumerate(parts):
                if isinstance(part, ast.Name) and how is How.VALUE and not starred:
                    if apart and isinstance(node, ast.Tuple | ast.List):
                        yield part.id, Bound(How.VALUE, node.elts[place])
                    else:
                        yield part.id, Bound(How.PART, node, place)
                else:
                    names = (each.id for each in ast.walk(part) if isinstance(each, ast.Name))
                    yield from ((name, Bound(How.OTHER, node)) for name in names)
