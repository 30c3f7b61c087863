"""What a compiled statement is: SQL text, where its parameters come from, and what its rows hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ormgen.exceptions import ValidationError, located
from ormgen.query.layout import Extra, Layout, Section
from ormgen.records import dataclass
from ormgen.sql.values import Encoder
from ormgen.sql.zone import NaiveMoment, at_place


@dataclass(frozen=True, slots=True)
class Parameter:
    """One run of placeholders: the value number `index` through `encoder`, or each of its items (`many`).

    With `spread`, each item becomes several parameters. There are `size` placeholders for `many` items: the last item
    fills those that are left. `label` says in errors whose value it is, as `Model.field`.
    `fixed` holds the parameter itself where the shape of the statement decides it.
    """

    index: int
    encoder: Encoder | None
    many: bool = False
    label: str | None = None
    spread: bool = False
    fixed: tuple[Any, ...] = ()
    size: int = 0


class CompiledQuery(Layout):
    """SQL for one shape of statement, and the layout of its rows."""

    __slots__ = ("_mixed", "_order", "_single", "parameters", "sql", "writes")

    def __init__(
        self,
        sql: str,
        parameters: Sequence[Parameter] = (),
        sections: tuple[Section, ...] = (),
        extras: tuple[Extra, ...] = (),
        writes: bool = False,
    ) -> None:
        super().__init__(sections, extras)
        self.sql = sql
        self.parameters = tuple(parameters)
        self.writes = writes
        self._single: tuple[tuple[int, Encoder | None], ...] | None = None
        self._mixed: tuple[tuple[int, Encoder | None, Parameter | None], ...] = ()
        if not any(parameter.many or parameter.fixed for parameter in self.parameters):
            self._single = tuple((parameter.index, parameter.encoder) for parameter in self.parameters)
        else:
            self._mixed = tuple(
                (each.index, each.encoder, each if each.many or each.fixed else None) for each in self.parameters
            )
        order = [parameter.index for parameter in self.parameters]
        self._order = None if order == list(range(len(order))) else order

    def bind(self, values: Sequence[Any]) -> list[Any]:
        """The parameters of this statement, made from its values.

        Raises:
            ValidationError: a value does not fit its field.
        """
        try:
            bound: list[Any] = []
            if self._single is not None:
                for index, encode in self._single:  # no list display, which is a function of its own
                    bound.append(values[index] if encode is None else encode(values[index]))
                return bound
            for index, encode, several in self._mixed:
                if several is None:
                    bound.append(values[index] if encode is None else encode(values[index]))
                elif several.fixed or several.spread or encode is None:
                    bound += _bound(several, values)
                else:  # a list, in half the time
                    items = values[index]
                    bound += map(encode, items)
                    if len(items) < several.size:
                        bound += bound[-1:] * (several.size - len(items))
            return bound
        except NaiveMoment:
            return self._told(values)
        except ValidationError as error:
            raise self._located(values) or error from None

    def ordered(self, parameters: list[Any]) -> list[Any]:
        """Parameters that were made already, one for each value of the statement, in the order of their places.

        Raises:
            ValueError: the statement does not have one place for each value.
        """
        if self._single is None:
            raise ValueError("the places of this statement depend on its values")
        return parameters if self._order is None else [parameters[index] for index in self._order]

    def _told(self, values: Sequence[Any]) -> list[Any]:
        """As `bind`, with a warning that names the place of each date-time without a zone."""
        bound: list[Any] = []
        for parameter in self.parameters:
            with at_place(parameter.label or "a value"):
                try:
                    bound += _bound(parameter, values)
                except ValidationError as error:
                    raise error if parameter.label is None else located(parameter.label, error) from None
        return bound

    def _located(self, values: Sequence[Any]) -> ValidationError | None:
        for parameter in self.parameters:
            try:
                _bound(parameter, values)
            except ValidationError as error:
                return error if parameter.label is None else located(parameter.label, error)
        return None


class CompiledRows(CompiledQuery):
    """SQL with a place for each value of `count` rows, which have the parameters `row` over and over.

    These are made when a statement is bound: the values of most are parameters already.
    """

    __slots__ = ("_count", "_row", "_whole")

    def __init__(self, sql: str, row: Sequence[Parameter], count: int, extras: tuple[Extra, ...] = ()) -> None:
        super().__init__(sql, extras=extras, writes=True)
        self._row = tuple(row)
        self._count = count
        self._whole: CompiledQuery | None = None

    def bind(self, values: Sequence[Any]) -> list[Any]:
        if self._whole is None:
            each = self._row * self._count
            parameters = [Parameter(at, one.encoder, label=one.label) for at, one in enumerate(each)]
            self._whole = CompiledQuery(self.sql, parameters)
        return self._whole.bind(values)


def _bound(parameter: Parameter, values: Sequence[Any]) -> list[Any]:
    if parameter.fixed:
        return list(parameter.fixed)
    encode = parameter.encoder or _same
    value = values[parameter.index]
    if not parameter.many:
        return [encode(value)]
    if encode is _same and not parameter.spread:
        parts = list(value)
    elif parameter.spread:
        parts = [part for item in value for part in encode(item)]
    else:
        parts = [encode(item) for item in value]
    if len(parts) < parameter.size:
        last = parts[-(len(parts) // len(value)) :]
        parts += last * ((parameter.size - len(parts)) // len(last))
    return parts


def _same(value: Any) -> Any:
    return value
