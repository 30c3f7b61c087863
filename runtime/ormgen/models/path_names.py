"""Takes paths wherever names are taken, and refuses those that were written for another model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ormgen.exceptions import ArgumentError, FieldError, ParamsError
from ormgen.models.info import ModelInfo
from ormgen.query.conditional import Truth
from ormgen.query.expressions import Computable, Expression, OrderBy, Predicate, Q, Roots, condition_of
from ormgen.query.path_expressions import Order, Path, name_of


def texts(info: ModelInfo, names: Iterable[Any]) -> tuple[Any, ...]:
    """`names` with paths, and what sorts by them, as text; all else as it is.

    Raises:
        FieldError: a path begins at another model.
    """
    return tuple([text_of(info, name) if isinstance(name, Path | Order) else name for name in names])


def text_of(info: ModelInfo, item: Any) -> Any:
    """One of `texts`."""
    if isinstance(item, Path):
        refuse_foreign(info, frozenset((item.__root__,)))
        return name_of(item)
    if isinstance(item, Order):
        refuse_foreign(info, frozenset((item.root,)))
        return item.name
    return item


def refuse_foreign(info: ModelInfo, roots: Roots) -> None:
    """Refuse conditions and paths that were written for other models; those of a base class fit.

    Raises:
        FieldError: a root is neither the model nor one of its bases.
    """
    for root in sorted(roots, key=lambda each: each.__name__):
        if not issubclass(info.model, root):
            model, wrong = info.model.__name__, root.__name__
            raise FieldError(
                f"a question about {model} cannot hold paths and conditions of {wrong}; "
                f"begin at {model}.q or {model}.Q, not at those of {wrong}"
            )


def conditions(info: ModelInfo, args: tuple[Any, ...], kwargs: Mapping[str, Any], negated: bool) -> Q | None:
    """One Q of the arguments of `filter` or `exclude`; None where there are none.

    Raises:
        ArgumentError: a positional argument is not a Q.
        FieldError: a path or condition was written for another model.
    """
    if not args and not kwargs:
        return None
    for item in args:
        if not isinstance(item, Q | Predicate):
            raise ArgumentError(f"positional conditions are Q objects, not {item!r}")
    made = Q.of((*args, *[condition_of(key, value) for key, value in kwargs.items()]), "AND", negated)
    if made.roots:
        refuse_foreign(info, made.roots)
    return made


def computed(info: ModelInfo, value: Any) -> Expression | None:
    """`value` as an expression, conditions too; None where it is none.

    Raises:
        FieldError: it holds a path of another model.
    """
    if isinstance(value, Q):
        found: Expression = Truth(value)
    elif isinstance(value, Computable):
        found = value.__expression__()
    else:
        return None
    refuse_foreign(info, found.roots())
    return found


def orders(info: ModelInfo, orderings: Iterable[Any]) -> tuple[str | OrderBy, ...]:
    """What `order_by` is given: names, paths, expressions with or without a direction.

    Raises:
        ParamsError: something is none of these.
        FieldError: a path begins at another model.
    """
    found: list[str | OrderBy] = []
    for given in texts(info, orderings):
        if isinstance(given, Computable):
            given = OrderBy(given.__expression__())
        if isinstance(given, OrderBy):
            refuse_foreign(info, given.expression.roots())
        elif not isinstance(given, str):
            raise ParamsError(f"order_by takes names, paths and expressions, not {given!r}")
        found.append(given)
    return tuple(found)


def turned(order: str | OrderBy) -> str | OrderBy:
    """The opposite order."""
    if isinstance(order, OrderBy):
        return order.turned()
    return order[1:] if order.startswith("-") else f"-{order}"


def groups(info: ModelInfo, names: Iterable[Any]) -> tuple[str | Expression, ...]:
    """What `group_by` is given: names, paths and expressions.

    Raises:
        ParamsError: something is none of these.
        FieldError: a path begins at another model.
    """
    found = [computed(info, name) or name for name in texts(info, names)]
    for name in found:
        if not isinstance(name, str | Expression):
            raise ParamsError(f"group_by takes names, paths and expressions, not {name!r}")
    return tuple(found)
