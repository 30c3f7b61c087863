"""Keywords → attributes of a new instance: converted, with defaults for what is left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ormgen.exceptions import FieldError, UnknownFieldError, ValidationError
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Expression
from ormgen.schema.field import MISSING, FieldSchema
from ormgen.schema.names import did_you_mean

Step = tuple[str, type, Callable[[Any], Any], Callable[[], Any] | None, Any]


def steps(info: ModelInfo) -> list[Step]:
    """For each column: its attribute, Python type, converter, and how its default is made."""
    made: list[Step] | None = info.memo.get("construct")
    if made is None:
        made = info.memo["construct"] = [_step(column) for column in info.columns.values()]
    return made


def _step(column: FieldSchema) -> Step:
    field = column.field
    factory: Callable[[], Any] | None = None
    constant: Any = None
    if column.relation is not None:
        constant = None
    elif callable(field.default):
        factory = field.default
    elif field.default is not MISSING:
        constant = field.default
        if isinstance(constant, list | dict | set):
            factory = lambda: copy.deepcopy(field.default)  # noqa: E731
    elif field.db_default is not MISSING:
        constant = MISSING
    return column.name, field.python_type, field.to_python_value, factory, constant


def fill(instance: Any, given: dict[str, Any]) -> None:
    """Set all columns of a new instance from keywords.

    Raises:
        UnknownFieldError: a keyword is no field.
        ValidationError: a value cannot be read as its field's type, or is None and must not be.
    """
    info: ModelInfo = type(instance).__model__
    count = 0
    for name, python_type, convert, factory, constant in steps(info):
        if name in given:
            count += 1
            value = given[name]
            if type(value) is not python_type:
                value = converted(info, name, convert, value)
        else:
            value = constant if factory is None else factory()
        setattr(instance, name, value)
    if count != len(given):
        columns = info.columns
        set_attributes(instance, {name: value for name, value in given.items() if name not in columns})


def converted(info: ModelInfo, name: str, convert: Callable[[Any], Any], value: Any) -> Any:
    """`value` as the Python type of column `name`.

    Raises:
        ValidationError: it cannot be read so, or is None and must not be.
    """
    if value is None:
        column = info.columns[name]
        if not column.null and not column.generated and not column.primary_key:
            raise ValidationError(f"{info.model.__name__}.{name}: {name} is non nullable field, but null was passed")
        return None
    if isinstance(value, Expression):
        return value
    try:
        return convert(value)
    except ValidationError as error:
        raise ValidationError(f"{info.model.__name__}.{name}: {error}") from error


def set_attributes(instance: Any, data: Mapping[str, Any]) -> None:
    """Set columns, the key as `pk`, and forward relations.

    Raises:
        UnknownFieldError: a name is no field.
        ValidationError: a value cannot be read as its field's type.
    """
    info: ModelInfo = type(instance).__model__
    linked = info.need()
    for given, value in data.items():
        name = linked.pk if given == "pk" else given
        column = linked.columns.get(name)
        if column is not None:
            setattr(instance, name, converted(info, name, column.field.to_python_value, value))
            continue
        relation = linked.relations.get(name)
        if relation is None:
            raise UnknownFieldError(f'{linked.name} has no field "{given}"; {did_you_mean(given, linked.names)}')
        if not relation.kind.forward:
            what = "many-to-many" if relation.through is not None else "backward"
            raise FieldError(f"You can't set {what} relations through init: {linked.name}.{name}; save first, then add")
        setattr(instance, name, value)


def attribute_error(model: Any, name: str) -> AttributeError:
    """The error for an attribute that an instance of `model` does not have."""
    info: ModelInfo | None = getattr(model, "__model__", None)
    if info is None or info.linked is None or name.startswith("_"):
        return AttributeError(f"{model.__name__!r} object has no attribute {name!r}")
    if name in info.linked.columns:
        return AttributeError(f"{model.__name__}.{name} was not loaded: only() or defer() left it out")
    hint = did_you_mean(name, info.linked.names)
    return AttributeError(f"{model.__name__!r} object has no attribute {name!r}; {hint}")
