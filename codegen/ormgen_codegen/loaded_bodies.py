"""Lines of methods where `self.relation` is known to be loaded, which no type of `self` can say.

After `await self.fetch_related("heroes")`, and inside a `try` that catches `NoValuesFetched`, a method may use its own
relations as they are when loaded. Checkers take `self` for an instance of which nothing is known, so the stub tells
them to pass over what they say of those uses on those lines; everything else in the body is checked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ormgen.records import dataclass
from ormgen.schema.graph import Relation
from ormgen_codegen.edits import Edit, comment_places, insertion
from ormgen_codegen.parse.source import Source

IGNORE = (
    "  # type: ignore[arg-type,assignment,attr-defined,call-overload,index,misc,operator,return-value,type-var,"
    "union-attr,var-annotated]"
)
CAUGHT = frozenset(
    "AttributeError BaseException BaseORMException Exception NoValuesFetched OperationalError RelationNotLoaded".split()
)
ATTRIBUTE = re.compile(r"\.\s*(\w+)")

Method = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Relations that are loaded from line `first` to line `last`; None means all of them."""

    first: int
    last: int
    names: frozenset[str] | None

    def holds(self, line: int, name: str) -> bool:
        return self.first <= line <= self.last and (self.names is None or name in self.names)


def loaded_edits(source: Source, node: ast.ClassDef, relations: Mapping[str, Relation]) -> Iterator[Edit]:
    """What makes checkers pass over the uses of loaded relations in the methods of one model."""
    if not relations:
        return
    for method in node.body:
        if (
            not isinstance(method, Method)
            or not method.args.args
            or relations.keys().isdisjoint(ATTRIBUTE.findall(_text(source, method)))
        ):
            continue
        lines = set(_lines(method, method.args.args[0].arg, relations))
        for line, column in comment_places(source.lines, method.lineno, method.end_lineno or 0):
            if line in lines:
                yield insertion(line, column, IGNORE)


def _text(source: Source, method: Method) -> str:
    return "\n".join(source.lines[method.lineno - 1 : method.end_lineno])


def _lines(method: Method, this: str, relations: Mapping[str, Relation]) -> Iterator[int]:
    """The lines of uses that need their relation to be loaded, where it is."""
    parents = {child: parent for parent in ast.walk(method) for child in ast.iter_child_nodes(parent)}
    loaded = [each for node in parents for each in _evidence(node, method, this)]
    for node in parents:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Load()) if name == this:
                known = any(each.holds(node.lineno, attribute) for each in loaded)
                if attribute in relations and known and not _is_lazy(node, parents[node], relations[attribute].many):
                    yield node.lineno


def _is_lazy(node: ast.expr, parent: ast.AST, many: bool) -> bool:
    """Whether a use is right for a relation that is not loaded."""
    match parent:
        case ast.Await():
            return True
        case ast.AsyncFor(iter=target):
            return target is node
        case ast.comprehension(iter=target, is_async=is_async):
            return target is node and bool(is_async)
    return many and isinstance(parent, ast.Attribute)


def _evidence(node: ast.AST, method: Method, this: str) -> Iterator[_Loaded]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="fetch_related")) if name == this:
            names = [_relation(argument) for argument in node.args]
            known = frozenset(name for name in names if name is not None)
            yield _Loaded(node.lineno + 1, method.end_lineno or 0, known if None not in names else None)
        case ast.Try(body=body, handlers=handlers) if any(_catches(handler) for handler in handlers):
            yield _Loaded(body[0].lineno, body[-1].end_lineno or 0, None)


def _relation(argument: ast.expr) -> str | None:
    match argument:
        case ast.Constant(value=str(path)) | ast.Call(args=[ast.Constant(value=str(path)), *_]):
            return path.partition("__")[0]
    return None


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    names = [getattr(kind, "attr", getattr(kind, "id", None)) for kind in kinds]
    return handler.type is None or any(name in CAUGHT for name in names)
