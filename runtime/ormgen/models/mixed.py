"""Questions about different models put together: rows of the columns that they share, and which model each is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ormgen.exceptions import ParamsError
from ormgen.models.info import ModelInfo
from ormgen.models.outputs import giving
from ormgen.query.expressions import Value
from ormgen.query.statements import Compound, Select

KIND: Final = "model_of_row"  # the last value of each row: the path of its model


def with_kinds(info: ModelInfo, statement: Select | Compound) -> Select | Compound:
    """The question with rows of plain values, the last of which tells the model.

    Raises:
        ParamsError: it computes values, or loads related objects.
    """
    if isinstance(statement, Compound):
        return statement.each(lambda select: _with_kind(info, select))
    return _with_kind(info, statement)


def _with_kind(info: ModelInfo, select: Select) -> Select:
    if select.output is not None:
        return select  # it is about several models already
    if select.annotations:
        raise ParamsError("Union queries do not support annotations where they are about several models; use values()")
    if select.related:
        raise ParamsError("questions about several models load no related objects: leave select_related() out")
    names = tuple(info.need().columns) if select.only is None else select.only
    return giving(info, select.replace(only=None), names, {KIND: Value(info.path)})


def shared_names(statements: Sequence[Select | Compound], kinds: Mapping[str, ModelInfo]) -> tuple[str, ...]:
    """The columns that the rows hold.

    Raises:
        ParamsError: the questions name different columns, or the columns hold values of different types.
    """
    lists = [tuple(alias for alias, _ in (_first(each).output or ())[:-1]) for each in statements]
    names = lists[0]
    for other in lists[1:]:
        if other != names:
            told = f"{', '.join(names)} and {', '.join(other)}"
            raise ParamsError(f"Union queries must have the same select fields, not {told}; name them with only()")
    for name in names:
        types = {info.model.__name__: info.need().columns[name].field.python_type for info in kinds.values()}
        if len(set(types.values())) > 1:
            told = ", ".join(f"{model}.{name} holds {kind.__name__}" for model, kind in types.items())
            raise ParamsError(f"Union queries must have the same select fields: {told}")
    return names


def _first(statement: Select | Compound) -> Select:
    return statement.first if isinstance(statement, Compound) else statement


def instances(kinds: Mapping[str, ModelInfo], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """An instance of each row, of the model that its last value names."""
    made: list[Any] = []
    for *values, path in rows:
        instance: Any = object.__new__(kinds[path].model)
        instance.__loaded__ = None
        instance._saved_in_db = True
        for name, value in zip(names, values, strict=True):
            setattr(instance, name, value)
        made.append(instance)
    return made
