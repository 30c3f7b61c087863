"""What an expression can be, seen from the models, and what becomes of it when it is awaited or taken apart."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, Final, TypeGuard

from ormgen.records import dataclass, replace
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.model_classes import ModelClasses, Openness
from ormgen_codegen.parse.library import QuerySetRoot
from ormgen_codegen.question_methods import Method, Shape


@dataclass(frozen=True, slots=True)
class Known:
    """Something of a model.

    `computed` are the names that the question computes, `openness` tells which others it may know. `classes` are the
    user's managers and query sets whose methods come before the library's. `exact` says that no heir of the model
    can be meant.
    """

    shape: Shape
    model: LinkedModel
    computed: frozenset[str] = frozenset()
    openness: Openness = Openness.CLOSED
    classes: tuple[type, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A module, class or name of a library, as the reader of models tells it."""

    value: Any


class Recursive:
    """Stands for a name that is asked for while it is being found out."""


class Nothing:
    """Stands for None, which says nothing about what a name is otherwise."""


RECURSIVE: Final = Recursive()
NOTHING: Final = Nothing()
Seen = Known | Named | Recursive | Nothing | None


def has_shape(found: Seen, shape: Shape) -> TypeGuard[Known]:
    """Whether something of a model has this shape."""
    return isinstance(found, Known) and found.shape is shape


def own_method(classes: ModelClasses, base: Known, name: str) -> Seen:
    """The result of a method of a user's query set, where it is declared to be such a query set again."""
    for cls in base.classes:
        scope = classes.mirrors.known[cls].environment.scope
        if name not in scope.by_name:
            continue
        node = scope.candidates(name)[0].node
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.returns is None:
            return None
        names = {each.__name__ for each in base.classes} | {"Self", QuerySetRoot.__name__}
        written = ast.unparse(node.returns).strip("'\"").partition("[")[0].rpartition(".")[2]
        open_now = max(base.openness, Openness.PROJECT)
        return replace(base, shape=Shape.QUERY, openness=open_now) if written in names else None
    return None


def grown(base: Known, call: ast.Call, method: Method) -> Known:
    """The question with the names that a call computes."""
    if not (method.computes or method.aliases):
        return base
    names = frozenset(each.arg for each in call.keywords if each.arg is not None and each.arg not in method.reserved)
    dynamic = any(each.arg is None for each in call.keywords) or (method.computes and bool(call.args))
    openness = Openness.ANY if dynamic else base.openness
    return replace(base, computed=base.computed | names, openness=openness)


def awaited(found: Seen) -> Seen:
    """What awaiting gives."""
    if not isinstance(found, Known):
        return found if found is RECURSIVE else None
    if found.shape in (Shape.QUERY, Shape.TO_MANY):
        return loaded(found, Shape.MANY)
    if found.shape is Shape.SINGLE:
        return loaded(found, Shape.ONE)
    return found if found.shape in (Shape.ONE, Shape.PAIR, Shape.MANY) else None


def item(found: Seen) -> Seen:
    """What a loop goes over."""
    if isinstance(found, Known) and found.shape in (Shape.QUERY, Shape.TO_MANY, Shape.MANY):
        return loaded(found, Shape.ONE)
    return found if found is RECURSIVE else None


def part(found: Seen, place: int) -> Seen:
    """One part of what is taken apart."""
    if has_shape(found, Shape.PAIR):
        return loaded(found, Shape.ONE) if place == 0 else None
    return item(found) if has_shape(found, Shape.MANY) or found is RECURSIVE else None


def subscripted(found: Seen, key: ast.expr) -> Seen:
    """What `found[key]` is."""
    if not isinstance(found, Known):
        return found if found is RECURSIVE else None
    if isinstance(key, ast.Slice):
        return found if found.shape in (Shape.QUERY, Shape.MANY) else None
    if found.shape is Shape.CLASS:
        return replace(found, shape=Shape.SINGLE, classes=())
    if found.shape is Shape.PAIR and isinstance(key, ast.Constant) and key.value == 0:
        return loaded(found, Shape.ONE)
    return loaded(found, Shape.ONE) if found.shape is Shape.MANY else None


def loaded(found: Known, shape: Shape) -> Known:
    """The same objects in another shape."""
    return replace(found, shape=shape, classes=())


def merged(found: Iterable[Seen]) -> Seen:
    """What several expressions agree on; None is left aside."""
    told = [each for each in found if each is not NOTHING]
    if not told:
        return NOTHING
    first = told[0]
    if any(each is RECURSIVE for each in told):
        return RECURSIVE
    if not isinstance(first, Known):
        return first if all(each == first for each in told) else None
    for each in told[1:]:
        if not isinstance(each, Known) or (each.shape, each.model.key) != (first.shape, first.model.key):
            return None
        first = replace(
            first,
            computed=first.computed | each.computed,
            openness=max(first.openness, each.openness),
            classes=tuple(dict.fromkeys((*first.classes, *each.classes))),
            exact=first.exact and each.exact,
        )
    return first
