"""`get` with nothing but values of columns: one object, found without building a question each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic
from uuid import UUID

from typing_extensions import TypeVar

from ormgen.models.hydrate import hydrator
from ormgen.models.info import ModelInfo
from ormgen.models.single import Rule, Single, pick
from ormgen.query.statements import Select

Begin = Callable[[type[Any]], Any]

T_co = TypeVar("T_co", covariant=True)

PLAIN: Final = frozenset({int, str, UUID})  # values of these types have no say in the SQL


def only_plain(conditions: Mapping[str, Any]) -> bool:
    """Whether conditions compare columns with values, so that their names alone decide the SQL."""
    for name, value in conditions.items():
        if type(value) not in PLAIN or "__" in name:
            return False
    return bool(conditions)


class ByValue(Single[T_co], Generic[T_co]):
    """At most one object of all, whose columns have these values; `begin` makes the query set when it is needed.

    Takes 3 us where the way over a query set takes 9: nearly every program's most frequent question. Between two waits
    for a server each function that is called takes three times what it does in a loop, so that some are written out.
    """

    __slots__ = ("_begin", "_connection", "_handed", "_info", "_values")

    def __init__(
        self, info: ModelInfo, begin: Begin, values: dict[str, Any], rule: Rule, connection: Any, handed: Any
    ) -> None:
        self._info = info
        self._begin = begin
        self._values = values
        self._rule = rule
        self._connection = connection
        self._handed = handed

    def _question(self) -> Any:
        question = self._begin(self._info.model)
        question.connection, question.handed = self._connection, self._handed
        return question.found((), self._values)

    def _statement(self) -> Select:
        statement: Select = self._question().statement
        return statement

    async def _answer(self) -> Any:
        info, values = self._info, self._values
        connection = info.connection(self._connection, self._handed, False)
        shape = "by value", info.path, tuple(values)
        layout, running = connection.fetch_known(shape, self._statement, [*values.values(), 2])
        found = (layout.memo.get(info.model) or hydrator(layout, info))(await running)
        return found[0] if len(found) == 1 else pick(self._rule, found, info.model)
