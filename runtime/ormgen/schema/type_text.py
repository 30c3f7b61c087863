"""Python types written as text, the same whether read from source or from a running class.

Builtins stand bare (`str`, `dict[str, int]`), everything else as module, colon, qualified name
(`datetime:datetime`, `shop.models:Order.State`). Unions are written with ` | `, None last.
"""

from __future__ import annotations

import types
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

ANY = "typing:Any"


def type_text(annotation: Any, inside: tuple[Any, ...] = ()) -> str:
    """The text of a live type or annotation; `typing:Any` for what has no stable name.

    `inside` are the type aliases whose values are being written; one of them in its own value is `typing:Any`.
    """
    if annotation is None or annotation is type(None):
        return "None"
    if type(annotation) is type:
        return named(annotation.__module__, annotation.__qualname__)
    if type(annotation).__name__ == "TypeAliasType":
        known = annotation in inside or annotation.__type_params__
        return ANY if known else type_text(annotation.__value__, (*inside, annotation))
    if isinstance(annotation, str | ForwardRef):
        return ANY
    if annotation is Ellipsis:
        return "..."
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        return union_text([type_text(part, inside) for part in get_args(annotation)])
    if origin is Literal:
        return f"typing:Literal[{', '.join(repr(part) for part in get_args(annotation))}]"
    if origin is not None:
        outer = type_text(origin, inside)
        if outer == ANY:
            return ANY
        inner = ", ".join(type_text(part, inside) for part in get_args(annotation))
        return f"{outer}[{inner}]" if inner else outer
    if isinstance(annotation, type):
        return named(annotation.__module__, annotation.__qualname__)
    return ANY


def named(module: str, qualname: str) -> str:
    """The text of one named type."""
    if module == "builtins":
        return qualname
    return ANY if "<locals>" in qualname else f"{module}:{qualname}"


def union_text(parts: list[str]) -> str:
    """The text of a union: no repeats, None last."""
    unique = list(dict.fromkeys(parts))
    return " | ".join([part for part in unique if part != "None"] + (["None"] if "None" in unique else []))
