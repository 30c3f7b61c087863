"""What a compiled statement is: SQL text, where its parameters come from, and what its rows hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ormgen.exceptions import ValidationError, located
from ormgen.query.layout import Extra, Layout, Section
from ormgen.records import dataclass
from ormgen.schema.generate import generated
from ormgen.sql.usual import Usual, encoded_all
from ormgen.sql.values import Encoder
from ormgen.sql.zone import NaiveMoment, at_place

OFTEN: Final = 3  # from then on a statement has a function of its own, whose making takes 0.2 ms
WRITTEN_OUT: Final = 40
SHORT: Final = 2**30 - 1


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

    __slots__ = ("_kinds", "_mixed", "_order", "_single", "_used", "bind", "parameters", "sql", "writes")

    bind: Callable[[Sequence[Any]], list[Any]]
    """The parameters of this statement, made from its values. ValidationError: a value does not fit its field."""

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
        self._used = 0
        self._kinds: tuple[type | None, ...] = ()
        self.bind = self._bind

    def of_kinds(self, kinds: tuple[type | None, ...]) -> CompiledQuery:
        """The same for values that are known to be of these types, for a list its items; None where nobody knows.

        Types that were looked at already are not looked at again: 200 instructions less for each value.
        """
        made = CompiledQuery(self.sql, self.parameters, self.sections, self.extras, self.writes)
        made.memo = self.memo
        made._kinds = kinds
        return made

    def _bind(self, values: Sequence[Any]) -> list[Any]:
        """As `bind`, whatever the statement is; what is asked often gets a function of its own."""
        self._used += 1
        if self._used == OFTEN and len(self.parameters) <= WRITTEN_OUT:
            self.bind = self._generated()
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
                    bound += encoded_all(encode, items)
                    if len(items) < several.size:
                        bound += bound[-1:] * (several.size - len(items))
            return bound
        except NaiveMoment:
            return self._told(values)
        except ValidationError as error:
            raise self._located(values) or error from None

    def _generated(self) -> Callable[[Sequence[Any]], list[Any]]:
        """`bind` for this statement alone: a loop that calls an encoder for each value takes 4,000 instructions more
        for nine values. Values of the usual type and within its limits are parameters already.
        """
        scope: dict[str, Any] = {"told": self._told, "located": self._located, "several": _bound, "careful": self._bind}
        scope |= {"NaiveMoment": NaiveMoment, "ValidationError": ValidationError}
        lines, made = [], []
        for at, parameter in enumerate(self.parameters):
            usual, given = getattr(parameter.encoder, "usual", None), f"values[{parameter.index}]"
            kind = self._kinds[parameter.index] if parameter.index < len(self._kinds) else None
            scope |= {f"e{at}": parameter.encoder, f"p{at}": parameter, f"t{at}": None if usual is None else usual.type}
            if not parameter.many and not parameter.fixed:
                made.append(_written(at, given, parameter.encoder, usual, kind))
            elif parameter.many and not parameter.spread and 0 < parameter.size <= WRITTEN_OUT:
                names = [f"i{at}_{number}" for number in range(parameter.size)]
                lines += [f"    if len({given}) != {parameter.size}:", "        return careful(values)"]
                lines.append(f"    {', '.join(names)}, = {given}")
                made += [_written(at, name, parameter.encoder, usual, kind) for name in names]
            else:
                made.append(f"*several(p{at}, values)")
        lines += ["    try:", f"        return [{', '.join(made)}]"]
        lines += ["    except NaiveMoment:", "        return told(values)"]
        lines += ["    except ValidationError as error:", "        raise located(values) or error from None"]
        return generated("bind", ["def bind(values):", *lines], scope)

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
        self.bind = self._bind_rows

    def _bind_rows(self, values: Sequence[Any]) -> list[Any]:
        if self._whole is None:
            each = self._row * self._count
            parameters = [Parameter(at, one.encoder, label=one.label) for at, one in enumerate(each)]
            self._whole = CompiledQuery(self.sql, parameters)
        return self._whole.bind(values)


def _written(at: int, value: str, encoder: Encoder | None, usual: Usual | None, kind: type | None) -> str:
    """One value, of type `kind` if that is known, through the encoder number `at`, without calling that where the value
    is of the usual kind."""
    if encoder is None:
        return value
    if usual is None:
        return f"e{at}({value})"
    tests = [] if usual.type is kind else [f"type(v) is t{at}"]
    if usual.low is not None and usual.high is not None:  # numbers of 30 bits are compared in half the time
        tests.append(f"{max(usual.low, -SHORT):d} <= v <= {min(usual.high, SHORT):d}")
    if not tests:
        return value
    tests[0] = tests[0].replace("(v)", f"(v := {value})").replace("<= v <=", f"<= (v := {value}) <=")
    return f"v if {' and '.join(tests)} else e{at}(v)"


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
        parts = encoded_all(encode, value)
    if len(parts) < parameter.size:
        last = parts[-(len(parts) // len(value)) :]
        parts += last * ((parameter.size - len(parts)) // len(last))
    return parts


def _same(value: Any) -> Any:
    return value
