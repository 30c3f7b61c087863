"""What a compiled statement is: SQL text, where its parameters come from, and what its rows hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ormgen.sql.values import Decoder, Encoder


@dataclass(frozen=True, slots=True)
class Parameter:
    """One run of placeholders: the value number `index` through `encoder`, or each of its items (`many`)."""

    index: int
    encoder: Encoder | None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring columns of a row that make one instance of `model`, found behind the relation path `path`.

    `key` is the place in the row of the column that tells whether the instance is there at all (None: always).
    """

    path: tuple[str, ...]
    model: str
    attributes: tuple[str, ...]
    decoders: tuple[Decoder | None, ...]
    start: int
    key: int | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """One column of a row that is not part of an instance: an annotation or a plain value."""

    name: str
    decoder: Decoder | None
    position: int


class CompiledQuery:
    """SQL for one shape of statement; `memo` is for whoever reads the rows to keep what it made of the layout."""

    __slots__ = ("_single", "extras", "memo", "parameters", "sections", "sql", "writes")

    def __init__(
        self,
        sql: str,
        parameters: Sequence[Parameter] = (),
        sections: tuple[Section, ...] = (),
        extras: tuple[Extra, ...] = (),
        writes: bool = False,
    ) -> None:
        self.sql = sql
        self.parameters = tuple(parameters)
        self.sections = sections
        self.extras = extras
        self.writes = writes
        self.memo: dict[Any, Any] = {}
        self._single: tuple[tuple[int, Callable[[Any], Any]], ...] | None = None
        if not any(parameter.many for parameter in self.parameters):
            self._single = tuple((parameter.index, parameter.encoder or _same) for parameter in self.parameters)

    def bind(self, values: Sequence[Any]) -> list[Any]:
        """The parameters of this statement, made from its values.

        Raises:
            ValidationError: a value does not fit its field.
        """
        if self._single is not None:
            return [encode(values[index]) for index, encode in self._single]
        bound: list[Any] = []
        for parameter in self.parameters:
            value = values[parameter.index]
            encode = parameter.encoder or _same
            if parameter.many:
                bound.extend([encode(item) for item in value])
            else:
                bound.append(encode(value))
        return bound


def _same(value: Any) -> Any:
    return value
