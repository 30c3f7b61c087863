"""Takes paths wherever names are taken, and refuses those that were written for another model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ormgen.exceptions import FieldError, ParamsError
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Condition, Q, Roots
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
        ParamsError: a positional argument is not a Q.
        FieldError: a path or condition was written for another model.
    """
    if not args and not kwargs:
        return None
    for item in args:
        if not isinstance(item, Q):
            raise ParamsError(f"positional conditions are Q objects, not {item!r}")
    made = Q.of((*args, *[Condition(key, value) for key, value in kwargs.items()]), "AND", negated)
    if made.roots:
        refuse_foreign(info, made.roots)
    return made
