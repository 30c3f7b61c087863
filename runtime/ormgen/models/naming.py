"""Checks names that users pass as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword
from typing import Final

from ormgen.exceptions import FieldError
from ormgen.models.info import ModelInfo
from ormgen.query.paths import column_path

_ALIAS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def checked_alias(name: str) -> str:
    """`name`, if it may be the name of an annotation or of a column of a result.

    Raises:
        FieldError: it is not a plain ASCII identifier of at most 63 characters.
    """
    if not isinstance(name, str) or _ALIAS.fullmatch(name) is None or iskeyword(name):
        raise FieldError(f"{name!r} cannot be the name of an annotation: use an identifier of at most 63 ASCII letters")
    return name


def checked_names(info: ModelInfo, names: Iterable[str], annotated: Iterable[str] = ()) -> None:
    """Refuse names that are no columns, before any SQL runs.

    Raises:
        FieldError: a name does not exist.
    """
    linked, known = info.need(), set(annotated)
    assert info.graph is not None
    for name in names:
        if not isinstance(name, str):
            raise FieldError(f"names of columns are text, not {name!r}")
        if name not in known:
            column_path(info.graph, linked, name)
