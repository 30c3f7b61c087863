"""Questions inside of questions: what they take from the one around them, and whether they find anything."""

from __future__ import annotations

from typing import Any, Final, Never

from ormgen.query.expressions import Expression, Predicate, Shape
from ormgen.query.statements import Select, SupportsSelect


class OuterRef(Expression[Never]):
    """The value of a column of the question around a sub-query: `Hero.filter(team=OuterRef("pk"))`.

    `OuterRef(OuterRef("pk"))` is one of the question around that.
    """

    __slots__ = ("name",)

    def __init__(self, name: str | OuterRef) -> None:
        self.name: Final = name

    def shape(self, values: list[Any]) -> Shape:
        return ("OuterRef", self.name if isinstance(self.name, str) else self.name.shape(values))

    def __repr__(self) -> str:
        return f"OuterRef({self.name!r})"


class Exists(Predicate[Never]):
    """Whether a question finds anything: `Team.filter(Exists(Hero.filter(team=OuterRef("pk"))))`."""

    __slots__ = ("select",)

    def __init__(self, question: Select | SupportsSelect) -> None:
        select = question if isinstance(question, Select) else question.as_expression().select
        if isinstance(select, Select):
            select = select.replace(ending="exists", order_by=(), related=(), lock=None)
        self.select: Final = select

    def shape(self, values: list[Any]) -> Shape:
        return ("exists", self.select.shape(values))

    def __repr__(self) -> str:
        return f"Exists({self.select!r})"
