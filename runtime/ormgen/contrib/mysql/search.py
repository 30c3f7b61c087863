"""Full-text search of MySQL and MariaDB; the columns need a FULLTEXT index together."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import Computable, F, Predicate
from ormgen.query.functions import Function


class Mode(Enum):
    """How the text that is searched for is read."""

    NATURAL_LANGUAGE = "IN NATURAL LANGUAGE MODE"
    NATURAL_LANGUAGE_WITH_QUERY_EXPANSION = "IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION"
    BOOL = "IN BOOLEAN MODE"
    WITH_QUERY_EXPANSION = "WITH QUERY EXPANSION"


class SearchCriterion(Function[Any], Predicate[Any]):
    """How well columns match a text: true in a filter, a number in `annotate`.

    Raises:
        ParamsError: there is no column, or the mode is none.
    """

    __slots__ = ()
    name = "MATCH_AGAINST"
    dialects = ("mysql",)

    def __init__(self, *columns: str | Computable, expr: Any, mode: Mode | None = None) -> None:
        if not columns:
            raise ParamsError("SearchCriterion needs the columns that are searched")
        if not isinstance(mode, Mode | None):
            raise ParamsError(f"mode is a Mode, not {mode!r}")
        found = [column.__expression__() if isinstance(column, Computable) else F(column) for column in columns]
        self._fill(found[0], (*found[1:], expr), "" if mode is None else mode.value)
