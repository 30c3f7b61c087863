"""What the expressions of one file are, seen from the models: told only where it is certain."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from typing import Any, Final

from ormgen.records import replace
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.blocks import Block, Bound, Function, How
from ormgen_codegen.model_classes import ModelClasses, Openness, is_library_path
from ormgen_codegen.parse.environment import ScopeEnvironment
from ormgen_codegen.parse.library import QuerySetRoot, is_library
from ormgen_codegen.parse.modules import absolute
from ormgen_codegen.parse.reader import Reader
from ormgen_codegen.parse.values import LibraryPath, ModuleValue, Refused
from ormgen_codegen.question_methods import ACTIONS, CONSTRUCTED, SAME, Method, Shape, method_of
from ormgen_codegen.seen import (
    NOTHING,
    RECURSIVE,
    Known,
    Named,
    Seen,
    awaited,
    grown,
    has_shape,
    item,
    merged,
    own_method,
    part,
    subscripted,
)

DEEPEST: Final = 60
LISTS: Final = frozenset(
    "list List tuple Tuple set Set frozenset FrozenSet Sequence MutableSequence Iterable Iterator Collection".split()
)
COPIES: Final = frozenset({"list", "tuple", "sorted", "reversed", "set"})
SAME_TYPE: Final = frozenset({"Optional", "Annotated", "Final", "Required", "NotRequired"})


class Receivers:
    """Finds out what the expressions of one file are; `environment` knows what its module binds."""

    def __init__(
        self, classes: ModelClasses, reader: Reader, environment: ScopeEnvironment, shared: Iterable[str]
    ) -> None:
        self.classes = classes
        self.reader = reader
        self.environment = environment
        self.shared = frozenset(shared)
        self.depth = 0
        self._memo: dict[tuple[Block, str], Seen] = {}
        self._busy: dict[tuple[Block, str], Seen] = {}
        self._leaks = 0

    def seen(self, node: ast.AST | None, block: Block) -> Seen:
        """What an expression is; None if that is not certain."""
        if self.depth >= DEEPEST:
            return None
        self.depth += 1
        try:
            return self._seen(node, block)
        finally:
            self.depth -= 1

    def _seen(self, node: ast.AST | None, block: Block) -> Seen:
        match node:
            case ast.Name(id=name):
                return self.named(name, block)
            case ast.Constant(value=None):
                return NOTHING
            case ast.Attribute(value=inner, attr=name):
                return self.attribute(self.seen(inner, block), name)
            case ast.Await(value=inner):
                return awaited(self.seen(inner, block))
            case ast.Call():
                return self._called(node, block)
            case ast.Subscript(value=inner, slice=key):
                return subscripted(self.seen(inner, block), key)
            case ast.NamedExpr(value=inner):
                return self.seen(inner, block)
            case ast.IfExp(body=first, orelse=second):
                return merged([self.seen(first, block), self.seen(second, block)])
            case ast.BoolOp(values=values):
                return merged([self.seen(value, block) for value in values])
        return None

    # -- names

    def named(self, name: str, block: Block) -> Seen:
        """What a name is, by all of its bindings."""
        if name in self.shared:
            return None
        found = block.find(name)
        if found is None:
            return self._outer(name)
        home, bounds = found
        key = (home, name)
        if key in self._memo:
            return self._memo[key]
        if key in self._busy:
            self._leaks += self._busy[key] is RECURSIVE
            return self._busy[key]
        before = self._leaks
        answer = self._by_all(key, bounds)
        if self._leaks == before or not self._busy:
            self._memo[key] = answer
        return answer

    def _by_all(self, key: tuple[Block, str], bounds: list[Bound]) -> Seen:
        """What all bindings agree on; those that ask for the name itself are read when the others are known."""
        home = key[0]
        self._busy[key] = RECURSIVE
        try:
            first = [self._bound(bound, home) for bound in bounds]
            if RECURSIVE not in first:
                return merged(first)
            known = merged([each for each in first if each is not RECURSIVE])
            if not isinstance(known, Known):
                return RECURSIVE if all(each is RECURSIVE for each in first) else None
            self._busy[key] = known
            return merged([self._bound(bound, home) for bound in bounds])
        finally:
            del self._busy[key]

    def _outer(self, name: str) -> Seen:
        """A name that the file does not bind: it came with a star."""
        try:
            return self.value(self.environment.look_up(name)) if self.environment.scope.stars else None
        except (Refused, RecursionError):
            return None

    def _bound(self, bound: Bound, home: Block) -> Seen:
        match bound.how:
            case How.VALUE:
                return self.seen(bound.node, home)
            case How.ITEM:
                return item(self.seen(bound.node, home))
            case How.PART:
                return part(self.seen(bound.node, home), bound.place)
            case How.ANNOTATED:
                return self.annotated(bound.node, home)
            case How.VARIADIC:
                found = self.annotated(bound.node, home)
                return replace(found, shape=Shape.MANY) if has_shape(found, Shape.ONE) else None
            case How.IMPORT:
                return self._imported(bound)
            case How.CLASS:
                return self.class_of(bound.node, home)
            case How.RECEIVER:
                return self._receiver(bound.node, home)
        return None

    def _imported(self, bound: Bound) -> Seen:
        if bound.alias is None or bound.alias.name == "*":
            return None
        try:
            if isinstance(bound.node, ast.ImportFrom):
                module = absolute(self.environment.source, bound.node)
                return self.value(self.reader.member(module, bound.alias.name)) if self._is_ours(module) else None
            name = bound.alias.name if bound.alias.asname else bound.alias.name.partition(".")[0]
            return self.value(self.reader.module(name)) if self._is_ours(name) else None
        except (Refused, RecursionError):
            return None

    def _is_ours(self, module: str) -> bool:
        """Whether a module is the project's or ormgen's: others are not worth reading."""
        if is_library(module):
            return True
        if module.partition(".")[0] in sys.stdlib_module_names:
            return False
        found = self.reader.modules.located(module)
        if found is None:
            return False
        return not is_library_path(found.path or (found.folders[0] if found.folders else None))

    def class_of(self, node: ast.AST, home: Block) -> Seen:
        """What a class statement at the top of the file makes."""
        if not isinstance(node, ast.ClassDef) or home.inside is not None:
            return None
        try:
            return self.value(self.reader.class_of(node, self.environment))
        except (Refused, RecursionError):
            return None

    def value(self, value: Any) -> Seen:
        """What a value of the reader is."""
        if isinstance(value, type):
            model = self.classes.model_of(value)
            if model is None:
                return Named(value)
            return Known(Shape.CLASS, model, exact=True)
        return Named(value) if isinstance(value, LibraryPath | ModuleValue) else None

    def _receiver(self, node: ast.AST, home: Block) -> Seen:
        """`self` or `cls` of a method."""
        if not isinstance(node, Function) or home.inside is None or home.inside.inside is None:
            return None
        marks = {each.id for each in node.decorator_list if isinstance(each, ast.Name)}
        if "staticmethod" in marks:
            return None
        cls = self.class_of(home.inside.node, home.inside.inside)
        if isinstance(cls, Known):
            if "classmethod" in marks:
                return replace(cls, exact=False)
            return replace(cls, shape=Shape.ONE, exact=False)
        if isinstance(cls, Named) and isinstance(cls.value, type) and issubclass(cls.value, QuerySetRoot):
            return self._own_query(home.inside, cls.value) if not marks else None
        return None

    def _own_query(self, block: Block, cls: type) -> Seen:
        """`self` in a query set class that names its model: `class Heroes(QuerySet["Hero"])`."""
        bases = getattr(block.node, "bases", [])
        inner = [base.slice for base in bases if isinstance(base, ast.Subscript)]
        about = self.annotated(inner[0], block) if len(inner) == 1 else None
        if not isinstance(about, Known) or about.shape is not Shape.ONE:
            return None
        return Known(Shape.QUERY, about.model, frozenset(), Openness.ANY, self.classes.user_classes(cls))

    # -- annotations

    def annotated(self, node: ast.AST | None, block: Block) -> Seen:
        """What an annotation declares."""
        match node:
            case ast.Constant(value=str(text)):
                try:
                    return self.annotated(ast.parse(text.strip(), mode="eval").body, block)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return None
            case ast.Constant(value=None):
                return NOTHING
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return merged([self.annotated(left, block), self.annotated(right, block)])
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
                return self._generic(name, inner, block)
            case ast.Name() | ast.Attribute():
                found = self.seen(node, block)
                return replace(found, shape=Shape.ONE, exact=False) if has_shape(found, Shape.CLASS) else None
        return None

    def _generic(self, name: str, inner: ast.expr, block: Block) -> Seen:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "Union":
            return merged([self.annotated(each, block) for each in parts])
        found = self.annotated(parts[0], block) if parts else None
        if name in SAME_TYPE:
            return found
        if not isinstance(found, Known) or found.shape is not Shape.ONE:
            return None
        if name in ("type", "Type"):
            return replace(found, shape=Shape.CLASS)
        if name == "QuerySet":
            return Known(Shape.QUERY, found.model, openness=Openness.ANY)
        rest = parts[1:]
        alike = not rest or (isinstance(rest[0], ast.Constant) and rest[0].value is ...)
        return replace(found, shape=Shape.MANY) if name in LISTS and alike else None

    # -- attributes and calls

    def attribute(self, base: Seen, name: str) -> Seen:
        """What `base.name` is, where it is no method."""
        if isinstance(base, Named) and isinstance(base.value, LibraryPath | ModuleValue):
            try:
                return self.value(self.reader.attribute(base.value, name))
            except (Refused, RecursionError):
                return None
        if has_shape(base, Shape.ONE):
            return self._related(base.model, name)
        if has_shape(base, Shape.CLASS):
            if self.classes.has_manager(base.model, name):
                return self._questions(base.model, Shape.QUERY, name)
            if name == "objects" and not self.classes.defines(self.classes.own_classes(base.model), name):
                return self._questions(base.model, Shape.QUERY)
        return base if base is RECURSIVE else None

    def _related(self, model: LinkedModel, name: str) -> Seen:
        relation = model.relations.get(name)
        if relation is None:
            return None
        target = self.classes.graph.target(relation)
        if relation.many:
            return self._questions(target, Shape.TO_MANY)
        return Known(Shape.ONE, target)

    def _questions(self, model: LinkedModel, shape: Shape, manager: str | None = None) -> Seen:
        source = self.classes.source(model, manager)
        if source.opaque:
            return None
        return Known(shape, model, frozenset(), source.openness, source.classes)

    def receiver(self, call: ast.Call, block: Block) -> tuple[Known, Method] | None:
        """The model that a call asks or changes, and the method; None if that is not certain, or no such call."""
        return self._receiver_on(call, self._base(call, block))

    def _base(self, call: ast.Call, block: Block) -> Seen:
        """What a method is called on, or the function itself."""
        match call.func:
            case ast.Attribute(value=inner):
                return self.seen(inner, block)
            case ast.Name():
                return self.seen(call.func, block)
        return None

    def _receiver_on(self, call: ast.Call, base: Seen) -> tuple[Known, Method] | None:
        if isinstance(call.func, ast.Attribute):
            if not isinstance(base, Known):
                return None
            method = method_of(base.shape, call.func.attr)
            if method is None or self.classes.defines(self._classes_of(base), call.func.attr):
                return None
            if base.shape is Shape.CLASS:
                return self._of_class(base, method, call.func.attr)
            return base, method
        if not has_shape(base, Shape.CLASS) or self._is_made_otherwise(base):
            return None
        return base, CONSTRUCTED

    def _classes_of(self, base: Known) -> tuple[type, ...]:
        """The user's classes whose methods come before the library's."""
        own = self.classes.own_classes(base.model) if base.shape in (Shape.CLASS, Shape.ONE) else ()
        return (*own, *base.classes)

    def _is_made_otherwise(self, base: Known) -> bool:
        """Whether the user's own code decides which keywords make an object."""
        own = self.classes.own_classes(base.model)
        return any(self.classes.defines(own, name) for name in ("__init__", "__new__"))

    def _of_class(self, base: Known, method: Method, name: str) -> tuple[Known, Method] | None:
        """A question begun at a model goes through its manager."""
        if name == "create" and self._is_made_otherwise(base):
            return None
        source = self.classes.source(base.model)
        if source.opaque or self.classes.defines(source.classes, name):
            return None
        return replace(base, openness=source.openness, classes=source.classes), method

    def _called(self, call: ast.Call, block: Block) -> Seen:
        match call.func:
            case ast.Name(id=name) if name in COPIES and len(call.args) == 1 and block.find(name) is None:
                found = self.seen(call.args[0], block)
                return found if has_shape(found, Shape.MANY) else None
        base = self._base(call, block)  # once: in a chain, twice each time would be twice as long for each call
        if base is RECURSIVE and isinstance(call.func, ast.Attribute):
            return RECURSIVE
        known = self._receiver_on(call, base)
        if known is None:
            return self._returned(call, base, block)
        base, method = known
        gives = base.shape if method.gives == SAME else method.gives
        if not isinstance(gives, Shape):
            return None
        if gives is Shape.ONE:
            return Known(Shape.ONE, base.model, exact=base.exact and method is CONSTRUCTED)
        shape = Shape.QUERY if gives in (Shape.CLASS, Shape.TO_MANY) else gives
        classes = base.classes if shape is Shape.QUERY else ()
        return replace(grown(base, call, method), shape=shape, classes=classes)

    def _returned(self, call: ast.Call, base: Seen, block: Block) -> Seen:
        """What a function of this file is declared to give, or a method of the user's own query set."""
        if isinstance(call.func, ast.Name):
            found = block.find(call.func.id)
            if found is None or len(found[1]) != 1 or call.func.id in self.shared:
                return None
            node = found[1][0].node
            if not isinstance(node, Function) or node.decorator_list or found[1][0].how is not How.FUNCTION:
                return None
            return self.annotated(node.returns, found[0])
        if not isinstance(call.func, ast.Attribute):
            return None
        if not isinstance(base, Known) or base.shape not in (Shape.QUERY, Shape.TO_MANY) or call.func.attr in ACTIONS:
            return None
        return own_method(self.classes, base, call.func.attr)
